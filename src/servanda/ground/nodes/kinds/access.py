"""Logins by which a tenant reaches the own files, over SFTP only."""

from typing import Annotated

from msgspec import Meta

from servanda.ground.nodes.grammar import LoginName, PasswordHash, SiteId, SshKey, Tenant
from servanda.ground.nodes.kinds.base import Statement


class Login(Statement, frozen=True, tag="login", kw_only=True):
    """A login in the chroot of one site. Without a password and without a key nobody gets in."""

    name: LoginName
    site: SiteId
    tenant: Tenant
    password_hash: PasswordHash | None = None
    keys: Annotated[tuple[SshKey, ...], Meta(max_length=20)] = ()

    @property
    def key(self) -> str:
        return f"login/{self.name}"
