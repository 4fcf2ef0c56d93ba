"""When must an invoice be paid?"""

from collections.abc import Iterable
from datetime import date, timedelta

from servanda.business.billing.decisions.terms import BillingTerms, RuledTerm
from servanda.ground.calendar import bank_day_on_or_after


def term_for(products: Iterable[str], terms: BillingTerms) -> RuledTerm | None:
    """Return the payment term of an invoice with lines of these products; None where the terms name none.

    A product's own term holds for an invoice that has lines of nothing else; a mixed one gets the general term, or the
    longest of the products' terms where there is no general one.
    """
    found = {id(term): term for term in (terms.payment.get(product) for product in products) if term is not None}
    general = terms.payment.get("")
    own = [terms.payment.get(product, general) for product in products]
    if own and all(term is not None and term == own[0] for term in own):
        return own[0]
    if general is not None:
        return general
    return max(found.values(), key=lambda term: term.rule.days, default=None)


def due_on(term: RuledTerm, *, issued_on: date, received_on: date) -> date:
    """Return the last day for payment, moved to a bank day."""
    counted_from = received_on if term.rule.counted_from == "receipt" else issued_on
    return bank_day_on_or_after(counted_from + timedelta(days=term.rule.days))
