"""Noting that a customer may be collected from, and that they may not any more. Neither touches any contract."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.sources import add_payment_account
from servanda.business.collecting.decisions import MANDATE
from servanda.business.collecting.facts import CreditorFacts, MandateFacts, MandateKind
from servanda.business.collecting.models import Collection, Creditor, Mandate
from servanda.business.collecting.queries import mandates_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.ground.refusal import Refused

NUMBER_LETTERS_MAX = 60
NAMES = {MandateKind.BETALINGSSERVICE: "Betalingsservice", MandateKind.MOBILEPAY: "MobilePay"}


class NoSuchMandate(Refused):
    """An agreement cannot be noted or ended as asked."""


@transaction.atomic
def set_creditor(company: CompanyFacts, kind: MandateKind, number: str, *, details: Mapping[str, str]) -> CreditorFacts:
    """Keep who the company is to a provider, and make the account known on which its money lies meanwhile."""
    Creditor.objects.update_or_create(
        company_id=company.company_id, kind=str(kind), defaults={"number": number, "details": dict(details)}
    )
    found = CreditorFacts(company.company_id, kind, number, dict(details))
    add_payment_account(company, found.account, name=NAMES[kind])
    return found


@transaction.atomic
def note_mandate(
    company: CompanyFacts,
    customer_id: int,
    kind: MandateKind,
    number: str,
    *,
    since: date,
    by: str,
    today: date,
    at: datetime,
) -> MandateFacts:
    """Note a customer's agreement; the same one again changes nothing. A customer has one at a time: the new one ends the old."""
    plain = number.strip()
    if not plain or len(plain) > NUMBER_LETTERS_MAX or not plain.isprintable():
        raise NoSuchMandate("Write the number of the agreement, as the provider gives it.")
    rows = Mandate.objects.select_for_update().filter(company_id=company.company_id, until__isnull=True)
    taken = rows.filter(kind=str(kind), number=plain).first()
    if taken is not None and taken.customer_id != customer_id:
        raise NoSuchMandate(
            "Agreement %(plain)s is another customer's. Compare the number with the provider's.", {"plain": plain}
        )
    if taken is None:
        for old in rows.filter(customer_id=customer_id):
            _end(old, on=today, ended_by="replaced", by=by, today=today, at=at)
        taken = Mandate.objects.create(
            company_id=company.company_id,
            customer_id=customer_id,
            kind=str(kind),
            number=plain,
            since=since,
            by=by,
        )
        _record(taken, "mandate.made", {"kind": str(kind), "since": since.isoformat()}, by=by, today=today, at=at)
    return next(one for one in mandates_of_customer(customer_id) if one.mandate_id == taken.pk)


@transaction.atomic
def end_mandate(
    company: CompanyFacts, mandate_id: int, *, on: date, ended_by: str, by: str, today: date, at: datetime
) -> None:
    """Note that an agreement holds no more, and drop the orders under it that nobody has been handed. No contract ends by it."""
    row = Mandate.objects.select_for_update().filter(company_id=company.company_id, pk=mandate_id).first()
    if row is None:
        raise NoSuchMandate("There is no such agreement. Reload the page.")
    if row.until is None:
        _end(row, on=on, ended_by=ended_by, by=by, today=today, at=at)


def _end(row: Mandate, *, on: date, ended_by: str, by: str, today: date, at: datetime) -> None:
    row.until, row.ended_by = max(on, row.since), ended_by
    row.save(update_fields=["until", "ended_by"])
    Collection.objects.filter(mandate=row, state="due").update(state="dropped", reason="the agreement ended")
    _record(row, "mandate.ended", {"kind": row.kind, "ended_by": ended_by}, by=by, today=today, at=at)


def _record(row: Mandate, what: str, facts: dict[str, object], *, by: str, today: date, at: datetime) -> None:
    record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"mandate:{row.pk}",
        on_day=today,
        at=at,
        because=(MANDATE,),
        facts=facts,
        customer_id=row.customer_id,
        by=by,
    )
