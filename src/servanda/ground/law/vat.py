"""Which VAT belongs on a sale from Denmark, and which note must the invoice carry?

Rates are fractions: 0.25 is 25 percent. Services are taken to be hosting and other electronic services, goods to be sent
to the customer; visits to consumers abroad and work on real property need a person's decision. What the answer rests on
has a name for ever, its basis: invoices keep it, and notes and explanations follow from it (`vat_words`).
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from servanda.ground.citation import Citation
from servanda.ground.dated import Dated, Since
from servanda.ground.law.sentences import Sentence
from servanda.ground.law.vat_location import LocationItem, Proof
from servanda.ground.law.vat_rates import standard_rate
from servanda.ground.law.vat_words import VatBasis, note_of, why_of
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

STANDARD_RATE = Citation("Momsloven", "§ 33")
REVERSE_CHARGE = Citation("Momsloven", "§ 16, stk. 1")
ELECTRONIC_SERVICES = Citation("Momsloven", "§ 21 c")
ONE_STOP_SHOP = Citation("Momssystemdirektivet", "art. 58 og 369 b", "2006/112/EF")
THRESHOLD = Citation("Momssystemdirektivet", "art. 59 c", "2006/112/EF")
DEALERS = Citation("Momsloven", "§ 46, stk. 1")
GOODS_TO_EU = Citation("Momsloven", "§ 34, stk. 1, nr. 1")
EXPORTED_GOODS = Citation("Momsloven", "§ 34, stk. 1, nr. 5")
NOT_A_SALE = Citation("Momsloven", "§ 27")
PLACE_PRESUMED = Citation("Momsforordningen", "art. 24 b", "282/2011")
CONSUMERS_OUTSIDE_EU = Citation("Momsloven", "§ 21 d, stk. 1")
OUTSIDE_SCOPE = Citation("Momsloven", "§ 16, stk. 1")
SIMPLIFIED_INVOICE = Citation("Momsbekendtgørelsen", "§ 66", "1435/2023")
INVOICE_CONTENT = Citation("Momsbekendtgørelsen", "§ 58", "1435/2023")
EU_TERRITORY = Citation("Momssystemdirektivet", "art. 5", "2006/112/EF")

VAT_RATE: Dated[Decimal] = Dated("The Danish VAT rate", (Since(date(1992, 1, 1), Decimal("0.25"), STANDARD_RATE),))
# Including VAT. A simplified invoice may leave out the buyer.
SIMPLIFIED_INVOICE_MAX: Dated[Money] = Dated(
    "The highest total of a simplified invoice",
    (Since(date(2024, 1, 1), Money(3_000_00), SIMPLIFIED_INVOICE),),
)
# Cross-border sales of electronic services to consumers in a calendar year, below which Danish VAT applies.
OSS_THRESHOLD: Dated[Money] = Dated(
    "The yearly threshold of the One Stop Shop",
    (Since(date(2021, 7, 1), Money(74_415_00), THRESHOLD),),
)


class UnknownCountry(Refused):
    """The country is not written as two capital letters."""


class VatCategory(StrEnum):
    """The category codes of EN 16931 that these sales can have."""

    STANDARD = "S"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"
    EXPORT = "G"
    GOODS_TO_EU = "K"
    EXEMPT = "E"
    ZERO = "Z"


class VatClass(StrEnum):
    """What is sold, as far as VAT asks: the catalogue has it for each product."""

    SERVICE = "service"  # hosting and other services that reach the customer electronically
    GOODS = "goods"  # sent to the customer
    LISTED_GOODS = "listed goods"  # of § 46: mobile phones, tablets, laptops, game consoles, chips
    OUTSIDE = "outside vat"  # no payment for goods or services, such as a deposit or damages


@dataclass(frozen=True, slots=True, kw_only=True)
class VatBuyer:
    """What must be known of a buyer to tax a sale, with the evidence for it. Empty: there is none."""

    country: str
    is_business: bool  # a taxable person: a business, or another legal person with a checked VAT number
    number: str = ""
    number_checked_on: date | None = None
    consultation: str = ""  # by which the authority's answer can be found again
    dealer_evidence: str = ""  # why they count as a VAT-registered dealer in listed hardware
    location: tuple[LocationItem, ...] = ()
    location_proof: Proof = Proof.LACKING

    @property
    def has_checked_number(self) -> bool:
        return bool(self.number) and self.number_checked_on is not None


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """How a sale is taxed: by which country's law, at which rate, under which provision, and on which basis."""

    category: VatCategory
    rate: Decimal
    citation: Citation
    basis: VatBasis
    country: str = "DK"

    @property
    def percent(self) -> Decimal:
        """The rate as invoices print it: 25, not 0.25."""
        percent = self.rate * 100
        return percent.quantize(Decimal(1)) if percent == percent.to_integral_value() else percent.normalize()

    @property
    def note(self) -> Sentence | None:
        """The note that the invoice must carry, if any."""
        return note_of(self.basis, country=self.country)

    @property
    def why(self) -> Sentence:
        """Why the sale is taxed this way, for whoever checks it."""
        return why_of(self.basis, country=self.country)


