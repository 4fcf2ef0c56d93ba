"""Which VAT belongs on a sale of hosting or IT services from Denmark, and which note must the invoice carry?

Rates are fractions: 0.25 is 25 percent. The sales are taken to be hosting and other electronic services;
goods, visits to consumers abroad and work on real property need a person's decision.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from servanda.ground.citation import Citation
from servanda.ground.dated import Dated, Since
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

STANDARD_RATE = Citation("Momsloven", "§ 33")
REVERSE_CHARGE = Citation("Momsloven", "§ 16, stk. 1")
ELECTRONIC_SERVICES = Citation("Momsloven", "§ 21 c")
CONSUMERS_OUTSIDE_EU = Citation("Momsloven", "§ 21 d, stk. 1")
OUTSIDE_SCOPE = Citation("Momsloven", "§ 16, stk. 1")
SIMPLIFIED_INVOICE = Citation("Momsbekendtgørelsen", "§ 66", "1435/2023")
INVOICE_CONTENT = Citation("Momsbekendtgørelsen", "§ 58", "1435/2023")
EU_TERRITORY = Citation("Momssystemdirektivet", "art. 5", "2006/112/EF")

REVERSE_CHARGE_NOTE_DA = "Omvendt betalingspligt: køber beregner og betaler momsen."
REVERSE_CHARGE_NOTE_EN = "Reverse charge: the customer accounts for the VAT."

VAT_RATE: Dated[Decimal] = Dated("The Danish VAT rate", (Since(date(1992, 1, 1), Decimal("0.25"), STANDARD_RATE),))
# Including VAT. A simplified invoice may leave out the buyer.
SIMPLIFIED_INVOICE_MAX: Dated[Money] = Dated(
    "The highest total of a simplified invoice",
    (Since(date(2024, 1, 1), Money(3_000_00), SIMPLIFIED_INVOICE),),
)
# Cross-border sales of electronic services to consumers in a calendar year, below which Danish VAT applies.
OSS_THRESHOLD: Dated[Money] = Dated(
    "The yearly threshold of the One Stop Shop",
    (Since(date(2021, 7, 1), Money(74_415_00), ELECTRONIC_SERVICES),),
)


class UnknownCountry(Refused):
    """The country is not written as two capital letters."""


class VatCategory(StrEnum):
    """The category codes of EN 16931 that these sales can have."""

    STANDARD = "S"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """How a sale is taxed, under which provision, and the note for the invoice ("" where none is needed)."""

    category: VatCategory
    rate: Decimal
    citation: Citation
    note_da: str = ""
    note_en: str = ""

    @property
    def percent(self) -> Decimal:
        """The rate as invoices print it: 25, not 0.25."""
        return (self.rate * 100).quantize(Decimal(1))


def vat_treatment(*, customer_country: str, has_checked_vat_number: bool, is_business: bool, on: date) -> VatTreatment:
    """Return how a service sold from Denmark on the day is taxed.

    A consumer elsewhere in the EU gets Danish VAT, which holds only while the seller stays below the One Stop
    Shop threshold and has not opted in; a seller above it must not rely on this. An EU business whose VAT
    number has not been checked gets Danish VAT.
    """
    country = _country(customer_country)
    if country == "DK":
        return _danish(on)
    if country not in EU_COUNTRIES.on(on).value:
        return _outside_scope(is_business)
    if is_business and has_checked_vat_number:
        return _reverse_charge()
    return _danish_vat_abroad(on, is_business)


def vat_of(net: Money, *, rate: Decimal) -> Money:
    """Return the VAT on a net amount, rounded half-up; take it on the sum of the lines, not line by line."""
    return net.times(rate)


def net_of_gross(gross: Money, *, rate: Decimal) -> Money:
    """Return the net amount within a gross price; the VAT is the rest, so the gross price stays exact."""
    return Money(1, gross.currency).times(gross.minor / (1 + rate))


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise UnknownCountry(f"{text!r} is not a country code. Write two capital letters, as in DK.")
    return "GR" if text == "EL" else text


def _danish(on: date) -> VatTreatment:
    rate = VAT_RATE.on(on)
    return VatTreatment(VatCategory.STANDARD, rate.value, rate.source)


def _danish_vat_abroad(on: date, is_business: bool) -> VatTreatment:
    rate = VAT_RATE.on(on).value
    if is_business:
        return VatTreatment(
            VatCategory.STANDARD,
            rate,
            STANDARD_RATE,
            "Dansk moms, fordi køberens momsnummer ikke er kontrolleret.",
            "Danish VAT, because the customer's VAT number has not been checked.",
        )
    return VatTreatment(
        VatCategory.STANDARD,
        rate,
        ELECTRONIC_SERVICES,
        "Dansk moms, fordi sælgers salg til forbrugere i andre EU-lande er under grænsen for One Stop Shop.",
        "Danish VAT, because the seller's sales to consumers in other EU countries are below the threshold.",
    )


def _reverse_charge() -> VatTreatment:
    return VatTreatment(
        VatCategory.REVERSE_CHARGE, Decimal(0), REVERSE_CHARGE, REVERSE_CHARGE_NOTE_DA, REVERSE_CHARGE_NOTE_EN
    )


def _outside_scope(is_business: bool) -> VatTreatment:
    return VatTreatment(
        VatCategory.OUTSIDE_SCOPE,
        Decimal(0),
        OUTSIDE_SCOPE if is_business else CONSUMERS_OUTSIDE_EU,
        "Ikke omfattet af dansk moms: ydelsen har leveringssted uden for EU.",
        "Outside the scope of Danish VAT: the place of supply is outside the EU.",
    )


_EU_27 = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
     "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
# Croatia joined on 1 July 2013; the United Kingdom's transition ended with 2020. Greenland and the Faroe
# Islands are outside.
EU_COUNTRIES: Dated[frozenset[str]] = Dated(
    "The countries of the EU for VAT",
    (
        Since(date(2013, 7, 1), _EU_27 | {"GB"}, EU_TERRITORY),
        Since(date(2021, 1, 1), _EU_27, EU_TERRITORY),
    ),
)
