"""Real processes, real kills, and a world that lives the same life whatever happens to them."""

import pytest
from pytest_django import Settings

from servanda.simulation import drivers


@pytest.fixture(autouse=True)
def memory_drivers(settings: Settings) -> None:
    settings.DRIVERS = "servanda.simulation.drivers"
    settings.DAILY_LIFE = ""
    drivers.post.cache_clear()
