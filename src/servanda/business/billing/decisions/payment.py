"""When must an invoice be paid?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from servanda.business.billing.decisions.terms import BillingTerms, RuledTerm
from servanda.ground.calendar import bank_day_on_or_after


def term_for(products: Iterable[str], terms: BillingTerms) -> RuledTerm | None:
    """Return the payment term of an invoice with lines of these products; None where the terms name none.

    A product's own term holds for an invoice whose products all have the same days, counted from the same event, though
    each may have them from a clause of its own; a mixed one gets the general term, or the longest of the products' terms
    where there is no general one.
    """
    general = terms.payment.get("")
    own = [terms.payment.get(product, general) for product in products]
    known = [term for term in own if term is not None]
    if known and len(known) == len(own) and len({(term.rule.days, term.rule.counted_from) for term in known}) == 1:
        because = tuple(dict.fromkeys(citation for term in known for citation in term.because))
        return replace(known[0], because=because, is_house=any(term.is_house for term in known))
    if general is not None:
        return general
    return max(known, key=lambda term: term.rule.days, default=None)


def due_on(term: RuledTerm, *, issued_on: date, received_on: date) -> date:
    """Return the last day for payment, moved to a bank day."""
    counted_from = received_on if term.rule.counted_from == "receipt" else issued_on
    return bank_day_on_or_after(counted_from + timedelta(days=term.rule.days))
