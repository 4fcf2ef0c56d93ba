"""Which promises does a draft make better or worse for the customer, and which does it add or take away?

Each kind of promise says of each of its fields which way is better for the customer. A field without a direction is reported as
other: the window for maintenance moves, and who can say whether that is good? What the law decides above both texts does not
change. Whether a promise was kept is not in this: nothing measures it yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from servanda.terms.clauses import (
    Backup,
    CancellationFee,
    CustomerKind,
    DataBreach,
    Environment,
    ExitCopy,
    Incident,
    InvoiceQuestion,
    LiabilityCap,
    Maintenance,
    MaintenanceWindow,
    Monitoring,
    Notice,
    NoUptime,
    OutageExit,
    PriceChange,
    ProviderExit,
    Redundancy,
    RefundCeiling,
    Reopening,
    Restore,
    Rule,
    SupportChannel,
    SupportHours,
    SupportResponse,
    TermsChange,
    Updates,
    Uptime,
    Warranty,
)
from servanda.terms.document import Agreement, Language
from servanda.terms.fields import APPLICABILITY, fields_of, selectors_of
from servanda.terms.figures import figure_text
from servanda.terms.resolving import Answer, Deviation, rules_of

Turn = Literal["better", "worse", "other"]
# A tuple names the values from the worst to the best. "higher" compares figures only: a cap that was not there is no gift.
Way = Literal["more", "less", "higher"] | tuple[str, ...]
MORE: Way = "more"
LESS: Way = "less"
HIGHER: Way = "higher"
BY_US: Way = ("customer", "provider")
OFTEN: Way = ("monthly", "weekly", "daily", "continuously")

# For each kind the fields with a direction: `yes` is more than `no`, a longer list is more if it holds the shorter one.
PROMISES: Mapping[type[Rule], Mapping[str, Way]] = MappingProxyType(
    {
        Uptime: {"percent": MORE, "percent_best": MORE, "is_guarantee": MORE, "excludes": LESS},
        NoUptime: {},
        Maintenance: {
            "notice_hours": MORE,
            "notice_working_days": MORE,
            "counts_as_downtime_without": MORE,
            "channels": MORE,
            "may_come_unannounced": LESS,
            "quiet_times": MORE,
            "outside_working_hours": MORE,
            "usual_minutes": LESS,
        },
        MaintenanceWindow: {},
        Monitoring: {"round_the_clock": MORE, "alerts": MORE, "is_watched": MORE},
        Incident: {"begins_within_minutes": LESS, "as_soon_as_possible": MORE, "raises_alarm": MORE},
        Redundancy: {"at_short_notice": MORE},
        Environment: {"is_redundant": MORE, "is_automatic": MORE},
        Updates: {"by_hand": LESS, "checked_for_faults": MORE},
        Backup: {
            "included": MORE,
            "rhythm": OFTEN,
            "keep_days": MORE,
            "many_generations": MORE,
            "off_site": MORE,
            "tested": MORE,
            "by": BY_US,
        },
        Restore: {
            "by": BY_US,
            "in_writing": LESS,
            "self_service": MORE,
            "paid_by": ("consultant hourly rate", "standard hourly rate", "included"),
            "full_recovery_promised": MORE,
        },
        ExitCopy: {"small_fee": LESS, "holds": MORE},
        SupportResponse: {
            "hours": LESS,
            "hours_best": LESS,
            "working_hours": LESS,
            "same_day": MORE,
            "may_take_longer": LESS,
            "by_agreement": LESS,
            "is_aim": LESS,
        },
        SupportHours: {"from_time": LESS, "to_time": MORE, "weekends_too": MORE, "holidays_too": MORE},
        SupportChannel: {"channels": MORE, "round_the_clock": MORE, "plans_a_time": MORE, "covers": MORE},
        Reopening: {"within_hours": LESS, "may_charge_fee": LESS, "bills_extra_work": LESS},
        DataBreach: {"hours": LESS, "own_systems_only": LESS},
        Notice: {"days": LESS, "months": LESS, "in_writing": LESS},
        ProviderExit: {"months": MORE},
        OutageExit: {"days": LESS},
        CancellationFee: {"amount": LESS},
        TermsChange: {
            "days": MORE,
            "months": MORE,
            "exit_days_before": LESS,
            "exit_months": LESS,
            "is_announced": MORE,
        },
        PriceChange: {"days": MORE, "cap_percent": LESS, "needs_approval": MORE},
        RefundCeiling: {"percent": MORE, "sole_fault_required": LESS},
        LiabilityCap: {
            "cap": ("nothing", "work performed", "share or amount", "yearly fee"),
            "percent": HIGHER,
            "amount": HIGHER,
        },
        Warranty: {"months": MORE},
        InvoiceQuestion: {"days": MORE, "silence_accepts": LESS},
    }
)
# To say such a thing is no gift to the customer: adding it makes the terms worse.
BURDENS: frozenset[type[Rule]] = frozenset({NoUptime, CancellationFee, Notice})


@dataclass(frozen=True, slots=True)
class PromiseChange:
    """One promise that differs. `of` tells it apart from others of its kind; `field` is empty where it comes or goes as a whole.

    The clauses are those of the two documents, and empty where one is silent.
    """

    kind: str
    of: str
    field: str
    turn: Turn
    before_da: str
    before_en: str
    after_da: str
    after_en: str
    clause_before: str
    clause_after: str


def promise_changes(
    old: Agreement,
    new: Agreement,
    *,
    product: str,
    customer: CustomerKind,
    on: date,
    own_terms: tuple[Deviation, ...] = (),
) -> tuple[PromiseChange, ...]:
    """Return what the draft promises otherwise for a product; what was agreed with the customer stays as it is."""

    def asked(agreement: Agreement, kind: type[Rule]) -> dict[object, Answer[Any]]:
        answers = rules_of(agreement, kind, on=on, product=product, customer=customer, deviations=own_terms)
        return {answer.question.selector: answer for answer in answers if answer.rule is not None}

    return tuple(
        change for kind, ways in PROMISES.items() for change in _of_kind(kind, ways, asked(old, kind), asked(new, kind))
    )


def _of_kind(
    kind: type[Rule],
    ways: Mapping[str, Way],
    before: Mapping[object, Answer[Any]],
    after: Mapping[object, Answer[Any]],
) -> Iterator[PromiseChange]:
    for selector in dict.fromkeys((*before, *after)):
        yield from _of_one(kind, ways, before.get(selector), after.get(selector))


def _of_one(
    kind: type[Rule], ways: Mapping[str, Way], before: Answer[Any] | None, after: Answer[Any] | None
) -> Iterator[PromiseChange]:
    if before is None or after is None:
        is_gain = (before is None) != (kind in BURDENS)
        yield _change(kind, "", "better" if is_gain else "worse", before, after)
        return
    names = [name for name in fields_of(kind) if name not in APPLICABILITY and name not in selectors_of(kind)]
    values = {name: (getattr(before.rule, name), getattr(after.rule, name)) for name in names}
    swapped = _swapped(values)
    for name, (old, new) in values.items():
        if old != new:
            way = None if name in swapped else ways.get(name)
            yield _change(kind, name, _turn(way, old, new), before, after)


def _swapped(values: Mapping[str, tuple[object, object]]) -> frozenset[str]:
    """Return the fields where one figure took another's place, as a month that of thirty days: neither is better by itself."""
    came = {name for name, (old, new) in values.items() if old is None and new is not None}
    went = {name for name, (old, new) in values.items() if old is not None and new is None}
    return frozenset(came | went) if came and went else frozenset()


