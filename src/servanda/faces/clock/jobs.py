"""The jobs: what runs again and again, and what a transaction asks to be done soon.

A job only wakes somebody who then looks for what is due, so a job that runs twice, late or not at all harms nothing:
what happens once is kept by the key of each effect in evidence. A job of a worker that was killed is found by its
missing heartbeat and runs again without a person (`revive`); `docs/why/job-queue.md` has what was tried.
"""

import time
from contextlib import suppress
from datetime import date

from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

from servanda.business.companies.actions import JUMP_DAYS_MAX, move_test_clock
from servanda.business.companies.queries import company
from servanda.business.installation.actions import refuse_unreconciled

AT_ONCE_DAYS = 10  # so many days of a test clock a page waits for
AT_ONCE_SECONDS = 8.0
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 20.0
FINISHED_KEPT_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(name="round", queueing_lock="round", lock="round")
def make_round(timestamp: int) -> None:
    """Ask what is due, in all companies, and do it. One round at a time; a waiting one stands for all missed ones."""
    # Imported here: the rounds import the whole business, which whoever only wakes a job can do without.
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.heads import keep_heads
    from servanda.faces.clock.reconciling import look_around
    from servanda.faces.clock.rounds import run_rounds

    if not may_work(timezone.now()):
        look_around(timezone.now())
        return
    run_rounds(timezone.now)
    keep_heads()


@app.periodic(cron="* * * * *")
@app.task(name="deliver_letters", queueing_lock="deliver_letters")
def deliver_letters(timestamp: int = 0) -> None:
    """Send the letters that wait. Several workers may do so at once: each letter is claimed by one."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.post import deliver_waiting

    if may_work(timezone.now()):
        deliver_waiting(timezone.now)


@app.periodic(cron="* * * * * */10")
@app.task(name="deliver_access_mails", queueing_lock="deliver_access_mails")
def deliver_access_mails(timestamp: int = 0) -> None:
    """Send the mails about logins and sign-ups. Somebody waits before a page for each of them."""
    from servanda.faces.clock import access_mail

    access_mail.deliver_access_mails(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="check_vat_numbers", queueing_lock="check_vat_numbers", lock="check_vat_numbers")
def check_vat_numbers(timestamp: int = 0) -> None:
    """Ask the authorities about VAT numbers that were never asked about, or long ago, or that somebody waits for."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.numbers import check_numbers

    if may_work(timezone.now()):
        check_numbers(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="carry_documents", queueing_lock="carry_documents")
def carry_documents(timestamp: int = 0) -> None:
    """Carry the e-documents that wait, and take in what was answered. Several workers may do so at once."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.carriage import carry_waiting

    if may_work(timezone.now()):
        carry_waiting(timezone.now)


@app.task(name="tell_of_changes", queueing_lock="tell_of_changes")
def tell_of_changes(timestamp: int = 0) -> None:
    """Wish for what pages have changed. The round does so too: this is for whoever waits."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.telling import tell_all

    if may_work(timezone.now()):
        tell_all(timezone.now)


@app.periodic(cron="23 2 * * *")
@app.task(name="compare_with_nodes", queueing_lock="compare_with_nodes")
def compare_with_nodes(timestamp: int = 0) -> None:
    """Look at all services that lie on nodes as if all had changed, to find what was missed."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.telling import compare_everything

    if may_work(timezone.now()):
        compare_everything(timezone.now)


@app.periodic(cron="11 4 * * *")
@app.task(name="audit", queueing_lock="audit", lock="audit")
def audit(timestamp: int = 0) -> None:
    """Check the invariants of every company, and keep what was found."""
    from servanda.faces.clock.auditing import audit_all

    audit_all(timezone.now)


@app.periodic(cron="41 1 * * *")
@app.task(name="own_backup", queue="backups", queueing_lock="own_backup", lock="own_backup")
def own_backup(timestamp: int = 0) -> None:
    """Keep the database, what lies beside it, and the keys. A copy keeps nothing: its place in the archive is taken."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.keeping import make_backup

    if may_work(timezone.now()):
        make_backup(timezone.now())


