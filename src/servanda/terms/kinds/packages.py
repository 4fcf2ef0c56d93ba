"""Agreements in packages, checks, meetings, and things with a fixed price."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Amount, Hours, Minutes, Months, Percent, ShownRule


class Package(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which service agreements exist, and what they hold; numbers per tier stand in the order."""

    kind: ClassVar[str] = "package"
    told_apart_by: ClassVar[tuple[str, ...]] = ("names",)
    names: tuple[str, ...]
    holds: tuple[
        Literal[
            "support hours",
            "remote support per month",
            "pc packages",
            "discount on consulting",
            "meetings",
            "security check",
            "compliance check",
            "hardware handling",
        ],
        ...,
    ] = ()
    can_be_tailored: bool = False
    can_be_extended: bool = False
    changes_fit_standard: bool = False
    needs_preparation: bool = False
    rest_covers: tuple[Literal["licence tasks"], ...] = ()


class FixedPrice(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one of something costs, and for how long; the catalogue must say the same."""

    kind: ClassVar[str] = "fixed-price"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["pc security", "web security", "device setup", "small exit copy"]
    amount: Amount
    each: Literal["device", "site", "user", "visit"]
    each_months: Months | None = None
    can_deviate: bool = False


class Discount(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lowers a price."""

    kind: ClassVar[str] = "discount"
    told_apart_by: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["yearly payment", "many devices", "agreement"]
    percent: Percent | None = None
    by_agreement: bool = False


class Meeting(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which meetings are part of an agreement."""

    kind: ClassVar[str] = "meeting"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["needs", "status", "management"]
    minutes_max: Minutes | None = None
    regularly: bool = False


class Check(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check of systems or of compliance: what it takes and what it gives."""

    kind: ClassVar[str] = "check"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal[
        "it systems", "it systems, in a package", "compliance", "gdpr package", "licence accounts", "half-yearly"
    ]
    hours_max: Hours | None = None
    first_after_months: Months | None = None
    asks_of_customer: tuple[
        Literal["procedures", "security measures", "data policy", "carrying out", "taking part"], ...
    ] = ()
    is_snapshot: bool = False
    guarantees_compliance: bool = False


class Deliverables(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a package of documents, teaching and reviews holds."""

    kind: ClassVar[str] = "deliverables"
    told_apart_by: ClassVar[tuple[str, ...]] = ("holds",)
    holds: tuple[
        Literal[
            "documents",
            "annual wheel",
            "confidentiality declarations",
            "data-flow analyses",
            "risk assessments",
            "policies",
            "procedures",
            "meetings with management",
            "review of policies",
            "teaching",
            "questions of the authority",
        ],
        ...,
    ]
    guidance_only: bool = False


class DeviceProtection(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What protects a device or a site."""

    kind: ClassVar[str] = "device-protection"
    told_apart_by: ClassVar[tuple[str, ...]] = ("holds",)
    holds: tuple[
        Literal[
            "virus protection",
            "harmful sites blocked",
            "filters",
            "partner programs",
            "updates",
            "website protection",
            "remote management",
            "antivirus",
        ],
        ...,
    ]
    is_exhaustive: bool = True
    provider_takes_over: bool = False


class WorkStep(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step that a piece of work or an order of hardware goes through."""

    kind: ClassVar[str] = "work-step"
    told_apart_by: ClassVar[tuple[str, ...]] = ("step",)
    step: Literal[
        "request by mail",
        "approved by management",
        "stock or order",
        "quote",
        "setup",
        "handover",
        "urgency judged by customer",
        "repair sent in",
        "parts invoiced apart",
    ]
