"""What only staff say of a service: that its owner holds the domain, and which domain it is for."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from servanda.business.customers.queries import customer_numbered
from servanda.business.hosting.queries import services_of_customer, setup_of
from servanda.ground.nodes.kinds.mail import MailDomain
from servanda.simulation import drivers
from tests.business.nodes.house import House, kept
from tests.cast import BIRK
from tests.faces.office import office_world
from tests.stories.world import World


@pytest.fixture
def house(db: None, settings: Settings) -> House:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    house = House(World("compusoft", date(2026, 9, 1)), now=datetime(2026, 12, 1, 12, tzinfo=UTC))
    house.world.customer(BIRK, "hosting-web", began_on=date(2026, 9, 1))
    house.world.live_until(date(2026, 9, 2))
    house.settle()
    return house


@pytest.fixture
def eva(house: House) -> Client:
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(office_world.staff())  # type: ignore[arg-type]
    return browser


def page_of(house: House) -> tuple[int, str]:
    birk = customer_numbered(house.world.company_id, BIRK.number)
    (service,) = services_of_customer(birk.customer_id)
    return service.service_id, reverse("office:service", args=["compusoft", service.service_id])


def test_mail_is_delivered_once_staff_say_how_the_domain_was_shown_to_be_the_customers(
    house: House, eva: Client
) -> None:
    service_id, page = page_of(house)
    assert "not delivered here before control" in eva.get(page).content.decode()
    assert [one.is_proven for one in kept(house, "mail-domain") if isinstance(one, MailDomain)] == [False]
    eva.post(f"{page}confirm-domain/", {"how": "registered here"})
    setup = setup_of(service_id)
    assert setup is not None
    assert setup.is_domain_proven
    house.world.round()
    house.settle()
    assert [one.is_proven for one in kept(house, "mail-domain") if isinstance(one, MailDomain)] == [True]
