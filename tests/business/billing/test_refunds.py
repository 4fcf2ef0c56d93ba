"""Used and given back make what was billed, to the øre, however the end moves; and the rest of a changed period."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.billing.decisions.changes import rest_of_period
from servanda.business.billing.decisions.refunds import (
    AskWhatGoesBack,
    BillAgain,
    GiveBack,
    HowItEnds,
    Settled,
    share_after,
    time_step,
)
from servanda.business.billing.facts import BilledTime
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind, Refund
from servanda.terms.ruled import Ruled

YEAR = Period(date(2026, 7, 1), date(2027, 7, 1))
CLAUSE = Citation("a", "1")
UNUSED = Ruled(Refund(cause="provider exit", share="unused time"), (CLAUSE,))
KEPT = Ruled(Refund(cause="customer default", share="none"), (CLAUSE,))
periods = st.builds(
    lambda since, days: Period(since, since + timedelta(days=days)),
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(1, 1200),
)
amounts = st.builds(Money, st.integers(1, 10_000_000))


def billed(price: Money = Money(12_000_00), period: Period = YEAR) -> BilledTime:  # noqa: B008
    return BilledTime(
        invoice_id=1,
        invoice_number=1001,
        line_key=1,
        position=1,
        line_id=1,
        description="Web",
        period=period,
        net=price,
        otherwise_credited=Money(0),
        given=Money(0),
        given_from=None,
        again=(),
        steps=0,
        for_until=None,
    )


def ends(day: date | None, rule: Ruled[Refund] | None = UNUSED, **values: object) -> HowItEnds:
    end = HowItEnds(
        until=day, paid_until=day, cause="provider: any", customer=CustomerKind.BUSINESS, rule=rule, because=(CLAUSE,)
    )
    return replace(end, **values)  # type: ignore[arg-type]


def settle(times: list[BilledTime], end: HowItEnds) -> list[BilledTime]:
    """Take all steps of an end, as the action does, on the time and on what is billed again beside it."""
    done = list(times)
    for _ in range(60):
        for place, time in enumerate(done):
            step = time_step(time, end)
            if isinstance(step, Settled):
                continue
            if isinstance(step, GiveBack):
                first = min(step.period.since, time.given_from or step.period.since)
                done[place] = replace(time, given=time.given + step.amount, given_from=first, steps=time.steps + 1)
            elif isinstance(step, BillAgain):
                done[place] = replace(time, again=(*time.again, step.period), steps=time.steps + 1)
                done.append(billed(step.amount, step.period))
            break
        else:
            return done
    raise AssertionError("no rest")


def kept(times: list[BilledTime]) -> Money:
    """What is billed and not given back, without the amounts that were billed again twice."""
    return Money(sum(time.net.minor - time.given.minor for time in times))


@given(price=amounts, period=periods, part=st.floats(0, 1))
def test_used_and_given_back_make_what_was_billed(price: Money, period: Period, part: float) -> None:
    day = period.since + timedelta(days=round(period.days * part))
    (after,) = settle([billed(price, period)], ends(day))
    used = price - share_after(price, period, day)
    assert used + after.given == price
    assert Money(0) <= after.given <= price


@given(price=amounts, period=periods, moves=st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_an_end_that_only_comes_nearer_gives_back_in_parts_what_one_refund_would(
    price: Money, period: Period, moves: list[float]
) -> None:
    days = sorted({period.since + timedelta(days=round(period.days * part)) for part in moves}, reverse=True)
    times = [billed(price, period)]
    for day in days:
        times = settle(times, ends(day))
    (once,) = settle([billed(price, period)], ends(days[-1]))
    assert times[0].given == once.given


@given(price=amounts, period=periods, moves=st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_however_the_end_moves_a_line_that_runs_on_costs_what_was_billed(
    price: Money, period: Period, moves: list[float]
) -> None:
    """An øre for each time that days were billed again is all that rounding may move when it ends after all."""
    times = [billed(price, period)]
    for part in moves:
        times = settle(times, ends(period.since + timedelta(days=round(period.days * part))))
        assert all(Money(0) <= time.given <= time.net for time in times)
    again = settle(times, ends(None))
    assert kept(again) == price
    day = period.since + timedelta(days=round(period.days * moves[-1]))
    (once,) = settle([billed(price, period)], ends(day))
    assert abs(kept(times).minor - (price - once.given).minor) <= len(times) * 2


@given(price=amounts, period=periods, first=st.floats(0, 1), second=st.floats(0, 1))
def test_ending_sooner_never_gives_back_less(price: Money, period: Period, first: float, second: float) -> None:
    sooner, later = sorted(period.since + timedelta(days=round(period.days * part)) for part in (first, second))
    assert share_after(price, period, sooner) >= share_after(price, period, later)


@pytest.mark.parametrize(
    ("story", "end", "expected", "amount", "cited"),
    [
        ("the clause gives it back", ends(date(2027, 4, 1)), GiveBack, 2_991_78, "a 1"),
        (
            "the terms keep a consumer's money; the law does not",
            ends(date(2027, 4, 1), KEPT, customer=CustomerKind.CONSUMER, cause="closure for non-payment"),
            GiveBack,
            2_991_78,
            "Forbrugeraftaleloven § 29",
        ),
        (
            "a consumer's notice, with silent terms",
            ends(date(2027, 4, 1), None, customer=CustomerKind.CONSUMER, cause="notice"),
            GiveBack,
            2_991_78,
            "Forbrugeraftaleloven § 29",
        ),
        (
            "the terms keep a business's money: a person decides",
            ends(date(2027, 4, 1), KEPT, cause="closure for non-payment"),
            AskWhatGoesBack,
            2_991_78,
            "a 1",
        ),
        (
            "silent terms: a person decides",
            ends(date(2027, 4, 1), None, cause="notice"),
            AskWhatGoesBack,
            2_991_78,
            "a 1",
        ),
        ("after an outage it goes back", ends(date(2027, 4, 1), None, cause="outage"), GiveBack, 2_991_78, "a 1"),
        (
            "of a public body a person decides too",
            ends(date(2027, 4, 1), None, customer=CustomerKind.PUBLIC),
            AskWhatGoesBack,
            2_991_78,
            "a 1",
        ),
        ("it runs to the end of the period", ends(date(2027, 7, 1)), Settled, 0, "a 1"),
        ("it runs on", ends(None), Settled, 0, "a 1"),
        ("it ends before the period began", ends(date(2026, 1, 1)), GiveBack, 12_000_00, "a 1"),
        (
            "withdrawn: what is paid for may end before the line does",
            ends(date(2026, 7, 10), None, cause="withdrawal", paid_until=date(2026, 7, 1)),
            GiveBack,
            12_000_00,
            "a 1",
        ),
    ],
)
def test_what_goes_back_by_how_it_ends(story: str, end: HowItEnds, expected: type, amount: int, cited: str) -> None:
    step = time_step(billed(), end)
    assert (type(step), step.amount.minor, str(step.because[0])) == (expected, amount, cited), story


def test_never_more_goes_back_than_is_left() -> None:
    time = replace(billed(), otherwise_credited=Money(11_000_00))
    step = time_step(time, ends(date(2026, 7, 1)))
    assert (type(step), step.amount) == (GiveBack, Money(1_000_00))
    assert isinstance(time_step(replace(time, otherwise_credited=Money(12_000_00)), ends(date(2026, 7, 1))), Settled)


def test_more_within_a_period_costs_the_difference_for_the_rest_and_less_costs_nothing() -> None:
    """100 days into a year of 1,200 for one, two cost 2,400: 265/365 of each."""
    on = date(2026, 10, 9)
    time = billed(Money(1_200_00))
    more = rest_of_period([time], YEAR, new_price=Money(2_400_00), on=on)
    assert (more.costs, more.billed, more.difference) == (Money(1_742_47), Money(871_23), Money(871_24))
    beside = replace(billed(more.difference, more.period), line_key=2)
    again = rest_of_period([time, beside], YEAR, new_price=Money(2_400_00), on=on)
    assert again.difference == Money(0)
    less = rest_of_period([time], YEAR, new_price=Money(600_00), on=on)
    assert less.difference < Money(0)
