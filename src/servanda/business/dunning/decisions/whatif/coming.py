"""Which invoices will a running contract get in the months to come, if it runs on as it is?

The periods and the days of issue are those of billing's own decisions. What an invoice comes to is reckoned only when it is asked
for: it matters only where somebody pays late.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from servanda.business.billing.decisions.periods import next_period, price_of_period, run_day
from servanda.business.billing.decisions.prices import Pricing, price_of
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.billing.facts import BillableContract, BillableLine
from servanda.business.catalogue.facts import PriceList
from servanda.ground.law.vat import VatClass, treatment_of, vat_of
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from servanda.terms.clauses import InvoiceRun

Billed = tuple[tuple[int, Period], ...]  # the places of the contract's lines, and the periods that are invoiced of them


class ComingInvoice(NamedTuple):
    """An invoice to come, the same for all contracts with the same lines: its days by both agreements, and what it bills."""

    issued_on: date
    issued_on_by_draft: date
    products: frozenset[str]
    billed: Billed


class Schedule:
    """The invoices to come of each make of contract, found once."""

    def __init__(self, *, today: date, until: date) -> None:
        self._today = today
        self._until = until
        self._known: dict[tuple[object, ...], tuple[ComingInvoice, ...]] = {}

    def of(self, contract: BillableContract, terms: BillingTerms, draft: BillingTerms) -> tuple[ComingInvoice, ...]:
        """Return the invoices to come of a contract, in the order of their days."""
        lines = tuple(
            (line.product, line.interval_months, line.began_on, line.until, line.billed_until)
            for line in contract.lines
        )
        key = (contract.customer_kind, contract.terms_version, contract.agreed, lines)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._invoices(contract.lines, terms, draft))
        return found

    def _invoices(
        self, lines: Sequence[BillableLine], terms: BillingTerms, draft: BillingTerms
    ) -> Iterator[ComingInvoice]:
        by_day: dict[date, list[tuple[int, Period]]] = defaultdict(list)
        for place, line in enumerate(lines):
            for on, period in self._runs(line, terms.run_for(line.product)):
                by_day[on].append((place, period))
        for on, billed in sorted(by_day.items()):
            by_draft = min(run_day(period, draft.run_for(lines[place].product)) for place, period in billed)
            products = frozenset(lines[place].product for place, _ in billed)
            yield ComingInvoice(on, max(by_draft, self._today), products, tuple(billed))

    def _runs(self, line: BillableLine, run: InvoiceRun) -> Iterator[tuple[date, Period]]:
        since = line.billed_until
        while (period := next_period(line, since)) is not None and (on := run_day(period, run)) <= self._until:
            yield max(on, self._today), period
            since = period.until


def amount_minor(invoice: ComingInvoice, contract: BillableContract, prices: PriceList, pricing: Pricing) -> int:
    """Return what an invoice to come adds up to with VAT, by the prices that bind the customer as far as is known now."""
    nets: dict[Decimal, Money] = {}
    for place, period in invoice.billed:
        line = contract.lines[place]
        unit, _ = price_of(contract, line, prices, pricing, on=period.since)
        listed = prices.plans.get(line.plan)
        sold = listed.vat_class if listed is not None else VatClass.SERVICE
        rate = treatment_of(
            contract.buyer, sold=sold, on=invoice.issued_on
        ).rate  # consumers abroad: as below the threshold
        nets[rate] = nets.get(rate, Money(0)) + price_of_period(line, period, unit)
    return total_of(net + vat_of(net, rate=rate) for rate, net in nets.items()).minor
