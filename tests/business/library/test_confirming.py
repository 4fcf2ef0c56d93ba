"""A figure of the law waits for a person until one has compared it with its official source."""

from datetime import UTC, date, datetime

import pytest

from servanda.business.companies.actions import add_company
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.library.actions import NotConfirmed, confirm_figure
from servanda.business.library.queries import unconfirmed_figures

AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)
KEY = "reference-rate:2026-07-01"
SOURCE = "nationalbanken.dk, 1 December 2026"


@pytest.fixture
def company_id(db: None) -> int:
    return add_company(
        slug="safe-it",
        name="Safe",
        legal_name="Safe (eksempel) ApS",
        cvr="99005203",
        address_lines=("Eksempelvej 1",),
        email="faktura@eksempel.example",
        phone="",
        web="",
        bank_registration="9995",
        bank_account="0000200202",
        iban="DK2999950000200202",
        fik_creditor="80000022",
        colour="#333333",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=TODAY,
    ).company_id


def confirm(company_id: int, key: str = KEY, *, source: str = SOURCE, today: date = TODAY) -> None:
    confirm_figure(company_id, key, source=source, by="staff:eva", today=today, at=AT)


def test_a_confirmed_figure_waits_no_more_and_the_source_is_kept(company_id: int) -> None:
    assert [figure.key for figure in unconfirmed_figures(company_id, on=TODAY)] == [KEY]
    confirm(company_id)
    assert unconfirmed_figures(company_id, on=TODAY) == ()
    (event,) = events_of_subjects([f"law:{KEY}"])
    assert event.facts["source"] == SOURCE
    assert event.because


def test_a_new_half_year_waits_for_its_figure_and_cannot_be_confirmed_without_one(company_id: int) -> None:
    later = date(2026, 12, 20)
    confirm(company_id)
    (figure,) = unconfirmed_figures(company_id, on=later)
    assert (figure.since, figure.value) == (date(2027, 1, 1), None)
    with pytest.raises(NotConfirmed, match="2027-01-01"):
        confirm(company_id, figure.key, today=later)


@pytest.mark.parametrize(
    ("key", "source", "told"), [(KEY, "ok", "where you looked"), ("x", SOURCE, "waits for nobody")]
)
def test_a_confirmation_names_a_figure_and_its_source(company_id: int, key: str, source: str, told: str) -> None:
    with pytest.raises(NotConfirmed, match=told):
        confirm(company_id, key, source=source)
    assert len(unconfirmed_figures(company_id, on=TODAY)) == 1
