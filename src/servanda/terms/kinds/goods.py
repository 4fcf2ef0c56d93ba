"""Offers, orders, delivery, inspection, warranty and remedies."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Days, Months, ShownRule, WorkingDays


class Offer(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long an offer stands, counted from its sending; then it lapses as a whole."""

    kind: ClassVar[str] = "offer"
    days: Days
    lapses_whole: bool = True


class OrderConfirmation(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the confirmation of an order settles."""

    kind: ClassVar[str] = "order-confirmation"
    settles: tuple[Literal["scope", "price", "term"], ...]


class Delivery(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where and when is delivered, how far a fixed day can move, and from when a delay is one."""

    kind: ClassVar[str] = "delivery"
    to: Literal["customer's address"] = "customer's address"
    times_binding: bool = False
    postponable_working_days: WorkingDays | None = None
    late_after_working_days: WorkingDays | None = None
    customer_delay_moves: bool = False
    storage_at_customer: bool = False


class DelayRemedy(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the customer can choose when delivery is late."""

    kind: ClassVar[str] = "delay-remedy"
    choices: tuple[Literal["new delivery date", "cancel and pay for work done"], ...]
    no_damages: bool = False


class Inspection(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Within how long a delivery must be examined and a defect be claimed."""

    kind: ClassVar[str] = "inspection"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["delivery", "hardware", "any defect"]
    examine_days: Days | None = None
    at_once: bool = False
    claim_days: Days | None = None
    in_writing: bool = False
    late_claim_is_lost: bool = False


class Warranty(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long faults are put right, by what was sold."""

    kind: ClassVar[str] = "warranty"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["hardware", "goods", "software", "solutions", "licensed software", "satisfaction"]
    months: Months | None = None
    given: Literal["by the provider", "by the maker", "on the maker's conditions", "for each solution", "none"] = (
        "by the provider"
    )
    return_to: tuple[Literal["provider", "supplier"], ...] = ()


class DefectRemedy(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done about a defect, and who chooses."""

    kind: ClassVar[str] = "defect-remedy"
    choices: tuple[Literal["redelivery", "repair", "price reduction"], ...]
    chosen_by: Literal["provider", "customer"] = "provider"
    no_damages: bool = False
