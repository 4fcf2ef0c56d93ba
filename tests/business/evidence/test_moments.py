"""A record carries a moment of the company's own time, also where an act was done by the real clock."""

from datetime import UTC, date, datetime

import pytest

from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.evidence.queries import events_of_subjects
from servanda.faces.demo.companies import open_company
from servanda.ground.calendar import moment_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)
REAL = datetime(2026, 12, 1, 18, 25, tzinfo=UTC)


def recorded(company: CompanyFacts, key: str, *, on_day: date, at: datetime) -> datetime:
    record(
        company_id=company.company_id,
        key=key,
        what="price.added",
        subject=f"price:{key}",
        on_day=on_day,
        at=at,
        because=(),
        facts={},
    )
    (kept,) = events_of_subjects([f"price:{key}"])
    return kept.at


def test_an_act_of_the_real_clock_carries_the_moment_of_the_test_clock() -> None:
    company = open_company("safe-it", clock_on=DAY, at=moment_of(DAY), today=DAY)
    assert recorded(company, "a", on_day=DAY, at=REAL) == moment_of(DAY)
    assert recorded(company, "b", on_day=DAY, at=moment_of(DAY, 15)) == moment_of(DAY, 15)
    move_test_clock(company.company_id, to=date(2026, 9, 2))
    assert recorded(company, "c", on_day=DAY, at=moment_of(date(2026, 9, 2))) == moment_of(date(2026, 9, 2))


def test_on_the_real_clock_a_moment_stays_what_it_is() -> None:
    company = open_company("safe-it", clock_on=None, at=REAL, today=REAL.date())
    assert recorded(company, "late", on_day=DAY, at=REAL) == REAL
