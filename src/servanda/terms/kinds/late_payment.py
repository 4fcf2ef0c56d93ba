"""Late payment: reminders, fees, interest, collection."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Amount, Count, Days, DaysOrNone, Percent, Rule, ShownRule


class Reminder(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One written reminder: sent so long after a day, with a new deadline so long after a day.

    `sent_after`: "due", "reminder deadline" (of the step before), "reminder" (the sending of the step before) or
    "closure" (on the day of the permanent closing). `deadline_from`: "due", "reminder deadline" or "sending".
    """

    kind: ClassVar[str] = "reminder"
    selectors: ClassVar[tuple[str, ...]] = ("step",)
    step: Count
    sent_after: Literal["due", "reminder deadline", "reminder", "closure"]
    wait_days: DaysOrNone
    deadline_days: Days
    deadline_from: Literal["due", "reminder deadline", "sending"]
    is_collection_warning: bool = False
    warns_of: tuple[Literal["suspension", "closure", "hosting", "backups", "critical systems"], ...] = ()


class ReminderFee(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reminder may cost; the law's cap, count and spacing always stand above it."""

    kind: ClassVar[str] = "reminder-fee"
    amount: Amount
    fees_max: Count
    spacing_days: Days


class Interest(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Late interest: by the Interest Act, or so many percent of the principal for each started month."""

    kind: ClassVar[str] = "interest"
    method: Literal["statutory", "percent per started month"]
    percent: Percent | None = None
    day_count: Literal["act/365", "act/act", "30/360"] = "act/365"  # how the days of the Interest Act are counted
    is_approved: bool = False  # a lawyer has approved a rate of more than two percent a month between businesses


class Compensation(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fixed compensation for late payment, once per claim, with the named reminder. Never from consumers."""

    kind: ClassVar[str] = "compensation"
    amount: Amount
    with_step: Count = 1


class CollectionFee(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fee when the claim is handed to a collector."""

    kind: ClassVar[str] = "collection-fee"
    amount: Amount


class CollectionCosts(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documented costs of lawyers and collectors may be added to the claim."""

    kind: ClassVar[str] = "collection-costs"
    needs_document: bool = True
