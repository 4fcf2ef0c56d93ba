import pytest
from pytest_django import Settings

from servanda.simulation import drivers
from tests.faces.as_pages import pages_have_their_role

__all__ = ["pages_have_their_role"]


@pytest.fixture(autouse=True)
def quiet(db: None, settings: Settings) -> None:
    """Drivers in memory, and nobody who lives a day by themselves."""
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
