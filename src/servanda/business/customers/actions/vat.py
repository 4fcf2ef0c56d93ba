"""Evidence for VAT: answers on VAT numbers, where a customer lives, moves between countries, dealers in listed hardware.

All of it is added and nothing of it rewritten: what an invoice rested on can be shown as it was on its day.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.customers.actions import CustomerRefused
from servanda.business.customers.decisions.numbers import checked_on_after
from servanda.business.customers.facts import CheckOutcome, NumberCheck
from servanda.business.customers.models import Customer, LocationEvidence, Residence, VatNumberCheck, VatNumberWish
from servanda.business.evidence.actions import record
from servanda.ground.citation import Citation
from servanda.ground.law.vat import DEALERS, country_code
from servanda.ground.law.vat_location import LOCATION_EVIDENCE, OWN_WORDS, LocationKind
from servanda.ground.law.vat_numbers import GOOD_FAITH


@transaction.atomic
def wish_number_check(customer_id: int, *, by: str, at: datetime) -> bool:
    """Ask the clock to have the customer's VAT number checked. False: somebody waits for that already."""
    row = Customer.objects.select_for_update().get(pk=customer_id)
    if not row.vat_number:
        raise CustomerRefused("The customer has no VAT number to check. Write it down first.")
    _, is_new = VatNumberWish.objects.get_or_create(
        customer_id=customer_id, defaults={"company_id": row.company_id, "by": by, "at": at}
    )
    return is_new


@transaction.atomic
def record_number_check(check: NumberCheck, *, by: str = "system") -> bool:
    """Keep an answer on a VAT number, and let the customer's day of check follow it.

    An answer on a number that the customer no longer has is kept, and changes nothing. False: it was kept already.
    """
    row = Customer.objects.select_for_update().get(pk=check.customer_id)
    known = VatNumberCheck.objects.filter(customer_id=check.customer_id, number=check.number, at=check.at)
    if known.exists():
        return False
    kept = VatNumberCheck.objects.create(
        company_id=row.company_id,
        customer_id=check.customer_id,
        number=check.number,
        outcome=str(check.outcome),
        consultation=check.consultation,
        name=check.name,
        reason=check.reason,
        source=check.source,
        on_day=check.on_day,
        at=check.at,
        answer_sha256=check.answer_sha256,
    )
    if row.vat_number == check.number:
        row.vat_number_checked_on = checked_on_after(check.outcome, row.vat_number_checked_on, today=check.on_day).day
        row.save(update_fields=["vat_number_checked_on"])
    if check.outcome is not CheckOutcome.UNAVAILABLE:
        VatNumberWish.objects.filter(customer_id=check.customer_id).delete()
    _record(
        row,
        "vat_number.checked",
        f"{kept.pk}",
        because=(GOOD_FAITH,),
        facts={"outcome": kept.outcome, "source": kept.source, "consultation": kept.consultation},
        today=check.on_day,
        at=check.at,
        by=by,
    )
    return True


@transaction.atomic
def change_vat_number(customer_id: int, number: str, *, today: date, at: datetime, by: str) -> bool:
    """Write down another VAT number; it has not been checked then. False: it is the one that we have."""
    row = Customer.objects.select_for_update().get(pk=customer_id)
    if row.vat_number == number:
        return False
    row.vat_number, row.vat_number_checked_on = number, None
    row.save(update_fields=["vat_number", "vat_number_checked_on"])
    return _record(
        row, "vat_number.changed", at.isoformat(), because=(GOOD_FAITH,), facts={}, today=today, at=at, by=by
    )


@transaction.atomic
def add_location_evidence(
    customer_id: int, *, kind: LocationKind, country: str, source: str, today: date, at: datetime, by: str
) -> int:
    """Keep one item of evidence for where a customer lives, and return its id. The newest of a kind counts."""
    if kind in OWN_WORDS:
        raise CustomerRefused("The billing address is known already. Note what somebody else says of the customer.")
    if not source.strip():
        raise CustomerRefused("Say where the evidence comes from, such as the bank of the payment of a day.")
    row = Customer.objects.select_for_update().get(pk=customer_id)
    kept = LocationEvidence.objects.create(
        customer=row,
        kind=str(kind),
        country=country_code(country),
        source=source.strip(),
        on_day=today,
        at=at,
        by=by,
    )
    _record(
        row,
        "location.noted",
        f"{kept.pk}",
        because=(LOCATION_EVIDENCE,),
        facts={"kind": kept.kind, "country": kept.country},
        today=today,
        at=at,
        by=by,
    )
    return kept.pk


