"""Which invoices of each customer were paid late, or will be? Only those can differ by more than their due day.

Most invoices are paid by their due day under both agreements. They cost one look-up each: that is why the whole of a company can
be looked through in seconds.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import TypeVar

from servanda.business.billing.facts import BillableContract, PastInvoice
from servanda.business.contracts.decisions.deviating import own_terms_on
from servanda.business.dunning.decisions.whatif.cases import CompanyCase
from servanda.business.dunning.decisions.whatif.coming import ComingInvoice, Schedule, amount_minor
from servanda.business.dunning.decisions.whatif.comparing import Pair
from servanda.business.dunning.decisions.whatif.customers import LateCase, Span
from servanda.business.dunning.decisions.whatif.habits import Habit, expected_payment, habit_of, paid_on_by_habit
from servanda.business.dunning.decisions.whatif.ladders import Services
from servanda.business.dunning.decisions.whatif.patterns import Matter, Patterns
from servanda.business.hosting.facts import ServiceSpan
from servanda.terms.document import Agreement

T = TypeVar("T", PastInvoice, ServiceSpan, BillableContract)


@dataclass(slots=True)
class Gathered:
    """What is to be compared of one customer, and what is only counted."""

    customer_id: int
    cases: list[LateCase]
    invoices_coming: int = 0
    paused: int = 0
    not_delivered: int = 0
    due_sooner: int = 0
    due_later: int = 0

    def note_due(self, pair: Pair) -> None:
        """Count an invoice whose due day moves."""
        self.due_sooner += pair.moved_days < 0
        self.due_later += pair.moved_days > 0


def gathered(case: CompanyCase, draft: Agreement, span: Span) -> Iterator[Gathered]:
    """Yield what is to be compared, customer by customer, their invoices in the order of issue."""
    look = _Look(case, draft, span)
    invoices, contracts = _by_customer(case.invoices), _by_customer(case.contracts)
    for customer in case.customers:
        found = Gathered(customer.customer_id, [])
        past = invoices[customer.customer_id]
        usual = look.gather_past(found, past)
        look.gather_coming(found, contracts[customer.customer_id], usual)
        yield found


Plan = tuple[tuple[ComingInvoice, Pair], ...]
Running = frozenset[tuple[str, bool]]  # the products of the services that run, and whether they are of the contract


class _Look:
    """What is looked up again and again: patterns, the services of customers, the invoices to come of like contracts."""

    def __init__(self, case: CompanyCase, draft: Agreement, span: Span) -> None:
        self._case = case
        self._patterns = Patterns(case, draft, far=span.far)
        self._schedule = Schedule(today=case.today, until=case.until)
        self._spans = _by_customer(case.services)
        self._running: dict[tuple[int, int | None], Running] = {}
        self._billed: dict[tuple[Running, frozenset[str]], Services] = {}
        self._plans: dict[tuple[int, Running], Plan] = {}

    def gather_past(self, found: Gathered, invoices: Sequence[PastInvoice]) -> Habit:
        """Add the late ones of the invoices that were issued, and return how the customer pays."""
        case, today = self._case, self._case.today
        taken = []
        for invoice in invoices:
            if invoice.invoice_id in case.paused:
                found.paused += 1
            elif invoice.received_on is None:
                found.not_delivered += 1
            elif invoice.total_minor > 0:
                taken.append(invoice)
        habit = habit_of(taken, today=today)
        for invoice in taken:
            running = self._running_on(invoice.customer_id, invoice.contract_id, invoice.due_on or invoice.issued_on)
            pair = self._patterns.of_past(invoice, self._services(running, invoice.products))
            found.note_due(pair)
            if invoice.paid_on is not None and invoice.paid_on <= pair.quiet_until:
                continue
            paid_on = invoice.paid_on or expected_payment(invoice, habit, today=today)
            parts = _parts(invoice, paid_on)
            found.cases.append(LateCase(pair, invoice.total_minor, paid_on, paid_on, invoice.contract_id, False, parts))
        return habit

    def gather_coming(self, found: Gathered, contracts: Sequence[BillableContract], habit: Habit) -> None:
        """Add the invoices to come that the customer will pay late, if they pay as they have paid."""
        plans = [(contract, self._plan(contract)) for contract in contracts]
        for _, plan in plans:
            found.invoices_coming += len(plan)
            for _, pair in plan:
                found.note_due(pair)
        if not any(late_days != 0 for late_days in habit):
            return
        coming = ((one.issued_on, contract, one, pair) for contract, plan in plans for one, pair in plan)
        for place, (_, contract, one, pair) in enumerate(sorted(coming, key=itemgetter(0))):
            found.cases += self._late_coming(contract, one, pair, habit, place)

    def _late_coming(
        self, contract: BillableContract, one: ComingInvoice, pair: Pair, habit: Habit, place: int
    ) -> Iterator[LateCase]:
        if habit[place % len(habit)] == 0:
            return
        paid_on, paid_on_by_draft = (
            paid_on_by_habit(habit, place, due_on=due_on) if due_on is not None else None
            for due_on in (pair.old.followed.due_on, pair.new.followed.due_on)
        )
        minor = amount_minor(one, contract, self._case.prices, self._case.pricing)
        if minor > 0:
            yield LateCase(pair, minor, paid_on, paid_on_by_draft, contract.contract_id, True)

    def _plan(self, contract: BillableContract) -> Plan:
        kind, version = contract.customer_kind, contract.terms_version
        own_terms = own_terms_on(contract.agreed, self._case.today)
        billing = self._patterns.billing(version, kind, own_terms, on=self._case.today)
        schedule = self._schedule.of(contract, *billing)
        running = self._running_on(contract.customer_id, contract.contract_id, self._case.today)
        key = (id(schedule), running)  # contracts that are alike have one schedule, and it is kept
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = tuple(
                (
                    one,
                    self._patterns.of_coming(
                        Matter(
                            kind,
                            one.products,
                            self._services(running, one.products),
                            own_terms_on(contract.agreed, one.issued_on),
                        ),
                        version,
                        days=(one.issued_on, one.issued_on_by_draft),
                    ),
                )
                for one in schedule
            )
        return found

    def _running_on(self, customer_id: int, contract_id: int | None, day: date) -> Running:
        """Return what ran on the day; remembered for those with whom nothing began or ended in all the months."""
        key = (customer_id, contract_id)
        known = self._running.get(key)
        if known is not None:
            return known
        spans = self._spans[customer_id]
        running = frozenset(
            (span.product, span.contract_id == contract_id)
            for span in spans
            if span.since <= day and (span.until is None or span.until > day)
        )
        if all(span.since <= self._case.since and span.until is None for span in spans):
            self._running[key] = running
        return running

    def _services(self, running: Running, products: frozenset[str]) -> Services:
        """Return the services as an invoice over the products sees them.

        Which of several services of one product an invoice bills makes no difference to any day.
        """
        key = (running, products)
        found = self._billed.get(key)
        if found is None:
            found = self._billed[key] = frozenset(
                (product, product in products and is_in_contract, is_in_contract) for product, is_in_contract in running
            )
        return found


def _parts(invoice: PastInvoice, paid_on: date | None) -> tuple[tuple[date, int], ...]:
    """Return the payments of an invoice that was paid bit by bit, with the rest of it on the day on which that is expected."""
    if not invoice.payments or invoice.paid_on is not None or paid_on is None:
        return invoice.payments
    return (*invoice.payments, (paid_on, invoice.total_minor - sum(minor for _, minor in invoice.payments)))


def _by_customer(rows: Sequence[T]) -> defaultdict[int, list[T]]:
    grouped: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        grouped[row.customer_id].append(row)
    return grouped
