"""Who may act for a customer, and how far."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """How far somebody may act for a customer. Only the holder changes master data, orders and leaves (simsoft-083..085)."""

    HOLDER = "holder"
    TECHNICAL = "technical"
    BILLING = "billing"

    @property
    def may_order(self) -> bool:
        return self is Role.HOLDER

    @property
    def may_manage_services(self) -> bool:
        return self in {Role.HOLDER, Role.TECHNICAL}

    @property
    def may_see_invoices(self) -> bool:
        return self in {Role.HOLDER, Role.BILLING}


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipFacts:
    """Somebody acts for a customer since a moment. `name` is the address with which they sign in."""

    membership_id: int
    user_id: int
    name: str
    company_id: int
    company_slug: str
    company_name: str
    customer_id: int
    customer_number: str
    customer_name: str
    role: Role
    since: datetime
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFacts:
    """An invitation that can still be used. `knows_address`: somebody signs in with this address already."""

    invitation_id: int
    company_id: int
    company_slug: str
    company_name: str
    customer_id: int
    customer_number: str
    customer_name: str
    email: str
    role: Role
    expires_at: datetime
    knows_address: bool


class Topic(StrEnum):
    """What a member can be written to about that is no part of the agreement (markedsføringsloven § 10)."""

    NEWSLETTER = "newsletter"
    PRODUCTS = "news of products"
    OPERATION = "news of operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """A link that can still be used, and whose it is."""

    link_id: int
    user_id: int
    name: str
    company_id: int
    company_name: str
    purpose: str
    email: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """A mail about a login or a sign-up. `asked_from` is the network from which it was asked for."""

    company_id: int
    kind: str
    recipient: str
    language: str
    subject: str
    paragraphs: tuple[str, ...]
    queued_at: datetime
    asked_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFacts:
    """A mail that a sender has claimed."""

    mail_id: int
    company_id: int
    recipient: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingFacts:
    """Somebody is signed in from a browser."""

    sitting_id: int
    key_sha256: str
    began_at: datetime
    seen_at: datetime
    network: str
    browser: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceFacts:
    """What a member said last of a topic."""

    topic: Topic
    is_yes: bool
    words: str
    how: str
    at: datetime
    user_id: int
    name: str
