"""A round: asks what is due in a company today, and does it, in the order in which one thing leads to the next.

Rounds read only what may be due. A missed round heals: the next one asks the same questions of the same facts. On a test clock each
day is rounded in turn, with its letters delivered in between; on the real clock there is only today.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from servanda.business.billing.actions.beginning import begin_billing
from servanda.business.billing.actions.issuing import issue_due_invoices
from servanda.business.billing.actions.true_up import follow_uses
from servanda.business.books.actions.keeping import keep_books
from servanda.business.companies.actions import JUMP_DAYS_MAX, ClockRefused, finish_day, move_test_clock
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, company, moment_for, today_of
from servanda.business.contracts.actions import follow_discontinuations, follow_prices, follow_successions
from servanda.business.customers.actions.vat import follow_moves
from servanda.business.dunning.actions import (
    follow_new_invoices,
    give_back_unused,
    look_again_at_customers,
    purge_due,
    use_credits,
    work_off,
)
from servanda.business.evidence.actions import watch_range
from servanda.business.hosting.actions import (
    carry_out_ordered_purges,
    end_bulk,
    follow_plans,
    forget_words,
    lift_expired_holds,
    open_services,
    remind_of_export,
    set_up_waiting,
    take_lines_forward,
    tell_nodes,
)
from servanda.business.installation.queries import is_copy
from servanda.business.payouts.actions import follow_payouts
from servanda.business.payouts.queries import kept_credit_of
from servanda.faces.clock.carriage import carry, take_in_answers
from servanda.faces.clock.collecting import collect
from servanda.faces.clock.numbers import check_numbers_of
from servanda.faces.clock.post import deliver_of

LOG = logging.getLogger(__name__)
BATCH = 500
CLOCK_LOCK = 20_260  # names the lock on a company's test clock among all advisory locks


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    invoices: int
    claims: int
    acts: int
    lines: int
    purged: int


def run_rounds(clock: Callable[[], datetime]) -> None:
    """Make a round in every company, by the day it is when its turn comes.

    One company's failure does not keep the others waiting.
    """
    for one in companies():
        try:
            here, now = company(one.company_id), clock()
            if not here.has_test_clock:  # nobody is harmed by a day that is moved through
                watch_range(here.company_id, today=today_of(here, now=now))
            run_round(here, now=now)
        except Exception:  # the clock's own loop: reported, rolled back where it failed, and tried again next time
            LOG.exception("the round of %s failed", one.slug)


def run_round(company: CompanyFacts, *, now: datetime) -> Round:
    """Ask what is due in a company today, and do it."""
    today, at = today_of(company, now=now), moment_for(company, now=now)
    follow_moves(company.company_id, today=today)
    follow_successions(company, today=today, at=at)
    follow_prices(company, today=today, at=at)
    follow_discontinuations(company, today=today, at=at)
    give_back_unused(company, today=today, at=at)  # before the lines that have run out are noted as ended
    lines = take_lines_forward(company, today=today, at=at)
    follow_payouts(company, today=today, at=at)
    begin_billing(company.company_id)
    with transaction.atomic():  # together: a service that opened unseen would leave its customer's claims asleep
        look_again_at_customers(open_services(company, today=today, at=at), today=today)
    issued = 0
    while ids := issue_due_invoices(company, today=today, at=at):
        issued += len(ids)
    follow_new_invoices(company.company_id)
    use_credits(company, kept_of=kept_credit_of, today=today, at=at)  # before collecting, which asks for what is open
    has_collected = bool(collect(company, today=today, at=at))
    remind_of_export(company, today=today, at=at)
    lift_expired_holds(company.company_id, today=today, at=at)
    end_bulk(company.company_id, today=today, at=at)
    if has_collected:  # before dunning: what was collected is in the books, and may be more than was owed
        use_credits(company, kept_of=kept_credit_of, today=today, at=at)
    claims = acts = 0
    while (worked := work_off(company, today=today, at=at, limit=BATCH)).claims:
        claims, acts = claims + worked.claims, acts + worked.acts
    give_back_unused(company, today=today, at=at)  # the round may have issued, or ended a line
    purged = carry_out_ordered_purges(company, today=today, at=at) + purge_due(company, today=today, at=at)
    follow_uses(company, today=today, at=at)
    follow_plans(company, today=today, at=at)
    set_up_waiting(company, today=today, at=at)
    forget_words(company.company_id, now=now)
    tell_nodes(company, today=today, at=at)  # last: what the round decided is told in it
    keep_books(company, today=today, at=at)
    finish_day(company.company_id, day=today)
    return Round(issued, claims, acts, lines, purged)


def purge_what_is_ordered(clock: Callable[[], datetime]) -> None:
    """Carry out, in every company, the purges that persons have ordered, and tell the nodes."""
    for one in companies():
        here, now = company(one.company_id), clock()
        today, at = today_of(here, now=now), moment_for(here, now=now)
        if carry_out_ordered_purges(here, today=today, at=at):
            tell_nodes(here, today=today, at=at)


def move_time(company_id: int, *, to: date) -> None:
    """Move a company's test clock forward day by day, with the rounds, the letters and the payments of each day."""
    today = company(company_id).clock_on
    if today is None or to < today or (to - today).days > JUMP_DAYS_MAX:
        move_test_clock(company_id, to=to)  # refuses, with the reason
    if is_copy():
        raise ClockRefused("This installation is taken for a copy. Confirm it first; its time stands still until then.")
    with _only_mover(company_id):
        _live_until(company_id, to=to)


def _live_until(company_id: int, *, to: date) -> None:
    if company(company_id).rounded_on is None:
        live_through_day(company(company_id), now=timezone.now())
    while (current := company(company_id)).clock_on is not None and current.clock_on < to:
        move_test_clock(company_id, to=current.clock_on + timedelta(days=1))
        live_through_day(company(company_id), now=timezone.now())


@contextmanager
def _only_mover(company_id: int) -> Iterator[None]:
    """Let nobody else move this clock meanwhile: a day that two would share could be skipped by both."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [CLOCK_LOCK, company_id])
        if not cursor.fetchone()[0]:
            raise ClockRefused("The clock of this company is being moved right now. Wait until it stands still.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s, %s)", [CLOCK_LOCK, company_id])


def live_through_day(company: CompanyFacts, *, now: datetime) -> None:
    """Let a day of a test clock pass: its payments, its round, its letters, and what those lead to."""
    if settings.DAILY_LIFE:
        import_string(settings.DAILY_LIFE)(company, now=now)
    check_numbers_of(company, now=now)
    for _ in range(4):  # a letter that is accepted may make the next step due on the same day
        run_round(company, now=now)
        carried = deliver_of(company, now=now) + carry(company.company_id, lambda: now) + take_in_answers(lambda: now)
        if not carried:
            break
