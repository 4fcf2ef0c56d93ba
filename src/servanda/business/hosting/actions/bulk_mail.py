"""Leave to send much mail: a customer asks with a number, a person answers, and the leave ends by itself on its day."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.business.hosting import wording
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.actions.writing import letter_to
from servanda.business.hosting.decisions.holding import BulkRefused, checked_leave, checked_number
from servanda.business.hosting.models import BulkMail
from servanda.business.hosting.queries.mail import mail_service_of
from servanda.business.hosting.queries.services import services
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.letters.actions import write_letters
from servanda.ground.citation import Citation
from servanda.terms.clauses import BulkMail as BulkMailRule


@transaction.atomic
def ask_for_bulk(service_id: int, messages_a_week: int, *, order: Order) -> None:
    """Ask for leave to send so many messages a week (servicepoint-019). Refuses no number, and a second wish at a time."""
    number = checked_number(messages_a_week)
    keeper = mail_service_of(service_id)
    if keeper is None:
        raise BulkRefused("This service has no mail here. Order mail for the domain first.")
    (service,) = services([keeper])
    if BulkMail.objects.filter(service_id=keeper, state="asked").exists():
        raise BulkRefused("You have asked already. We answer by mail.")
    row = BulkMail.objects.create(service_id=keeper, messages_a_week=number, asked_by=order.by, asked_on=order.today)
    _record(row, "bulk_mail.asked", (), order.today, order.at, by=order.by, customer_id=service.customer_id)


@transaction.atomic
def grant_bulk(company: CompanyFacts, service_id: int, *, way: str, until: date | None, order: Order) -> None:
    """Give the leave that was asked for, until a day; a leave from before ends with it. Refuses what the terms do not have."""
    row = _asked(company, service_id)
    (service,) = services([row.service_id])
    answer = asked_of(company, service, BulkMailRule, today=order.today)
    ends_on = checked_leave(answer, way=way, until=until, today=order.today)
    BulkMail.objects.filter(service_id=row.service_id, state="granted").update(state="ended")
    row.state, row.way, row.until, row.decided_by = "granted", way, ends_on, order.by
    row.because = because_to_json(answer.because)
    row.save()
    touch([row.service_id])
    _answer(company, row, answer.because, order=order)


@transaction.atomic
def refuse_bulk(company: CompanyFacts, service_id: int, *, reason: str, order: Order) -> None:
    """Say no to what was asked for, with the reason that the customer reads."""
    if not reason.strip():
        raise BulkRefused("Say why. The customer reads the reason.")
    row = _asked(company, service_id)
    row.state, row.decided_by, row.reason = "refused", order.by, reason
    row.save()
    _answer(company, row, (), order=order)


def end_bulk(company_id: int, *, today: date, at: datetime) -> int:
    """End the leaves whose day has come, and return how many those are."""
    with transaction.atomic():
        rows = BulkMail.objects.select_for_update(of=("self",)).select_related("service")
        ended = list(rows.filter(service__company_id=company_id, state="granted", until__lte=today).order_by("id"))
        for row in ended:
            row.state = "ended"
            row.save(update_fields=["state"])
            _record(row, "bulk_mail.ended", (), today, at, by="system", customer_id=row.service.customer_id)
        touch(row.service_id for row in ended)
    return len(ended)


def _asked(company: CompanyFacts, service_id: int) -> BulkMail:
    keeper = mail_service_of(service_id) or 0  # nobody keeps its mail
    rows = BulkMail.objects.select_for_update(of=("self",)).filter(service__company_id=company.company_id)
    row = rows.filter(service_id=keeper, state="asked").first()
    if row is None:
        raise BulkRefused("Nobody has asked for bulk mail here, or it was answered. Look at the service as it is now.")
    return row


def _answer(company: CompanyFacts, row: BulkMail, because: tuple[Citation, ...], *, order: Order) -> None:
    (service,) = services([row.service_id])
    what = f"bulk_mail.{row.state}"
    _record(row, what, because, order.today, order.at, by=order.by, customer_id=service.customer_id)
    words = wording.bulk_answered(
        service.name,
        row.messages_a_week,
        way=row.way,
        until=row.until,
        reason=row.reason,
        company_name=company.name,
        email=company.email,
    )
    write_letters(
        [
            letter_to(
                company,
                service.customer_id,
                key=f"{what}:{row.pk}",
                kind="bulk mail",
                words=words,
                because=because,
                today=order.today,
                at=order.at,
            )
        ]
    )


def _record(
    row: BulkMail,
    what: str,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
    *,
    by: str,
    customer_id: int,
) -> None:
    record(
        company_id=row.service.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"service:{row.service_id}",
        on_day=today,
        at=at,
        because=because,
        facts={
            "messages_a_week": row.messages_a_week,
            "way": row.way,
            "until": row.until.isoformat() if row.until is not None else None,
            "reason": row.reason,
        },
        customer_id=customer_id,
        by=by,
    )
