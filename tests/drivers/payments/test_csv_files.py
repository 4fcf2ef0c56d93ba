"""A bank's CSV file by a layout: what is understood, what is refused with line and column, and what names a line for ever."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.drivers.payments import WrongBankFile
from servanda.drivers.payments.csv_files import look_at_csv, read_csv
from servanda.ground.bank_layout import (
    EXAMPLES,
    BankLayout,
    WrongLayout,
    check_layout,
    layout_from_json,
    layout_to_json,
)
from servanda.ground.money import Money

LAYOUT = BankLayout(booked_on="Dato", text="Tekst", amount="Beløb", balance="Saldo")
FILE = """Dato;Tekst;Beløb;Saldo
01-09-2026;Faktura 1001;1.250,00;1.250,00
01-09-2026;Kontingent;100,00;1.350,00
01-09-2026;Kontingent;100,00;1.450,00
02-09-2026;Gebyr;-25,50;1.424,50
"""


def read(text: str, layout: BankLayout = LAYOUT) -> object:
    return read_csv(text.encode(layout.encoding), layout, file="bank.csv")


def problems_of(text: str, layout: BankLayout = LAYOUT) -> list[str]:
    with pytest.raises(WrongBankFile) as refused:
        read(text, layout)
    return [str(problem) for problem in refused.value.problems]


def test_lines_become_entries_with_the_balances_they_follow_from() -> None:
    (found,) = read_csv(FILE.encode(), LAYOUT, file="bank.csv")
    assert (found.opening, found.closing, found.has_balances) == (Money(0), Money(1_424_50), True)
    assert [entry.amount.minor for entry in found.entries] == [1_250_00, 100_00, 100_00, -25_50]
    twins = found.entries[1:3]
    assert (twins[0].reference, [one.ordinal for one in twins]) == (twins[1].reference, [1, 2])
    assert (found.opening_on, found.closing_on) == (date(2026, 9, 1), date(2026, 9, 2))


def test_the_newest_line_may_come_first_and_names_are_the_same() -> None:
    head, *lines = FILE.splitlines()
    turned = "\n".join((head, *reversed(lines)))
    (found,) = read_csv(turned.encode(), replace(LAYOUT, is_newest_first=True), file="bank.csv")
    (before,) = read_csv(FILE.encode(), LAYOUT, file="bank.csv")
    assert {entry.key for entry in found.entries} == {entry.key for entry in before.entries}


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("100,00;1.350,00", "10x,00;1.350,00", "bank.csv:3: Beløb: '10x,00' is no amount such as 1.250,00."),
        ("100,00;1.350,00", "100,00;1.351,00", "bank.csv:3: balance: The balance is 1351.00 DKK; by line 2"),
        ("02-09-2026", "31-09-2026", "bank.csv:5: Dato: '31-09-2026' is no day that exists, written as dd-mm-yyyy."),
        ("02-09-2026", "2026-09-02", "bank.csv:5: Dato: '2026-09-02' is no day"),
        (
            "Saldo\n",
            "Rest\n",
            "bank.csv:1: balance: There is no column 'Saldo'; the header has: Dato, Tekst, Beløb, Rest.",
        ),
        ("02-09-2026;Gebyr;-25,50;1.424,50", "02-09-2026;Gebyr", "bank.csv:5: The line has 2 columns"),
        ("02-09-2026", "31-08-2026", "not in the order of their days"),
        ("1.250,00;1.250,00", "12.50,00;1.250,00", "'12.50,00' is no amount"),
        ("1.250,00;1.250,00", "1.250,005;1.250,00", "'1.250,005' is no amount"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column_and_nothing_is_read(was: str, now: str, said: str) -> None:
    assert any(said in problem for problem in problems_of(FILE.replace(was, now, 1)))


def test_all_problems_are_told_at_once() -> None:
    assert len(problems_of(FILE.replace("100,00", "x"))) == 2


def test_a_file_in_another_encoding_names_the_line() -> None:
    with pytest.raises(WrongBankFile, match=r"bank.csv:1: The file is not written in utf-8"):
        read_csv(FILE.encode("cp1252"), LAYOUT, file="bank.csv")


def test_a_column_beside_the_amount_may_tell_the_direction() -> None:
    layout = BankLayout(
        booked_on="1",
        amount="2",
        sign="3",
        sign_out="D",
        text="4",
        header_lines=0,
        delimiter=",",
        decimal=".",
        thousands="",
    )
    (found,) = read_csv(b"01-09-2026,100.00,D,ud\n01-09-2026,50.5,K,ind\n", layout, file="bank.csv")
    assert [entry.amount.minor for entry in found.entries] == [-100_00, 50_50]
    assert not found.has_balances


def test_money_in_and_out_may_stand_in_two_columns() -> None:
    layout = EXAMPLES["example-ind-og-ud"]
    text = "Bogføringsdato,Posteringstekst,Ind,Ud,Saldo\n2026-09-01,a,10.00,,10.00\n2026-09-01,b,,4.00,6.00\n"
    (found,) = read_csv(text.encode(), layout, file="bank.csv")
    assert [entry.amount.minor for entry in found.entries] == [10_00, -4_00]
    assert problems_of(text.replace("10.00,,10.00", "10.00,1.00,10.00"), layout)


def test_a_payment_reference_is_read_as_a_slip() -> None:
    layout = EXAMPLES["example-bogfoert-rentedato"]
    text = (
        "Bogført;Rentedato;Tekst;Meddelelse;Afsender;Afsenders konto;Betalings-ID;Arkivnr.;Beløb;Saldo;Valuta\n"
        "01.09.2026;02.09.2026;Indbetaling;tak;Alma;dk50 0040;71/106548702380495;A1;5,00;5,00;DKK\n"
    )
    (found,) = read_csv(text.encode(), layout, file="bank.csv")
    (entry,) = found.entries
    assert (entry.creditor_reference, entry.fik_type, entry.reference) == ("106548702380495", "71", "A1")
    assert (entry.text, entry.payer_account, entry.value_on) == ("Indbetaling\ntak", "DK500040", date(2026, 9, 2))
    assert any("is in EUR" in one for one in problems_of(text.replace("DKK", "EUR"), layout))


def test_a_preview_shows_what_is_right_beside_what_is_wrong() -> None:
    seen = look_at_csv(FILE.replace("Gebyr;-25,50", "Gebyr;?").encode(), LAYOUT, file="bank.csv")
    assert (len(seen.lines), len(seen.problems)) == (3, 1)
    assert seen.header == ("Dato", "Tekst", "Beløb", "Saldo")


def test_an_empty_file_has_no_statement() -> None:
    assert read("Dato;Tekst;Beløb;Saldo\n") == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"booked_on": ""}, "booked_on"),
        ({"amount": ""}, "amount"),
        ({"money_in": "Ind"}, "amount"),
        ({"sign": "R"}, "sign"),
        ({"decimal": "."}, "thousands"),
        ({"delimiter": "x"}, "delimiter"),
        ({"header_lines": 31}, "header_lines"),
        ({"header_lines": 0}, "booked_on"),
    ],
)
def test_a_layout_by_which_nothing_could_be_read_is_refused_at_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(WrongLayout) as refused:
        check_layout(replace(LAYOUT, **change))  # type: ignore[arg-type]
    assert field in refused.value.wrong


@pytest.mark.parametrize("layout", [LAYOUT, *EXAMPLES.values()])
def test_a_layout_is_kept_and_read_again(layout: BankLayout) -> None:
    check_layout(layout)
    assert layout_from_json(layout_to_json(layout)) == layout


@pytest.mark.parametrize(
    "stored", [{"strange": "x"}, {"header_lines": "1"}, {"delimiter": 3}, {"is_newest_first": "yes"}]
)
def test_a_layout_that_was_tampered_with_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(WrongLayout):
        layout_from_json(stored)


@settings(deadline=None)
@given(st.lists(st.integers(-(10**7), 10**7).filter(bool), min_size=1, max_size=30))
def test_whatever_amounts_come_the_balances_lead_from_opening_to_closing(amounts: list[int]) -> None:
    balance, lines = 0, ["Dato;Tekst;Beløb;Saldo"]
    for amount in amounts:
        balance += amount
        lines.append(f"01-09-2026;x;{_text(amount)};{_text(balance)}")
    (found,) = read_csv("\n".join(lines).encode(), LAYOUT, file="bank.csv")
    assert [entry.amount.minor for entry in found.entries] == amounts
    assert len({entry.key for entry in found.entries}) == len(amounts)
    assert (found.opening.minor, found.closing.minor) == (0, balance)


def _text(minor: int) -> str:
    whole, cents = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole:,}".replace(",", ".") + f",{cents:02d}"
