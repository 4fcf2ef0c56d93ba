"""Which rules follow a late payment? Asks the agreement once for all that a claim needs, with the law above it.

What the terms leave to the law's default is not claimed by itself: the answer is "not specified", and a person decides.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TypeVar

from servanda.business.dunning.decisions.terms import LadderTerms, warning_by_law
from servanda.terms.clauses import (
    Closure,
    Compensation,
    CustomerKind,
    Deletion,
    Interest,
    InvoiceQuestion,
    MaterialBreach,
    PaymentTerm,
    Reminder,
    ReminderFee,
    Rule,
    Suspendable,
    Suspension,
)
from servanda.terms.document import Agreement
from servanda.terms.resolving import Answer, Deviation, Selector, ask, rules_of
from servanda.terms.ruled import Ruled

R = TypeVar("R", bound=Rule)


@lru_cache(maxsize=4096)
def ladder_terms(
    agreement: Agreement,
    customer: CustomerKind,
    products: frozenset[str],
    services: frozenset[str],
    on: date,
    deviations: tuple[Deviation, ...] = (),
) -> LadderTerms:
    """Return the rules for an invoice over these products.

    `services` are all the products that the customer has, because a clause may reach further than the invoice. An
    invoice over several products is followed by the general rules. `deviations` are what was agreed with the customer.
    """
    product = next(iter(products)) if len(products) == 1 else None

    def case(kind: type[R], selector: Selector = ()) -> Answer[R]:
        return ask(agreement, kind, on=on, product=product, customer=customer, selector=selector, deviations=deviations)

    def one(kind: type[R], selector: Selector = ()) -> Ruled[R] | None:
        return _ruled(case(kind, selector))

    reminders = tuple(
        ruled
        for answer in rules_of(agreement, Reminder, on=on, product=product, customer=customer, deviations=deviations)
        if (ruled := _ruled(answer)) is not None
    )
    non_payment: Selector = (("cause", "non-payment"),)
    suspension = case(Suspension, non_payment)
    reminders, held_by, warning_step = _with_warning(reminders, suspension, customer)
    closure = case(Closure, non_payment)
    if warning_step is None and closure.rule is not None and closure.needs_warning is not None:
        reminders = reminders or (warning_by_law(customer, (closure.needs_warning,)),)
        warning_step = reminders[0].rule.step
    payment = case(PaymentTerm)
    return LadderTerms(
        reminders=reminders,
        fee=one(ReminderFee),
        interest=one(Interest),
        compensation=one(Compensation),
        suspension=held_by,
        suspendable=frozenset(_suspendable(agreement, services | products, customer, on, deviations)),
        breach=one(MaterialBreach),
        closure=_ruled(closure),
        warning_step=warning_step,
        deletions=tuple(_deletions(agreement, services | products, customer, on, deviations)),
        question=one(InvoiceQuestion),
        payment_because=payment.because,
    )


def _ruled(answer: Answer[R]) -> Ruled[R] | None:
    if answer.rule is None or answer.is_law_default:
        return None
    return Ruled(answer.rule, answer.because)


def _with_warning(
    reminders: tuple[Ruled[Reminder], ...], suspension: Answer[Suspension], customer: CustomerKind
) -> tuple[tuple[Ruled[Reminder], ...], Ruled[Suspension] | None, int | None]:
    """Put the warning that the law demands before the hold, where the terms hold without one.

    The hold then counts from the deadline of the first letter, and nothing is closed before that either.
    """
    ruled = _ruled(suspension)
    if ruled is None or suspension.needs_warning is None or ruled.rule.counted_from == "reminder deadline":
        return reminders, ruled, None
    letters = reminders or (warning_by_law(customer, (suspension.needs_warning,)),)
    after_warning = Suspension(
        cause="non-payment",
        counted_from="reminder deadline",
        after_step=letters[0].rule.step,
        wait_days=1,
        scope=ruled.rule.scope,
        decided_by=ruled.rule.decided_by,
    )
    because = tuple(dict.fromkeys((*ruled.because, suspension.needs_warning)))
    return letters, Ruled(after_warning, because), letters[0].rule.step


def _suspendable(
    agreement: Agreement, products: Iterable[str], customer: CustomerKind, on: date, deviations: tuple[Deviation, ...]
) -> Iterable[str]:
    for product in products:
        answer = ask(agreement, Suspendable, on=on, product=product, customer=customer, deviations=deviations)
        if answer.rule is None or answer.rule.is_suspendable:
            yield product


def _deletions(
    agreement: Agreement, products: Iterable[str], customer: CustomerKind, on: date, deviations: tuple[Deviation, ...]
) -> Iterable[tuple[str, Ruled[Deletion]]]:
    counted: Selector = (("counted_from", "closure"),)
    for product in sorted(products):
        ruled = _ruled(
            ask(
                agreement,
                Deletion,
                on=on,
                product=product,
                customer=customer,
                selector=counted,
                deviations=deviations,
            )
        )
        if ruled is not None:
            yield product, ruled
