"""Which version of the terms holds on a day."""

from collections.abc import Callable
from datetime import date

import pytest

from servanda.terms.document import Agreement
from servanda.terms.versions import Library, NoSuchVersion

Write = Callable[..., Agreement]
CLAUSE = "## 1 A\nTekst.\n"


@pytest.fixture(name="library")
def fixture_library(write: Write) -> Library:
    return Library(
        "birk",
        (
            write(CLAUSE, version="2", effective_on="2026-01-01\nuntil = 2027-01-01"),
            write(CLAUSE, version="1"),
            write(CLAUSE, version="1", language="en"),
        ),
    )


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2025, 1, 1), "1"),
        (date(2025, 12, 31), "1"),
        (date(2026, 1, 1), "2"),
        (date(2026, 12, 31), "2"),
        (date(2027, 1, 1), "1"),
    ],
)
def test_the_latest_version_that_holds_answers(library: Library, day: date, version: str) -> None:
    assert library.version_on(day).version == version


def test_a_day_before_all_versions_has_no_terms(library: Library) -> None:
    with pytest.raises(NoSuchVersion, match="2024-12-31"):
        library.version_on(date(2024, 12, 31))


def test_versions_stand_in_the_order_of_their_days(library: Library) -> None:
    assert library.versions == ("1", "2")


def test_a_version_is_found_in_its_language_or_refused(library: Library) -> None:
    assert library.version("1", "en").language == "en"
    with pytest.raises(NoSuchVersion, match="no version 2 in en"):
        library.version("2", "en")


def test_an_accepted_document_is_found_by_its_hash(library: Library) -> None:
    (agreement,) = (each for each in library.agreements if each.version == "2")
    assert library.by_hash(agreement.sha256) is agreement
    assert library.by_hash("0" * 64) is None
