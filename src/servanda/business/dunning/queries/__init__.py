"""What dunning knows of a claim: the arrears as facts, the rules it is followed by, and what waits for a person."""

from servanda.business.dunning.queries.arrears import Known, arrears_of
from servanda.business.dunning.queries.foreseeing import (
    forecast_of_customer,
    known_of_customer,
    ladder_of_invoice,
)
from servanda.business.dunning.queries.lists import (
    Coming,
    Parked,
    ProposalFacts,
    claims_coming,
    claims_parked,
    disputed_invoices,
    has_pause,
    open_proposals,
    pauses_of_invoice,
    proposal,
    proposal_tally,
)
from servanda.business.dunning.queries.terms import ladder_terms_of

__all__ = [
    "Coming",
    "Known",
    "Parked",
    "ProposalFacts",
    "arrears_of",
    "claims_coming",
    "claims_parked",
    "disputed_invoices",
    "forecast_of_customer",
    "has_pause",
    "known_of_customer",
    "ladder_of_invoice",
    "ladder_terms_of",
    "open_proposals",
    "pauses_of_invoice",
    "proposal",
    "proposal_tally",
]