@app.periodic(cron="41 2 * * 0")
@app.task(name="restore_drill", queue="backups", queueing_lock="restore_drill", lock="own_backup")
def restore_drill(timestamp: int = 0) -> None:
    """Prove that the last backup can be put back."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.keeping import drill

    if may_work(timezone.now()):
        drill(timezone.now())


@app.periodic(cron="* * * * * */10")
@app.task(name="revive", queueing_lock="revive", priority=100, pass_context=True)
async def revive(context: JobContext, timestamp: int) -> None:
    """Let the jobs of dead workers run again. One whose like waits already is given up: the waiting one stands for it.

    Left as it was, it would keep its lock for ever, and no round would ever be made again.
    """
    queue = context.app.job_manager
    for job in await queue.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await queue.retry_job(job)
        except UniqueViolation:
            await queue.finish_job(job, Status.FAILED, delete_job=True)


@app.periodic(cron="17 3 * * *")
@app.task(name="forget_finished", queueing_lock="forget_finished", pass_context=True)
async def forget_finished(context: JobContext, timestamp: int) -> None:
    """Remove what failed long ago; what succeeded was removed at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=FINISHED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="31 3 * * *")
@app.task(name="forget_drafts", queueing_lock="forget_drafts")
def forget_drafts(timestamp: int = 0) -> None:
    """Remove sign-ups that nobody finished, and the trace of browsers that were seen long ago."""
    from servanda.business.access.actions.sittings import forget_old_sittings
    from servanda.business.signups.actions import forget_expired

    now = timezone.now()
    forget_expired(at=now)
    forget_old_sittings(at=now)


@app.task(name="move_company_time")
def move_company_time(company_id: int, to: str) -> None:
    """Move a test clock forward to a day, living each day on the way. Runs again where it stopped if its worker dies."""
    from servanda.faces.clock.rounds import move_time

    move_time(company_id, to=date.fromisoformat(to))


def ask_to_move_time(company_id: int, *, to: date) -> bool:
    """Let the worker move a test clock, and wait for it where the way is short. True: it has been moved.

    A page does not do it itself: the days between may end services for good, which its role in the database may not.
    """
    today = company(company_id).clock_on
    if today is None or to < today or (to - today).days > JUMP_DAYS_MAX:
        move_test_clock(company_id, to=to)  # refuses, with the reason
    job_id = move_company_time.defer(company_id=company_id, to=to.isoformat())
    return today is not None and (to - today).days <= AT_ONCE_DAYS and _is_done(job_id)


def _is_done(job_id: int) -> bool:
    """Wait for a job for a while. One that succeeded is gone."""
    deadline = time.monotonic() + AT_ONCE_SECONDS
    while time.monotonic() < deadline:
        if not ProcrastinateJob.objects.filter(pk=job_id).exclude(status="succeeded").exists():
            return True
        time.sleep(0.1)
    return False


@app.task(name="carry_out_purges", queueing_lock="carry_out_purges", lock="round")
def carry_out_purges() -> None:
    """Purge what persons have ordered. The round does so too: this is for whoever waits."""
    from servanda.faces.clock.beating import may_work
    from servanda.faces.clock.rounds import purge_what_is_ordered

    if may_work(timezone.now()):
        purge_what_is_ordered(timezone.now)


def wake_purging() -> None:
    """Let what was ordered be purged as soon as the running transaction is committed."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        carry_out_purges.defer()


@app.task(name="take_over", queueing_lock="take_over", lock="round")
def take_over_copy(by: str, reason: str) -> None:
    """Let a copy that a person has reconciled go on. Pages cannot write the mark that lies outside."""
    from servanda.faces.clock.beating import take_over

    take_over(by=by, reason=reason, now=timezone.now())


def ask_to_take_over(*, by: str, reason: str) -> bool:
    """Let the worker take over, and wait a while for it. True: it is done. What hinders it is refused here."""
    refuse_unreconciled(reason)
    return _is_done(take_over_copy.defer(by=by, reason=reason))


def wake_audit() -> None:
    """Let the audit run as soon as the running transaction is committed."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        audit.defer()


def wake_backup() -> None:
    """Let a backup be made as soon as the running transaction is committed."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        own_backup.defer()


def wake_drill() -> None:
    """Let the last backup be tried out as soon as the running transaction is committed."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        restore_drill.defer()


def wake_delivery() -> None:
    """Let letters be sent as soon as the running transaction is committed; a wake-up that waits already is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():  # a savepoint: a refused row would end the transaction
        deliver_letters.defer()


def wake_telling() -> None:
    """Let the nodes be told as soon as the running transaction is committed."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        tell_of_changes.defer()
