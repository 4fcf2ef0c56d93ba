"""From when does a new version of the terms bind a contract, and until when may its customer leave because of it?

The old terms and the law answer, never the new ones. Where the old terms know no change at all, nobody is bound without
a yes of their own. A version binds only who was told, each by a notice whose delivery is proven, and never who left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from servanda.business.contracts.decisions.changing import (
    CONSUMER_CHANGES,
    earliest_effect,
    exit_last_day,
    needs_notice,
)
from servanda.business.contracts.decisions.terms import because_of
from servanda.business.contracts.facts import RunningTerm
from servanda.ground.citation import Citation
from servanda.terms.clauses import CustomerKind, TermsChange
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation, ask
from servanda.terms.ruled import Ruled, ruled

# A change that the terms treat more lightly than others follows its own rule alone; of all others the longest notice binds.
LIGHT = frozenset({"favourable", "minor", "ordinary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A contract that the old version binds: whose it is, and the terms that its lines are in."""

    contract_id: int
    customer_id: int
    customer: CustomerKind
    concluded_on: date
    products: frozenset[str]
    terms: tuple[RunningTerm, ...] = ()  # of its running lines that have one


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new version means to one contract. `effect_on` None: it binds only by the customer's own yes."""

    effect_on: date | None
    leave_until: date | None
    is_told: bool  # whether a notice is owed at all
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far the succession of a contract has come."""

    effect_on: date | None
    told_on: date | None = None
    accepted_on: date | None = None
    left_on: date | None = None
    runs_until: date | None = None  # the first day on which nothing of the contract runs any more, if that is known
    is_overtaken: bool = False  # a newer version than the one that was to follow binds already


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done: "bind", "move" to a later day, "end" (it never comes under the new version), or "wait"."""

    act: str
    on: date | None = None
    reason: str = ""


def change_rules(
    agreement: Agreement,
    *,
    change: str,
    customer: CustomerKind,
    products: Iterable[str],
    on: date,
    deviations: tuple[Deviation, ...] = (),
) -> tuple[Ruled[TermsChange], ...]:
    """Return the rules of the old terms on a change of this class, over all products of the contract.

    What was agreed with the customer goes before the terms' own.
    """
    classes = (change,) if change in LIGHT and _knows(agreement, change) else (change, "any")
    found: dict[Ruled[TermsChange], None] = {}
    asked_for: tuple[str | None, ...] = tuple(sorted(products)) or (None,)
    for product in asked_for:
        for one in classes:
            answer = ask(
                agreement,
                TermsChange,
                on=on,
                product=product,
                customer=customer,
                selector=(("change", one),),
                deviations=deviations,
            )
            said = ruled(answer)
            if said is not None:
                found[said] = None
    return tuple(found)


def plan_for(bound: Bound, rules: tuple[Ruled[TermsChange], ...], *, sent_on: date, wanted_on: date) -> Plan:
    """Return from when a version that is wanted from a day can bind the contract, if the notice goes out on a day."""
    if not rules:
        return Plan(effect_on=None, leave_until=None, is_told=True, because=(CONSUMER_CHANGES,))
    is_told = needs_notice(rules, customer=bound.customer)
    earliest = earliest_effect(rules, sent_on=sent_on, customer=bound.customer, concluded_on=bound.concluded_on)
    effect_on = max(wanted_on, earliest.on) if is_told else wanted_on
    if any(rule.rule.counted_to == "renewal" for rule in rules):
        effect_on = max((_renewal_from(term, effect_on) for term in bound.terms), default=effect_on)
    return Plan(
        effect_on=effect_on,
        leave_until=leave_until(rules, effect_on=effect_on, customer=bound.customer),
        is_told=is_told,
        because=tuple(dict.fromkeys((*earliest.because, *because_of(*rules)))),
    )


def leave_until(rules: tuple[Ruled[TermsChange], ...], *, effect_on: date, customer: CustomerKind) -> date | None:
    """Return the last day to leave because of the change; None where only the ordinary notice is left."""
    if rules and all(rule.rule.change == "favourable" for rule in rules):
        return None
    is_free = [rule for rule in rules if rule.rule.exit_days_before is not None or rule.rule.exit_months is not None]
    days = [exit_last_day(rule.rule, effect_on=effect_on) for rule in is_free]
    if customer is CustomerKind.CONSUMER:
        days.append(exit_last_day(TermsChange(change="any"), effect_on=effect_on))
    return max(days, default=None)


def next_step(told: Told, *, plan: Plan | None, today: date) -> Step:
    """Return what is due on a succession today. `plan` is what the day of delivery allows; None before that.

    Fails toward the customer: what is not proven binds nobody, and a notice that came late moves the day.
    """
    if told.left_on is not None:
        return Step(act="end", reason="the customer left")
    binding_on = told.accepted_on if told.effect_on is None else told.effect_on
    if told.runs_until is not None and (binding_on is None or told.runs_until <= max(binding_on, today)):
        return Step(act="end", reason="the contract ends first")
    if told.is_overtaken:
        return Step(act="end", reason="a newer version binds already")
    if told.accepted_on is not None:
        on = max(told.accepted_on, told.effect_on or told.accepted_on)
        return Step(act="bind", on=on) if today >= on else Step(act="wait", on=on, reason="effect")
    if told.effect_on is None:
        return Step(act="wait", reason="the customer's yes")
    if told.told_on is None or plan is None or plan.effect_on is None:
        return Step(act="wait", reason="delivery of the notice")
    if plan.effect_on > told.effect_on:
        return Step(act="move", on=plan.effect_on, reason="the notice was delivered later")
    if today >= told.effect_on:
        return Step(act="bind", on=told.effect_on)
    return Step(act="wait", on=told.effect_on, reason="effect")


def _renewal_from(term: RunningTerm, day: date) -> date:
    """Return the first renewal of a term on the day or after it."""
    while term.until < day:
        term = term.followed_by(term.months)
    return term.until


def _knows(agreement: Agreement, change: str) -> bool:
    return any(
        isinstance(placed.rule, TermsChange) and placed.rule.change == change
        for clause in agreement.clauses
        for placed in clause.rules
    )
