"""The rules that invoices are made by: when they are issued, when they must be paid, and what they say."""

from dataclasses import dataclass, field

from servanda.ground.citation import Citation
from servanda.terms.clauses import InvoiceRun, PaymentTerm

AT_PERIOD_START = InvoiceRun(day="period start")


@dataclass(frozen=True, slots=True)
class RuledTerm:
    """A payment term and what it rests on. A house choice is not agreed: the law counts interest from later."""

    rule: PaymentTerm
    because: tuple[Citation, ...]
    is_house: bool = False


@dataclass(frozen=True, slots=True)
class BillingTerms:
    """The billing rules of one agreement for one kind of customer, by product; the key "" is the general rule."""

    payment: dict[str, RuledTerm] = field(default_factory=dict)
    run: dict[str, InvoiceRun] = field(default_factory=dict)
    run_because: dict[str, tuple[Citation, ...]] = field(default_factory=dict)

    def run_for(self, product: str) -> InvoiceRun:
        """Return when the product is invoiced; at the start of each period where the terms are silent."""
        return self.run.get(product) or self.run.get("", AT_PERIOD_START)

    def run_because_for(self, product: str) -> tuple[Citation, ...]:
        """Return what the day of invoicing rests on."""
        return self.run_because.get(product) or self.run_because.get("", ())
