"""Can the customers of a file be added, and what should a person look at first? All findings at once, by line."""

from collections.abc import Iterator
from dataclasses import dataclass

from servanda.business.customers.decisions.details import objections, warnings
from servanda.business.customers.facts import ImportedCustomer
from servanda.ground.refusal import Problem


@dataclass(frozen=True, slots=True)
class CustomerImport:
    """What a file would do. With problems it does nothing."""

    customers: tuple[ImportedCustomer, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def plan_import(imported: tuple[ImportedCustomer, ...], *, taken: frozenset[str], file: str) -> CustomerImport:
    """Return what the file would do; `taken` are the numbers that customers of the company have already."""
    return CustomerImport(
        customers=imported,
        problems=tuple(sorted(_problems(imported, taken, file), key=lambda problem: problem.line)),
        warnings=tuple(
            Problem(file, customer.line, finding.message, finding.remedy, field=finding.field)
            for customer in imported
            for finding in warnings(customer.details)
        ),
    )


def _problems(imported: tuple[ImportedCustomer, ...], taken: frozenset[str], file: str) -> Iterator[Problem]:
    first_lines: dict[str, int] = {}
    for customer in imported:
        for finding in objections(customer.details):
            yield Problem(file, customer.line, finding.message, finding.remedy, field=finding.field)
        number = customer.details.number
        if number in taken:
            message = f"There is a customer {number} already."
            yield Problem(file, customer.line, message, "Remove the row, or give the customer a new number.", "number")
        elif number in first_lines:
            message = f"Customer number {number} stands on line {first_lines[number]} too."
            yield Problem(file, customer.line, message, "Each customer has one row and one number.", "number")
        first_lines.setdefault(number, customer.line)
        last = customer.details.last_purchase_on
        if last is not None and last < customer.created_on:
            message = f"The last purchase, {last}, comes before the customer was created, {customer.created_on}."
            yield Problem(file, customer.line, message, "Correct one of the two days.", "last_purchase_on")
