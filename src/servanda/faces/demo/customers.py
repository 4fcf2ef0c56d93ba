"""Letting a customer of a demo company sign: the customer, the contract on the terms of the day, and its lines."""

from dataclasses import replace
from datetime import date, datetime

from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions.concluding import conclude_contract
from servanda.business.contracts.decisions.terms import ConclusionTerms, conclusion_terms, joined_terms
from servanda.business.contracts.facts import Acceptance, ContractFacts, NewLine
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails

SCOPE = "Programmer, brugere og plads som aftalt i ordrebekræftelsen"


def new_line(slug: str, plan: str, *, began_on: date, description: str = "", quantity: int = 1) -> NewLine:
    """Return a line on a plan of the catalogue, billed at the plan's own interval."""
    for product in catalogue_of(slug).product:
        for listed in product.plan:
            if listed.code == plan:
                return NewLine(
                    product_code=product.code,
                    plan_code=plan,
                    interval_months=listed.interval_months,
                    began_on=began_on,
                    description=description,
                    quantity=quantity,
                    term_months=listed.interval_months or None,
                )
    raise LookupError(f"{slug} has no plan {plan}")


def sign(
    company: CompanyFacts,
    details: CustomerDetails,
    *,
    contract: str,
    lines: tuple[NewLine, ...],
    today: date,
    at: datetime,
) -> ContractFacts:
    """Add a customer and conclude a contract on the terms that hold when it begins."""
    customer_id, _ = add_customer(company.company_id, details, today=today, at=at)
    began_on = min(line.began_on for line in lines)
    agreement = library_of(company.slug).version_on(began_on, "en" if details.language == "en" else "da")
    authoritative = library_of(company.slug).version(agreement.version)
    terms = joined_terms(
        conclusion_terms(authoritative, product=line.product_code, customer=details.kind, on=began_on) for line in lines
    )
    return conclude_contract(
        company_id=company.company_id,
        customer_id=customer_id,
        number=contract,
        acceptance=Acceptance(
            version=agreement.version, language=agreement.language, sha256=agreement.sha256, at=at, how="signed order"
        ),
        began_on=began_on,
        lines=tuple(_without_term(line, terms) for line in lines),
        terms=terms,
        today=today,
        at=at,
        scope_sheet=SCOPE,
        accepted_by=details.contact_name or details.name,
    )


def _without_term(line: NewLine, terms: ConclusionTerms) -> NewLine:
    """Return the line without a term of its own, unless a notice counts to the end of one."""
    notice = terms.notices.get(line.product_code)
    needs_term = notice is not None and notice.rule.counted_to in ("period end", "agreed end")
    return line if needs_term else replace(line, term_months=None)
