"""The companies of these tests live once; each test works on them in a savepoint that is rolled back."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import override_settings

from servanda.simulation import drivers
from tests.business.audit import small_company
from tests.worlds import Worlds


def live() -> None:
    with override_settings(DRIVERS="servanda.simulation.drivers", DAILY_LIFE=""):
        drivers.post.cache_clear()
        small_company.live()


@pytest.fixture(scope="module")
def lived(worlds: Worlds) -> Iterator[None]:
    """Two companies with some months behind them."""
    with worlds.visited("two-companies", live):
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # tables cannot be altered while checks are pending
        yield


@pytest.fixture
def companies(lived: None) -> Iterator[None]:
    """The two companies as they are; what the test does to them is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
