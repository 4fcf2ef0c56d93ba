"""One lived-in company for the tests of a file: made once, and put back to how it was after each test."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.companies.facts import CompanyFacts
from tests.faces.as_pages import pages_have_their_role
from tests.faces.office import office_world
from tests.worlds import Worlds

__all__ = ["pages_have_their_role"]


@pytest.fixture(scope="module")
def lived(worlds: Worlds) -> Iterator[CompanyFacts]:
    """Safe IT after some weeks, beside a second company; nothing of it is ever changed for good."""
    with worlds.visited("office", office_world.live) as kept:
        yield office_world.resume(kept)


@pytest.fixture
def here(lived: CompanyFacts, django_db_blocker: DjangoDbBlocker) -> Iterator[CompanyFacts]:
    """The lived-in company; what a test changes is undone after it."""
    cache.clear()
    with (
        django_db_blocker.unblock(),
        override_settings(
            DRIVERS="tests.faces.office.office_world",
            DAILY_LIFE="",
            MOVE_TIME="tests.faces.as_pages.move_time_by_the_worker",
        ),
        transaction.atomic(),
    ):
        yield lived
        transaction.set_rollback(True)


@pytest.fixture
def eva(here: CompanyFacts) -> Client:
    """A browser in which Eva is signed in."""
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    browser.force_login(get_user_model().objects.get(username="eva"))
    return browser
