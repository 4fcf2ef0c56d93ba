"""What a provider tells: agreements that began or ended, payments collected, refused, and taken back. Each news is heard once.

Collected money becomes movements of the account that the provider keeps for us, which the context above books with all that a
payment ends. News that fits no order of ours is kept for a person; its money, if there is any, is booked all the same, and lies
in suspense until somebody says whose it is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from servanda.business.billing.facts import BankMovement, StatementDraft
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.sources import moved_on_account
from servanda.business.collecting.actions.mandates import NoSuchMandate, end_mandate, note_mandate
from servanda.business.collecting.actions.telling import tell_outcome
from servanda.business.collecting.facts import CreditorFacts, ToldMandate, ToldOutcome
from servanda.business.collecting.models import Collection, HeardNews, Mandate
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import ids_by_number
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json
from servanda.ground.money import Money, total_of

UNKNOWN = "no order of ours has this name"
ANOTHER_CUSTOMER = "the order is under another agreement"
ANOTHER_AMOUNT = "the amount is not what was ordered"
PAID_TWICE = "the order was paid before"
NOT_PAID = "it takes back what was not paid"
NO_CUSTOMER = "no customer has this number"
_TURN = 0x5E42_4EA2  # of the advisory locks that let one company's news be heard one after the other


@dataclass(frozen=True, slots=True)
class Heard:
    """What the news was: money to be booked, and the invoices to look at again."""

    new: int
    draft: StatementDraft | None
    invoice_ids: tuple[int, ...]


@transaction.atomic
def hear(
    company: CompanyFacts,
    creditor: CreditorFacts,
    *,
    outcomes: Sequence[ToldOutcome],
    mandates: Sequence[ToldMandate],
    today: date,
    at: datetime,
) -> Heard:
    """Take in what a provider tells; what was heard before changes nothing. The caller books the draft in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company.company_id])
    for told in mandates:
        _hear_mandate(company, creditor, told, today=today, at=at)
    movements: list[BankMovement] = []
    changed: list[int] = []
    new = 0
    known = _known(company, creditor, outcomes)
    for outcome in outcomes:
        if outcome.reference in known:
            continue
        known.add(outcome.reference)
        new += 1
        row = _hear_outcome(company, creditor, outcome, today=today, at=at)
        if outcome.kind in {"paid", "reversed"} and outcome.amount:
            movements.append(_movement(outcome, row, today=today))
        if row is not None:
            changed.append(row.invoice_id)
    return Heard(new, _draft(company, creditor, movements, today=today), tuple(dict.fromkeys(changed)))


def _known(company: CompanyFacts, creditor: CreditorFacts, outcomes: Sequence[ToldOutcome]) -> set[str]:
    rows = HeardNews.objects.filter(
        company_id=company.company_id, kind=str(creditor.kind), reference__in=[one.reference for one in outcomes]
    )
    return set(rows.values_list("reference", flat=True))


def _hear_mandate(
    company: CompanyFacts, creditor: CreditorFacts, told: ToldMandate, *, today: date, at: datetime
) -> None:
    row = (
        Mandate.objects.filter(company_id=company.company_id, kind=str(creditor.kind), number=told.number)
        .order_by("-id")
        .first()
    )
    if told.is_active:
        _begin(company, creditor, told, row, today=today, at=at)
    elif row is not None and row.until is None and told.on >= row.since:
        end_mandate(company, row.pk, on=told.on, ended_by=told.by, by="system", today=today, at=at)


def _begin(
    company: CompanyFacts,
    creditor: CreditorFacts,
    told: ToldMandate,
    row: Mandate | None,
    *,
    today: date,
    at: datetime,
) -> None:
    if row is not None and (row.until is None or told.on < row.until):
        return  # it is known, or this is old news of one that has ended since
    customer_id = ids_by_number(company.company_id).get(told.customer_number)
    problem = "" if customer_id is not None else NO_CUSTOMER
    if customer_id is not None:
        try:
            with transaction.atomic():
                note_mandate(
                    company, customer_id, creditor.kind, told.number, since=told.on, by="system", today=today, at=at
                )
        except NoSuchMandate as refusal:
            problem = str(refusal)
    if problem:
        HeardNews.objects.get_or_create(
            company_id=company.company_id,
            kind=str(creditor.kind),
            reference=f"agreement {told.number} of {told.customer_number} since {told.on}",
            defaults={
                "what": "agreement",
                "key": told.customer_number,
                "amount_minor": 0,
                "on_day": told.on,
                "told_at": at,
                "problem": problem,
            },
        )


