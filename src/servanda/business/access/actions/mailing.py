"""Mails about logins and sign-ups: written in the transaction that needs them, claimed by one sender, their text then forgotten.

Whoever asks for a mail to any address can flood it. So an address hears at most a few times an hour, and so does what one
network asks for; whether it was written is told to nobody, or a stranger could find out who is a customer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from servanda.business.access.decisions import MAIL_WINDOW, may_mail
from servanda.business.access.facts import MailDraft, MailFacts
from servanda.business.access.models import Mail

LEASE = timedelta(minutes=3)
ATTEMPTS_MAX = 20
_LOCK = 7_405_321_410  # one at a time counts and writes, or a burst would count too few


def write_mail(draft: MailDraft) -> None:
    """Write a mail that somebody who is known caused; it goes out after the transaction."""
    Mail.objects.create(
        company_id=draft.company_id,
        kind=draft.kind,
        recipient=draft.recipient,
        language=draft.language,
        subject=draft.subject,
        text="\n\n".join(draft.paragraphs) + "\n",
        asked_from=draft.asked_from,
        queued_at=draft.queued_at,
    )


@transaction.atomic
def write_asked_mail(draft: MailDraft) -> bool:
    """Write a mail that anybody may have asked for. False: it would be one too many within the hour."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    recent = Mail.objects.filter(queued_at__gt=draft.queued_at - MAIL_WINDOW).exclude(asked_from="")
    is_allowed = may_mail(
        to_address=recent.filter(recipient=draft.recipient).values_list("queued_at", flat=True),
        from_place=recent.filter(asked_from=draft.asked_from).values_list("queued_at", flat=True),
        of_company=recent.filter(company_id=draft.company_id).count(),
    )
    if is_allowed:
        write_mail(draft)
    return is_allowed


@transaction.atomic
def claim_mails(*, limit: int, now: datetime) -> tuple[MailFacts, ...]:
    """Claim mails that are ready to go out, for one sender; one whose sender died is of uncertain fate, and is not sent again."""
    Mail.objects.filter(state="sending", claimed_until__lt=now).update(state="uncertain", text="")
    rows = list(
        Mail.objects.select_for_update(skip_locked=True)
        .filter(state="waiting")
        .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
        .order_by("id")[:limit]
    )
    Mail.objects.filter(pk__in=[row.pk for row in rows]).update(
        state="sending", claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    return tuple(
        MailFacts(
            mail_id=row.pk,
            company_id=row.company_id,
            recipient=row.recipient,
            language=row.language,
            subject=row.subject,
            text=row.text,
        )
        for row in rows
    )


@transaction.atomic
def record_fates(fates: Sequence[tuple[int, str, str]], *, retry_at: datetime) -> None:
    """Keep what the server said to each mail. What is settled loses its text, which holds a link."""
    for mail_id, state, reply in fates:
        row = Mail.objects.select_for_update().get(pk=mail_id)
        is_given_up = state == "waiting" and row.attempts >= ATTEMPTS_MAX
        row.state, row.reply = "rejected" if is_given_up else state, reply[:500]
        row.claimed_until = retry_at if row.state == "waiting" else None
        row.text = row.text if row.state == "waiting" else ""
        row.save(update_fields=["state", "reply", "claimed_until", "text"])
