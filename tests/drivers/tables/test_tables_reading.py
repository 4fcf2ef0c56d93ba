"""CSV files as people export them from other systems and mend them in a spreadsheet."""

import csv
import io
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.drivers.tables import (
    Column,
    Row,
    WrongTable,
    country_code,
    cvr,
    day,
    email,
    money,
    one_of,
    read_table,
    text,
    whole_number,
)
from servanda.ground.money import Money

COLUMNS = (
    Column("name", True, text(60), "Alma & Co ApS", "the customer's name"),
    Column("kind", True, one_of("business", "consumer"), "business", "what the customer is"),
    Column("email", True, email, "alma@example.com", "where letters go"),
    Column("since", True, day, "2026-01-01", "the first day"),
    Column("fee", False, money(), "1250.00", "the monthly fee"),
    Column("seats", False, whole_number(1, 500), "12", "the number of seats"),
    Column("country", False, country_code, "DK", "the country"),
    Column("cvr", False, cvr, "13748136", "the CVR number"),
)
HEADER = "name;kind;email;since;fee;seats;country;cvr\n"
ALMA = "Alma & Co ApS;business;alma@example.com;2026-01-01;1250.00;12;dk;DK 13 74 81 36\n"
ALMAS_VALUES = {
    "name": "Alma & Co ApS",
    "kind": "business",
    "email": "alma@example.com",
    "since": date(2026, 1, 1),
    "fee": Money(1250_00),
    "seats": 12,
    "country": "DK",
    "cvr": "13748136",
}
BIRK = "Birk;consumer;birk@example.com;2026-02-01;;;;\n"


def read(content: str | bytes) -> tuple[Row, ...]:
    encoded = content.encode() if isinstance(content, str) else content
    return read_table(encoded, file="customers.csv", columns=COLUMNS)


def problems_of(content: str | bytes) -> list[str]:
    with pytest.raises(WrongTable) as refusal:
        read(content)
    assert all(problem.remedy and problem.file == "customers.csv" for problem in refusal.value.problems)
    return [str(problem) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((HEADER + ALMA).encode(), id="plain"),
        pytest.param((HEADER + ALMA).encode("utf-8-sig"), id="with byte order mark"),
        pytest.param((HEADER + ALMA).replace("\n", "\r\n").encode(), id="with CRLF"),
        pytest.param((HEADER + ALMA).replace("\n", "\r").encode(), id="with CR"),
        pytest.param((HEADER + ALMA).replace(";", ",").encode(), id="with commas"),
        pytest.param((HEADER + ALMA).replace("Alma & Co ApS", '"Alma & Co ApS"').encode(), id="quoted"),
        pytest.param((HEADER + ALMA).replace("kind", '"kind"').encode(), id="quoted header"),
        pytest.param((HEADER + ALMA).replace(";", " ; ").encode(), id="with space around"),
        pytest.param((HEADER + ALMA).rstrip().encode(), id="without a last line break"),
    ],
)
def test_a_table_is_read_in_the_forms_that_spreadsheets_write(content: bytes) -> None:
    assert [(row.line, dict(row.values)) for row in read(content)] == [(2, ALMAS_VALUES)]


def test_what_is_not_given_is_none() -> None:
    (row,) = read(HEADER + BIRK)
    assert [row.values[name] for name in ("fee", "seats", "country", "cvr")] == [None] * 4


def test_columns_may_stand_in_any_order_and_those_not_required_may_be_missing() -> None:
    (row,) = read("since;email;name;kind\n2026-01-01;alma@example.com;Alma;business\n")
    assert (row.values["name"], row.values["since"], row.values["fee"]) == ("Alma", date(2026, 1, 1), None)


def test_blank_lines_are_passed_over_and_counted() -> None:
    assert [row.line for row in read("\n" + HEADER + "\n" + ALMA + "\n\n" + BIRK)] == [4, 7]


def test_a_separator_or_quotation_mark_within_quotes_belongs_to_the_value() -> None:
    (row,) = read(HEADER + ALMA.replace("Alma & Co ApS", '"Alma; ""Co"", ApS"'))
    assert row.values["name"] == 'Alma; "Co", ApS'


@pytest.mark.parametrize("name", ["=1+1", "+45 Taxi", "-Birk", "@alma", "'=x", "Ærø Café –"])
def test_a_value_that_a_spreadsheet_would_calculate_is_kept_as_text(name: str) -> None:
    (row,) = read(HEADER + BIRK.replace("Birk;", f"{name};"))
    assert row.values["name"] == name


def test_a_header_alone_is_a_table_without_rows() -> None:
    assert read(HEADER) == ()


def test_rows_cannot_be_changed_after_reading() -> None:
    (row,) = read(HEADER + ALMA)
    with pytest.raises(TypeError):
        row.values["name"] = "Dines"  # type: ignore[index]


