"""Is a difference between two versions better or worse for the customer? By a table of what more and less mean.

What the table does not know is "different": nobody is told that it makes no odds. A promise that is gone is worse, a
burden that is gone is better. Used where a change is classed, and where the operation of a service is handed to others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from servanda.terms.clauses import KINDS, Rule
from servanda.terms.comparing import identity_of, shown_value
from servanda.terms.document import Agreement, PlacedRule
from servanda.terms.fields import fields_of

Verdict = Literal["better", "worse", "different"]

# Figures of which more is better for the customer; then those of which less is.
_MORE: Mapping[str, tuple[str, ...]] = {
    "uptime": ("percent", "percent_best", "is_guarantee"),
    "maintenance": ("notice_hours", "notice_working_days", "quiet_times", "outside_working_hours"),
    "backup": ("keep_days", "included", "many_generations", "off_site", "tested"),
    "restore": ("self_service", "full_recovery_promised"),
    "monitoring": ("round_the_clock", "is_watched"),
    "support-channel": ("round_the_clock",),
    "support-hours": ("weekends_too", "holidays_too"),
    "support-response": ("same_day",),
    "redundancy": ("at_short_notice",),
    "environment": ("is_redundant", "is_automatic"),
    "care": ("continuously",),
    "updates": ("checked_for_faults",),
    "warranty": ("months",),
    "liability-cap": ("percent", "amount"),
    "inspection": ("examine_days", "claim_days"),
    "offer": ("days",),
    "payment-term": ("days",),
    "invoice-question": ("days",),
    "terms-change": ("days", "months", "is_announced"),
    "price-change": ("days", "needs_approval"),
    "provider-exit": ("months",),
    "reminder": ("wait_days", "deadline_days"),
    "reminder-fee": ("spacing_days",),
    "suspension": ("wait_days",),
    "closure": ("wait_days",),
    "deletion": ("days", "months", "gives_certificate"),
    "refund-ceiling": ("percent",),
    "dispute": ("negotiations",),
    "disclosure": ("least_needed", "encrypted"),
    "exit-copy": (),
}
_LESS: Mapping[str, tuple[str, ...]] = {
    "maintenance": ("usual_minutes", "may_come_unannounced"),
    "incident": ("begins_within_minutes",),
    "support-response": ("hours", "hours_best", "working_hours", "may_take_longer", "is_aim"),
    "data-breach": ("hours",),
    "notice": ("days", "months", "in_writing"),
    "rescission": ("days",),
    "outage-exit": ("days",),
    "term": ("months",),
    "renewal": ("months",),
    "terms-change": ("exit_days_before",),
    "price-change": ("cap_percent",),
    "reminder-fee": ("amount", "fees_max"),
    "interest": ("percent",),
    "compensation": ("amount",),
    "collection-fee": ("amount",),
    "cancellation-fee": ("amount",),
    "reopening": ("within_hours", "may_charge_fee", "bills_extra_work"),
    "suspension": ("cuts_access",),
    "time-rate": ("amount", "first_minutes", "started_minutes", "minimum_minutes"),
    "fixed-price": ("amount",),
    "inspection": ("late_claim_is_lost",),
    "refund-ceiling": ("sole_fault_required",),
}
# Words in the order from worse to better.
_RANKED: Mapping[tuple[str, str], tuple[object, ...]] = {
    ("backup", "rhythm"): (
        None,
        "by agreement",
        "scheduled",
        "monthly",
        "weekly",
        "automatic",
        "daily",
        "continuously",
    ),
    ("updates", "rhythm"): ("monthly", "after a wait", "on release", "continuously"),
    ("restore", "paid_by"): ("consultant hourly rate", "standard hourly rate", "included"),
    ("care", "party"): ("customer", "provider"),
    ("restore", "by"): ("customer", "provider"),
    ("backup", "by"): ("customer", "provider"),
    ("refund", "share"): ("none", "unused time"),
    ("invoice-question", "silence_accepts"): (True, False),
    ("extra-cost", "approval"): ("none", "any", "in writing"),
    ("data-location", "transfer_basis"): ("not stated", "standard clauses", "adequacy decision", None),
}
# What weighs on the customer: one more is worse, one fewer is better. Every other kind is a promise or a plain rule.
BURDENS = frozenset(
    {
        *("reminder-fee", "interest", "compensation", "collection-fee", "collection-costs", "cancellation-fee"),
        *("suspension", "closure", "rescission", "material-breach", "exclusion", "customer-liability", "liability-cap"),
        *("content-ban", "activity-ban", "usage-limit", "allowed-software", "outbound-block", "provider-exit"),
        *("force-majeure", "no-uptime", "travel", "time-rate", "inspection"),
    }
)
PROMISES = frozenset(
    {
        *("uptime", "maintenance", "maintenance-window", "backup", "restore", "exit-copy", "monitoring", "incident"),
        *("redundancy", "environment", "updates", "care", "support-channel", "support-hours", "support-response"),
        *("data-location", "data-breach", "confidentiality", "warranty", "refund", "export", "no-search", "safeguard"),
        *("service-content", "report", "meeting", "outage-exit", "remote-consent", "provider-access", "ownership"),
    }
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One difference with its verdict. `field` is empty where a whole rule came or went."""

    clause: str
    kind: str
    field: str
    before: str
    after: str
    verdict: Verdict
    products: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


