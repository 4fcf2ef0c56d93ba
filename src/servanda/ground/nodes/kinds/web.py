"""Sites: what answers under which names, with which PHP, for which tenant."""

from typing import Annotated, Literal, cast

from msgspec import Meta, Struct

from servanda.ground.nodes.grammar import Bytes, Count, HostName, SiteId, Tenant
from servanda.ground.nodes.kinds.base import Statement

# The versions that Debian 12, Debian 13 and Ubuntu 24.04 offer; a node says which of them it has.
PhpVersion = Literal["8.2", "8.3", "8.4"]


class Redirect(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A name that sends its visitors to another, keeping path and query."""

    name: HostName
    to: HostName
    is_permanent: bool = True


class Site(Statement, frozen=True, tag="site", kw_only=True):
    """A site of a tenant. The first name is its own; the others are aliases that show the same pages."""

    site: SiteId
    tenant: Tenant
    names: Annotated[tuple[HostName, ...], Meta(min_length=1, max_length=100)]
    redirects: Annotated[tuple[Redirect, ...], Meta(max_length=100)] = ()
    php: PhpVersion | None = None
    is_https_only: bool = True
    has_hsts: bool = True
    page_cache_seconds: Annotated[int, Meta(ge=0, le=300)] = 0
    disk_bytes: Bytes = 0  # the quota; 0 means that nothing was promised and only metering is done
    inodes: Count = 0
    php_memory_mb: Annotated[int, Meta(ge=32, le=2048)] = 256
    php_processes: Annotated[int, Meta(ge=1, le=100)] = 5

    @property
    def key(self) -> str:
        return f"site/{self.site}"

    def takes_from(self, before: Statement) -> bool:
        old = cast("Site", before)
        return bool(set(old.names) - set(self.names))
