"""Filling an empty installation with five companies that run by their own terms.

The companies are there at once; the weeks until `LIVES_UNTIL` are lived by the worker while one looks on.
"""

from datetime import date

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies
from servanda.faces.clock.jobs import move_company_time
from servanda.faces.demo.collected import collect_from_some
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.customers import new_line, sign
from servanda.faces.demo.people import people_of
from servanda.ground.calendar import moment_of

BEGINS_ON = date(2026, 9, 1)
LIVES_UNTIL = date(2026, 12, 1)


def seed_if_empty() -> bool:
    """Add the five demo companies if there is no company at all; tell whether they were added."""
    if companies():
        return False
    for slug in PROVIDERS:
        company = open_company(slug, clock_on=BEGINS_ON, at=moment_of(BEGINS_ON), today=BEGINS_ON)
        fill(company)
        collect_from_some(company)
        move_company_time.defer(company_id=company.company_id, to=LIVES_UNTIL.isoformat())
    return True


def fill(company: CompanyFacts) -> None:
    """Let the customers of a demo company sign, on the day it begins."""
    plans = tuple(
        plan.code
        for product in catalogue_of(company.slug).product
        for plan in product.plan
        if product.is_service and plan.interval_months
    )
    for person in people_of(plans, begins_on=BEGINS_ON):
        line = new_line(
            company.slug,
            person.plan,
            began_on=person.began_on,
            description=person.description,
            quantity=person.quantity,
        )
        sign(
            company,
            person.details,
            contract=f"K-{person.details.number}",
            lines=(line,),
            today=BEGINS_ON,
            at=moment_of(BEGINS_ON),
        )
