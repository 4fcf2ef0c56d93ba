"""From when may a change of terms or prices hold, and who may leave because of it? `pricing` says which price binds.

The terms name classes of change, each with its own notice; where two of their rules cover a change, the longer notice
binds us. Above them stands the law: a consumer is told individually, and can leave before the change holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from servanda.business.contracts.decisions.orders import Ending, Objection
from servanda.business.contracts.decisions.terms import because_of
from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import CONSUMER_TERMINATION, earliest_consumer_end
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, PriceChange, TermsChange
from servanda.terms.ruled import Ruled

CONSUMER_CHANGES = Citation("Aftaleloven", "§§ 36 og 38 c")

ChangeRule = Ruled[TermsChange] | Ruled[PriceChange]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPrice:
    """A price of a plan from a day on. `announced_on` is the day on which the customer's notice of it was accepted.

    `promised_on` is the day from which that notice says it holds. `is_recorded`: it stands in the log of changes, with a
    reason and who approved it.
    """

    since: date
    amount: Money
    announced_on: date | None = None
    promised_on: date | None = None
    is_recorded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The earliest day that a change can hold, and what that rests on."""

    on: date
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A yes with its reason: of staff to a change, or of the customer to a price."""

    by: str
    reason: str = ""


def send_by(rules: Iterable[ChangeRule], *, effect_on: date) -> date:
    """Return the last day to send a notice of a change that is to hold from the day, or from the renewal then."""
    return min((_back(rule, effect_on) for rule in rules), default=effect_on)


def earliest_effect(
    rules: tuple[ChangeRule, ...], *, sent_on: date, customer: CustomerKind, concluded_on: date
) -> Effect:
    """Return the first day on which a change can hold that was sent on the day.

    For a change counted to the renewal this is the first day on which such a renewal may fall. A consumer must be able
    to leave before: the day comes no earlier than a notice of theirs, given when we write, would end the contract.
    """
    on = max((_forward(rule, sent_on) for rule in rules), default=sent_on)
    because = because_of(*rules)
    if customer is not CustomerKind.CONSUMER or _is_favourable(rules):
        return Effect(on=on, because=because)
    law_on = earliest_consumer_end(contract_began_on=concluded_on, noticed_on=sent_on) + timedelta(days=1)
    if law_on <= on:
        return Effect(on=on, because=because)
    return Effect(on=law_on, because=(CONSUMER_CHANGES, CONSUMER_TERMINATION, *because))


def needs_notice(rules: tuple[ChangeRule, ...], *, customer: CustomerKind) -> bool:
    """Tell whether each customer must be told beforehand; consumers always, unless the change only favours them."""
    if customer is CustomerKind.CONSUMER and not _is_favourable(rules):
        return True
    return any(_is_announced(rule) for rule in rules)


def approval_objection(rules: tuple[ChangeRule, ...], approval: Approval | None) -> Objection | None:
    """Return why a change cannot be made that the terms leave to a person: nobody approved it with a reason."""
    if not _needs_approval(rules) or (approval is not None and approval.by and approval.reason.strip()):
        return None
    message = "The change has no approval with a reason. Let a person approve it."
    return Objection(message=message, because=because_of(*rules))


def activation_objection(
    rules: tuple[ChangeRule, ...],
    *,
    effect_on: date,
    announced_on: date | None,
    customer: CustomerKind,
    concluded_on: date,
    approval: Approval | None = None,
) -> Objection | None:
    """Return why a change cannot hold for a customer from the day: no yes, no delivered notice, or one too late.

    `announced_on` is the day on which the receiving server accepted the customer's own notice; news on a website
    is none.
    """
    unapproved = approval_objection(rules, approval)
    if unapproved is not None:
        return unapproved
    because = because_of(*rules)
    if not needs_notice(rules, customer=customer):
        return None
    if announced_on is None:
        return Objection(
            message="The change was not announced to the customer. Send the notice and wait for its proof of delivery.",
            because=because,
        )
    earliest = earliest_effect(rules, sent_on=announced_on, customer=customer, concluded_on=concluded_on)
    if effect_on < earliest.on:
        return Objection(
            message=f"The notice was delivered on {announced_on}, so the change can hold from {earliest.on} at the"
            f" earliest, not from {effect_on}. Choose that day or a later one.",
            because=earliest.because,
        )
    return None


def exit_last_day(rule: TermsChange, *, effect_on: date) -> date:
    """Return the last day on which a customer can leave because of a change.

    Where the clause states no day, and where it lets the customer leave with a notice of their own, that is the last
    day before the change holds. Of two days the later one is the customer's.
    """
    before = effect_on - timedelta(days=1)
    if rule.exit_days_before is None or rule.exit_months is not None:
        return before
    return effect_on - timedelta(days=rule.exit_days_before)


def ends_by_exit(rule: Ruled[TermsChange], *, effect_on: date, given_on: date, customer: CustomerKind) -> Ending:
    """Return when the customer's exit because of a change ends the contract: before the change holds, if given in time.

    With a notice of their own (`exit_months`) a later exit still counts, from its day. A late exit is marked so; it is
    then an ordinary notice, and a person looks at it. A consumer may leave until the change holds.
    """
    before = effect_on - timedelta(days=1)
    last_day = exit_last_day(rule.rule, effect_on=effect_on)
    ending = Ending(ends_on=before, because=rule.because, last_notice_on=last_day, terms_end_on=before)
    in_easy_time = rule.rule.exit_days_before is None or given_on <= effect_on - timedelta(
        days=rule.rule.exit_days_before
    )
    if customer is CustomerKind.CONSUMER and given_on <= before and not in_easy_time:
        return replace(ending, because=(CONSUMER_CHANGES, *ending.because))
    if in_easy_time and given_on <= before:
        return ending
    if rule.rule.exit_months is not None and given_on <= last_day:
        ends_on = add_months(given_on, rule.rule.exit_months)
        return replace(ending, ends_on=ends_on, terms_end_on=ends_on)
    return replace(ending, is_late=True)


def extra_exit_last_day(*, renews_on: date, ordinary_last_day: date, sent_on: date) -> date:
    """Return until when the customer may leave for the renewal that brings a larger change.

    Where our notice of the change came after their own last day, they may leave until the renewal.
    """
    return ordinary_last_day if sent_on <= ordinary_last_day else renews_on - timedelta(days=1)


def price_change_class(old: Money, new: Money, *, ordinary: PriceChange) -> str:
    """Return whether a new price is an ordinary or a larger change: a rise above the cap is larger."""
    return "larger" if _is_over_cap(old, new, ordinary) else "ordinary"


def ordinary_price_objection(
    old: Money, new: Money, *, ordinary: Ruled[PriceChange], approval: Approval | None
) -> Objection | None:
    """Return why a price cannot be changed as an ordinary change: over the cap, or without a reasoned yes."""
    if _is_over_cap(old, new, ordinary.rule):
        return Objection(
            message=f"From {old} to {new} is a rise of more than {ordinary.rule.cap_percent} %, so it is no ordinary"
            " change. Announce it as a larger change.",
            because=ordinary.because,
        )
    if approval is None or not approval.by or not approval.reason.strip():
        return Objection(
            message="An ordinary price change needs a reason and who approved it. Write both.", because=ordinary.because
        )
    return None


def upgrade_objection(upgrade: Ruled[PriceChange], *, shown: Money, approval: Approval | None) -> Objection | None:
    """Return why an upgrade cannot be made: the customer has not approved the new price that was shown."""
    if not upgrade.rule.needs_approval or (approval is not None and approval.by):
        return None
    return Objection(
        message=f"The customer has not approved the new price of {shown}. Show the old and the new price and store"
        " the approval first.",
        because=upgrade.because,
    )


def _is_over_cap(old: Money, new: Money, ordinary: PriceChange) -> bool:
    if ordinary.cap_percent is None:
        return False
    return Decimal(new.minor - old.minor) * 100 > ordinary.cap_percent * old.minor


def _is_favourable(rules: tuple[ChangeRule, ...]) -> bool:
    return bool(rules) and all(rule.rule.change == "favourable" for rule in rules)


def _needs_approval(rules: tuple[ChangeRule, ...]) -> bool:
    return any(rule.rule.decided_by == "person" for rule in rules)


def _is_announced(ruled: ChangeRule) -> bool:
    """Tell whether the class of change has a notice at all: a price change has if it states one."""
    rule = ruled.rule
    if isinstance(rule, TermsChange):
        return rule.is_announced
    return rule.days is not None or rule.change in ("material", "larger", "upgrade")


def _back(ruled: ChangeRule, effect_on: date) -> date:
    rule = ruled.rule
    if isinstance(rule, TermsChange) and rule.months is not None:
        return add_months(effect_on, -rule.months)
    return effect_on - timedelta(days=rule.days or 0)


def _forward(ruled: ChangeRule, sent_on: date) -> date:
    """Return the first day that `_back` does not take to before the sending: months are short, and we are strict."""
    rule = ruled.rule
    if not isinstance(rule, TermsChange) or rule.months is None:
        return sent_on + timedelta(days=rule.days or 0)
    on = add_months(sent_on, rule.months)
    return on if add_months(on, -rule.months) >= sent_on else on + timedelta(days=1)
