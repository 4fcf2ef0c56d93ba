"""A change wakes whoever tells the nodes, once it stands; one that fails wakes nobody."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from servanda.business.customers.queries import customer_numbered
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.queries import services_of_customer
from servanda.simulation import drivers
from tests.business.nodes.house import House
from tests.cast import BIRK
from tests.stories.world import World


@pytest.fixture
def service_id(db: None, settings: Settings) -> int:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    house = House(World("compusoft", date(2026, 9, 1)), now=datetime(2026, 12, 1, 12, tzinfo=UTC))
    house.world.customer(BIRK, "hosting-web", began_on=date(2026, 9, 1))
    house.world.live_until(date(2026, 9, 2))
    birk = customer_numbered(house.world.company_id, BIRK.number)
    return services_of_customer(birk.customer_id)[0].service_id


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name="tell_of_changes", status="todo").count()


def test_a_change_that_stands_wakes_once(
    service_id: int, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        touch([service_id])
        touch([service_id])
        assert waiting() == 0
    assert waiting() == 1


def test_a_change_that_fails_wakes_nobody(
    service_id: int, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def change_and_fail() -> None:
        with transaction.atomic():
            touch([service_id])
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True) as woken, pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert woken == []
    assert waiting() == 0


def test_what_lies_on_no_server_wakes_nobody(
    service_id: int, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        touch([service_id + 1000])
    assert waiting() == 0
