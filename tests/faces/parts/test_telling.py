"""A refusal is told in the reader's language, and its figures are written as they read them."""

from datetime import date

import pytest
from django.utils.translation import override

from servanda.faces.parts.amounts import amount_to_type, typed_amount
from servanda.faces.parts.telling import told
from servanda.ground.law.sentences import Sentence
from servanda.ground.message import Message
from servanda.ground.money import Money, NotAnAmount
from servanda.ground.refusal import Refused

OPEN = "Invoice %(number)s has %(open_total)s open; %(amount)s was named. Name at most that."
CLOSING = "The closing until %(day)s is refused. %(missing)s"


def test_amounts_are_written_as_the_reader_writes_them() -> None:
    refusal = Refused(OPEN, {"number": 1002, "open_total": Money(2010_00), "amount": Money(3000_50)})
    assert str(refusal) == "Invoice 1002 has 2010.00 DKK open; 3000.50 DKK was named. Name at most that."
    with override("da"):
        assert (
            told(refusal)
            == "Faktura 1002 mangler 2.010,00 kr.; der blev nævnt 3.000,50 kr. Nævn højst det, der mangler."
        )
    with override("en"):
        assert "2,010.00" in told(refusal)


def test_days_and_sentences_within_are_told_too() -> None:
    missing = (
        Sentence("Kæden holder ikke.", "The chain does not hold."),
        Sentence("Bilag mangler.", "A voucher is missing."),
    )
    refusal = Refused(CLOSING, {"day": date(2026, 9, 30), "missing": missing})
    with override("da"):
        assert (
            told(refusal)
            == "Der lukkes ikke til og med onsdag den 30. september 2026. Kæden holder ikke. Bilag mangler."
        )
    with override("en"):
        assert told(refusal).endswith("The chain does not hold. A voucher is missing.")


def test_a_message_within_a_message_is_told_too() -> None:
    inner = Message("Ask the bank for the missing transactions.")
    with override("da"):
        assert told(Message("Unpack it first. %(remedy)s", {"remedy": inner})) == (
            "Pak den ud først. Bed banken om de manglende transaktioner."
        )


@pytest.mark.parametrize("text", ["", "Ingen har oversat dette.", "100 % af %(intet)s"])
def test_what_nobody_translated_stays_as_it_is(text: str) -> None:
    with override("da"):
        assert told(text) == text
        assert told(Refused(text)) == text


@pytest.mark.parametrize(
    ("typed", "minor"), [("1.250,00", 1250_00), ("1250.5", 1250_50), ("12 kr.", 12_00), ("7", 7_00)]
)
def test_an_amount_is_read_as_people_type_it(typed: str, minor: int) -> None:
    assert typed_amount(typed) == Money(minor)


def test_what_is_no_amount_is_refused() -> None:
    with pytest.raises(NotAnAmount):
        typed_amount("meget")


def test_an_amount_in_a_field_has_the_readers_decimal_sign() -> None:
    with override("da"):
        assert amount_to_type(Money(1250_50)) == "1250,50"
    with override("en"):
        assert amount_to_type(Money(1250_50)) == "1250.50"
