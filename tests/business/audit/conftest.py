"""The companies of these tests live once; each test works on them in a savepoint that is rolled back."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from servanda.simulation import drivers
from tests.business.audit import small_company


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Two companies with some months behind them, in a transaction that never ends well."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DRIVERS="servanda.simulation.drivers", DAILY_LIFE=""):
            drivers.post.cache_clear()
            small_company.live()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # tables cannot be altered while checks are pending
        yield
        transaction.set_rollback(True)


@pytest.fixture
def companies(lived: None) -> Iterator[None]:
    """The two companies as they are; what the test does to them is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
