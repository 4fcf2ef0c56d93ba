"""Companies with a quarter behind them, lived once; what a test changes is undone."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.business.reports.lived import COMPANIES, Lived, quarter
from tests.worlds import Worlds


@pytest.fixture(scope="module")
def all_lived(worlds: Worlds) -> Iterator[dict[str, Lived]]:
    """Companies beside each other, so that no report may count the rows of another."""
    with quarter(worlds) as lived:
        yield lived


@pytest.fixture(params=COMPANIES)
def lived(
    request: pytest.FixtureRequest, all_lived: dict[str, Lived], django_db_blocker: DjangoDbBlocker
) -> Iterator[Lived]:
    """One of the companies; what a test changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield all_lived[request.param]
        transaction.set_rollback(True)
