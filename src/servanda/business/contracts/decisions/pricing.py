"""Which price of a plan binds a line, from when would a new one, and until when may the customer leave because of it?

The price at the conclusion binds by itself, and so does a lower one. A rise binds only what its delivered notice allows,
by the terms that bind the customer: by the rule for its class where they tell classes of price changes apart, else by
the general rule. A rule that says of no notice how long it is says only which price a period has; then a rise is a change
of the agreement like any other, and its notices hold (vicevaert-012 beside 032 and 106). Where the terms know no change
at all, only the customer's own yes makes a price rise.

A line that is bound for a term keeps its price as long as the term runs, because the customer cannot leave meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from servanda.business.catalogue.facts import ListedPlan
from servanda.business.contracts.decisions.changing import (
    Approval,
    ChangeRule,
    DatedPrice,
    Effect,
    earliest_effect,
    extra_exit_last_day,
    needs_notice,
    ordinary_price_objection,
    price_change_class,
)
from servanda.business.contracts.decisions.ending import notice_last_day
from servanda.business.contracts.decisions.orders import Objection
from servanda.business.contracts.decisions.succeeding import leave_until as leave_until_by_terms
from servanda.business.contracts.decisions.terms import because_of
from servanda.business.contracts.facts import LineFacts, PriceNotices, RunningTerm
from servanda.ground.calendar import add_months, months_between
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, Notice, PriceChange, TermsChange
from servanda.terms.document import Agreement
from servanda.terms.resolving import Answer, Deviation, ask, rules_of
from servanda.terms.ruled import Ruled, ruled

# Of the classes of changes to the terms, those that a higher price can be.
CHANGES = ("ordinary", "worsening", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """What the price of a line depends on beside the list. `term` is the latest that the line was bound for."""

    line_id: int
    product: str
    customer: CustomerKind
    agreed_on: date
    concluded_on: date | None = None  # the contract, where that is another day
    term: RunningTerm | None = None
    own_terms: tuple[Deviation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """What the terms say on one rise: its class, and the rules on its notice. No rules: only the customer's yes binds."""

    change: str
    rules: tuple[ChangeRule, ...]

    @property
    def because(self) -> tuple[Citation, ...]:
        return because_of(*self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundPrice:
    """The price that binds, and what it rests on where it is not the one that was agreed at first."""

    amount: Money
    because: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """What a new price means to one line: from when it holds, and the last day to leave because of it.

    `effect_on` empty: the terms know no change of its price, so it holds only with the customer's own yes. `leave_until`
    empty: by the ordinary notice only. `is_told` says whether a letter is owed.
    """

    line_id: int
    old: Money
    new: Money
    effect_on: date | None
    leave_until: date | None
    is_told: bool
    because: tuple[Citation, ...]


def rise_for_all(agreement: Agreement, product: str, old: Money, new: Money, *, on: date) -> Rise:
    """Return what the terms say on a rise of the list price to a business without an agreement of its own."""
    return rise_of(agreement, _anybody(product), old, new, on=on)


def priced_line(line: LineFacts, *, own_terms: tuple[Deviation, ...] = ()) -> PricedLine:
    """Return what the price of a contract's line depends on."""
    return PricedLine(
        line_id=line.line_id,
        product=line.product_code,
        customer=line.customer_kind,
        agreed_on=line.price_agreed_on or line.concluded_on,
        concluded_on=line.concluded_on,
        term=line.term,
        own_terms=own_terms,
    )


def price_agreed_on(accepted_on: date, *, billed_from: date | None) -> date:
    """Return the day whose list price was agreed.

    Of a line that was brought in from elsewhere that is the first day billed here: what it cost before was told there.
    """
    return max(accepted_on, billed_from) if billed_from is not None else accepted_on


def dated_prices(plan: ListedPlan, notices: PriceNotices, *, customer_id: int, line_id: int) -> tuple[DatedPrice, ...]:
    """Return the prices of a plan as one customer was told of them, in the order of their days."""
    found = []
    for listed in plan.prices:
        told = notices.told.get((plan.code, listed.since, customer_id))
        said = told.promised.get(line_id) if told is not None else None
        found.append(
            DatedPrice(
                since=listed.since,
                amount=listed.amount,
                announced_on=told.accepted_on if told is not None else None,
                promised_on=said[0] if said is not None else None,
                is_recorded=(plan.code, listed.since) in notices.recorded,
            )
        )
    return tuple(found)


def bound_price(agreement: Agreement, line: PricedLine, prices: tuple[DatedPrice, ...], *, on: date) -> BoundPrice:
    """Return the price that binds a line for a period that begins on the day, which is not before the first price."""
    bound = BoundPrice(amount=prices[0].amount)
    for price in prices:
        if price.since > on:
            break
        if price.since <= line.agreed_on or price.amount <= bound.amount:
            bound = BoundPrice(amount=price.amount)
        elif price.amount > bound.amount:
            rise = rise_of(agreement, line, bound.amount, price.amount, on=price.since)
            if _binds(rise, line, price, on=on):
                bound = BoundPrice(amount=price.amount, because=rise.because)
    return bound


def rise_of(agreement: Agreement, line: PricedLine, old: Money, new: Money, *, on: date) -> Rise:
    """Return the class of a rise by the terms, and the rules that it follows."""
    change = _class_of(agreement, line, old, new, on=on)
    said = _asked(agreement, line, change, on=on)
    rules = (Ruled(said.rule, said.because),) if said.rule is not None else ()
    if change != "any" or (said.written is not None and said.written.days is not None):
        return Rise(change=change, rules=rules)
    changes = tuple(_terms_rules(agreement, line, on=on))
    return Rise(change=change, rules=(*rules, *changes) if changes else ())


def coming_price(
    agreement: Agreement,
    line: PricedLine,
    prices: tuple[DatedPrice, ...],
    *,
    since: date,
    sent_on: date,
    notice: Ruled[Notice] | None,
) -> Coming | None:
    """Return what the price of that day means to a line if the letter goes out on a day; None where it is no rise to it."""
    new = next(price for price in prices if price.since == since)
    before = tuple(price for price in prices if price.since < since)
    old = bound_price(agreement, line, before, on=since).amount if before else new.amount
    if since <= line.agreed_on or new.amount <= old:
        return None
    rise = rise_of(agreement, line, old, new.amount, on=since)
    if not rise.rules:
        return Coming(line.line_id, old, new.amount, effect_on=None, leave_until=None, is_told=False, because=())
    told = replace(new, announced_on=sent_on, promised_on=None, is_recorded=True)
    effect_on = _first_day(rise, _as_of(line, sent_on), told)
    assert effect_on is not None, "it has its rules, its record and its letter"
    is_told = needs_notice(rise.rules, customer=line.customer)
    leave_until = _leave_until(rise, line, notice, effect_on=effect_on, sent_on=sent_on) if is_told else None
    because = (
        tuple(dict.fromkeys((*_earliest(rise, line, sent_on).because, *rise.because))) if is_told else rise.because
    )
    return Coming(
        line_id=line.line_id,
        old=old,
        new=new.amount,
        effect_on=effect_on,
        leave_until=leave_until,
        is_told=is_told,
        because=because,
    )


def class_objection(
    agreement: Agreement, product: str, old: Money, new: Money, *, change: str, approval: Approval, on: date
) -> Objection | None:
    """Return why a price cannot be changed as the class that a person names: the terms make it another one."""
    line = _anybody(product)
    ordinary = ruled(_asked(agreement, line, "ordinary", on=on))
    if change == "ordinary" and ordinary is not None and ordinary.rule.change == "ordinary":
        return ordinary_price_objection(old, new, ordinary=ordinary, approval=approval)
    known = _class_of(agreement, line, old, new, on=on)
    if change == known:
        return None
    return Objection(
        message=f"By the terms a rise from {old} to {new} is of the class {known}, not {change}. Announce it as {known}.",
        because=_asked(agreement, line, known, on=on).because,
    )


def first_term_on_or_after(term: RunningTerm, day: date) -> date:
    """Return the first day on or after the day on which a term of the line begins, also one long past or to come.

    Terms count from the day the line began, unless the latest left that track.
    """
    passed = months_between(term.anchored_on, term.until)
    is_on_track = passed % term.months == 0 and add_months(term.anchored_on, passed) == term.until
    anchor = term.anchored_on if is_on_track else term.until
    number = months_between(anchor, day) // term.months
    since = add_months(anchor, number * term.months)
    return since if since >= day else add_months(anchor, (number + 1) * term.months)


def _anybody(product: str) -> PricedLine:
    return PricedLine(line_id=0, product=product, customer=CustomerKind.BUSINESS, agreed_on=date.min)


def _binds(rise: Rise, line: PricedLine, price: DatedPrice, *, on: date) -> bool:
    first = _first_day(rise, _as_of(line, on), price)
    return first is not None and first <= on


def _first_day(rise: Rise, line: PricedLine, price: DatedPrice) -> date | None:
    """Return the first day from which the price binds the line; None while it does not.

    A letter is never taken at less than its word: what it said holds even where newer terms would allow an earlier day.
    """
    if not rise.rules or not price.is_recorded:
        return None
    on = price.since
    if needs_notice(rise.rules, customer=line.customer):
        if price.announced_on is None:
            return None
        on = max(on, price.promised_on or on, _earliest(rise, line, price.announced_on).on)
    return first_term_on_or_after(line.term, on) if line.term is not None else on


def _as_of(line: PricedLine, on: date) -> PricedLine:
    """Return the line without its term where that ran out before the day and nothing renewed it."""
    return replace(line, term=None) if line.term is not None and line.term.until < on else line


def _earliest(rise: Rise, line: PricedLine, sent_on: date) -> Effect:
    concluded_on = line.concluded_on or line.agreed_on
    return earliest_effect(rise.rules, sent_on=sent_on, customer=line.customer, concluded_on=concluded_on)


def _class_of(agreement: Agreement, line: PricedLine, old: Money, new: Money, *, on: date) -> str:
    known = {
        answer.rule.change
        for answer in rules_of(
            agreement, PriceChange, on=on, product=line.product, customer=line.customer, deviations=line.own_terms
        )
        if answer.rule is not None
    }
    if "ordinary" in known:
        ordinary = _asked(agreement, line, "ordinary", on=on).rule
        assert ordinary is not None, "the class is known"
        found = price_change_class(old, new, ordinary=ordinary)
        return found if found in known else "any"
    return next((change for change in ("material", "larger") if change in known), "any")


def _asked(agreement: Agreement, line: PricedLine, change: str, *, on: date) -> Answer[PriceChange]:
    return ask(
        agreement,
        PriceChange,
        on=on,
        product=line.product,
        customer=line.customer,
        selector=(("change", change),),
        deviations=line.own_terms,
    )


def _terms_rules(agreement: Agreement, line: PricedLine, *, on: date) -> Iterator[Ruled[TermsChange]]:
    for change in CHANGES:
        answer = ask(
            agreement,
            TermsChange,
            on=on,
            product=line.product,
            customer=line.customer,
            selector=(("change", change),),
            deviations=line.own_terms,
        )
        if answer.rule is not None and (answer.rule.change == change):
            yield Ruled(answer.rule, answer.because)


def _leave_until(
    rise: Rise, line: PricedLine, notice: Ruled[Notice] | None, *, effect_on: date, sent_on: date
) -> date | None:
    """Return the last day to leave because of a rise: by the rules on changes, by the law, or at the renewal."""
    changes = tuple(Ruled(one.rule, one.because) for one in rise.rules if isinstance(one.rule, TermsChange))
    days = [leave_until_by_terms(changes, effect_on=effect_on, customer=line.customer)]
    if line.customer is CustomerKind.CONSUMER:
        days.append(effect_on - timedelta(days=1))
    if notice is not None and any(rule.rule.counted_to == "renewal" for rule in rise.rules):
        ordinary = notice_last_day(notice.rule, ends_on=effect_on - timedelta(days=1))
        days.append(extra_exit_last_day(renews_on=effect_on, ordinary_last_day=ordinary, sent_on=sent_on))
    return max((day for day in days if day is not None), default=None)
