"""Making the server agree with one database's statement, by the agent's routines.

What stands is read from the server each time, so there is no state of our own that a kill could leave wrong. Only what
differs is ordered. A hold locks the accounts and cuts their connections; a release unlocks them, and every account is
then what it was. Quarantine is a lock too: nothing moves, nothing can be read, and one statement undoes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servanda.drivers.node import Broken, Plain, Privileges
from servanda.drivers.node.databases.connection import NOBODY_THERE, Conversation, as_agent
from servanda.drivers.node.databases.hosts import hosts_of
from servanda.drivers.node.databases.routines import rights_text
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.passwords import password_of_user
from servanda.ground.nodes.kinds.databases import Database, DatabaseUser
from servanda.ground.nodes.wanted import Difference, Measurement, Wanted

ERASE = "erase_database"


@dataclass(frozen=True, slots=True)
class Account:
    """How one account stands, or shall stand."""

    user: str
    host: str
    is_locked: bool
    password_hash: str
    has_second_password: bool
    max_connections: int
    must_encrypt: bool
    rights: str

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}"


@dataclass(frozen=True, slots=True)
class DatabaseConverger:
    """The agent's part for databases. Purging is the helper's verb, under its leave."""

    layout: Layout
    privileges: Privileges
    kinds: tuple[type[Wanted], ...] = (Database,)

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        """Make accounts and database as wanted, and tell where it is reached from outside.

        Raises NotNow while the server is away, Broken for what it cannot be told.
        """
        assert isinstance(wanted, Database)
        if wanted.state == "purged":
            return self.privileges.do(ERASE, wanted.key)
        accounts = _wanted_accounts(self.layout, wanted)
        with as_agent(self.layout) as server:
            server.call("make_database", wanted.name)
            found = {one.name: one for one in _found_accounts(server, wanted.name)}
            for account in accounts:
                _make(server, wanted.name, account, found.get(account.name))
            for name in found.keys() - {one.name for one in accounts}:
                _cut(server, found[name])
                server.call("part", wanted.name, found[name].user, found[name].host)
        return {"address": f"{self.layout.host_name}:{self.layout.ports.mysql}"}

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, Database)
        with as_agent(self.layout) as server:
            exists = bool(server.call("exist", wanted.name)[0][0])
            found = {one.name: one for one in _found_accounts(server, wanted.name)}
        if wanted.state == "purged":
            return [Difference(code="database-still-there", found=wanted.name)] if exists or found else []
        if not exists:
            return [Difference(code="database-missing", wanted=wanted.name)]
        accounts = _wanted_accounts(self.layout, wanted)
        differences = [one for account in accounts for one in _differences(account, found.get(account.name))]
        extra = sorted(found.keys() - {one.name for one in accounts})
        return [*differences, *(Difference(code="database-account-extra", found=name) for name in extra)]


@dataclass(frozen=True, slots=True)
class DatabaseMetering:
    """Bytes, tables and connections of each database. The bytes are the server's own estimate for its pages."""

    layout: Layout

    def measure(self, wanted: Wanted, *, day: str) -> Sequence[Measurement]:
        if not isinstance(wanted, Database) or wanted.state == "purged":
            return ()
        with as_agent(self.layout) as server:
            size, tables, _, connections = server.call("figures", wanted.name)[0]
        figures = {"database_bytes": int(size), "tables": int(tables), "connections": int(connections)}
        return (Measurement(key=wanted.key, day=day, figures=figures),)


def _wanted_accounts(layout: Layout, database: Database) -> tuple[Account, ...]:
    return tuple(
        Account(
            user=user.name,
            host=host.pattern,
            is_locked=not database.is_served,
            password_hash=password_of_user(layout, database, user),
            has_second_password=False,
            max_connections=database.max_connections,
            must_encrypt=host.must_encrypt,
            rights=rights_text(_rights_of(user)),
        )
        for user in database.users
        for host in hosts_of(database)
    )


def _rights_of(user: DatabaseUser) -> str:
    if user.rights == "read":
        return "read"
    return "all" if user.may_write else "tidy"


_KINDS = {rights_text(kind): kind for kind in ("all", "tidy", "read")}


def _found_accounts(server: Conversation, database: str) -> tuple[Account, ...]:
    return tuple(
        Account(str(user), str(host), bool(lock), str(hashed), bool(second), int(most), bool(tls), str(rights))
        for user, host, lock, hashed, second, most, tls, rights in server.call("accounts", database)
    )


def _make(server: Conversation, database: str, wanted: Account, found: Account | None) -> None:
    if wanted == found:
        return
    server.call(
        "make_account", database, wanted.user, wanted.host, wanted.password_hash, wanted.max_connections,
        int(wanted.must_encrypt), int(wanted.is_locked), _KINDS[wanted.rights],
    )  # fmt: skip
    if found is not None and _must_cut(wanted, found):
        _cut(server, wanted)


def _must_cut(wanted: Account, found: Account) -> bool:
    """Tell whether connections that stand would go on with what was taken from the account."""
    loses = any(old == "Y" and new == "N" for old, new in zip(found.rights, wanted.rights, strict=True))
    return wanted.is_locked or loses or wanted.password_hash != found.password_hash


def _cut(server: Conversation, account: Account) -> None:
    try:
        server.call("cut", account.user, account.host)
    except Broken as error:
        number = error.__cause__.args[0] if error.__cause__ else 0
        if number not in NOBODY_THERE:
            raise


def _differences(wanted: Account, found: Account | None) -> Sequence[Difference]:
    if found is None:
        return [Difference(code="database-account-missing", wanted=wanted.name)]
    return [
        Difference(code=code, wanted=f"{wanted.name}: {want}", found=str(have))
        for code, want, have in (
            ("database-lock", _lock(wanted), _lock(found)),
            ("database-rights", wanted.rights, found.rights),
            ("database-connections", wanted.max_connections, found.max_connections),
            ("database-encryption", wanted.must_encrypt, found.must_encrypt),
            ("database-second-password", wanted.has_second_password, found.has_second_password),
        )
        if want != have
    ] + [Difference(code="database-password", wanted=wanted.name)] * (wanted.password_hash != found.password_hash)


def _lock(account: Account) -> str:
    return "held" if account.is_locked else "open"
