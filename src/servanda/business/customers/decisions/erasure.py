"""Which customers may be erased as a whole, from when, and by which day must it be done?

Whole financial years without a purchase must have passed, nothing may be open or running, and a person says yes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from servanda.business.customers.facts import ErasureCandidate
from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.ground.law.retention import EMPTY_YEARS, five_empty_fiscal_years_on
from servanda.terms.clauses import CustomerErasure


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureProposal:
    """A customer who may be erased from today, for a person to decide on."""

    customer_id: int
    earliest_on: date
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """An erasure that has begun, and the last day on which all of it must be done."""

    customer_id: int
    begun_on: date
    done_by: date
    because: tuple[Citation, ...]

    def is_overdue(self, today: date) -> bool:
        """Tell whether the last day has passed."""
        return today > self.done_by


def erasable_customers(
    candidates: Iterable[ErasureCandidate],
    rule: CustomerErasure,
    *,
    because: tuple[Citation, ...],
    today: date,
    fiscal_year_starts_month: int,
) -> tuple[ErasureProposal, ...]:
    """Return the customers whose whole data may be erased today, in the order given."""
    proposals = (
        ErasureProposal(
            customer_id=candidate.customer_id,
            earliest_on=erasable_from(candidate, rule, fiscal_year_starts_month=fiscal_year_starts_month),
            because=because,
        )
        for candidate in candidates
        if erasure_hindrance(candidate) is None
    )
    return tuple(proposal for proposal in proposals if proposal.earliest_on <= today)


def erasable_from(candidate: ErasureCandidate, rule: CustomerErasure, *, fiscal_year_starts_month: int) -> date:
    """Return the first day on which the empty financial years have passed since the last purchase.

    Who never bought anything counts from the day they were written down.
    """
    last_on = candidate.last_purchase_on or candidate.created_on
    by_law = five_empty_fiscal_years_on(last_on, fiscal_year_starts_month=fiscal_year_starts_month)
    return add_months(by_law, 12 * max(rule.empty_fiscal_years - EMPTY_YEARS, 0))


def erasure_hindrance(candidate: ErasureCandidate) -> str | None:
    """Return what stands in the way of erasing a customer, whatever the day; None if nothing does."""
    if candidate.has_legal_hold:
        return "There is a legal hold on the customer's data. Lift it first."
    if candidate.has_open_invoice:
        return "The customer has an open invoice. Settle or write it off first."
    if candidate.has_running_line:
        return "The customer has a running contract. End it first."
    return None


def erasure_plan(
    customer_id: int, rule: CustomerErasure, *, because: tuple[Citation, ...], begun_on: date
) -> ErasurePlan:
    """Return by when an erasure that begins on the day must be done, in backups too."""
    return ErasurePlan(
        customer_id=customer_id,
        begun_on=begun_on,
        done_by=begun_on + timedelta(days=rule.within_days),
        because=because,
    )
