"""Which rules are invoices made by? Asks the agreement once for each product, with the law above it."""

from datetime import date
from functools import lru_cache

from servanda.business.billing.decisions.terms import BillingTerms, RuledTerm
from servanda.terms.clauses import CustomerKind, InvoiceRun, PaymentTerm
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation, ask, products_named_by


@lru_cache(maxsize=2048)  # a set of rules of its own, agreed with one customer, is a case of its own
def billing_terms_of(
    agreement: Agreement,
    customer: CustomerKind,
    products: frozenset[str],
    on: date,
    own_terms: tuple[Deviation, ...] = (),
) -> BillingTerms:
    """Return the billing rules of an agreement for a kind of customer; the key "" holds the general rule."""
    terms = BillingTerms()
    for product in ("", *sorted(products)):
        asked_for = product or None
        payment = ask(agreement, PaymentTerm, on=on, product=asked_for, customer=customer, deviations=own_terms)
        if payment.rule is not None:
            terms.payment[product] = RuledTerm(payment.rule, payment.because, is_house=payment.is_house)
        run = ask(agreement, InvoiceRun, on=on, product=asked_for, customer=customer, deviations=own_terms)
        if run.rule is not None:
            terms.run[product] = run.rule
            terms.run_because[product] = run.because
    return terms


def terms_of_version(
    agreement: Agreement, customer: CustomerKind, *, own_terms: tuple[Deviation, ...] = (), on: date | None = None
) -> BillingTerms:
    """Return the billing rules of a version for a kind of customer, product by product.

    A product that no rule names follows the general rules, under the key "". With rules of the customer's own the day must
    be given: they hold for some days only.
    """
    day = on if own_terms and on is not None else agreement.effective_on
    named = products_named_by(agreement) | {product for term in own_terms for product in term.rule.products}
    return billing_terms_of(agreement, customer, named, day, own_terms)
