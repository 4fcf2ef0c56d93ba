"""When may the data of an ended service go, and how long may a pause for load last?"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreements.reading import library_of
from servanda.business.hosting.decisions.deletion import (
    PauseWithoutEnd,
    checked_pause_end,
    purge_on,
    purge_rule_day,
)
from servanda.ground.calendar import is_bank_day
from servanda.ground.citation import Citation
from servanda.terms.clauses import CustomerKind, Deletion, Suspension
from servanda.terms.resolving import Answer, ask

CLAUSE = Citation("servicepoint", "3.1")
TEN = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)


def deletion_of(provider: str, product: str, counted_from: str) -> Answer[Deletion]:
    library = library_of(provider)
    return ask(
        library.version(library.versions[-1]),
        Deletion,
        on=date(2026, 7, 1),
        product=product,
        customer=CustomerKind.BUSINESS,
        selector=(("counted_from", counted_from),),
    )


@pytest.mark.clause("safeit-053", "compusoft-062")
@pytest.mark.parametrize(
    ("provider", "product", "counted_from", "ended_on", "rule_on", "on", "decided_by"),
    [
        ("safe-it", "webhosting", "closure", date(2027, 1, 6), date(2027, 2, 5), date(2027, 2, 5), "system"),
        ("safe-it", "webhosting", "closure", date(2026, 12, 30), date(2027, 1, 29), date(2027, 1, 29), "system"),
        ("safe-it", "webhosting", "contract end", date(2027, 6, 30), date(2027, 7, 30), date(2027, 7, 30), "system"),
        ("compusoft", "hosting", "contract end", date(2027, 6, 30), date(2027, 9, 30), date(2027, 9, 30), "system"),
        ("compusoft", "hosting", "contract end", date(2028, 6, 30), date(2028, 9, 30), date(2028, 10, 2), "system"),
        ("compusoft", "hosting", "closure", date(2026, 12, 17), date(2027, 3, 17), date(2027, 3, 17), "system"),
        ("compusoft", "hosting", "closure", date(2026, 11, 30), date(2027, 2, 28), date(2027, 3, 1), "system"),
        ("vicevaert", "subscription", "closure", date(2026, 12, 9), date(2027, 1, 8), date(2027, 1, 8), "person"),
        ("simsoft", "webhotel", "contract end", date(2027, 6, 30), date(2027, 7, 30), date(2027, 7, 30), "person"),
    ],
)
def test_data_may_go_on_the_terms_day_or_the_next_bank_day(
    provider: str, product: str, counted_from: str, ended_on: date, rule_on: date, on: date, decided_by: str
) -> None:
    answer = deletion_of(provider, product, counted_from)
    assert answer.rule is not None
    assert purge_rule_day(answer.rule, ended_on=ended_on) == rule_on
    assert purge_on(answer.rule, ended_on=ended_on) == on
    assert answer.rule.decided_by == decided_by


@pytest.mark.parametrize(
    ("provider", "product", "counted_from"),
    [
        ("safe-it", "m365-monthly", "closure"),
        ("simsoft", "webhotel", "closure"),
        ("servicepoint", "cloudsql", "closure"),
        ("servicepoint", "cloudsql", "contract end"),
    ],
)
def test_where_the_terms_are_silent_no_data_go(provider: str, product: str, counted_from: str) -> None:
    assert deletion_of(provider, product, counted_from).rule is None


@given(
    ended_on=st.dates(date(2024, 1, 1), date(2035, 1, 1)),
    days=st.integers(1, 400),
    months=st.one_of(st.none(), st.integers(1, 60)),
)
def test_data_never_go_before_the_terms_day_nor_on_a_day_without_banks(
    ended_on: date, days: int, months: int | None
) -> None:
    rule = Deletion(counted_from="closure", days=None if months else days, months=months)
    on = purge_on(rule, ended_on=ended_on)
    assert is_bank_day(on)
    assert ended_on < purge_rule_day(rule, ended_on=ended_on) <= on


def load_rule(hours_max: int | None) -> Suspension:
    return Suspension(cause="load", counted_from="finding", hours_max=hours_max, decided_by="person")


@pytest.mark.clause("servicepoint-035")
@pytest.mark.parametrize(
    ("hours_max", "hours", "is_refused"),
    [(4, 1, False), (4, 4, False), (4, None, True), (None, None, True), (None, 72, False), (4, 5, True)],
)
def test_a_pause_for_load_says_when_it_ends_and_stays_within_the_terms(
    hours_max: int | None, hours: int | None, is_refused: bool
) -> None:
    ends_at = TEN + timedelta(hours=hours) if hours is not None else None
    arguments: dict[str, Any] = {"begins_at": TEN, "ends_at": ends_at, "because": CLAUSE}
    if is_refused:
        with pytest.raises(PauseWithoutEnd) as refused:
            checked_pause_end(load_rule(hours_max), **arguments)
        assert refused.value.because == CLAUSE
    else:
        assert checked_pause_end(load_rule(hours_max), **arguments) == ends_at


@pytest.mark.clause("servicepoint-035")
def test_servicepoint_pauses_for_four_hours_at_most() -> None:
    library = library_of("servicepoint")
    rule = ask(
        library.version(library.versions[-1]),
        Suspension,
        on=date(2026, 12, 10),
        product="cloudserver",
        customer=CustomerKind.BUSINESS,
        selector=(("cause", "load"),),
    ).rule
    assert rule is not None
    assert checked_pause_end(rule, begins_at=TEN, ends_at=TEN + timedelta(hours=4), because=CLAUSE)
    with pytest.raises(PauseWithoutEnd, match="at most 4 hours"):
        checked_pause_end(rule, begins_at=TEN, ends_at=TEN + timedelta(hours=4, seconds=1), because=CLAUSE)
