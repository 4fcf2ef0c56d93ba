"""An audit that is kept: what it found, how long nothing was broken, and when the brake goes on for it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from servanda.business.audit.actions import keep_run
from servanda.business.audit.decisions import news_in
from servanda.business.audit.facts import AuditReport, Finding
from servanda.business.audit.queries.kept import last_run
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import set_brake
from servanda.business.evidence.queries import brake_of, is_braked, newest_of
from servanda.faces.clock.auditing import audit_all
from servanda.faces.demo.companies import open_company
from servanda.ground.calendar import moment_of

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 4, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("story", "found", "before", "news"),
    [
        ("all well", {}, {}, ()),
        ("something new", {1: 2}, {}, (1,)),
        ("as the night before", {1: 2}, {1: 2}, ()),
        ("more of the same", {1: 3}, {1: 2}, (1,)),
        ("less of it", {1: 1}, {1: 2}, ()),
        ("another one", {1: 2, 7: 1}, {1: 2}, (7,)),
        ("mended", {}, {1: 2}, ()),
    ],
)
def test_only_what_is_newly_broken_is_news(
    story: str, found: Mapping[int, int], before: Mapping[int, int], news: tuple[int, ...]
) -> None:
    assert news_in(found, before) == news, story


@pytest.fixture
def company(db: None) -> CompanyFacts:
    return open_company("safe-it", clock_on=TODAY, at=moment_of(TODAY), today=TODAY)


def report(*broken: int) -> AuditReport:
    return AuditReport(
        tuple(
            Finding(
                number=number,
                name="",
                violations=int(number in broken),
                rows=({"invoice": 7},) if number in broken else (),
                explanation="",
                seconds=0.1,
            )
            for number in (1, 13)
        )
    )


def kept(company: CompanyFacts, *broken: int, days: int = 0) -> bool:
    at = NOW + timedelta(days=days)
    return keep_run(company, report(*broken), by="system", began_at=at, now=at + timedelta(seconds=3))


def release(company: CompanyFacts) -> None:
    set_brake(company.company_id, is_engaged=False, by="staff:1", reason="Seen.", at=moment_of(TODAY), today=TODAY)


def test_a_real_audit_is_kept_with_its_evidence(company: CompanyFacts) -> None:
    assert audit_all(lambda: NOW) == 0
    run = last_run(company.company_id)
    assert run is not None
    assert run.checked > 50
    assert (run.violations, run.was_ever_violated) == (0, False)
    evidence = newest_of(company.company_id, "audit.ran")
    assert evidence is not None
    assert evidence.facts["act"] == "clean"
    assert not is_braked(company.company_id)


def test_a_violation_pulls_the_brake_once_and_again_when_it_grows(company: CompanyFacts) -> None:
    assert kept(company, 13)
    brake = brake_of(company.company_id)
    assert brake is not None
    assert brake["cause"] == "audit"
    release(company)
    assert not kept(company, 13, days=1)
    assert not is_braked(company.company_id)
    assert kept(company, 1, 13, days=2)
    assert is_braked(company.company_id)


def test_the_days_since_the_last_violation_are_counted_from_it(company: CompanyFacts) -> None:
    kept(company, 13)
    for day in (1, 2, 3):
        kept(company, days=day)
    run = last_run(company.company_id)
    assert run is not None
    assert (run.clean_since, run.was_ever_violated, run.violations) == (NOW.date(), True, 0)
