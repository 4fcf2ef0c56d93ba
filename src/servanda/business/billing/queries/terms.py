"""The rules that a contract's invoices are made by: those of the version that the customer accepted."""

from datetime import date

from servanda.business.billing.decisions.reading import terms_of_version
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.library.queries import version_of
from servanda.terms.clauses import CustomerKind
from servanda.terms.resolving import Deviation


def billing_terms(
    slug: str, version: str, customer: CustomerKind, *, own_terms: tuple[Deviation, ...] = (), on: date | None = None
) -> BillingTerms:
    """Return the billing rules of an accepted version for a kind of customer: see `terms_of_version`."""
    return terms_of_version(version_of(slug, version), customer, own_terms=own_terms, on=on)
