"""Adding a provider from its card and its catalogue: the first thing a demo, a story and a bench do."""

from datetime import date, datetime

from servanda.agreements.reading import catalogue_of, company_of
from servanda.business.catalogue.actions import load_catalogue
from servanda.business.companies.actions import add_company
from servanda.business.companies.facts import CompanyFacts


def open_company(slug: str, *, clock_on: date | None, at: datetime, today: date) -> CompanyFacts:
    """Add the provider with its catalogue; with a day, on a test clock that shows it."""
    card = company_of(slug)
    company = add_company(
        slug=slug,
        name=card.name,
        legal_name=card.legal_name,
        cvr=card.cvr,
        address_lines=card.address_lines,
        email=card.email,
        phone=card.phone,
        web=card.web,
        bank_registration=card.bank_registration,
        bank_account=card.bank_account,
        iban=card.iban,
        fik_creditor=card.fik_creditor,
        colour=card.colour,
        language=card.language,
        fiscal_year_starts_month=card.fiscal_year_starts_month,
        clock_on=clock_on,
    )
    load_catalogue(company.company_id, catalogue_of(slug), today=today, at=at)
    return company
