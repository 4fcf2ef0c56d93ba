"""Makes the database ready for the process that asks: the embedded one is started, an own one is checked.

The application connects as a role that may only add to what is append-only (`wiring/roles.py`); the tables are made and
changed by their owner. With an own server that is so when SERVANDA_DATABASE_OWNER_URL names the owner.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connections

from servanda.wiring.accounts import PAGES_ACCOUNT, SIGNER_ACCOUNT, WORKER_ACCOUNT, DatabaseUnavailable, own_account
from servanda.wiring.embedded import (
    leased,
    refuse_unfit,
    stop_unused,
    url_of,
    url_of_part,
)
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


def of_pages() -> dict[str, str]:
    """Return what the web server is told of its database: the address with its own role. Empty: it has none."""
    if not settings.DATABASE_URL:
        return {"SERVANDA_DATABASE_URL": url_of_part(settings.HOME / "postgres", role=WEB)}
    url = settings.DATABASE_URL_OF_PAGES
    if not url:
        return {}
    _refuse_other_role(url, WEB, variable="SERVANDA_WEB_DATABASE_URL")
    refuse_unfit(url)
    return {"SERVANDA_DATABASE_URL": url}


def of_worker() -> dict[str, str]:
    """Return what the worker is told of its database beside what we were told: under our own account nothing."""
    if settings.DATABASE_URL or own_account(WORKER_ACCOUNT) is None:
        return {}
    return {"SERVANDA_DATABASE_URL": url_of_part(settings.HOME / "postgres", role=APPLICATION)}


def of_signer() -> dict[str, str]:
    """Return what the signer is told of its database: the address, or the role in the embedded one. Empty: it has none."""
    if not settings.DATABASE_URL:
        if own_account(SIGNER_ACCOUNT) is None:
            return {"SERVANDA_DATABASE_ROLE": SIGNER}
        return {"SERVANDA_DATABASE_URL": url_of_part(settings.HOME / "postgres", role=SIGNER)}
    url = settings.DATABASE_URL_OF_SIGNER
    if not url:
        return {}
    _refuse_other_role(url, SIGNER, variable="SERVANDA_SIGNER_DATABASE_URL")
    refuse_unfit(url)
    return {"SERVANDA_DATABASE_URL": url}


def account_of_pages() -> str:
    """Return the name of the account that the web server is to run as; empty where only our own can be had."""
    return _name_of(PAGES_ACCOUNT)


def account_of_worker() -> str:
    """Return the name of the account that the worker is to run as; empty where only our own can be had."""
    return _name_of(WORKER_ACCOUNT)


def account_of_signer() -> str:
    """Return the name of the account that the signer is to run as; empty where only our own can be had."""
    return _name_of(SIGNER_ACCOUNT)


def _name_of(account: str) -> str:
    return account if own_account(account) is not None else ""


def _refuse_other_role(url: str, role: str, *, variable: str) -> None:
    """Refuse an address of another role: rights are given to this one by name, and triggers know it by its name."""
    found = psycopg.conninfo.conninfo_to_dict(url).get("user")
    if found != role:
        raise DatabaseUnavailable(f"{variable} names the role {found!r}. Its name must be {role}: make that role.")


def released() -> None:
    """Stop what was left of the embedded server, so that its files may be removed; refuses while anybody uses it."""
    stop_unused(settings.HOME / "postgres")


def _owner_url() -> str:
    """Return where the owner connects; empty when an own server has one role for both."""
    if settings.DATABASE_URL:
        return str(settings.DATABASE_OWNER_URL)
    return url_of(settings.HOME / "postgres")
