"""Copies of what tenants keep, and the one-time errands on them: give back, hand out, take in."""

from typing import Annotated, Literal, cast

from msgspec import Meta, Struct

from servanda.ground.nodes.grammar import (
    Country,
    DatabaseName,
    ErrandId,
    HostName,
    InnerPath,
    Moment,
    NodeName,
    SiteId,
    SnapshotId,
    SshKey,
    Tenant,
)
from servanda.ground.nodes.kinds.base import Statement

Target = Annotated[str, Meta(pattern=r"\A[a-z]([a-z0-9-]{0,30}[a-z0-9])?\Z")]


class BackupPlan(Statement, frozen=True, tag="backup", kw_only=True):
    """What of a tenant is copied, and how long each generation is kept. Retention is carried out by the store."""

    plan: SiteId
    tenant: Tenant
    site: SiteId | None = None
    databases: Annotated[tuple[DatabaseName, ...], Meta(max_length=50)] = ()
    mail_domains: Annotated[tuple[HostName, ...], Meta(max_length=50)] = ()
    target: Target = "store"
    country: Country = "DK"  # where the copies lie
    every_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    keep_daily: Annotated[int, Meta(ge=1, le=3660)] = 30
    keep_monthly: Annotated[int, Meta(ge=0, le=120)] = 0
    keep_databases_daily: Annotated[int, Meta(ge=0, le=3660)] = 0  # 0: as long as files

    @property
    def key(self) -> str:
        return f"backup/{self.plan}"

    def takes_from(self, before: Statement) -> bool:
        """Tell whether something is copied no more, more seldom, or kept for a shorter time."""
        old = cast("BackupPlan", before)
        left = {*old.databases, *old.mail_domains, old.site} - {*self.databases, *self.mail_domains, self.site}
        return bool(left) or self.every_hours > old.every_hours or _is_shorter(self, old)


class Retention(Statement, frozen=True, tag="retention", kw_only=True):
    """How long the copies that a node made by a plan are kept. Told to the keeper of the store, and to no other."""

    node: NodeName
    plan: SiteId
    keep_daily: Annotated[int, Meta(ge=1, le=3660)]
    keep_monthly: Annotated[int, Meta(ge=0, le=120)] = 0
    keep_databases_daily: Annotated[int, Meta(ge=0, le=3660)] = 0

    @property
    def key(self) -> str:
        return f"retention/{self.node}/{self.plan}"

    def takes_from(self, before: Statement) -> bool:
        return _is_shorter(self, cast("Retention", before))


def _is_shorter(new: BackupPlan | Retention, old: BackupPlan | Retention) -> bool:
    return (
        new.keep_daily < old.keep_daily
        or new.keep_monthly < old.keep_monthly
        or (new.keep_databases_daily or new.keep_daily) < (old.keep_databases_daily or old.keep_daily)
    )


class Restore(Statement, frozen=True, tag="restore", kw_only=True):
    """An errand: give back from a copy. `beside` leaves what stands; `in place` keeps it for the undo; `preview` only tells."""

    errand: ErrandId
    plan: SiteId
    tenant: Tenant
    snapshot: SnapshotId
    what: Literal["files", "file", "database", "mail", "all"]
    into: Literal["beside", "in place", "preview"] = "beside"
    path: InnerPath | None = None  # of one file or folder, within the site's own files
    database: DatabaseName | None = None
    domain: HostName | None = None
    is_undone: bool = False  # the customer takes it back: what stood before stands again
    not_after: Moment

    @property
    def key(self) -> str:
        return f"restore/{self.errand}"


class Export(Statement, frozen=True, tag="export", kw_only=True):
    """An errand: everything of a tenant in one archive (files, SQL, mail, zone), to be fetched until a day."""

    errand: ErrandId
    plan: SiteId
    tenant: Tenant
    kept_until: Moment

    @property
    def key(self) -> str:
        return f"export/{self.errand}"


class SftpSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A server where a site is now. Its password is not in here: it waits in the inbox beside the errand."""

    host: HostName
    port: Annotated[int, Meta(ge=1, le=65535)] = 22
    user: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\Z")]
    folder: Annotated[str, Meta(pattern=r"\A/?[^\x00-\x1f\x7f]{0,500}\Z")] = ""
    host_key: SshKey  # what the server must show


class MoveIn(Statement, frozen=True, tag="move-in", kw_only=True):
    """An errand: take in a site from an archive that was uploaded to the node's own inbox under the errand's id.

    With `source`, the agent first fetches that archive from another server, with the word in the inbox's `<errand>.word`.
    With `archive`, it is a file that the tenant laid into the site's private folder.
    """

    errand: ErrandId
    site: SiteId
    tenant: Tenant
    database: DatabaseName | None = None
    source: SftpSource | None = None
    archive: InnerPath | None = None
    not_after: Moment

    @property
    def key(self) -> str:
        return f"move-in/{self.errand}"
