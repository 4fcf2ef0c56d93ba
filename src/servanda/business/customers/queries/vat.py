"""What is known of customers for VAT on a day: country, VAT number and its checks, dealer, where they live."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import islice

from django.db import connection

from servanda.business.customers.decisions.numbers import must_ask
from servanda.business.customers.facts import CheckOutcome, CustomerVat, Move, NumberCheck, NumberToAsk
from servanda.business.customers.models import Customer, LocationEvidence, Residence, VatNumberCheck, VatNumberWish
from servanda.ground.law.vat_location import LocationItem, LocationKind

# The day of the check is a hint here: a number that was checked lately and that nobody asks about is not read.
_TO_ASK = """
select u.id, u.vat_number, u.vat_number_checked_on, w.customer_id is not null, c.on_day, c.at
  from customer u
  left join vat_number_wish w on w.customer_id = u.id
  left join lateral (select on_day, at from vat_number_check where customer_id = u.id and number = u.vat_number
                      order by id desc limit 1) c on true
 where u.company_id = %s and u.vat_number <> '' and u.country <> 'DK' and u.kind <> 'consumer'
 order by w.customer_id is null, u.vat_number_checked_on nulls first, u.id
"""
_COLUMNS = ("id", "company_id", "country", "vat_number", "vat_number_checked_on", "dealer_evidence")


def vat_of_customers(customer_ids: Iterable[int], *, on: date) -> Mapping[int, CustomerVat]:
    """Return what is known for VAT of the customers on the day, in few queries: most are in Denmark and need no evidence."""
    rows = Customer.objects.filter(pk__in=list(customer_ids)).values_list(*_COLUMNS)
    known = {row[0]: row for row in rows}
    moves = _moves_of(known)
    countries = {pk: _country_on(country, moves.get(pk, ()), on) for pk, (_, _, country, *_) in known.items()}
    abroad = [pk for pk, country in countries.items() if country != "DK"]
    items, consultations = _items_of(abroad, on=on), _consultations_of(abroad)
    return {
        pk: CustomerVat(
            customer_id=pk,
            company_id=company_id,
            country=countries[pk],
            number=number,
            number_checked_on=checked_on,
            consultation=consultations.get((pk, number), ""),
            dealer_evidence=dealer_evidence,
            location=_location(countries[pk], items.get(pk, ()), _moved_on(moves.get(pk, ()), on))
            if pk in abroad
            else (),
        )
        for pk, company_id, _, number, checked_on, dealer_evidence in known.values()
    }


def number_checks_of(customer_id: int) -> tuple[NumberCheck, ...]:
    """Return all checks of the customer's VAT numbers, the newest first."""
    return tuple(_check(row) for row in VatNumberCheck.objects.filter(customer_id=customer_id).order_by("-id"))


def numbers_to_ask(company_id: int, *, today: date, at: datetime, limit: int) -> tuple[NumberToAsk, ...]:
    """Return the VAT numbers of other EU countries that must be asked about now, the wished ones first."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_ASK, [company_id])
        numbers = (
            NumberToAsk(
                customer_id=row[0],
                number=row[1],
                checked_on=row[2],
                is_wished=row[3],
                tried_on=row[4],
                tried_at=row[5],
            )
            for row in cursor.fetchall()
        )
        return tuple(islice((number for number in numbers if must_ask(number, today=today, at=at)), limit))


def refused_numbers(customer_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the numbers whose latest answer was no, by customer."""
    rows = VatNumberCheck.objects.filter(customer_id__in=list(customer_ids)).exclude(
        outcome=str(CheckOutcome.UNAVAILABLE)
    )
    newest = {row.customer_id: row for row in rows.order_by("id")}
    return {pk: row.number for pk, row in newest.items() if row.outcome == CheckOutcome.INVALID}


def is_number_wished(customer_id: int) -> bool:
    """Tell whether somebody waits for the authorities' answer on the customer's number."""
    return VatNumberWish.objects.filter(customer_id=customer_id).exists()


def moves_of(customer_id: int) -> tuple[Move, ...]:
    """Return the moves of a customer from country to country, the newest first."""
    rows = Residence.objects.filter(customer_id=customer_id).order_by("-since", "-id")
    return tuple(_move(row) for row in rows)


def _moves_of(customer_ids: Iterable[int]) -> dict[int, tuple[Residence, ...]]:
    found: dict[int, tuple[Residence, ...]] = {}
    for row in Residence.objects.filter(customer_id__in=list(customer_ids)).order_by("customer_id", "since", "id"):
        found[row.customer_id] = (*found.get(row.customer_id, ()), row)
    return found


def _country_on(now: str, moves: tuple[Residence, ...], day: date) -> str:
    """Return the country on the day; the customer's row has the country of today, and the moves have those before."""
    if not moves:
        return now
    begun = [move for move in moves if move.since <= day]
    return begun[-1].country if begun else moves[0].left_country


def _moved_on(moves: tuple[Residence, ...], day: date) -> date | None:
    return max((move.since for move in moves if move.since <= day), default=None)


def _items_of(customer_ids: Iterable[int], *, on: date) -> dict[int, tuple[LocationEvidence, ...]]:
    found: dict[int, tuple[LocationEvidence, ...]] = {}
    rows = LocationEvidence.objects.filter(customer_id__in=list(customer_ids), on_day__lte=on).order_by("id")
    for row in rows:
        found[row.customer_id] = (*found.get(row.customer_id, ()), row)
    return found


def _location(country: str, rows: tuple[LocationEvidence, ...], moved_on: date | None) -> tuple[LocationItem, ...]:
    newest = {LocationKind.BILLING_ADDRESS: LocationItem(LocationKind.BILLING_ADDRESS, country)}
    for row in rows:
        if moved_on is None or row.on_day >= moved_on or row.country == country:
            kind = LocationKind(row.kind)
            newest[kind] = LocationItem(kind, row.country, row.source, row.on_day)
    return tuple(newest[kind] for kind in sorted(newest))


def _consultations_of(customer_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """Return the authority's reference of the newest valid answer on each number."""
    rows = VatNumberCheck.objects.filter(customer_id__in=list(customer_ids), outcome=str(CheckOutcome.VALID))
    return {(row.customer_id, row.number): row.consultation for row in rows.order_by("id")}


def _check(row: VatNumberCheck) -> NumberCheck:
    return NumberCheck(
        customer_id=row.customer_id,
        number=row.number,
        outcome=CheckOutcome(row.outcome),
        consultation=row.consultation,
        name=row.name,
        reason=row.reason,
        source=row.source,
        on_day=row.on_day,
        at=row.at,
        answer_sha256=row.answer_sha256,
    )


def _move(row: Residence) -> Move:
    return Move(
        customer_id=row.customer_id,
        left_country=row.left_country,
        country=row.country,
        since=row.since,
        reason=row.reason,
        on_day=row.on_day,
        by=row.by,
    )
