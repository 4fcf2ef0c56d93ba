"""Is this a copy, and is the time in doubt? Tables of stories, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from servanda.business.installation.decisions import STEPS, copy_doubt, missing_steps, time_doubt
from servanda.business.installation.facts import Clocks, Known, KnownPlace, Mark

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
MARK = Mark(incarnation="a", place="p", machine="m", number=10, beat_at=NOW, newest_record=500)
TOMORROW = NOW + timedelta(days=1)
KNOWN = Known(incarnation="a", has_companies=True, place=KnownPlace(number=10, beat_at=NOW), newest_record=500)
SIX_HOURS_AGO = NOW - timedelta(hours=6)
NEVER = replace(KNOWN, incarnation="")
OLDER = replace(KNOWN, place=KnownPlace(number=4, beat_at=SIX_HOURS_AGO), newest_record=420)


def at(number: int) -> Known:
    return replace(KNOWN, place=KnownPlace(number=number, beat_at=NOW))


@pytest.mark.parametrize(
    ("story", "mark", "known", "machine", "because"),
    [
        ("as it was left", MARK, KNOWN, "m", None),
        ("the first start", None, Known(incarnation="", has_companies=False, place=None, newest_record=0), "m", None),
        ("an upgrade of a database of before there were marks", None, NEVER, "m", None),
        ("an empty database in an old place", MARK, replace(KNOWN, incarnation="", has_companies=False), "m", None),
        ("cut off between the database and the mark", MARK, at(11), "m", None),
        ("a machine that has no id of its own", replace(MARK, machine=""), KNOWN, "", None),
        ("a database of before there were marks, in an old place", MARK, NEVER, "m", "the database never had a beat"),
        ("a database without its place", None, KNOWN, "m", "this place is unknown"),
        ("a database that took over elsewhere", MARK, replace(KNOWN, incarnation="b"), "m", "another incarnation"),
        ("the whole disk copied to another machine", MARK, KNOWN, "n", "another machine"),
        ("a database of before this machine joined", MARK, replace(KNOWN, place=None), "m", "the database is older"),
        ("a database from six hours ago", MARK, OLDER, "m", "the database is older"),
        ("the folder of a place from long ago", MARK, at(12), "m", "the place is older"),
    ],
)  # fmt: skip
def test_a_copy_is_told_by_what_was_kept_outside(
    story: str, mark: Mark | None, known: Known, machine: str, because: str | None
) -> None:
    found = copy_doubt(mark, known, machine=machine)
    assert (found.because if found is not None else None) == because, story


def test_a_restored_database_tells_how_much_is_missing() -> None:
    found = copy_doubt(MARK, OLDER, machine="m")
    assert found is not None
    assert (found.behind_seconds, found.records_behind) == (6 * 3600, 80)


WELL = Clocks(host=NOW, database=NOW, newest_evidence=NOW, last_beat=NOW, accepted_until=None)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("story", "clocks", "because"),
    [
        ("all agree", WELL, None),
        ("nothing was ever done", replace(WELL, newest_evidence=None, last_beat=None), None),
        ("five minutes apart", replace(WELL, database=NOW + 5 * MINUTE), None),
        ("six minutes apart", replace(WELL, database=NOW + 6 * MINUTE), "the clocks disagree"),
        ("the host is ahead", replace(WELL, database=NOW - 6 * MINUTE), "the clocks disagree"),
        ("evidence of in five minutes", replace(WELL, newest_evidence=NOW + 5 * MINUTE), None),
        ("evidence of tomorrow", replace(WELL, newest_evidence=NOW + timedelta(days=1)), "the record is from the future"),
        ("of tomorrow, acknowledged", replace(WELL, newest_evidence=TOMORROW, accepted_until=TOMORROW), None),
        ("of later than what was acknowledged", replace(WELL, newest_evidence=TOMORROW + 2 * MINUTE, accepted_until=TOMORROW),
         "the record is from the future"),
        ("time went back", replace(WELL, newest_evidence=None, last_beat=NOW + 6 * MINUTE), "time went back"),
        ("away for a day and a half", replace(WELL, last_beat=NOW - timedelta(hours=36)), None),
        ("a machine that was asleep", replace(WELL, last_beat=NOW - timedelta(hours=36) - MINUTE), "nobody was here"),
    ],
)  # fmt: skip
def test_time_is_in_doubt_when_clocks_disagree_or_jump(story: str, clocks: Clocks, because: str | None) -> None:
    found = time_doubt(clocks)
    assert (found.because if found is not None else None) == because, story


def test_what_is_not_reconciled_is_named_in_its_order() -> None:
    assert missing_steps(frozenset()) == STEPS
    assert missing_steps(frozenset({"servers"})) == tuple(step for step in STEPS if step != "servers")
    assert missing_steps(frozenset(STEPS)) == ()
