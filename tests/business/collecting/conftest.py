"""A company that collects, and the bank that tells of the rest."""

from pathlib import Path

import pytest
from pytest_django import Settings

from servanda.simulation import drivers
from tests.business.billing.conftest import bank as bank
from tests.business.billing.conftest import owing as owing


@pytest.fixture(autouse=True)
def collecting_drivers(settings: Settings, tmp_path: Path) -> None:
    settings.DRIVERS = "tests.business.collecting.drivers_here"
    settings.COLLECTIONS = tmp_path
    settings.MOBILEPAY_URL = ""
    settings.DAILY_LIFE = ""
    drivers.post.cache_clear()
