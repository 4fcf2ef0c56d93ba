"""The rules that a claim is followed by: those of the version that binds this customer."""

from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears
from servanda.business.library.queries import version_of


def ladder_terms_of(arrears: Arrears) -> LadderTerms:
    """Return the rules of the accepted version for the invoice's products and customer kind, as of its issue day.

    What was agreed with the customer in their place is kept on the invoice, and goes before them.
    """
    agreement = version_of(arrears.provider, arrears.terms_version)
    services = frozenset(service.product for service in arrears.services)
    case = (arrears.customer_kind, arrears.products, services, arrears.issued_on)
    return ladder_terms(agreement, *case, arrears.own_terms)
