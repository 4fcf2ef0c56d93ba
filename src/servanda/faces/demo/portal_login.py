"""A login to the customers' pages, for one customer of the demo who runs a web hotel."""

from datetime import UTC, datetime

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.companies.queries import NoSuchCompany, company_named
from servanda.business.customers.queries import customers_of


def let_a_customer_in(name: str, *, password: str) -> None:
    """Let this login act for the first customer of Simsoft; where there is no such company nothing happens."""
    try:
        company = company_named("simsoft")
    except NoSuchCompany:
        return
    first = min(customers_of(company.company_id), key=lambda one: one.number, default=None)
    if first is not None:
        make_member(
            first.customer_id, company.company_id, name=name, password=password, role=Role.HOLDER, at=datetime.now(UTC)
        )
