"""When too much happens on a day: what is normal, who is stopped, and what a person's release lets pass."""

from datetime import UTC, date, datetime, timedelta

import pytest

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import NoWarrant, halt, issue_warrant, set_brake, watch_range
from servanda.business.evidence.decisions import AT_LEAST, LOOK_BACK_DAYS, is_out_of_range, normal_range
from servanda.business.evidence.facts import WarrantRequest
from servanda.business.evidence.queries import brake_of, day_count, events_of_company, is_braked
from servanda.faces.demo.companies import open_company
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused

TODAY = date(2026, 12, 1)
NOW = moment_of(TODAY, 10)
CLAUSE = Citation("Terms", "6.2")


def days(*counts: int) -> dict[date, int]:
    """Yesterday first."""
    return {TODAY - timedelta(days=ago): count for ago, count in enumerate(counts, start=1)}


@pytest.mark.parametrize(
    ("story", "past", "most"),
    [
        ("nothing ever happened", {}, 3),
        ("a quiet company", days(1, 0, 1), 3),
        ("every day two", days(*[2] * 35), 6),
        ("most days two, and none on weekends", days(*([2] * 5 + [0] * 2) * 5), 6),
        ("one a day", days(*[1] * 35), 3),
        ("once a month forty: a month of 31 days ago", {TODAY - timedelta(days=31): 40}, 40),
        ("forty, but longer ago than a month", {TODAY - timedelta(days=LOOK_BACK_DAYS + 1): 40}, 3),
        ("today itself is not looked at", {TODAY: 100}, 3),
        ("a great day and a steady rest", {**days(*[5] * 35), TODAY - timedelta(days=12): 70}, 70),
    ],
)
def test_what_is_normal_follows_the_days_before(story: str, past: dict[date, int], most: int) -> None:
    found = normal_range(past, today=TODAY)
    assert found.most == most, story
    assert found.most_per_subject == AT_LEAST


def test_the_act_that_would_leave_the_range_is_one_too_many() -> None:
    assert [is_out_of_range(done, 3) for done in (0, 2, 3, 4)] == [False, False, True, True]


@pytest.fixture
def company(db: None) -> CompanyFacts:
    return open_company("safe-it", clock_on=None, at=NOW, today=TODAY)


def request_for(
    company: CompanyFacts, number: int, *, subject: str = "", act: str = "fee.charged", today: date = TODAY
) -> WarrantRequest:
    return WarrantRequest(
        company_id=company.company_id,
        key=f"{act}:{number}",
        act=act,
        subject=subject or f"invoice:{number}",
        fingerprint="",
        because=(CLAUSE,),
        parameters={},
        evidence_keys=(),
        not_before=today,
        expires_on=today + timedelta(days=7),
    )


def act(company: CompanyFacts, number: int, *, at: datetime = NOW, **more: str) -> None:
    today = at.date()
    issue_warrant(request_for(company, number, today=today, **more), today=today, at=at)


def test_a_fourth_act_is_parked_and_the_brake_goes_on_with_its_figures(company: CompanyFacts) -> None:
    watch_range(company.company_id, today=TODAY)
    for number in range(3):
        act(company, number)
    with pytest.raises(NoWarrant, match="3 adverse acts were done today, and 3 are normal"):
        act(company, 3)
    found = brake_of(company.company_id)
    assert found is not None
    assert (found["cause"], found["by"]) == ("range", "system")
    (event,) = events_of_company(company.company_id, what=("brake.engaged",))
    assert (event.facts["done"], event.facts["most"], event.facts["refused"]) == (3, 3, "fee.charged")
    with pytest.raises(NoWarrant, match="the brake is engaged"):
        act(company, 4)


def test_what_is_mild_neither_counts_nor_is_stopped_by_the_range(company: CompanyFacts) -> None:
    watch_range(company.company_id, today=TODAY)
    for number in range(20):
        act(company, number, act="reminder.sent")
    assert not is_braked(company.company_id)
    act(company, 21)
    count = day_count(company.company_id, today=TODAY)
    assert count is not None
    assert count.done == 1


def test_one_subject_meets_only_so_much_on_a_day_and_the_others_go_on(company: CompanyFacts) -> None:
    for ago in range(1, 31):  # every day ten, so that the company as a whole has room
        for number in range(10):
            act(company, ago * 100 + number, at=NOW - timedelta(days=ago))
    watch_range(company.company_id, today=TODAY)
    for number in range(3):
        act(company, 9000 + number, subject="invoice:7")
    with pytest.raises(NoWarrant, match="3 adverse acts have met it today already"):
        act(company, 9003, subject="invoice:7")
    act(company, 9004, subject="invoice:8")
    assert not is_braked(company.company_id)


def test_a_company_whose_range_is_not_watched_is_not_stopped_by_it(company: CompanyFacts) -> None:
    for number in range(12):
        act(company, number)
    assert day_count(company.company_id, today=TODAY) is None


def test_a_release_lets_what_was_parked_pass_and_no_more(company: CompanyFacts) -> None:
    watch_range(company.company_id, today=TODAY)
    for number in range(3):
        act(company, number)
    with pytest.raises(NoWarrant):
        act(company, 3)
    set_brake(
        company.company_id, is_engaged=False, by="staff:7", reason="Looked at all five.", at=NOW, today=TODAY, parked=5
    )
    for number in range(10, 15):
        act(company, number)
    with pytest.raises(NoWarrant, match="8 adverse acts were done today, and 8 are normal"):
        act(company, 15)
    released = events_of_company(company.company_id, what=("brake.released",))
    assert [(one.by, one.facts["reason"], one.facts["parked"], one.facts["done"]) for one in released] == [
        ("staff:7", "Looked at all five.", 5, 3)
    ]


def test_the_next_day_has_a_range_of_its_own(company: CompanyFacts) -> None:
    watch_range(company.company_id, today=TODAY)
    for number in range(3):
        act(company, number)
    tomorrow = NOW + timedelta(days=1)
    act(company, 10, at=tomorrow)
    count = day_count(company.company_id, today=tomorrow.date())
    assert count is not None
    assert (count.done, count.range.day) == (1, tomorrow.date())


def test_the_day_before_midnight_in_copenhagen_is_not_today(company: CompanyFacts) -> None:
    watch_range(company.company_id, today=TODAY)
    yesterday = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)  # 23:59 in Copenhagen
    for number in range(3):
        act(company, number, at=yesterday)
    act(company, 5, at=datetime(2026, 12, 1, 0, 30, tzinfo=UTC))
    count = day_count(company.company_id, today=TODAY)
    assert count is not None
    assert count.done == 1


def test_nobody_releases_without_a_reason(company: CompanyFacts) -> None:
    with pytest.raises(Refused, match="Say why"):
        set_brake(company.company_id, is_engaged=False, by="staff:7", reason=" ", at=NOW, today=TODAY)


@pytest.mark.parametrize(("cause", "said"), [("copy", "may be a copy"), ("time", "what time it is is in doubt")])
def test_a_halted_installation_does_nothing_adverse(company: CompanyFacts, cause: str, said: str) -> None:
    assert halt(cause, figures={"because": "a test"}, now=NOW)  # type: ignore[arg-type]
    assert not halt(cause, figures={"because": "again"}, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(NoWarrant, match=said):
        act(company, 1)
    assert len(events_of_company(company.company_id, what=(f"{cause}.suspected",))) == 1


def test_doubt_about_the_real_time_does_not_reach_a_test_clock(db: None) -> None:
    company = open_company("safe-it", clock_on=TODAY, at=NOW, today=TODAY)
    halt("time", figures={}, now=NOW)
    act(company, 1)