def test_every_problem_is_told_at_once_with_line_and_column() -> None:
    problems = problems_of(
        "name;kind;e-mail;since;fee;fee;\n"
        "Alma;business;x;2026-02-30;12.345;1;\n"
        "Birk;friend;x;01-02-2026;1.250,00;1;\n"
        ";business;x;2026-01-01;;;\n"
        "Carla;business;x\n"
        ";;;;;;\n"
        "Eva;business;x;2026-01-01;12;1;;;\n"
    )
    expected = [
        ("customers.csv:1: e-mail", "not known. Did you mean email?"),
        ("customers.csv:1: fee", "stands twice"),
        ("customers.csv:1", "Column 7 has no name"),
        ("customers.csv:1: email", "missing. It holds: where letters go"),
        ("customers.csv:2: since", "'2026-02-30' is not a date that exists"),
        ("customers.csv:2: fee", "'12.345' is not an amount"),
        ("customers.csv:3: kind", "'friend' is not a choice. Write one of: business, consumer."),
        ("customers.csv:3: since", "'01-02-2026' is not a day"),
        ("customers.csv:3: fee", "has a decimal comma. Write it as 1250.00."),
        ("customers.csv:4: name", "The field is empty. It holds: the customer's name"),
        ("customers.csv:5", "has 3 fields; the first line names 7 columns"),
        ("customers.csv:6", "separators but no values"),
        ("customers.csv:7", "has 9 fields; the first line names 7 columns"),
    ]
    assert len(problems) == len(expected)
    for problem, (place, message) in zip(problems, expected, strict=True):
        assert problem.startswith(place + ":")
        assert message in problem


def test_one_wrong_field_in_the_last_row_refuses_the_whole_table() -> None:
    rows = HEADER + ALMA * 500 + ALMA.replace("2026-01-01", "2026-13-01")
    (problem,) = problems_of(rows)
    assert problem.startswith("customers.csv:502: since:")


def test_beyond_two_hundred_the_problems_are_counted() -> None:
    problems = problems_of(HEADER + ALMA.replace("business", "friend") * 1_500)
    assert len(problems) == 201
    assert "1,300 more problems follow" in problems[-1]


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ("\x00", "NUL"),
        ("\t", "a tab"),
        ("\x1b", "U+001B"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\u2028", "U+2028"),
        ("\u202e", "U+202E"),
        ("\ufeff", "U+FEFF"),
    ],
)
def test_a_control_character_is_refused_with_its_line_and_column(sign: str, told: str) -> None:
    (problem,) = problems_of(HEADER + ALMA + BIRK.replace("Birk;", f"Bi{sign}rk;"))
    assert problem.startswith("customers.csv:3: name: The value has " + told)


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
def test_a_name_with_a_line_break_is_refused(line_break: str) -> None:
    (problem,) = problems_of(HEADER + BIRK.replace("Birk;", f'"Birk{line_break}Bcc: x@example.com";') + ALMA)
    assert problem.startswith("customers.csv:2: name: The value has a line break")


def test_a_header_with_a_control_character_is_not_replaced_by_the_next_line() -> None:
    (problem,) = problems_of(HEADER.replace("kind", "ki\x00nd") + ALMA)
    assert "NUL" in problem


def test_a_quotation_mark_that_is_never_closed_is_refused_where_its_row_begins() -> None:
    (problem,) = problems_of(HEADER + ALMA + BIRK.replace("Birk", '"Birk') + ALMA * 3_000)
    assert problem.startswith("customers.csv:3: The row that begins here does not end properly")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf\r\n \n", "The file is empty"),
        (b"PK\x03\x04....", "a spreadsheet or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel spreadsheet"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"%PDF-1.7", "a PDF"),
        (HEADER.encode("utf-16"), "text in UTF-16"),
        ((HEADER + ALMA + BIRK.replace("Birk", "Bjørk")).encode("latin-1"), "customers.csv:3: The file is not UTF-8"),
        ((HEADER + ALMA).encode() + b" " * 20 * 1024 * 1024, "at most 20,971,520"),
        ((HEADER + BIRK.replace("Birk", "B" * 4_001)).encode(), "4,001 characters; at most 4,000"),
        ((HEADER + BIRK.replace("Birk", "B" * 61)).encode(), "61 characters; at most 60 fit"),
    ],
)
def test_a_file_that_is_no_table_or_too_large_is_refused(content: bytes, message: str) -> None:
    (problem,) = problems_of(content)
    assert message in problem


def test_a_file_of_other_columns_is_refused_by_its_header_alone() -> None:
    problems = problems_of("navn|art\n" + "Alma|erhverv\n" * 50)
    assert all(problem.startswith("customers.csv:1:") for problem in problems)
    assert len(problems) == 5, "the one unknown column and the four that are required"


def test_more_rows_than_the_limit_are_refused() -> None:
    columns = (Column("seats", True, whole_number(), "12", "the number of seats"),)
    assert len(read_table(b"seats\n" + b"1\n" * 100_000, file="s.csv", columns=columns)) == 100_000
    with pytest.raises(WrongTable, match=r"s\.csv:100002: The file has more than 100,000 rows"):
        read_table(b"seats\n" + b"1\n" * 100_001, file="s.csv", columns=columns)


NAMES = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40)


@settings(deadline=None)  # two busy cores are no fault
@given(
    names=st.lists(NAMES.map(str.strip).filter(bool), max_size=8),
    separator=st.sampled_from([";", ","]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_csv_writer_writes_is_read_back(names: list[str], separator: str, line_end: str, quoting: int) -> None:
    written = io.StringIO(newline="")
    # mypy knows quoting only as literals.
    writer = csv.writer(written, delimiter=separator, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["name", "note"])
    writer.writerows([name, "x"] for name in names)
    columns = (
        Column("name", True, text(), "Alma", "the name"),
        Column("note", False, text(), "x", "a note"),
    )
    rows = read_table(written.getvalue().encode(), file="n.csv", columns=columns)
    assert [row.values["name"] for row in rows] == names
    assert [row.line for row in rows] == list(range(2, len(names) + 2))


@settings(deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_fail_otherwise(content: bytes) -> None:
    for candidate in (content, HEADER.encode() + content):
        with suppress(WrongTable):
            assert all(set(row.values) == set(ALMAS_VALUES) for row in read(candidate))
