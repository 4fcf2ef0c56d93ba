"""How data come back from a copy for a service, by its own terms."""

from datetime import date

from servanda.business.companies.facts import CompanyFacts
from servanda.business.hosting.decisions.restoring import RestoreWay, restore_way
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries.terms import asked_of
from servanda.terms.clauses import Restore


def restore_way_of(company: CompanyFacts, service: ServiceFacts, *, today: date) -> RestoreWay:
    """Return whether the customer gives back by themselves, or asks for it in writing; and whether it may cost something."""
    return restore_way(asked_of(company, service, Restore, today=today))
