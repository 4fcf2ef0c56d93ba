"""Databases and their users: those of a site, and databases sold by themselves with an allow-list of addresses."""

from typing import Annotated, Literal, cast

from msgspec import Meta, Struct

from servanda.ground.nodes.grammar import (
    Bytes,
    DatabaseName,
    DatabasePasswordHash,
    DatabaseUserName,
    Network,
    Tenant,
)
from servanda.ground.nodes.kinds.base import Statement


class DatabaseUser(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A user of one database, with the rights that its owner chose.

    `may_write` is taken away when the database is over its quota: reading and deleting go on.
    """

    name: DatabaseUserName
    password_hash: DatabasePasswordHash
    may_write: bool = True
    rights: Literal["all", "read"] = "all"


class Database(Statement, frozen=True, tag="database", kw_only=True):
    """A database of a tenant. Without `allow` its users come from this node only, by socket or loopback."""

    name: DatabaseName
    tenant: Tenant
    users: Annotated[tuple[DatabaseUser, ...], Meta(max_length=50)] = ()
    allow: Annotated[tuple[Network, ...], Meta(max_length=100)] = ()
    disk_bytes: Bytes = 0
    max_connections: Annotated[int, Meta(ge=1, le=500)] = 15

    @property
    def key(self) -> str:
        return f"database/{self.name}"

    def takes_from(self, before: Statement) -> bool:
        old = cast("Database", before)
        return bool({user.name for user in old.users} - {user.name for user in self.users})
