"""What the pages about VAT show: why an invoice is taxed as it is, a customer's evidence, a period's tables."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from servanda.faces.office.shown import Card, Link, Stamp, Tab
from servanda.ground.citation import Citation
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VatGroupShown:
    """A part of an invoice that is taxed alike: the figures, the reasons, and what they rest on."""

    text: str
    base: Money
    vat: Money
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceVatShown:
    groups: tuple[VatGroupShown, ...]
    evidence: tuple[tuple[str, str], ...]
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    number: str
    stamp: Stamp
    on: date
    source: str
    consultation: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRow:
    kind: str
    country: str
    source: str
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    text: str
    since: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerVatShown:
    """What a customer's VAT rests on today, and what staff can add to it."""

    number: str
    country: str
    treatment: str
    why: str
    rate: Decimal
    because: tuple[Citation, ...]
    vat_number: str
    number_problem: str
    checked_on: date | None
    may_be_located: bool
    is_number_wished: bool
    may_be_checked: bool
    may_be_dealer: bool
    dealer_evidence: str
    proof: Stamp | None
    checks: tuple[CheckRow, ...]
    location: tuple[LocationRow, ...]
    moves: tuple[MoveRow, ...]
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VatCell:
    text: str
    is_figure: bool
    is_off: bool = False  # a difference that must not be


@dataclass(frozen=True, slots=True, kw_only=True)
class VatTable:
    key: str
    title: str
    notes: tuple[str, ...]
    headings: tuple[VatCell, ...]
    rows: tuple[tuple[VatCell, ...], ...]
    csv_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VatShown:
    """A period's VAT: its tables, the way to other periods, and how the One Stop Shop stands."""

    period: str
    since: date
    last_day: date
    documents: int
    is_tied: bool
    tables: tuple[VatTable, ...]
    periods: tuple[Tab, ...]
    euro_rate: str
    problem: str
    workbook_address: str
    shop: "ShopShown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopShown:
    is_chosen: bool
    is_used: bool
    this_year: Money
    last_year: Money
    threshold: Money
    percent: int  # of the threshold, a hundred at most


@dataclass(frozen=True, slots=True, kw_only=True)
class VatCard(Card):
    """Customers whose VAT a person must look at."""

    template = "office/cards/vat.html"

    questions: tuple["VatQuestionShown", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VatQuestionShown:
    text: str
    links: tuple[Link, ...]
