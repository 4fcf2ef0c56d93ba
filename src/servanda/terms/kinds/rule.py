"""What every rule of an agreement has, and the figures that rules are made of: each with its unit and its bounds.

The unit is for the prose; the bounds let a typo of 0 or 3650 days be refused when the document is checked, not when a
customer is hurt.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct


class CustomerKind(StrEnum):
    """Whom the law and the terms tell apart; frozen on the contract when it is concluded."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    PUBLIC = "public"
    ASSOCIATION = "association"


Days = Annotated[int, Meta(ge=1, le=400, extra={"unit": "days"})]
DaysOrNone = Annotated[int, Meta(ge=0, le=400, extra={"unit": "days"})]
Months = Annotated[int, Meta(ge=1, le=60, extra={"unit": "months"})]
Years = Annotated[int, Meta(ge=1, le=30, extra={"unit": "years"})]
Hours = Annotated[int, Meta(ge=1, le=744, extra={"unit": "hours"})]
Percent = Annotated[Decimal, Meta(ge=0, le=100, extra={"unit": "percent"})]
Amount = Annotated[Decimal, Meta(ge=0, le=100_000, extra={"unit": "amount"})]
Count = Annotated[int, Meta(ge=1, le=100, extra={"unit": "count"})]

Minutes = Annotated[int, Meta(ge=1, le=1_440, extra={"unit": "minutes"})]
WorkingDays = Annotated[int, Meta(ge=1, le=90, extra={"unit": "working days"})]
WorkingHours = Annotated[int, Meta(ge=1, le=80, extra={"unit": "working hours"})]
FiscalYears = Annotated[int, Meta(ge=1, le=10, extra={"unit": "fiscal years"})]
Number = Annotated[Decimal, Meta(ge=0, le=100, extra={"unit": "number"})]
ClockTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", extra={"unit": "clock time"})]

DecidedBy = Literal["system", "person"]


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every rule may say: what it applies to, which requirements it carries, and who decides.

    `house` marks a choice of the company where its terms are silent: shown as such, changeable without notice, and
    never enough by itself for an adverse act without a person.
    """

    kind: ClassVar[str] = ""
    selectors: ClassVar[tuple[str, ...]] = ()  # fields that tell rules of one kind apart, such as the reminder's step
    told_apart_by: ClassVar[tuple[str, ...]] = ()  # the same for a kind of which a question may also mean all rules

    products: tuple[str, ...] = ()
    customers: tuple[CustomerKind, ...] = ()
    requirements: tuple[str, ...] = ()
    decided_by: DecidedBy = "system"
    house: bool = False


class ShownRule(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that is shown, cited and checked against the law, while nothing in the program acts on it yet."""
