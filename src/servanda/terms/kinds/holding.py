"""Suspension, closing, reopening and deletion."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Count, Days, DaysOrNone, Hours, Months, Rule


class Suspension(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When access may be stopped for the time being.

    For non-payment: `wait_days` after the due day or after the deadline of reminder `after_step`; `with_step` names the
    reminder that is sent with it. For other causes the day of finding counts. `hours_max` ends it by itself.
    """

    kind: ClassVar[str] = "suspension"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["non-payment", "breach", "abuse", "load"]
    counted_from: Literal["due", "reminder deadline", "finding"]
    wait_days: DaysOrNone = 0
    after_step: Count | None = None
    with_step: Count | None = None
    scope: Literal["unpaid services", "chosen services", "all services"] = "unpaid services"
    hours_max: Hours | None = None
    cuts_access: bool = False  # panel sessions, keys and tokens too


class Suspendable(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether services of these products can be suspended at all; a thing sold once cannot."""

    kind: ClassVar[str] = "suspendable"
    is_suspendable: bool


class MaterialBreach(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By more than how many days a payment must be late to be a material breach."""

    kind: ClassVar[str] = "material-breach"
    over_days: DaysOrNone


class Closure(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the provider may end the contract for good because of the customer."""

    kind: ClassVar[str] = "closure"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["non-payment", "misuse"]
    counted_from: Literal["due", "suspension", "material breach", "second misuse"]
    wait_days: DaysOrNone
    scope: Literal["unpaid services", "contract", "domain"] = "unpaid services"
    may_bill_after: bool = False  # whether the text claims payment after the provider's own rescission


class Reopening(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it takes to lift a suspension or to resume, how fast it goes, and what it may cost."""

    kind: ClassVar[str] = "reopening"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["payment", "misuse"]
    requires: Literal["all due paid", "assurance"]
    within_hours: Hours | None = None
    may_charge_fee: bool = False
    bills_extra_work: bool = False


class Deletion(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the data of a service are erased, counted from its closing or from the contract's end."""

    kind: ClassVar[str] = "deletion"
    selectors: ClassVar[tuple[str, ...]] = ("counted_from",)
    counted_from: Literal["closure", "contract end"]
    days: Days | None = None
    months: Months | None = None
    gives_certificate: bool = False


class Export(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a leaving customer takes data out in time, and how many days before the end they are reminded."""

    kind: ClassVar[str] = "export"
    reminders_days_before: tuple[Days, ...]


class CustomerErasure(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a customer as a whole may be erased, and within how long that is done once begun."""

    kind: ClassVar[str] = "customer-erasure"
    empty_fiscal_years: Count
    within_days: Days
