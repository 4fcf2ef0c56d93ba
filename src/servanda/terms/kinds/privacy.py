"""Data: whose they are, where they lie, who may have them, how long they are kept."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Days, FiscalYears, Hours, Rule, ShownRule, Years


class Ownership(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose the data are."""

    kind: ClassVar[str] = "ownership"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["all content", "customer data"]
    owner: Literal["account holder", "customer"]


class Confidentiality(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept secret, and under which rules."""

    kind: ClassVar[str] = "confidentiality"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["customer information", "customer data", "support data", "package data", "monitoring data"]
    under: tuple[Literal["data protection law", "internal policy", "secrecy"], ...] = ()


class SensitiveData(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That sensitive personal data are not stored, or who follows which rules with them."""

    kind: ClassVar[str] = "sensitive-data"
    stored: bool = False


class DataUse(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For what customer data may be used, and for what not."""

    kind: ClassVar[str] = "data-use"
    told_apart_by: ClassVar[tuple[str, ...]] = ("purpose",)
    purpose: Literal["own purposes", "general statistics", "fulfilling a subscription", "staff activity"]
    allowed: bool


class Disclosure(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which cause customer details are handed to others, or refused."""

    kind: ClassVar[str] = "disclosure"
    told_apart_by: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal[
        "domain registration",
        "certificate",
        "payment",
        "court order",
        "anyone asking",
        "customer's request",
        "misuse",
        "agreement",
        "sub-supplier",
    ]
    allowed: bool = True
    least_needed: bool = False
    encrypted: bool = False


class Recipient(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named recipient of customer data, or a kind of one, and for what."""

    kind: ClassVar[str] = "recipient"
    told_apart_by: ClassVar[tuple[str, ...]] = ("name",)
    name: str
    work: tuple[
        Literal["domains", "dns", "hosting", "certificates", "subscriptions", "technical operation", "server hosting"],
        ...,
    ]


class Delegation(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a part of the service may be handed to others."""

    kind: ClassVar[str] = "delegation"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["technical operation", "server hosting", "subscriptions"]
    vendor_terms_too: bool = False


class DataLocation(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which countries data lie, and on what a transfer out of the EU rests."""

    kind: ClassVar[str] = "data-location"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["all data", "package backup", "monitoring data"]
    countries: tuple[Literal["Denmark", "EU", "USA"], ...]
    transfer_basis: Literal["adequacy decision", "standard clauses", "not stated"] | None = None


class Retention(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long something is kept."""

    kind: ClassVar[str] = "retention"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["orders", "payments", "transactions", "hosting backups", "monitoring data", "customer data"]
    fiscal_years: FiscalYears | None = None
    days: Days | None = None
    while_service: bool = False
    for_authority: bool = False


class DataBreach(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Within how many hours the authority is told of a breach; `own_systems_only` leaves out the customer's own site."""

    kind: ClassVar[str] = "data-breach"
    hours: Hours
    own_systems_only: bool = False


class Safeguard(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which measures guard data and systems."""

    kind: ClassVar[str] = "safeguard"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal[
        "technical and organisational measures",
        "firewalls",
        "two-factor login",
        "delegated rights",
        "secured monitoring data",
        "own systems only",
        "audit",
        "hosting personal data",
    ]
    continuously: bool = False


class Cookies(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which cookies a site sets, and for what."""

    kind: ClassVar[str] = "cookies"
    purposes: tuple[Literal["traffic", "interests"], ...]
    blocked_by_visitor: bool = False


class CookieBanner(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a cookie banner is set up for the customer's site."""

    kind: ClassVar[str] = "cookie-banner"
    by_supplier: bool = True


class Newsletter(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What newsletters are about, and how one is left."""

    kind: ClassVar[str] = "newsletter"
    about: tuple[Literal["updates", "products", "news"], ...]
    left_by: tuple[Literal["reply", "link"], ...]
    news_page_too: bool = False


class Age(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How old a customer must be, and whose yes a younger one needs."""

    kind: ClassVar[str] = "age"
    years: Years
    guardian_accepts: bool = False


class MasterData(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept on a customer, and who may have it corrected."""

    kind: ClassVar[str] = "master-data"
    holds: tuple[Literal["name", "address", "contact", "order history", "cvr", "telephone", "e-mail"], ...]
    corrected_by: Literal["account holder", "customer"] = "account holder"
    others_need: tuple[Literal["holder's acceptance", "documentation"], ...] = ()
    changes_told_at_once: bool = False


class OnRequest(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a customer can have for the asking."""

    kind: ClassVar[str] = "on-request"
    told_apart_by: ClassVar[tuple[str, ...]] = ("what",)
    what: Literal["overview of subscriptions", "subscription price", "price list", "current prices"]


class Binding(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom these terms bind, and with whom."""

    kind: ClassVar[str] = "binding"
    binds: Literal["every customer"] = "every customer"
    party_named: bool = False
