"""Who answers for what, up to how much, and where disputes end."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Amount, Count, Number, Percent, Rule, ShownRule


class Exclusion(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a party does not answer for. The law keeps what cannot be excluded: see its note."""

    kind: ClassVar[str] = "exclusion"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: tuple[
        Literal[
            "indirect loss",
            "operating loss",
            "lost time",
            "lost profit",
            "lost data",
            "rebuilding data",
            "lost goodwill",
            "help from others",
            "other loss",
            "missed savings",
            "garbled messages",
            "lost goods",
            "delay",
            "outside outages",
            "outside suppliers",
            "technical problems",
            "lack of access",
            "intrusion",
            "data leaks",
            "opened access",
            "customer's code",
            "customer's software",
            "customer's changes",
            "customer's site",
            "customer's data",
            "mailboxes",
            "customer's admin account",
            "admitted third parties",
            "no two-factor login",
            "licence account",
            "dns at others",
            "information found",
            "own use",
            "unmonitored accounts",
            "product damage",
            "new problems",
            "lasting cure",
            "faults after delivery",
            "antivirus terms",
            "sent information",
            "software lost in use",
            "subscription use",
        ],
        ...,
    ]
    except_gross_negligence: bool = False


class CustomerLiability(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the customer answers for towards the provider or others."""

    kind: ClassVar[str] = "customer-liability"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: tuple[
        Literal[
            "data on the account",
            "third-party software",
            "intruders using the access",
            "breach of contract",
            "own content",
            "damage by programs",
            "own server",
            "own website",
        ],
        ...,
    ]


class LiabilityCap(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that a party pays. With both `percent` and `amount` the lower of the two."""

    kind: ClassVar[str] = "liability-cap"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["any loss", "hardware", "any claim", "loss of data and earnings"]
    cap: Literal["yearly fee", "share or amount", "work performed", "nothing"]
    percent: Percent | None = None
    amount: Amount | None = None
    annualised: bool = False


class ProductLiability(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That damage by products follows the act so far as it cannot be waived, and no further."""

    kind: ClassVar[str] = "product-liability"
    beyond_the_act: bool = False


class ForceMajeure(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events outside a party's control excuse it, and what they do to a delivery."""

    kind: ClassVar[str] = "force-majeure"
    events: tuple[
        Literal[
            "war",
            "riot",
            "terror",
            "epidemic",
            "hacker attack",
            "natural disaster",
            "strike",
            "outage at others",
            "power cut",
            "technical fault",
            "act of authority",
            "anything outside control",
            "shortage",
            "sub-supplier failure",
            "fire",
            "transport failure",
            "currency limits",
            "trade limits",
            "death or illness of key staff",
            "computer virus",
        ],
        ...,
    ]
    postpones_delivery: bool = False


class GoverningLaw(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which law and which court decide. A consumer can always use the court at home."""

    kind: ClassVar[str] = "governing-law"
    law: Literal["Danish"] = "Danish"
    without_conflict_rules: bool = False
    court: str = ""
    first_instance_only: bool = False


class Claim(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the provider says of itself, and what it can show for it."""

    kind: ClassVar[str] = "claim"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal[
        "rating",
        "best security",
        "newest equipment",
        "certified staff",
        "safety and availability",
        "response times",
        "no worry",
        "cost-effective",
        "aim of hosting",
        "best running",
    ]
    rating: Number | None = None
    reviews: Count | None = None
    needs_proof: bool = True