def weighed(old: Agreement, new: Agreement) -> tuple[Weighed, ...]:
    """Return the differences between the rules of two documents, as they are for a customer, in clause order."""
    before = {identity_of(placed.rule): (number, placed) for number, placed in _placed(old)}
    after = {identity_of(placed.rule): (number, placed) for number, placed in _placed(new)}
    found: list[Weighed] = []
    for identity, (number, placed) in after.items():
        if identity in before:
            found += _of_fields(number, before[identity][1].rule, placed.rule)
        else:
            found.append(_whole(number, placed.rule, is_new=True))
    found += [_whole(number, placed.rule, is_new=False) for key, (number, placed) in before.items() if key not in after]
    return tuple(found)


def directions() -> Iterator[tuple[str, str]]:
    """Give each kind and field that the tables know, so that a test can hold them against the kinds."""
    for table in (_MORE, _LESS):
        yield from ((kind, field) for kind, fields in table.items() for field in fields)
    yield from _RANKED


def _placed(agreement: Agreement) -> Iterator[tuple[str, PlacedRule]]:
    return ((clause.number, placed) for clause in agreement.clauses for placed in clause.rules)


def _of_fields(number: str, old: Rule, new: Rule) -> Iterator[Weighed]:
    for name in fields_of(type(new)):
        was, now = getattr(old, name), getattr(new, name)
        if was == now or name in ("requirements", "house"):
            continue
        yield Weighed(
            number,
            new.kind,
            name,
            shown_value(old, name),
            shown_value(new, name),
            _verdict(new.kind, name, was, now),
            new.products,
            tuple(map(str, new.customers)),
        )


def _verdict(kind: str, field: str, was: object, now: object) -> Verdict:
    ranked = _RANKED.get((kind, field))
    if ranked is not None and was in ranked and now in ranked:
        return "better" if ranked.index(now) > ranked.index(was) else "worse"
    is_more, is_less = field in _MORE.get(kind, ()), field in _LESS.get(kind, ())
    if not (is_more or is_less):
        return "different"
    if was is None or now is None:
        # A figure that is gone is a promise or a limit gone; one that is new is one more.
        return "better" if (now is not None) == (kind not in BURDENS) else "worse"
    grew = bool(now > was)  # type: ignore[operator]
    return "better" if grew == is_more else "worse"


def _whole(number: str, rule: Rule, *, is_new: bool) -> Weighed:
    verdict: Verdict = "different"
    if rule.kind in BURDENS:
        verdict = "worse" if is_new else "better"
    elif rule.kind in PROMISES:
        verdict = "better" if is_new else "worse"
    said = KINDS[rule.kind].__name__
    return Weighed(
        number,
        rule.kind,
        "",
        "" if is_new else said,
        said if is_new else "",
        verdict,
        rule.products,
        tuple(map(str, rule.customers)),
    )
