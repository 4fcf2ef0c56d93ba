"""What may not be kept, done or sent; who judges; what follows."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Hours, Rule, ShownRule


class ContentBan(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which content may not be stored, moved or linked to. `unless_agreed`: allowed after an agreement made beforehand."""

    kind: ClassVar[str] = "content-ban"
    told_apart_by: ClassVar[tuple[str, ...]] = ("bans",)
    bans: tuple[
        Literal[
            "pornography",
            "mp3 files",
            "racism",
            "political unrest",
            "unlawful material",
            "harassment",
            "excessive violence",
            "incitement to hatred",
            "threats of violence",
            "child abuse material",
            "sexual acts without consent",
            "links to banned content",
            "links to material without rights",
            "offensive material",
            "religious material",
            "unlawful shop in Denmark",
            "unlawful shop in the buyer's country",
        ],
        ...,
    ]
    unless_agreed: bool = False


class ActivityBan(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which activities are not allowed from, to or on a service."""

    kind: ClassVar[str] = "activity-ban"
    told_apart_by: ClassVar[tuple[str, ...]] = ("bans",)
    bans: tuple[
        Literal[
            "hacking",
            "scam",
            "phreaking",
            "denial of service",
            "scanning",
            "similar acts",
            "peer to peer",
            "resold vpn",
            "streaming",
            "malware",
            "phishing",
            "other harm",
            "foreign applications",
            "unethical conduct",
            "spam",
            "unsolicited mail",
            "newsletters in bulk",
        ],
        ...,
    ]
    except_own_use: bool = False


class Judgement(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who rules whether something breaks the rules; the customer hears the reasons and can complain."""

    kind: ClassVar[str] = "judgement"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["content", "activities", "doubt", "downtime"]
    by: Literal["provider"] = "provider"


class NoSearch(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the provider does not normally look into content."""

    kind: ClassVar[str] = "no-search"
    of: Literal["site content"] = "site content"


class ContentRemoval(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When content may be removed."""

    kind: ClassVar[str] = "content-removal"
    when: tuple[Literal["breach of law", "improper use"], ...]


class Compliance(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rules the customer must follow in using the service."""

    kind: ClassVar[str] = "compliance"
    told_apart_by: ClassVar[tuple[str, ...]] = ("with_rules",)
    with_rules: tuple[
        Literal["Danish law", "marketing law", "data protection law", "copyright", "rules on sensitive data"], ...
    ]
    alone_responsible: bool = False


class OutboundBlock(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How mail going out is stopped after misuse; receiving goes on. A temporary block ends by itself."""

    kind: ClassVar[str] = "outbound-block"
    lengths: tuple[Literal["temporary", "permanent"], ...]
    hours_max: Hours | None = None


class BulkMail(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a customer who needs to send much mail gets leave to."""

    kind: ClassVar[str] = "bulk-mail"
    asks_for: Literal["messages per week"] = "messages per week"
    ways: tuple[Literal["permit on the shared relay", "dedicated relay"], ...] = ()
    by_offer: bool = False


class LawReport(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is reported to the police, and how soon."""

    kind: ClassVar[str] = "law-report"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["any breach of law", "child abuse material"]
    at_once: bool = False


class AllowedSoftware(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That only programs the provider has made available may run."""

    kind: ClassVar[str] = "allowed-software"
    only_listed: bool = True
