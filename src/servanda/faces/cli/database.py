"""Django and the database, for the commands that need them. The others start faster without."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.utils.module_loading import import_string


def use_settings() -> None:
    """Name the settings of this installation, unless the environment names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servanda.wiring.settings")


@contextmanager
def database(*, as_owner: bool = False) -> Iterator[None]:
    """Set Django up, and keep the database available while the block runs: the embedded one is started if needed.

    What changes tables or makes databases does so as their owner; everything else is the application.
    """
    use_settings()
    django.setup()
    with import_string(settings.DATABASE_READY)():
        if not as_owner:
            yield
            return
        with import_string(settings.DATABASE_OWNED)():
            yield
