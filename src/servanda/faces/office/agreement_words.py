"""The words of the agreement pages, for what the terms and the contracts name by codes. Each is written out once."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from servanda.faces.office.shown import Stamp

CHANGE_CLASSES: Mapping[str, str] = {
    "ordinary": gettext_noop("Ordinary"),
    "material": gettext_noop("Material"),
    "larger": gettext_noop("Larger"),
    "worsening": gettext_noop("To the customers' disadvantage"),
    "favourable": gettext_noop("Only to the customers' advantage"),
    "minor": gettext_noop("Minor"),
    "discontinuation": gettext_noop("Discontinuation"),
    "transfer": gettext_noop("Transfer of the operation"),
}
CHANGE_SUBJECTS: Mapping[str, str] = {
    "terms": gettext_noop("Terms"),
    "price": gettext_noop("Price"),
    "technology": gettext_noop("Technology"),
    "scope": gettext_noop("Scope"),
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    "better": (gettext_noop("Better for the customer"), "calm"),
    "worse": (gettext_noop("Worse for the customer"), "stop"),
    "different": (gettext_noop("Different"), "note"),
    "other": (gettext_noop("Different"), "note"),
}
SUCCESSIONS: Mapping[str, tuple[str, str]] = {
    "bound": (gettext_noop("Bound"), "calm"),
    "left": (gettext_noop("The customer leaves"), "warn"),
    "kept": (gettext_noop("Never comes under it"), "note"),
    "yes awaited": (gettext_noop("Waits for the customer's yes"), "warn"),
    "delivery awaited": (gettext_noop("The notice is on its way"), "note"),
    "not delivered": (gettext_noop("Not delivered – not bound"), "stop"),
    "day awaited": (gettext_noop("Told; waits for its day"), "note"),
}
DRAFT_STATES: Mapping[str, tuple[str, str]] = {
    "open": (gettext_noop("Draft"), "note"),
    "published": (gettext_noop("Published"), "calm"),
    "dropped": (gettext_noop("Given up"), "outline"),
}
UNITS: Mapping[str, str] = {
    "days": gettext_noop("days"),
    "months": gettext_noop("months"),
    "years": gettext_noop("years"),
    "hours": gettext_noop("hours"),
    "minutes": gettext_noop("minutes"),
    "working days": gettext_noop("working days"),
    "working hours": gettext_noop("working hours"),
    "fiscal years": gettext_noop("fiscal years"),
    "percent": gettext_noop("percent"),
    "amount": gettext_noop("kroner"),
    "clock time": gettext_noop("o'clock"),
}
VALUES: Mapping[str, str] = {
    "True": gettext_noop("yes"),
    "False": gettext_noop("no"),
    "none": gettext_noop("nothing"),
}
ACTS: Mapping[str, str] = {
    "reminded": gettext_noop("Reminders"),
    "suspended": gettext_noop("Suspensions"),
    "ended": gettext_noop("Endings"),
}
TURNS: Mapping[str, str] = {
    "sooner": gettext_noop("Sooner"),
    "later": gettext_noop("Later"),
    "newly": gettext_noop("New"),
    "no_longer": gettext_noop("No longer"),
}
CHARGES: Mapping[str, str] = {
    "fee": gettext_noop("Reminder fees"),
    "interest": gettext_noop("Interest"),
    "compensation": gettext_noop("Compensation"),
}


def stamped(table: Mapping[str, tuple[str, str]], name: str) -> Stamp:
    """Return the stamp of a state; one without a word of its own is shown as it is."""
    text, tone = table.get(name, (name, "note"))
    return Stamp(gettext(text), tone)
