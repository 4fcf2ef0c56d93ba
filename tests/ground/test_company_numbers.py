"""Check digits of CVR, GLN and FIK numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.law.companies import (
    NotASerial,
    fik_check_digit,
    fik_reference,
    is_cvr_plausible,
    is_fik_reference,
    is_gln_plausible,
)

serials = st.integers(1, 10**14 - 1)


@pytest.mark.parametrize(
    ("cvr", "is_plausible"),
    [
        ("13748136", True),
        ("16356706", False),
        ("32081330", False),
        ("12345678", False),
        ("1374813", False),
        ("137481360", False),
        ("DK13748136", False),
        ("1374813x", False),
        ("", False),
    ],
)
def test_a_cvr_number_satisfies_modulus_11(cvr: str, is_plausible: bool) -> None:
    assert is_cvr_plausible(cvr) is is_plausible


@pytest.mark.parametrize(
    ("gln", "is_plausible"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("4006381339331", False),
        ("400638133393", False),
        ("", False),
    ],
)
def test_a_gln_satisfies_the_ean_check(gln: str, is_plausible: bool) -> None:
    assert is_gln_plausible(gln) is is_plausible


@pytest.mark.parametrize(
    ("body", "digit"), [("00000020260001", 1), ("10654870238049", 5), ("00404040000066", 9), ("0", 0)]
)
def test_fik_check_digits_of_known_references(body: str, digit: int) -> None:
    assert fik_check_digit(body) == digit


def test_a_serial_becomes_a_fifteen_digit_reference() -> None:
    assert fik_reference(20260001) == "000000202600011"


@given(serials)
def test_every_reference_is_recognised(serial: int) -> None:
    assert is_fik_reference(fik_reference(serial))


@given(serials, st.integers(0, 14), st.integers(1, 9))
def test_one_mistyped_digit_is_always_found(serial: int, place: int, shift: int) -> None:
    reference = fik_reference(serial)
    wrong = str((int(reference[place]) + shift) % 10)
    assert not is_fik_reference(reference[:place] + wrong + reference[place + 1 :])


@pytest.mark.parametrize("text", ["", "106548702380494", "10654870238049", "0106548702380495", "+71<106548702380495"])
def test_what_is_no_reference_is_not_recognised(text: str) -> None:
    assert not is_fik_reference(text)


@pytest.mark.parametrize("serial", [0, -1, 10**14])
def test_a_serial_that_does_not_fit_is_refused(serial: int) -> None:
    with pytest.raises(NotASerial, match="does not fit"):
        fik_reference(serial)