def _change(
    kind: type[Rule], name: str, turn: Turn, before: Answer[Any] | None, after: Answer[Any] | None
) -> PromiseChange:
    known = before or after
    assert known is not None
    return PromiseChange(
        kind=kind.kind,
        of=", ".join(_plain(value, "en") for _, value in known.question.selector),
        field=name,
        turn=turn,
        before_da=_said(before, name, "da"),
        before_en=_said(before, name, "en"),
        after_da=_said(after, name, "da"),
        after_en=_said(after, name, "en"),
        clause_before=_clause(before),
        clause_after=_clause(after),
    )


def _turn(way: Way | None, old: Any, new: Any) -> Turn:
    rise = _rise(way, old, new)
    return "better" if rise > 0 else "worse" if rise < 0 else "other"


def _rise(way: Way | None, old: Any, new: Any) -> int:
    """Return above 0 where the new value is better for the customer, below 0 where it is worse, 0 where nobody can say."""
    if way is None or (way == "higher" and None in (old, new)):
        return 0
    if isinstance(way, tuple):
        return way.index(new) - way.index(old) if old in way and new in way else 0
    if isinstance(old, tuple):
        rise = (set(new) > set(old)) - (set(new) < set(old))
    else:
        # Without a figure the least is promised: no notice at all, or no limit to the time it takes.
        least = Decimal("Infinity") if way == "less" else Decimal("-Infinity")
        old, new = (least if value is None else value for value in (old, new))
        rise = (new > old) - (new < old)
    return -rise if way == "less" else rise


def _said(answer: Answer[Any] | None, name: str, language: Language) -> str:
    if answer is None or answer.rule is None:
        return ""
    rule: Rule = answer.rule
    if name:
        return _written(rule, name, language)
    said = [field for field in fields_of(type(rule)) if field not in APPLICABILITY]
    return "; ".join(
        f"{field}: {_written(rule, field, language)}" for field in said if getattr(rule, field) not in (None, (), False)
    )


def _written(rule: Rule, name: str, language: Language) -> str:
    value = getattr(rule, name)
    is_figure = bool(fields_of(type(rule))[name].unit) and value not in (None, ())
    return figure_text(rule, name, language) if is_figure else _plain(value, language)


def _plain(value: object, language: Language) -> str:
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return {("da", True): "ja", ("da", False): "nej", ("en", True): "yes", ("en", False): "no"}[language, value]
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _clause(answer: Answer[Any] | None) -> str:
    return answer.because[-1].clause if answer is not None and answer.because else ""
