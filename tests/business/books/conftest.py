"""One company that lived some weeks: invoices, a payment in time, one taken back, and money that nobody can explain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction
from django.test import override_settings

from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.cast import ALMA, BIRK
from tests.stories.world import World
from tests.worlds import Worlds

BEGIN = date(2026, 1, 5)
END = date(2026, 2, 20)


@dataclass(frozen=True)
class Lived:
    world: World
    alma: int


@pytest.fixture(scope="module")
def lived(worlds: Worlds) -> Iterator[Lived]:
    with worlds.visited("weeks-of-books", _live) as lived:
        yield lived


@pytest.fixture
def books(lived: Lived) -> Iterator[Lived]:
    """The company as it is; what the test does to it is undone."""
    with transaction.atomic():
        yield lived
        transaction.set_rollback(True)


def _live() -> Lived:
    with override_settings(DRIVERS="servanda.simulation.drivers", DAILY_LIFE=""):
        drivers.post.cache_clear()
        return _live_here()


def _live_here() -> Lived:
    world = World("safe-it", BEGIN)
    alma = world.customer(ALMA, "hosting-monthly", began_on=date(2025, 12, 20))
    world.customer(BIRK, "hosting-monthly", began_on=date(2025, 12, 20))
    world.live_until(date(2026, 2, 2))
    invoice = world.invoice_of(alma)
    world.pay(invoice, invoice.total)
    world.bank(Money(123_45), text="hvad er det?")
    world.live_until(date(2026, 2, 12))
    world.bank(-invoice.total, reference=invoice.reference, is_reversal=True, on=date(2026, 2, 10))
    world.live_until(END)
    return Lived(world, alma)
