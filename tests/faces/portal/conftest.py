"""A customer of Simsoft with a login, and one of the same company that is none of their business."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.companies.facts import CompanyFacts
from servanda.terms.clauses import CustomerKind
from tests.faces.as_pages import pages_have_their_role
from tests.faces.office import office_world

__all__ = ["pages_have_their_role"]

TODAY = date(2026, 9, 1)
AT = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def here(db: None) -> CompanyFacts:
    cache.clear()
    return office_world.a_company("simsoft", clock_on=TODAY)


def browser_of(here: CompanyFacts, customer_id: int, name: str, role: Role) -> Client:
    make_member(customer_id, here.company_id, name=name, password="en hel sætning", role=role, at=AT)
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(get_user_model().objects.get(username=name))
    return browser


@pytest.fixture
def kaj_id(here: CompanyFacts) -> int:
    return office_world.a_customer(here, "1001", "Kaj Kunde", CustomerKind.CONSUMER)


@pytest.fixture
def kaj(here: CompanyFacts, kaj_id: int) -> Client:
    return browser_of(here, kaj_id, "kaj@kunde.example", Role.HOLDER)


@pytest.fixture
def other(here: CompanyFacts) -> Client:
    other_id = office_world.a_customer(here, "1002", "Olga Anden ApS", CustomerKind.BUSINESS)
    return browser_of(here, other_id, "olga@anden.example", Role.HOLDER)
