"""Companies with a quarter behind them, lived once for the tests of a file; nothing of them is committed."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from servanda.simulation import drivers
from tests.business.reports.lived import Lived, live

COMPANIES = ("safe-it", "vicevaert")


@pytest.fixture(scope="module")
def all_lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Lived]]:
    """Companies beside each other, so that no report may count the rows of another."""
    with (
        django_db_blocker.unblock(),
        override_settings(DRIVERS="servanda.simulation.drivers", DAILY_LIFE=""),
        transaction.atomic(),
    ):
        drivers.post.cache_clear()
        yield {slug: live(slug) for slug in COMPANIES}
        transaction.set_rollback(True)


@pytest.fixture(params=COMPANIES)
def lived(
    request: pytest.FixtureRequest, all_lived: dict[str, Lived], django_db_blocker: DjangoDbBlocker
) -> Iterator[Lived]:
    """One of the companies; what a test changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield all_lived[request.param]
        transaction.set_rollback(True)
