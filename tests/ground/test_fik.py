"""The code lines of Danish payment slips: the worked examples, each kind, and what banks make of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.ground.law.companies import fik_check_digit
from servanda.ground.law.fik import FikLine, NotAFikLine, fik_line, has_right_digit, near_payment_ids, read_fik_line

CREDITOR = "81234567"


@pytest.mark.parametrize(("body", "digit"), [("00000020260001", 1), ("10654870238049", 5), ("00404040000066", 9)])
def test_the_worked_examples_of_the_check_digit(body: str, digit: int) -> None:
    assert fik_check_digit(body) == digit
    assert fik_line("71", creditor=CREDITOR, body=body).payment_id == f"{body}{digit}"


@pytest.mark.parametrize(
    ("kind", "body", "line"),
    [
        ("71", "20260001", "+71<000000202600011+81234567<"),
        ("71", "10654870238049", "+71<106548702380495+81234567<"),
        ("75", "20260001", "+75<0000000202600011+81234567<"),
        ("73", "", "+73<+81234567<"),
    ],
)
def test_a_line_is_written_and_read_again(kind: str, body: str, line: str) -> None:
    written = fik_line(kind, creditor=CREDITOR, body=body)  # type: ignore[arg-type]
    assert str(written) == line
    assert read_fik_line(line) == written
    assert written.is_whole


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("71/106548702380495", FikLine("71", "106548702380495", "")),
        ("+71< 10654 87023 80495 +81234567<", FikLine("71", "106548702380495", CREDITOR)),
        ("71<106548702380495<", FikLine("71", "106548702380495", "")),
        ("71<106548702380495<81234567", FikLine("71", "106548702380495", CREDITOR)),
        ("73<+81234567<", FikLine("73", "", CREDITOR)),
        ("73/81234567", FikLine("73", "", CREDITOR)),
        ("+04<0000000202600011+1234567<", FikLine("04", "0000000202600011", "1234567")),
        ("+15<0000000202600011+12345678<", FikLine("15", "0000000202600011", "12345678")),
        ("+01<+1234567<", FikLine("01", "", "1234567")),
    ],
)
def test_what_banks_write_is_read(text: str, read: FikLine) -> None:
    assert read_fik_line(text) == read
    assert read.is_whole


@pytest.mark.parametrize(
    "text", ["", "Faktura 1001", "72<106548702380495+81234567<", "71 106548702380495 tak", "7100", "01 2026"]
)
def test_other_texts_are_no_line(text: str) -> None:
    assert read_fik_line(text) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("71/106548702380494", "the check digit of 106548702380494 is 4; by the others it is 5"),
        ("71/10654870238049", "a slip of type 71 has a payment id of 15 digits; this has 14"),
        ("75/106548702380495", "a slip of type 75 has a payment id of 16 digits; this has 15"),
    ],
)
def test_a_line_that_cannot_be_right_says_why(text: str, problem: str) -> None:
    line = read_fik_line(text)
    assert line is not None
    assert line.problem == problem


@pytest.mark.parametrize(
    ("kind", "creditor", "body"),
    [
        ("71", "71234567", "1"),
        ("71", "8123456", "1"),
        ("71", CREDITOR, ""),
        ("71", CREDITOR, "0"),
        ("71", CREDITOR, "1" * 15),
        ("75", CREDITOR, "1" * 16),
        ("71", CREDITOR, "12a"),
        ("73", CREDITOR, "1"),
        ("04", CREDITOR, "1"),
    ],
)
def test_a_line_that_could_not_be_paid_is_not_written(kind: str, creditor: str, body: str) -> None:
    with pytest.raises(NotAFikLine):
        fik_line(kind, creditor=creditor, body=body)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.integers(1, 10**14 - 1), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_found_and_leads_back(serial: int, place: int, step: int) -> None:
    right = fik_line("71", creditor=CREDITOR, body=str(serial)).payment_id
    wrong = f"{right[:place]}{(int(right[place]) + step) % 10}{right[place + 1 :]}"
    assert not has_right_digit(wrong)
    assert right in near_payment_ids(wrong)
    assert all(has_right_digit(one) for one in near_payment_ids(wrong))
