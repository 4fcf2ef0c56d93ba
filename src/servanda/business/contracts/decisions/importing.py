"""Can the contracts of a file be concluded as they stand? Every finding at once, each with its line and field.

A row of the file is one contract line; rows with the same contract number make one contract and must agree on what
belongs to the contract as a whole.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from servanda.business.catalogue.facts import PriceList
from servanda.business.contracts.decisions.concluding import (
    interval_objection,
    scope_objection,
    term_months,
    term_objection,
)
from servanda.business.contracts.decisions.terms import ConclusionTerms
from servanda.business.contracts.facts import Acceptance, NewLine
from servanda.ground.calendar import add_months, months_between
from servanda.ground.money import Money
from servanda.ground.refusal import Problem
from servanda.terms.clauses import CustomerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """One row of a file: a line, and the contract it belongs to."""

    line: int
    contract: str
    customer: str
    terms_version: str
    terms_language: str
    accepted_on: date
    accepted_how: str
    began_on: date
    scope_sheet: str
    product: str
    plan: str
    description: str
    quantity: int
    own_price: Money | None
    interval_months: int | None  # empty: the plan's
    term_months: int | None
    term_until: date | None
    special_reason: str
    billed_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCustomer:
    """A customer that rows can name."""

    customer_id: int
    kind: CustomerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the rows are checked against. `acceptance_of` knows each version's hash; `terms_for` its rules."""

    customers: Mapping[str, KnownCustomer]
    taken: frozenset[str]
    prices: PriceList
    versions: tuple[str, ...]
    acceptance_of: Callable[[ImportedRow], Acceptance | None]
    terms_for: Callable[[ImportedRow, CustomerKind], ConclusionTerms]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedContract:
    """A contract that can be concluded."""

    number: str
    line: int
    customer_id: int
    acceptance: Acceptance
    began_on: date
    scope_sheet: str
    lines: tuple[NewLine, ...]
    terms: ConclusionTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractImport:
    """What a file would do. With problems it does nothing."""

    contracts: tuple[ImportedContract, ...]
    problems: tuple[Problem, ...]


def plan_import(rows: tuple[ImportedRow, ...], around: Surroundings, *, file: str) -> ContractImport:
    """Return the contracts that the rows make, or everything that is wrong with them."""
    problems = [
        *(problem for row in rows for problem in _row_problems(row, around, file)),
        *_group_problems(rows, file),
    ]
    if problems:
        return ContractImport(contracts=(), problems=tuple(sorted(problems, key=lambda problem: problem.line)))
    groups = _groups(rows).values()
    return ContractImport(contracts=tuple(_contract(group, around) for group in groups), problems=())


def _row_problems(row: ImportedRow, around: Surroundings, file: str) -> Iterator[Problem]:
    def problem(field: str, message: str, remedy: str) -> Problem:
        return Problem(file, row.line, message, remedy, field=field)

    customer = around.customers.get(row.customer)
    if customer is None:
        yield problem("customer", f"There is no customer {row.customer}.", "Import the customers first.")
    if row.contract in around.taken:
        yield problem(
            "contract", f"There is a contract {row.contract} already.", "Remove the row or change its number."
        )
    if around.acceptance_of(row) is None:
        known = ", ".join(around.versions)
        message = f"There are no terms {row.terms_version} in {row.terms_language!r}."
        yield problem("terms_version", message, f"The versions are: {known}.")
    elif customer is not None:
        terms = around.terms_for(row, customer.kind)
        yield from _term_problems(row, terms, around.prices, file)
    yield from _plan_problems(row, around.prices, file)
    yield from _day_problems(row, around.today, file)
    yield from _billing_problems(row, _interval(row, around.prices), around.today, file)


def _plan_problems(row: ImportedRow, prices: PriceList, file: str) -> Iterator[Problem]:
    products = prices.products
    if row.product not in products:
        message = f"There is no product {row.product!r}."
        yield Problem(file, row.line, message, f"The products are: {', '.join(sorted(products))}.", "product")
        return
    plan = prices.plans.get(row.plan)
    if plan is None or plan.product.code != row.product:
        known = sorted(code for code, other in prices.plans.items() if other.product.code == row.product)
        message = f"The product {row.product} has no plan {row.plan!r}."
        yield Problem(file, row.line, message, f"Its plans are: {', '.join(known)}.", "plan")
    elif row.interval_months not in (None, plan.interval_months) and row.own_price is None:
        message = f"{row.plan} is sold {plan.interval_months} months at a time, not {row.interval_months}."
        yield Problem(
            file, row.line, message, "Give the line a price of its own, or leave it empty.", "interval_months"
        )
    elif row.own_price is None and (not plan.prices or plan.prices[0].since > row.began_on):
        message = f"{row.plan} has no price on {row.began_on}."
        yield Problem(file, row.line, message, "Give the line a price of its own.", "price")
    if row.own_price is not None and row.own_price.minor < 0:
        message = f"A price of {row.own_price} is below nothing."
        yield Problem(file, row.line, message, "Write 0.00 or more; a reduction is a lower price.", "price")


def _term_problems(row: ImportedRow, terms: ConclusionTerms, prices: PriceList, file: str) -> Iterator[Problem]:
    interval = _interval(row, prices)
    if interval is None or interval == 0:
        return
    objections = {
        "scope_sheet": scope_objection(terms.scope, sheet=row.scope_sheet),
        "term_months": term_objection(
            terms.terms.get(row.product),
            terms.notices.get(row.product),
            asked_months=row.term_months,
            is_special=bool(row.special_reason.strip()),
        ),
        "interval_months": interval_objection(terms.intervals.get(row.product), months=interval),
    }
    for field, objection in objections.items():
        if objection is not None:
            because = objection.because[0] if objection.because else None
            yield Problem(file, row.line, objection.message, "", field=field, because=because)
    months = term_months(terms.terms.get(row.product), asked_months=row.term_months)
    if row.term_until is not None:
        yield from _term_until_problems(row, months, file)


