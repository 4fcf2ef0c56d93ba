"""A few customers of a demo company have an agreement with Betalingsservice, whose other end is simulated."""

from importlib import import_module

from django.conf import settings

from servanda.business.collecting.actions import note_mandate, set_creditor
from servanda.business.collecting.facts import MandateKind
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customers_of
from servanda.ground.calendar import moment_of

HABIT = "collected"
FIRST_CREDITOR = 81_000_000  # of numbers that are invented, one for each company
FIRST_AGREEMENT = 700_000_000


def collect_from_some(company: CompanyFacts) -> None:
    """Make the company a creditor, and note the agreements of the customers whose habit it is to be collected from."""
    assert company.clock_on is not None, "a demo company has a test clock"
    details = {"debtor_group": "00001", "supplier": company.cvr.rjust(8, "0")}
    number = str(FIRST_CREDITOR + company.company_id)
    creditor = set_creditor(company, MandateKind.BETALINGSSERVICE, number, details=details)
    centre = import_module(settings.DRIVERS).simulated_centre(company, creditor)
    today, at = company.clock_on, moment_of(company.clock_on)
    for customer in customers_of(company.company_id):
        if customer.details.habit != HABIT:
            continue
        agreement = str(FIRST_AGREEMENT + customer.customer_id)
        note_mandate(
            company,
            customer.customer_id,
            creditor.kind,
            agreement,
            since=today,
            by="customer",
            today=today,
            at=at,
        )
        centre.register(agreement, customer.number, on=today)
    centre.keep()