def treatment_of(
    buyer: VatBuyer, *, sold: VatClass = VatClass.SERVICE, on: date, is_one_stop_shop: bool = False
) -> VatTreatment:
    """Return how a sale from Denmark on the day is taxed.

    `is_one_stop_shop` tells whether the seller charges consumers elsewhere in the EU the VAT of their own country: above
    the threshold of art. 59 c, or by choice. Refuses a country whose rate is not known for the day.
    """
    country = country_code(buyer.country)
    if sold is VatClass.OUTSIDE:
        return _untaxed(VatCategory.EXEMPT, NOT_A_SALE, VatBasis.OUTSIDE_VAT)
    if country == "DK":
        return _at_home(buyer, sold, on)
    if country not in EU_COUNTRIES.on(on).value:
        return _outside_eu(buyer, sold, on)
    if buyer.is_business:
        return _eu_business(buyer, sold, on)
    return _eu_consumer(buyer, country, sold, on, is_one_stop_shop=is_one_stop_shop)


def vat_treatment(*, customer_country: str, has_checked_vat_number: bool, is_business: bool, on: date) -> VatTreatment:
    """Return how a service is taxed whose buyer's place is not in doubt, by a seller below the threshold."""
    return treatment_of(buyer_of(customer_country, is_business=is_business, has_number=has_checked_vat_number), on=on)


def buyer_of(country: str, *, is_business: bool, has_number: bool = False) -> VatBuyer:
    """Return a buyer whose place is not in doubt, such as one in an example."""
    return VatBuyer(
        country=country,
        is_business=is_business,
        number=f"{country}-example" if has_number else "",
        number_checked_on=date.min if has_number else None,
        location_proof=Proof.ENOUGH,
    )


def is_abroad_in_eu(country: str, *, on: date) -> bool:
    """Tell whether the country is another one of the EU."""
    code = country_code(country)
    return code != "DK" and code in EU_COUNTRIES.on(on).value


def vat_of(net: Money, *, rate: Decimal) -> Money:
    """Return the VAT on a net amount, rounded half-up; take it on the sum of the lines, not line by line."""
    return net.times(rate)


def net_of_gross(gross: Money, *, rate: Decimal) -> Money:
    """Return the net amount within a gross price; the VAT is the rest, so the gross price stays exact."""
    return Money(1, gross.currency).times(gross.minor / (1 + rate))


def country_code(text: str) -> str:
    """Return the country as ISO 3166 has it; VAT numbers of Greece begin with EL."""
    if not re.fullmatch("[A-Z]{2}", text):
        raise UnknownCountry("'%(text)s' is not a country code. Write two capital letters, as in DK.", {"text": text})
    return "GR" if text == "EL" else text


def _at_home(buyer: VatBuyer, sold: VatClass, on: date) -> VatTreatment:
    if sold is VatClass.LISTED_GOODS and buyer.is_business and buyer.dealer_evidence:
        return _untaxed(VatCategory.REVERSE_CHARGE, DEALERS, VatBasis.DEALER)
    return _danish(VatBasis.DANISH, STANDARD_RATE, on)


def _eu_business(buyer: VatBuyer, sold: VatClass, on: date) -> VatTreatment:
    if not buyer.has_checked_number:
        return _danish(VatBasis.UNCHECKED_NUMBER, STANDARD_RATE, on)
    if sold is VatClass.SERVICE:
        return _untaxed(VatCategory.REVERSE_CHARGE, REVERSE_CHARGE, VatBasis.REVERSE_CHARGE)
    return _untaxed(VatCategory.GOODS_TO_EU, GOODS_TO_EU, VatBasis.GOODS_TO_EU)


def _eu_consumer(buyer: VatBuyer, country: str, sold: VatClass, on: date, *, is_one_stop_shop: bool) -> VatTreatment:
    if not is_one_stop_shop:
        return _danish(VatBasis.BELOW_THRESHOLD, THRESHOLD, on)
    if sold is VatClass.SERVICE and buyer.location_proof is not Proof.ENOUGH:
        return _danish(VatBasis.PLACE_UNPROVEN, PLACE_PRESUMED, on)
    rate = standard_rate(country, on=on)
    return VatTreatment(VatCategory.STANDARD, rate, ONE_STOP_SHOP, VatBasis.ONE_STOP_SHOP, country)


def _outside_eu(buyer: VatBuyer, sold: VatClass, on: date) -> VatTreatment:
    if sold is not VatClass.SERVICE:
        return _untaxed(VatCategory.EXPORT, EXPORTED_GOODS, VatBasis.EXPORT)
    if buyer.is_business:
        return _untaxed(VatCategory.OUTSIDE_SCOPE, OUTSIDE_SCOPE, VatBasis.OUTSIDE_EU)
    if buyer.location_proof is not Proof.ENOUGH:
        return _danish(VatBasis.PLACE_UNPROVEN, PLACE_PRESUMED, on)
    return _untaxed(VatCategory.OUTSIDE_SCOPE, CONSUMERS_OUTSIDE_EU, VatBasis.OUTSIDE_EU)


def _danish(basis: VatBasis, citation: Citation, on: date) -> VatTreatment:
    return VatTreatment(VatCategory.STANDARD, VAT_RATE.on(on).value, citation, basis)


def _untaxed(category: VatCategory, citation: Citation, basis: VatBasis) -> VatTreatment:
    return VatTreatment(category, Decimal(0), citation, basis)


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
