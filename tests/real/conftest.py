"""Real processes, real kills, and a world that lives the same life whatever happens to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from servanda.drivers.letters.sink import Sink
from servanda.simulation import drivers


@pytest.fixture(autouse=True)
def memory_drivers(settings: Settings) -> None:
    settings.DRIVERS = "servanda.simulation.drivers"
    settings.DAILY_LIFE = ""
    drivers.post.cache_clear()


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """Where the receiving server keeps what it took."""
    return tmp_path / "mails"


@pytest.fixture
def sink(mails: Path, memory_drivers: None, settings: Settings) -> Iterator[Sink]:
    """A receiving server on a real socket, to which letters go instead of into memory."""
    with Sink(mails) as sink:
        settings.DRIVERS = "tests.real.drivers_by_wire"
        settings.SMTP_HOST, settings.SMTP_PORT = sink.host, sink.port
        yield sink
