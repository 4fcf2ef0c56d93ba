"""A company with invoices, a bank that tells of payments, and drivers in memory."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import Settings

from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.business.billing.bank import Bank
from tests.cast import ALMA, BIRK
from tests.stories.world import World
from tests.worlds import Worlds

BEGAN_ON = date(2026, 8, 2)  # billed at the end of a month, which is
BEGINS_ON = date(2026, 9, 1)
NET = Money(1_000_00)


@pytest.fixture(autouse=True)
def memory_drivers(settings: Settings) -> None:
    settings.DRIVERS = "servanda.simulation.drivers"
    settings.DAILY_LIFE = ""
    drivers.post.cache_clear()


@pytest.fixture(scope="module")
def owing(worlds: Worlds) -> Iterator[Bank]:
    """A company to which Alma and Birk each owe 1250.00 on an invoice of today, lived once."""
    with worlds.visited("owing", _owing) as bank:
        yield bank


def _owing() -> Bank:
    with override_settings(DRIVERS="servanda.simulation.drivers", DAILY_LIFE=""):
        drivers.post.cache_clear()
        world = World("safe-it", BEGINS_ON)
        alma, birk = (world.customer(one, "hosting-monthly", began_on=BEGAN_ON, price=NET) for one in (ALMA, BIRK))
        world.round()
    return Bank(world, alma, birk)


@pytest.fixture
def bank(owing: Bank) -> Iterator[Bank]:
    """The company's bank; what a test does is taken back, after the database has checked what it checks at the end."""
    with transaction.atomic():
        yield deepcopy(owing)
        connection.check_constraints()
        transaction.set_rollback(True)
