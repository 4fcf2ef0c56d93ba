"""A longer time of keeping holds at once; a shorter one waits two weeks by the keeper's own record, and can be taken back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from servanda.drivers.node.backups.decisions import Rule
from servanda.drivers.node.backups.waiting import SHORTER_WAITS, Kept, all_in_force, in_force

TODAY = date(2026, 12, 1)
MONTH, WEEK, YEAR = Rule(30), Rule(7), Rule(365, 12)
RULES = some.builds(
    Rule,
    keep_daily=some.integers(1, 60),
    keep_monthly=some.integers(0, 12),
    keep_databases_daily=some.integers(0, 60),
)


def lived(*told: tuple[int, Rule]) -> Kept:
    """Let the keeper be told one rule on each of these days (counted from today), one after the other."""
    kept = None
    for day, rule in told:
        kept = in_force(rule, kept, today=TODAY + timedelta(days=day))
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    ("story", "told", "holds"),
    [
        ("the first rule holds", [(0, WEEK)], WEEK),
        ("a longer one holds at once", [(0, WEEK), (1, YEAR)], YEAR),
        ("a shorter one does not", [(0, MONTH), (1, WEEK)], MONTH),
        ("nor on the last day of its wait", [(0, MONTH), (1, WEEK), (14, WEEK)], MONTH),
        ("and then it does", [(0, MONTH), (1, WEEK), (15, WEEK)], WEEK),
        (
            "one that was taken back leaves no trace",
            [(0, MONTH), (1, WEEK), (10, MONTH), (11, WEEK), (16, WEEK)],
            MONTH,
        ),
        ("another shorter one begins its own wait", [(0, MONTH), (1, WEEK), (10, Rule(3)), (16, Rule(3))], MONTH),
        ("a clock that went back begins anew", [(0, MONTH), (20, WEEK), (1, WEEK), (14, WEEK)], MONTH),
        ("longer in one and shorter in another", [(0, MONTH), (1, Rule(7, 12))], Rule(30, 12)),
        ("databases that were kept as long as files", [(0, MONTH), (1, Rule(30, 0, 7))], Rule(30, 0, 30)),
    ],
)
def test_which_rule_is_in_force(story: str, told: list[tuple[int, Rule]], holds: Rule) -> None:
    assert lived(*told).rule == holds, story


def test_a_repository_that_is_no_longer_told_of_keeps_its_record() -> None:
    before = {"n1/5": Kept(rule=MONTH)}
    assert all_in_force({}, before, today=TODAY) == before
    assert all_in_force({"n1/6": WEEK}, before, today=TODAY)["n1/5"] == Kept(rule=MONTH)


@given(some.lists(some.tuples(some.integers(0, 13), RULES), min_size=1, max_size=20), RULES)
def test_whatever_is_told_within_two_weeks_nothing_gets_shorter(told: list[tuple[int, Rule]], first: Rule) -> None:
    days = sorted(told, key=lambda one: one[0])
    kept = lived((0, first), *days).rule
    assert timedelta(days=14) == SHORTER_WAITS
    assert kept.keep_daily >= first.keep_daily
    assert kept.keep_monthly >= first.keep_monthly
    assert (kept.keep_databases_daily or kept.keep_daily) >= (first.keep_databases_daily or first.keep_daily)
