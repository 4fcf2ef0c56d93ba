"""Is a difference between two versions better or worse for the customer? By a table of what more and less mean.

What the table does not know is "different": nobody is told that it makes no odds. A promise that is gone is worse, a
burden that is gone is better. Used wherever two texts are held against each other: drafts, redlines, special agreements, and
the terms of whoever takes over the operation of a service.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from servanda.terms.clauses import KINDS, Rule
from servanda.terms.comparing import identity_of, shown_value
from servanda.terms.document import Agreement, PlacedRule
from servanda.terms.fields import fields_of

Verdict = Literal["better", "worse", "different"]

# Which way is better for the customer. A tuple names the values from the worst to the best; of the rest `_SENSE` tells.
Way = Literal["more", "less", "higher", "wider", "lighter"] | tuple[object, ...]
MORE: Way = "more"
LESS: Way = "less"
HIGHER: Way = "higher"
WIDER: Way = "wider"
LIGHTER: Way = "lighter"
BY_US: Way = ("customer", "provider")

# What it means that a value grows, and what it means that there is one where there was none.
_SENSE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "more": (1, 1),  # a promise: without a figure the least is promised
        "less": (-1, 1),  # a limit on the provider: without a figure there is no limit
        "higher": (1, 0),  # figures only: a cap that was not there is no gift
        "wider": (1, -1),  # room for the customer: without a figure there is all the room
        "lighter": (-1, -1),  # a load on the customer: without a figure there is none
    }
)

# For each kind the fields with a direction: `yes` is more than `no`, a longer list is more if it holds the shorter one.
# The window for maintenance has none: it moves, and who can say whether that is good?
WAYS: Mapping[str, Mapping[str, Way]] = MappingProxyType(
    {
        "uptime": {"percent": MORE, "percent_best": MORE, "is_guarantee": MORE, "excludes": LESS},
        "maintenance": {
            "notice_hours": MORE,
            "notice_working_days": MORE,
            "counts_as_downtime_without": MORE,
            "channels": MORE,
            "may_come_unannounced": LESS,
            "quiet_times": MORE,
            "outside_working_hours": MORE,
            "usual_minutes": LESS,
        },
        "monitoring": {"round_the_clock": MORE, "alerts": MORE, "is_watched": MORE},
        "incident": {"begins_within_minutes": LESS, "as_soon_as_possible": MORE, "raises_alarm": MORE},
        "redundancy": {"at_short_notice": MORE},
        "environment": {"is_redundant": MORE, "is_automatic": MORE},
        "updates": {
            "rhythm": ("monthly", "after a wait", "on release", "continuously"),
            "by_hand": LESS,
            "checked_for_faults": MORE,
        },
        "care": {"party": BY_US, "continuously": MORE},
        "backup": {
            "included": MORE,
            # A rhythm that names no time can be as slow as it likes, so it promises less than each that names one.
            "rhythm": (
                None,
                "by agreement",
                "scheduled",
                "automatic",
                "monthly",
                "weekly",
                "daily",
                "continuously",
            ),
            "keep_days": MORE,
            "many_generations": MORE,
            "off_site": MORE,
            "tested": MORE,
            "by": BY_US,
        },
        "restore": {
            "by": BY_US,
            "in_writing": LESS,
            "self_service": MORE,
            "paid_by": ("consultant hourly rate", "standard hourly rate", "included"),
            "full_recovery_promised": MORE,
        },
        "exit-copy": {"small_fee": LESS, "holds": MORE},
        "support-channel": {"channels": MORE, "round_the_clock": MORE, "plans_a_time": MORE, "covers": MORE},
        "support-hours": {"from_time": LESS, "to_time": MORE, "weekends_too": MORE, "holidays_too": MORE},
        "support-response": {
            "hours": LESS,
            "hours_best": LESS,
            "working_hours": LESS,
            "same_day": MORE,
            "may_take_longer": LESS,
            "by_agreement": LESS,
            "is_aim": LESS,
        },
        "data-location": {"transfer_basis": ("not stated", "standard clauses", "adequacy decision", None)},
        "data-breach": {"hours": LESS, "own_systems_only": LESS},
        "disclosure": {"least_needed": MORE, "encrypted": MORE},
        "notice": {"days": LESS, "months": LESS, "in_writing": LESS},
        "term": {"months": LIGHTER},
        "renewal": {"months": LIGHTER},
        "rescission": {"days": LESS},
        "outage-exit": {"days": LESS},
        "provider-exit": {"months": MORE},
        "cancellation-fee": {"amount": LESS},
        "refund": {"share": ("none", "unused time")},
        "refund-ceiling": {"percent": MORE, "sole_fault_required": LESS},
        "terms-change": {
            "days": MORE,
            "months": MORE,
            "exit_days_before": LESS,
            "exit_months": LESS,
            "is_announced": MORE,
        },
        "price-change": {"days": MORE, "cap_percent": LESS, "needs_approval": MORE},
        "offer": {"days": MORE},
        "warranty": {"months": MORE},
        "inspection": {"examine_days": WIDER, "claim_days": WIDER, "late_claim_is_lost": LESS},
        "liability-cap": {
            "cap": ("nothing", "work performed", "share or amount", "yearly fee"),
            "percent": HIGHER,
            "amount": HIGHER,
        },
        "payment-term": {"days": MORE},
        "invoice-question": {"days": MORE, "silence_accepts": LESS},
        "dispute": {"negotiations": MORE},
        "reminder": {"wait_days": MORE, "deadline_days": MORE},
        "reminder-fee": {"amount": LESS, "fees_max": LESS, "spacing_days": MORE},
        "interest": {"percent": LIGHTER},
        "compensation": {"amount": LESS},
        "collection-fee": {"amount": LESS},
        "suspension": {"wait_days": MORE, "cuts_access": LESS},
        "reopening": {"within_hours": LESS, "may_charge_fee": LESS, "bills_extra_work": LESS},
        "closure": {"wait_days": MORE},
        "deletion": {"days": MORE, "months": MORE, "gives_certificate": MORE},
        "time-rate": {
            "amount": LIGHTER,
            "first_minutes": LIGHTER,
            "started_minutes": LIGHTER,
            "minimum_minutes": LIGHTER,
        },
        "fixed-price": {"amount": LESS},
        "extra-cost": {"approval": ("none", "any", "in writing")},
    }
)
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
        "reopening",
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


def rise(kind: str, field: str, old: Any, new: Any) -> int:
    """Return above 0 where the new value is better for the customer, below 0 where it is worse, 0 where nobody can say."""
    way = WAYS.get(kind, {}).get(field)
    if way is None:
        return 0
    if isinstance(way, tuple):
        return way.index(new) - way.index(old) if old in way and new in way else 0
    growth, coming = _SENSE[way]
    if old is None or new is None:
        return coming * ((new is not None) - (old is not None))
    if isinstance(old, tuple):
        old, new = set(old), set(new)
    return growth * (bool(new > old) - bool(new < old))


def rise_of_whole(kind: str, *, is_new: bool) -> int:
    """Return the same for a whole rule that comes or goes: most kinds of rule give with one hand and take with the other."""
    gain = (kind in PROMISES) - (kind in BURDENS)
    return gain if is_new else -gain


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
            _verdict(rise(new.kind, name, was, now)),
            new.products,
            tuple(map(str, new.customers)),
        )


def _verdict(rise: int) -> Verdict:
    return "better" if rise > 0 else "worse" if rise < 0 else "different"


def _whole(number: str, rule: Rule, *, is_new: bool) -> Weighed:
    said = KINDS[rule.kind].__name__
    return Weighed(
        number,
        rule.kind,
        "",
        "" if is_new else said,
        said if is_new else "",
        _verdict(rise_of_whole(rule.kind, is_new=is_new)),
        rule.products,
        tuple(map(str, rule.customers)),
    )
