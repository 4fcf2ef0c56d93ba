"""What must be known to say what is to be invoiced, and what is then written on the invoice."""

from dataclasses import dataclass
from datetime import date

from servanda.business.billing.facts.taxes import VatGroup
from servanda.business.contracts.facts import AgreedRule
from servanda.ground.citation import Citation
from servanda.ground.law.vat import VatBuyer, VatClass, VatTreatment
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind
from servanda.terms.resolving import Deviation


@dataclass(frozen=True, slots=True)
class BillableLine:
    """A running contract line, and up to where it is billed."""

    line_id: int
    product: str
    plan: str
    description: str
    quantity: int
    own_price: Money | None
    interval_months: int
    began_on: date
    until: date | None
    billed_until: date


@dataclass(frozen=True, slots=True)
class BillableContract:
    """A contract with lines that may be due, and whom it is with."""

    contract_id: int
    customer_id: int
    customer_kind: CustomerKind
    terms_version: str
    language: str
    email: str
    buyer: VatBuyer
    lines: tuple[BillableLine, ...]
    agreed: tuple[AgreedRule, ...] = ()  # rules of its own in place of the terms', past and coming ones too


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line to be invoiced, priced and described. A thing sold once has the one day on which it was sold as its period.

    `period` and `line_id` are empty for a line that no contract line stands behind, such as a reopening fee.
    """

    line_id: int | None
    product: str
    description: str
    quantity: int
    unit: Money
    net: Money
    period: Period | None
    vat: VatTreatment
    sold: VatClass = VatClass.SERVICE
    because: tuple[Citation, ...] = ()  # what a price rests on that is another than was agreed at first
    is_beside: bool = False  # billed beside the line's own periods: time billed again, or more of it within a period


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """An invoice that is due to be issued. It has no number yet; numbers are taken in the issuing transaction."""

    contract_id: int | None
    customer_id: int
    customer_kind: CustomerKind
    terms_version: str
    language: str
    email: str
    issued_on: date
    due_on: date | None
    is_term_agreed: bool
    lines: tuple[DraftLine, ...]
    groups: tuple[VatGroup, ...]
    buyer: VatBuyer
    because: tuple[Citation, ...]
    own_terms: tuple[Deviation, ...] = ()  # the customer's own rules that hold on the day of issue

    @property
    def net(self) -> Money:
        return total_of(group.net for group in self.groups)

    @property
    def vat(self) -> Money:
        return total_of(group.vat for group in self.groups)

    @property
    def total(self) -> Money:
        return self.net + self.vat

    @property
    def products(self) -> tuple[str, ...]:
        return tuple(sorted({line.product for line in self.lines}))
