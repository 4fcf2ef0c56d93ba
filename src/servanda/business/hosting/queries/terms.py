"""What the terms of a service's own contract say, with what was agreed with its customer."""

from datetime import date

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import line as line_of
from servanda.business.contracts.queries import own_terms_of_lines
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.library.queries import version_of
from servanda.ground.citation import Citation
from servanda.terms.clauses import Exclusion
from servanda.terms.resolving import Answer, R, ask

OWN_RISKS = frozenset({"customer's code", "customer's software", "opened access"})


def asked_of(
    company: CompanyFacts,
    service: ServiceFacts,
    kind: type[R],
    *,
    today: date,
    selector: tuple[tuple[str, object], ...] = (),
) -> Answer[R]:
    """Return what a service's own terms say on a question, with what was agreed with its customer."""
    line = line_of(service.line_id)
    return ask(
        version_of(company.slug, line.terms_version),
        kind,
        on=today,
        product=line.product_code,
        customer=line.customer_kind,
        selector=selector,
        deviations=own_terms_of_lines([line]).get(line.contract_id, ()),
    )


def own_risks(company: CompanyFacts, service: ServiceFacts, *, today: date) -> tuple[Citation, ...]:
    """Return the clauses by which a customer answers for code of their own and for openings that they make (servicepoint-086, 087)."""
    answer = asked_of(company, service, Exclusion, today=today)
    rules = ((link.citation, link.rule) for link in answer.chain)
    found = (cited for cited, rule in rules if isinstance(rule, Exclusion) and OWN_RISKS & set(rule.of))
    return tuple(dict.fromkeys(found))
