"""Makes the database ready for the process that asks: the embedded one is started, an own one is checked.

The application connects as a role that may only add to what is append-only (`wiring/roles.py`); the tables are made and
changed by their owner. With an own server that is so when SERVANDA_DATABASE_OWNER_URL names the owner.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connections

from servanda.wiring.embedded import DatabaseUnavailable, leased, refuse_unfit, stop_unused, url_of
from servanda.wiring.roles import APPLICATION, SIGNER, WEB, grant_all, grant_rights, make_role

_PARTS = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


@contextmanager
def ready() -> Iterator[None]:
    """Keep the database of this installation available for as long as the block runs."""
    if settings.DATABASE_URL:
        refuse_unfit(settings.DATABASE_URL)
        yield
    else:
        with leased(settings.HOME / "postgres"):
            for role in (APPLICATION, WEB, SIGNER):
                make_role(_owner_url(), role)
            yield


@contextmanager
def owned() -> Iterator[None]:
    """Let Django be the owner of the database while the block runs, where the application is not the owner itself."""
    if not _owner_url():
        yield
        return
    given = psycopg.conninfo.conninfo_to_dict(_owner_url())
    before = dict(connections["default"].settings_dict)
    connections["default"].close()
    connections["default"].settings_dict.update({key: str(given.get(part, "")) for key, part in _PARTS.items()})
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"].settings_dict.update(before)


def give_rights() -> None:
    """Give the application its rights on the tables as they are now; nothing to do where it owns them."""
    role, owner = settings.DATABASE_ROLE, _owner_url()
    if not owner:
        return
    if psycopg.conninfo.conninfo_to_dict(owner).get("user") == role:
        raise DatabaseUnavailable(
            f"SERVANDA_DATABASE_OWNER_URL and SERVANDA_DATABASE_URL name the same role {role!r}. Give the application a "
            "role of its own, or unset the first to let one role do both."
        )
    grant_rights(owner, role)
    grant_all(owner)


def released() -> None:
    """Stop what was left of the embedded server, so that its files may be removed; refuses while anybody uses it."""
    stop_unused(settings.HOME / "postgres")


def _owner_url() -> str:
    """Return where the owner connects; empty when an own server has one role for both."""
    if settings.DATABASE_URL:
        return str(settings.DATABASE_OWNER_URL)
    return url_of(settings.HOME / "postgres")
