"""Mail: domains with their mailboxes, aliases and limits."""

from typing import Annotated, Literal, cast

from msgspec import Meta, Struct

from servanda.ground.nodes.grammar import (
    Bytes,
    ClauseText,
    Count,
    ErrandId,
    HostName,
    LocalPart,
    MailAddress,
    Moment,
    PasswordHash,
    Tenant,
)
from servanda.ground.nodes.kinds.base import Statement

Selector = Annotated[str, Meta(pattern=r"\A[a-z0-9]{1,32}\Z")]


class OutboundBlock(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Nothing may be sent; receiving goes on. Without `until` it lasts until a later statement lacks it."""

    clause: ClauseText
    until: Moment | None = None


class MailDomain(Statement, frozen=True, tag="mail-domain", kw_only=True):
    """A domain for which this node receives and sends. Delivered locally only when its control was proven."""

    domain: HostName
    tenant: Tenant
    is_proven: bool = False
    dkim_selector: Selector = "sv1"
    dkim_next: Selector | None = None  # a key that is made and published, and does not sign yet
    hourly_limit: Count = 200  # recipients per sender; 0 lets nothing out
    daily_limit: Count = 1000
    weekly_limit: Count = 0  # recipients of the whole domain in seven days, by a leave for bulk; 0: the others only
    alike_limit: Count = 500  # recipients of one text in a day without a permit for bulk
    route: Literal["shared", "bulk", "dedicated"] = "shared"
    outbound_block: OutboundBlock | None = None

    @property
    def key(self) -> str:
        return f"mail-domain/{self.domain}"

    def takes_from(self, before: Statement) -> bool:
        old = cast("MailDomain", before)
        return (self.outbound_block is not None and old.outbound_block is None) or (
            old.is_proven and not self.is_proven
        )


class Mailbox(Statement, frozen=True, tag="mailbox", kw_only=True):
    """A mailbox with its own password, quota and sending limits (0: those of its domain)."""

    local: LocalPart
    domain: HostName
    tenant: Tenant
    password_hash: PasswordHash
    quota_bytes: Bytes = 1 << 30
    hourly_limit: Count = 0
    daily_limit: Count = 0
    outbound_block: OutboundBlock | None = None
    may_send_as: Annotated[tuple[MailAddress, ...], Meta(max_length=50)] = ()

    @property
    def key(self) -> str:
        return f"mailbox/{self.local}@{self.domain}"

    def takes_from(self, before: Statement) -> bool:
        return self.outbound_block is not None and cast("Mailbox", before).outbound_block is None


class MailAlias(Statement, frozen=True, tag="mail-alias", kw_only=True):
    """Addresses to which mail for this one goes. An empty `local` catches what no other address takes."""

    local: LocalPart | Literal[""]
    domain: HostName
    to: Annotated[tuple[MailAddress, ...], Meta(min_length=1, max_length=100)]

    @property
    def key(self) -> str:
        return f"mail-alias/{self.local}@{self.domain}"


class MailImport(Statement, frozen=True, tag="mail-import", kw_only=True):
    """An errand: fetch the messages of a mailbox elsewhere over IMAP with TLS. Its password lies in the node's inbox."""

    errand: ErrandId
    local: LocalPart
    domain: HostName
    tenant: Tenant
    host: HostName
    login: Annotated[str, Meta(pattern=r"\A[\x21-\x7e]{1,254}\Z")]
    not_after: Moment

    @property
    def key(self) -> str:
        return f"mail-import/{self.errand}"