def _hear_outcome(
    company: CompanyFacts, creditor: CreditorFacts, outcome: ToldOutcome, *, today: date, at: datetime
) -> Collection | None:
    rows = Collection.objects.select_for_update(of=("self",)).select_related("mandate")
    row = rows.filter(company_id=company.company_id, key=outcome.key, mandate__kind=str(creditor.kind)).first()
    problem = _problem(outcome, row)
    is_ours = row is not None and problem != ANOTHER_CUSTOMER
    HeardNews.objects.create(
        company_id=company.company_id,
        kind=str(creditor.kind),
        reference=outcome.reference,
        what=outcome.kind,
        key=outcome.key,
        collection=row if is_ours else None,
        amount_minor=outcome.amount.minor,
        on_day=outcome.on,
        told_at=at,
        problem=problem,
    )
    if row is None or not is_ours:
        return None
    if problem not in {PAID_TWICE, NOT_PAID}:
        row.state, row.outcome_on, row.reason, row.problem = outcome.kind, outcome.on, outcome.reason, ""
        row.save(update_fields=["state", "outcome_on", "reason", "problem"])
        tell_outcome(row, outcome, today=today, at=at)
    _record(row, outcome, today=today, at=at)
    return row


def _problem(outcome: ToldOutcome, row: Collection | None) -> str:
    if row is None:
        return UNKNOWN
    if outcome.mandate_number and outcome.mandate_number != row.mandate.number:
        return ANOTHER_CUSTOMER
    if outcome.kind == "reversed":
        return "" if row.state == "paid" else NOT_PAID
    if outcome.kind == "paid" and row.state == "paid":
        return PAID_TWICE
    if outcome.kind == "paid" and outcome.amount.minor != row.amount_minor:
        return ANOTHER_AMOUNT
    return ""


def _movement(outcome: ToldOutcome, row: Collection | None, *, today: date) -> BankMovement:
    is_back = outcome.kind == "reversed"
    reference = invoices([row.invoice_id])[0].reference if row is not None else ""
    return BankMovement(
        reference=outcome.reference,
        ordinal=1,
        amount=-outcome.amount if is_back else outcome.amount,
        booked_on=today,
        value_on=min(outcome.on, today),
        text="" if row is not None else UNKNOWN,  # no digits: they would be read as the number of an invoice
        creditor_reference=reference,
        payer_name="",
        payer_account="",
        is_reversal=is_back,
    )


def _draft(
    company: CompanyFacts, creditor: CreditorFacts, movements: list[BankMovement], *, today: date
) -> StatementDraft | None:
    """Return the movements as a statement of the provider's account, which opens with all that has come before."""
    if not movements:
        return None
    opening = moved_on_account(company.company_id, creditor.account)
    names = "\n".join(movement.reference for movement in movements)
    digest = hashlib.sha256(names.encode()).hexdigest()
    return StatementDraft(
        account=creditor.account,
        statement_id=f"{creditor.account}-{today.isoformat()}-{digest[:12]}",
        opening=opening,
        closing=opening + total_of((movement.amount for movement in movements), Money(0).currency),
        opening_on=today,
        closing_on=today,
        sha256=digest,
        file_name=f"{creditor.account} {today.isoformat()}",
        movements=tuple(movements),
    )


def _record(row: Collection, outcome: ToldOutcome, *, today: date, at: datetime) -> None:
    record(
        company_id=row.company_id,
        key=f"collection.{outcome.kind}:{row.pk}:{outcome.reference}",
        what=f"collection.{outcome.kind}",
        subject=f"invoice:{row.invoice_id}",
        on_day=today,
        at=at,
        because=because_from_json(row.because),
        facts={"amount_minor": outcome.amount.minor, "reason": outcome.reason},
        customer_id=row.customer_id,
    )
