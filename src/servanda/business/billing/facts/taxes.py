"""What VAT is on a document and on a year's sales abroad, and what a VAT return says."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from servanda.ground.law.sentences import Sentence
from servanda.ground.money import Money
from servanda.ground.periods import Period


@dataclass(frozen=True, slots=True, order=True)
class VatGroup:
    """The lines of a document that are taxed alike, and the VAT on their sum: the VAT breakdown of EN 16931."""

    country: str  # whose VAT it is
    category: str
    percent: Decimal
    net: Money
    vat: Money

    @property
    def key(self) -> tuple[str, str, Decimal]:
        return (self.country, self.category, self.percent)


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """A VAT group as documents show it, with the notes that its treatments demand."""

    group: VatGroup
    notes: tuple[Sentence, ...]

    @property
    def category(self) -> str:
        return self.group.category

    @property
    def percent(self) -> Decimal:
        return self.group.percent

    @property
    def base(self) -> Money:
        return self.group.net

    @property
    def vat(self) -> Money:
        return self.group.vat

    @property
    def note_da(self) -> str:
        return " ".join(note.da for note in self.notes)

    @property
    def note_en(self) -> str:
        return " ".join(note.en for note in self.notes)


@dataclass(frozen=True, slots=True)
class SalesAbroad:
    """A seller's sales to consumers elsewhere in the EU, which decide whose VAT they charge (art. 59 c)."""

    this_year: Money
    last_year: Money
    threshold: Money
    is_chosen: bool = False  # they opted in to the One Stop Shop
    has_crossed: bool = False  # a sale of this year has gone above the threshold already

    def is_one_stop_shop(self, coming: Money) -> bool:
        """Tell whether a sale of so much is taxed in the consumer's country."""
        is_above = self.last_year > self.threshold or self.this_year + coming > self.threshold
        return self.is_chosen or self.has_crossed or is_above

    def with_sale(self, net: Money) -> "SalesAbroad":
        """Return the sales with one more."""
        return replace(self, this_year=self.this_year + net, has_crossed=self.is_one_stop_shop(net))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedSale:
    """What a document of a period says of one treatment: a part of its lines, and the VAT on it. Credit notes are negative."""

    document_id: int
    number: int
    is_credit_note: bool
    issued_on: date
    original_on: date | None  # of the invoice that a credit note takes back
    customer_id: int
    buyer_country: str
    buyer_number: str
    country: str  # whose VAT it is
    category: str
    percent: Decimal
    basis: str
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VatReturn:
    """The boxes of the Danish VAT return that sales fill, to the øre."""

    sales_vat: Money  # salgsmoms
    taxed_net: Money  # what the sales VAT is 25 percent of
    goods_to_eu: Money  # rubrik B, goods
    services_to_eu: Money  # rubrik B, services
    others: Money  # rubrik C
    outside: Money  # no payment for goods or services: in no box
    one_stop_shop: Money  # declared elsewhere: in no box


@dataclass(frozen=True, slots=True, kw_only=True)
class EuSale:
    """A line of the list of sales without VAT to businesses in other EU countries."""

    country: str
    number: str
    services: Money
    goods: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OssSale:
    """A line of the One Stop Shop's return: what was sold in a country at a rate, and the VAT on it."""

    country: str
    percent: Decimal
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OssCorrection:
    """VAT of an earlier quarter that was credited in this one: declared by that quarter and country."""

    quarter: str
    country: str
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTie:
    """An account of the ledger beside what the documents say of it. The difference is nothing."""

    account: str
    by_documents: Money
    by_ledger: Money

    @property
    def difference(self) -> Money:
        return self.by_ledger - self.by_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class VatReport:
    """All that is declared of a period, and how it ties to the books."""

    period: Period
    boxes: VatReturn
    eu_sales: tuple[EuSale, ...]
    oss: tuple[OssSale, ...]
    corrections: tuple[OssCorrection, ...]
    ties: tuple[LedgerTie, ...]
    documents: int

    @property
    def is_tied(self) -> bool:
        return not any(tie.difference for tie in self.ties)
