"""Makes the database ready for the process that asks: the embedded one is started, an own one is checked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from servanda.wiring.embedded import leased, refuse_unfit, stop_unused


@contextmanager
def ready() -> Iterator[None]:
    """Keep the database of this installation available for as long as the block runs."""
    if settings.DATABASE_URL:
        refuse_unfit(settings.DATABASE_URL)
        yield
    else:
        with leased(settings.HOME / "postgres"):
            yield


def released() -> None:
    """Stop what was left of the embedded server, so that its files may be removed; refuses while anybody uses it."""
    stop_unused(settings.HOME / "postgres")
