"""Which figures of the law wait for a person: those of one source, and half-years that begin without one of their own."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from servanda.ground.citation import Citation
from servanda.ground.dated import Dated, NotCovered, Since
from servanda.ground.law.confirming import FigureToConfirm, figures_to_confirm
from servanda.ground.law.interest import REFERENCE_RATE, STATUTORY_RATE, UNCONFIRMED

SOURCE = Citation("Renteloven", "§ 5, stk. 1")
RATES = Dated(
    "rates",
    (Since(date(2025, 7, 1), Decimal("1.75"), SOURCE), Since(date(2026, 1, 1), Decimal("2.50"), SOURCE)),
    until=date(2026, 7, 1),
)
NOBODY = frozenset[date]()


def waiting(on: date, *, unconfirmed: frozenset[date] = NOBODY) -> list[tuple[str, Decimal | None]]:
    return [
        (figure.since.isoformat(), figure.value)
        for figure in figures_to_confirm(on, rates=RATES, unconfirmed=unconfirmed)
    ]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 6, 30), []),  # the first figure is there before it begins
        (date(2026, 3, 1), []),
        (date(2026, 6, 16), []),  # fifteen days before
        (date(2026, 6, 17), [("2026-07-01", None)]),
        (date(2026, 7, 1), [("2026-07-01", None)]),
        (date(2026, 12, 17), [("2026-07-01", None)]),
        (date(2026, 12, 18), [("2026-07-01", None), ("2027-01-01", None)]),
        (date(2028, 2, 29), [(day, None) for day in ("2026-07-01", "2027-01-01", "2027-07-01", "2028-01-01")]),
    ],
)
def test_a_half_year_without_a_figure_waits_from_fourteen_days_before_it_begins(
    on: date, expected: list[tuple[str, Decimal | None]]
) -> None:
    assert waiting(on) == expected


def test_a_figure_of_one_source_waits_until_it_is_confirmed() -> None:
    unconfirmed = frozenset({date(2026, 1, 1)})
    assert waiting(date(2025, 12, 17), unconfirmed=unconfirmed) == []
    assert waiting(date(2025, 12, 18), unconfirmed=unconfirmed) == [("2026-01-01", Decimal("2.50"))]
    assert waiting(date(2026, 6, 30), unconfirmed=unconfirmed) == [
        ("2026-01-01", Decimal("2.50")),
        ("2026-07-01", None),
    ]


def test_both_languages_tell_the_figure_the_day_and_what_to_do() -> None:
    one, missing = figures_to_confirm(date(2026, 7, 1), rates=RATES, unconfirmed=frozenset({date(2026, 1, 1)}))
    assert "2,50 %" in one.sentence.da
    assert "1. januar 2026" in one.sentence.da
    assert "2.50 %" in one.sentence.en
    assert "1 January 2026" in one.sentence.en
    assert "er ikke kendt, så renter beregnes kun til og med dagen før" in missing.sentence.da
    assert "is not known, so interest is reckoned up to the day before only" in missing.sentence.en
    assert all("Nationalbank" in sentence for sentence in (one.sentence.da, one.sentence.en, missing.sentence.en))
    (coming,) = figures_to_confirm(date(2026, 6, 20), rates=RATES, unconfirmed=NOBODY)
    assert "which is not known yet" in coming.sentence.en
    assert "som ikke er kendt endnu" in coming.sentence.da


def test_each_figure_has_one_name_for_ever_and_its_provision() -> None:
    days = (date(2026, 6, 17) + timedelta(days=passed) for passed in range(400))
    found = [figure for day in days for figure in figures_to_confirm(day, rates=RATES, unconfirmed=NOBODY)]
    assert {figure.key for figure in found} == {
        f"reference-rate:{day}" for day in ("2026-07-01", "2027-01-01", "2027-07-01")
    }
    assert {figure.source for figure in found} == {SOURCE}


def of_the_law(on: date) -> tuple[FigureToConfirm, ...]:
    return figures_to_confirm(on)


@pytest.mark.parametrize("since", [entry.since for entry in REFERENCE_RATE.entries])
def test_the_rates_of_the_law_wait_exactly_while_they_are_marked(since: date) -> None:
    waits = since in {figure.since for figure in of_the_law(since)}
    assert waits == (since in UNCONFIRMED)


def test_the_day_after_the_last_known_rate_is_asked_for_and_never_guessed() -> None:
    assert REFERENCE_RATE.until is not None
    (missing,) = [figure for figure in of_the_law(REFERENCE_RATE.until) if figure.value is None]
    assert (missing.since, missing.source) == (REFERENCE_RATE.until, STATUTORY_RATE)
    with pytest.raises(NotCovered):
        REFERENCE_RATE.on(missing.since)