def _term_until_problems(row: ImportedRow, months: int | None, file: str) -> Iterator[Problem]:
    """The running term must be one that follows from the first day, or later terms would drift."""
    assert row.term_until is not None
    if months is None:
        message = "The line has no term, so it cannot end on a day."
        yield Problem(file, row.line, message, "State term_months, or leave term_ends_on empty.", "term_ends_on")
        return
    if row.term_until <= row.began_on:
        return  # Reported with the days.
    passed = months_between(row.began_on, row.term_until)
    if passed % months or add_months(row.began_on, passed) != row.term_until:
        message = f"No term of {months} months from {row.began_on} ends on the day before {row.term_until}."
        yield Problem(file, row.line, message, "Correct the day, the length or the first day.", "term_ends_on")


def _day_problems(row: ImportedRow, today: date, file: str) -> Iterator[Problem]:
    if row.accepted_on > today:
        message = f"The terms were accepted on {row.accepted_on}, which lies ahead of {today}."
        yield Problem(file, row.line, message, "Write the day of the acceptance.", "accepted_on")
    if row.term_until is not None and row.term_until <= row.began_on:
        message = f"The term ends before the line begins on {row.began_on}."
        yield Problem(file, row.line, message, "Correct one of the two days.", "term_ends_on")
    elif row.term_until is not None and row.term_until <= today:
        message = f"The term has ended by {today}, so it is not the one that runs now."
        yield Problem(file, row.line, message, "Write the last day of the running term.", "term_ends_on")


def _billing_problems(row: ImportedRow, interval: int | None, today: date, file: str) -> Iterator[Problem]:
    """Report a line whose past periods would all be billed again, or whose periods would begin on odd days."""
    if not interval:
        return
    if row.billed_from is None:
        if add_months(row.began_on, interval) <= today:
            message = f"The line began on {row.began_on}; without this, everything since would be invoiced again."
            remedy = "Write the last day that was invoiced, or the day before the first one if nothing was."
            yield Problem(file, row.line, message, remedy, "billed_until")
        return
    billed = months_between(row.began_on, row.billed_from)
    if row.billed_from < row.began_on or billed % interval or add_months(row.began_on, billed) != row.billed_from:
        message = f"No period of {interval} months from {row.began_on} ends on the day before {row.billed_from}."
        yield Problem(file, row.line, message, "Write the last day of the last invoiced period.", "billed_until")


def _group_problems(rows: tuple[ImportedRow, ...], file: str) -> Iterator[Problem]:
    """Report rows that call themselves one contract and differ on what belongs to all of it."""
    shared = ("customer", "terms_version", "terms_language", "accepted_on", "accepted_how", "scope_sheet")
    for group in _groups(rows).values():
        first = group[0]
        for row in group[1:]:
            for field in shared:
                if getattr(row, field) != getattr(first, field):
                    message = f"Contract {row.contract} has another value on line {first.line}."
                    yield Problem(file, row.line, message, "Write the same on each of its rows.", field)


def _groups(rows: tuple[ImportedRow, ...]) -> dict[str, list[ImportedRow]]:
    groups: dict[str, list[ImportedRow]] = {}
    for row in rows:
        groups.setdefault(row.contract, []).append(row)
    return groups


def _contract(group: list[ImportedRow], around: Surroundings) -> ImportedContract:
    first = group[0]
    customer = around.customers[first.customer]
    acceptance = around.acceptance_of(first)
    assert acceptance is not None, "a row without known terms is a problem"
    return ImportedContract(
        number=first.contract,
        line=first.line,
        customer_id=customer.customer_id,
        acceptance=acceptance,
        began_on=min(row.began_on for row in group),
        scope_sheet=first.scope_sheet,
        lines=tuple(_line(row, around.prices) for row in group),
        terms=_joined([around.terms_for(row, customer.kind) for row in group]),
    )


def _line(row: ImportedRow, prices: PriceList) -> NewLine:
    interval = _interval(row, prices)
    assert interval is not None, "a row with an unknown plan is a problem"
    return NewLine(
        product_code=row.product,
        plan_code=row.plan,
        interval_months=interval,
        began_on=row.began_on,
        description=row.description,
        quantity=row.quantity,
        own_price=row.own_price,
        term_months=row.term_months,
        term_until=row.term_until,
        special_reason=row.special_reason,
        billed_from=row.billed_from,
    )


def _interval(row: ImportedRow, prices: PriceList) -> int | None:
    if row.interval_months is not None:
        return row.interval_months
    plan = prices.plans.get(row.plan)
    return plan.interval_months if plan is not None else None


def _joined(terms: list[ConclusionTerms]) -> ConclusionTerms:
    """Return the terms of all rows of a contract; each answers for its own product."""
    return ConclusionTerms(
        scope=next((one.scope for one in terms if one.scope is not None), None),
        terms={product: rule for one in terms for product, rule in one.terms.items()},
        intervals={product: rule for one in terms for product, rule in one.intervals.items()},
        notices={product: rule for one in terms for product, rule in one.notices.items()},
        because=tuple(dict.fromkeys(citation for one in terms for citation in one.because)),
    )
