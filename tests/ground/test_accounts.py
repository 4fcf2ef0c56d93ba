"""Bank accounts: domestic numbers and IBANs name the same account, and slips of the pen are found."""

import pytest

from servanda.ground.accounts import NotAnAccount, account_text, is_danish, known_account, parse_account

DANISH = "DK5000400440116243"


@pytest.mark.parametrize(
    "written", ["DK50 0040 0440 1162 43", "dk5000400440116243", "0040 0440116243", "0040-0440116243", "00400440116243"]
)
def test_an_account_is_the_same_however_it_is_written(written: str) -> None:
    assert parse_account(written) == DANISH


def test_a_short_account_number_is_filled_up() -> None:
    assert parse_account("9999 12345") == parse_account("99990000012345")


@pytest.mark.parametrize("written", ["DK5000400440116244", "SE4550000000058398257467"])
def test_wrong_check_digits_are_refused(written: str) -> None:
    with pytest.raises(NotAnAccount, match="check digits"):
        parse_account(written)


@pytest.mark.parametrize("written", ["", "12", "DK50004004401162", "123456789012345", "Ann's account", "²²²²³³³³³"])
def test_what_is_no_account_is_refused_and_kept_as_it_was_written(written: str) -> None:
    with pytest.raises(NotAnAccount):
        parse_account(written)
    assert known_account(written) == written


def test_a_foreign_account_is_known_but_not_danish() -> None:
    iban = parse_account("SE45 5000 0000 0583 9825 7466")
    assert not is_danish(iban)
    assert account_text(iban) == "SE45 5000 0000 0583 9825 7466"
    assert account_text(DANISH) == "0040 0440116243"