@transaction.atomic
def note_dealer(customer_id: int, *, evidence: str, today: date, at: datetime, by: str) -> bool:
    """Note why a customer counts as a VAT-registered dealer; without evidence they no longer do. False: it is so already."""
    row = Customer.objects.select_for_update().get(pk=customer_id)
    if evidence and not row.cvr:
        raise CustomerRefused("Only a customer with a CVR number can be a VAT-registered dealer. Write it down first.")
    if row.dealer_evidence == evidence.strip():
        return False
    row.dealer_evidence = evidence.strip()
    row.save(update_fields=["dealer_evidence"])
    return _record(
        row,
        "dealer.noted",
        at.isoformat(),
        because=(DEALERS,),
        facts={"is_dealer": bool(row.dealer_evidence)},
        today=today,
        at=at,
        by=by,
    )


@transaction.atomic
def move_customer(
    customer_id: int,
    *,
    country: str,
    since: date,
    reason: str,
    address_lines: tuple[str, ...] = (),
    postal_code: str = "",
    city: str = "",
    today: date,
    at: datetime,
    by: str,
) -> int:
    """Note that a customer lives in another country from a day on, and return the id of the move.

    What is issued before the day stays as it is; what is issued from it on is taxed by the new country. The day lies at
    most ninety days back: an older one is a matter of credit notes, which a person decides on first.
    """
    row = Customer.objects.select_for_update().get(pk=customer_id)
    _refuse_move(row, country_code(country), since, reason, today=today)
    move = Residence.objects.create(
        customer=row,
        left_country=_country_before(row, since),
        country=country_code(country),
        since=since,
        address_lines=list(address_lines),
        postal_code=postal_code,
        city=city,
        reason=reason.strip(),
        on_day=today,
        at=at,
        by=by,
    )
    facts = {"country": move.country, "left": move.left_country, "since": since.isoformat()}
    _record(row, "customer.moved", f"{move.pk}", because=(LOCATION_EVIDENCE,), facts=facts, today=today, at=at, by=by)
    follow_moves(row.company_id, today=today)
    return move.pk


@transaction.atomic
def follow_moves(company_id: int, *, today: date) -> int:
    """Give the customers whose moves have begun their new address, and return how many those are."""
    begun = Residence.objects.filter(customer__company_id=company_id, since__lte=today).select_related("customer")
    newest: dict[int, Residence] = {move.customer_id: move for move in begun.order_by("since", "id")}
    changed = 0
    for move in newest.values():
        row = move.customer
        if row.country == move.country:
            continue
        row.country, row.address_lines = move.country, move.address_lines
        row.postal_code, row.city = move.postal_code, move.city
        row.save(update_fields=["country", "address_lines", "postal_code", "city"])
        changed += 1
    return changed


BACKDATED_DAYS_MAX = 90


def _refuse_move(row: Customer, country: str, since: date, reason: str, *, today: date) -> None:
    if not reason.strip():
        raise CustomerRefused("Say what shows the move, such as the customer's letter of a day.")
    if (today - since).days > BACKDATED_DAYS_MAX:
        raise CustomerRefused(
            "%(since)s is more than %(days)s days back. Credit what was issued since then first, and let the move begin later.",
            {"since": since, "days": BACKDATED_DAYS_MAX},
        )
    later = Residence.objects.filter(customer=row, since__gte=since).order_by("since").first()
    if later is not None:
        raise CustomerRefused(
            "A move from %(since)s on is noted already. Note the new one from a later day.", {"since": later.since}
        )
    if _country_before(row, since) == country:
        raise CustomerRefused(
            "The customer lives in %(country)s already. Change the address instead.", {"country": country}
        )


def _country_before(row: Customer, since: date) -> str:
    """Return the country that the customer leaves: that of the newest move, begun or not, or the one we know."""
    newest = Residence.objects.filter(customer=row, since__lt=since).order_by("since", "id").last()
    return newest.country if newest is not None else row.country


def _record(
    row: Customer,
    what: str,
    name: str,
    *,
    because: tuple[Citation, ...],
    facts: Mapping[str, object],
    today: date,
    at: datetime,
    by: str,
) -> bool:
    return record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}:{name}",
        what=what,
        subject=f"customer:{row.pk}",
        on_day=today,
        at=at,
        because=because,
        facts=facts,
        customer_id=row.pk,
        by=by,
    )
