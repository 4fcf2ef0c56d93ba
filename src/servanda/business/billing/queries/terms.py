"""The rules that a contract's invoices are made by: those of the version that the customer accepted."""

from servanda.agreements.reading import catalogue_of
from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.library.queries import version_of
from servanda.terms.clauses import CustomerKind


def billing_terms(slug: str, version: str, customer: CustomerKind) -> BillingTerms:
    """Return the billing rules of an accepted version for a kind of customer, product by product."""
    agreement = version_of(slug, version)
    return billing_terms_of(agreement, customer, catalogue_of(slug).codes, agreement.effective_on)
