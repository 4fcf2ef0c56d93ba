"""Which change of a line would cover what is used, and what the terms say of a use beyond what was agreed."""

from datetime import date

from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import line as line_of
from servanda.business.hosting.decisions.true_up import ASKED_OF, Covering, PlanOffer, covering
from servanda.business.hosting.facts import Over, ServiceFacts
from servanda.business.hosting.queries.parts import setup_of
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.hosting.queries.usage import use_of
from servanda.terms.clauses import UsageLimit
from servanda.terms.resolving import Answer


def proposed_change(company: CompanyFacts, service: ServiceFacts, *, today: date) -> Covering | None:
    """Return the cheapest change of the line that covers what is used now; None when no plan of the catalogue does."""
    line, setup = line_of(service.line_id), setup_of(service.service_id)
    plans = prices_of(company.company_id).plans
    known = plans.get(line.plan_code)
    if setup is None or known is None:
        return None
    offers = (
        PlanOffer(code=one.code, price=one.price_on(today), package=one.hosting)
        for one in plans.values()
        if one.hosting is not None
        and one.product.code == known.product.code
        and one.interval_months == known.interval_months
        and one.prices
        and one.prices[0].since <= today
    )
    found = covering(offers, use_of(service.service_id, today=today), quantity=line.quantity)
    return found if found != Covering(plan=line.plan_code, quantity=line.quantity) else None


def limit_on_use(company: CompanyFacts, service: ServiceFacts, over: Over, *, today: date) -> Answer[UsageLimit]:
    """Return what the terms say of a use beyond what was agreed: of this one, or else of any."""
    answers = (
        asked_of(company, service, UsageLimit, today=today, selector=(("of", of),))
        for of in (ASKED_OF[over.what], "any")
    )
    first = next(answers)
    return first if first.rule is not None else next(answers)
