"""The customers of a demo company: invented, forty of them, each with a habit of paying."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from servanda.business.customers.facts import CustomerDetails, Delivery
from servanda.ground.law.companies import is_cvr_plausible, is_gln_plausible
from servanda.terms.clauses import CustomerKind

# Who pays how. A habit is what the customer does with an invoice; see `faces.demo.life`.
HABITS = (
    *("early",) * 9,
    *("on time",) * 9,
    *("collected",) * 2,  # by Betalingsservice
    *("late",) * 6,
    *("very late",) * 2,
    *("partly",) * 2,
    *("never",) * 3,
    *("disputes",) * 2,
    *("ends",) * 3,
    *("without reference",) * 2,
)
_TRADES = (
    *("Tømrer", "Bageri", "Blomster", "Regnskab", "Cykler", "Tryk", "Frisør", "Maskiner", "Vine", "Optik"),
    *("Møbler", "Sejl", "Foto", "Murer", "Kaffe", "Glas", "Bolig", "Rejser", "Garn", "Musik"),
)
_PLACES = (
    "Nordlys",
    "Bøgely",
    "Åbrink",
    "Sølyst",
    "Højager",
    "Fjordblik",
    "Klintholt",
    "Engdal",
    "Lyngby Eksempel",
    "Vestervang",
)
_FIRST = ("Alma", "Birk", "Carla", "Dines", "Esther", "Frode", "Gerda", "Hakon", "Inga", "Joakim")
_LAST = ("Prøvesen", "Eksempelholt", "Opdigt", "Tænktrup", "Påhit")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer to be, what they buy first, and since when."""

    details: CustomerDetails
    plan: str
    quantity: int
    began_on: date
    description: str


def people_of(plans: tuple[str, ...], *, begins_on: date, count: int = len(HABITS)) -> Iterator[Person]:
    """Yield the customers of a company that sells these plans; the same for the same arguments."""
    for number in range(count):
        details = _with_invoicing(_details(number, begins_on), number)
        yield Person(
            details=details,
            plan=plans[number % len(plans)],
            quantity=1 + number % 3,
            began_on=begins_on + timedelta(days=(number * 11) % 56),
            description=f"{_address_name(details.name)}.example",
        )


def _details(number: int, begins_on: date) -> CustomerDetails:
    kind = _kind(number)
    name = _name(number, kind)
    is_abroad = number == 17  # one business elsewhere in the EU: reverse charge
    return CustomerDetails(
        number=str(1001 + number),
        kind=kind,
        name=name,
        email=f"post@{_address_name(name)}.example",
        cvr=_cvr(number) if kind is not CustomerKind.CONSUMER and not is_abroad else "",
        vat_number="SE556677889901" if is_abroad else "",
        vat_number_checked_on=begins_on if is_abroad else None,
        ean=_gln(number) if kind is CustomerKind.PUBLIC else "",
        address_lines=(f"Opdigtet Vej {number + 1}",),
        postal_code="8000" if not is_abroad else "21119",
        city="Prøveby" if not is_abroad else "Provköping",
        country="SE" if is_abroad else "DK",
        language="en" if number % 7 == 3 else "da",
        habit=HABITS[(number * 7) % len(HABITS)],
    )


def _with_invoicing(details: CustomerDetails, number: int) -> CustomerDetails:
    """Return the customer with how they want invoices: some businesses as e-invoices, one with an order that nobody there knows.

    One public body has given no reference, so that its e-invoices wait for somebody to ask.
    """
    if details.kind is CustomerKind.PUBLIC:
        is_known = number % 40 == 9
        return replace(details, person_reference="NIELS17", order_number="4500012345") if is_known else details
    if details.kind is not CustomerKind.BUSINESS or number == 17:
        return details
    if number == 26:
        return replace(details, invoice_delivery=str(Delivery.OIOUBL), order_number="UKENDT-4711")
    way = {0: Delivery.OIOUBL, 5: Delivery.OIOUBL, 2: Delivery.PEPPOL}.get(number % 8)
    return replace(details, invoice_delivery=str(way)) if way is not None else details


def _kind(number: int) -> CustomerKind:
    if number % 10 == 4:
        return CustomerKind.CONSUMER
    if number % 20 == 9:
        return CustomerKind.PUBLIC
    return CustomerKind.ASSOCIATION if number % 20 == 13 else CustomerKind.BUSINESS


def _name(number: int, kind: CustomerKind) -> str:
    place = _PLACES[(number + 3 * (number // 20)) % len(_PLACES)]
    match kind:
        case CustomerKind.CONSUMER:
            return f"{_FIRST[number // 4 % len(_FIRST)]} {_LAST[number // 10 % len(_LAST)]}"
        case CustomerKind.PUBLIC:
            return f"{place} Kommune"
        case CustomerKind.ASSOCIATION:
            return f"{place} Idrætsforening"
        case CustomerKind.BUSINESS:
            return f"{place} {_TRADES[(number * 3) % len(_TRADES)]} ApS"


def _address_name(name: str) -> str:
    plain = name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa").removesuffix(" aps")
    return plain.replace(" ", "-")


def _gln(number: int) -> str:
    """Return an EAN location number that passes the check, of digits that are given to nobody."""
    return next(gln for digit in range(10) if is_gln_plausible(gln := f"57980000{number:04d}{digit}"))


def _cvr(number: int) -> str:
    """Return a company number that passes the check, from a range that is not given out."""
    first = 99_000_000 + number * 100
    return next(str(cvr) for cvr in range(first, first + 100) if is_cvr_plausible(str(cvr)))
