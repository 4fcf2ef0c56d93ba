"""The rules that a contract's invoices are made by: those of the version that the customer accepted."""

from datetime import date

from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.library.queries import version_of
from servanda.terms.clauses import CustomerKind
from servanda.terms.resolving import Deviation, products_named_by


def billing_terms(
    slug: str, version: str, customer: CustomerKind, *, own_terms: tuple[Deviation, ...] = (), on: date | None = None
) -> BillingTerms:
    """Return the billing rules of an accepted version for a kind of customer, product by product.

    A product that no rule names follows the general rules, under the key "". With rules of the customer's own the day must
    be given: they hold for some days only.
    """
    agreement = version_of(slug, version)
    day = on if own_terms and on is not None else agreement.effective_on
    named = products_named_by(agreement) | {product for term in own_terms for product in term.rule.products}
    return billing_terms_of(agreement, customer, named, day, own_terms)
