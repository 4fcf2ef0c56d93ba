"""What is written as CAMT.053 is read back as the same values."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.drivers.payments import BankEntry, BankStatement, with_ordinals
from servanda.drivers.payments.camt053 import read_camt053
from servanda.drivers.payments.writing import CamtVersion, write_camt053
from servanda.ground.money import Money, total_of

VERSIONS: tuple[CamtVersion, ...] = ("001.02", "001.08")
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
LETTERS = "abcXYZæøåÆØÅéß0189 &<>'\"+-=@;,./–€"
WORDS = st.text(LETTERS, max_size=35).map(str.strip)
LINES = st.lists(WORDS.filter(bool), max_size=3, unique=True).map("\n".join)
ACCOUNTS = st.sampled_from(["DK5000400440116243", "SE3550000000054910000003", "00009876543210"])
REFERENCES = st.one_of(
    st.just(""),
    st.from_regex(r"[0-9]{15,16}", fullmatch=True),
    st.just("RF18539007547034"),
    st.sampled_from(["FAKTURA-1042", "1042", "007"]),
)


@st.composite
def statements(draw: st.DrawFn) -> BankStatement:
    account = draw(ACCOUNTS)
    currency = draw(st.sampled_from(["DKK", "EUR", "SEK"]))
    amounts = st.integers(-(10**12), 10**12).map(lambda minor: Money(minor, currency))
    entry = st.builds(
        BankEntry,
        account=st.just(account),
        reference=st.one_of(st.just(""), st.sampled_from(["A1", "A2"]), WORDS),
        ordinal=st.just(1),
        amount=st.one_of(amounts, st.just(Money(250_00, currency))),
        booked_on=DAYS,
        value_on=DAYS,
        text=LINES,
        creditor_reference=REFERENCES,
        end_to_end_id=WORDS.filter(lambda text: text != "NOTPROVIDED"),
        payer_name=WORDS,
        payer_account=st.one_of(st.just(""), ACCOUNTS),
        is_reversal=st.booleans(),
    )
    entries = with_ordinals(draw(st.lists(entry, max_size=6)))
    opening = draw(amounts)
    return BankStatement(
        account=account,
        statement_id=draw(WORDS.filter(bool)),
        sequence=draw(st.none() | st.integers(0, 10**17)),
        created_at=draw(
            st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
        ),
        opening=opening,
        opening_on=draw(DAYS),
        closing=opening + total_of((entry.amount for entry in entries), currency),
        closing_on=draw(DAYS),
        currency=currency,
        entries=entries,
        sha256="",
    )


@pytest.mark.parametrize("version", VERSIONS)
@settings(deadline=None)  # two busy cores are no fault
@given(written=st.lists(statements(), min_size=1, max_size=3))
def test_a_written_file_is_read_back_as_the_same_statements(version: CamtVersion, written: list[BankStatement]) -> None:
    content = write_camt053(written, message_id="M-1", version=version)
    sha256 = hashlib.sha256(content).hexdigest()
    expected = tuple(replace(statement, sha256=sha256) for statement in written)
    assert read_camt053(content, file="written.xml") == expected


@settings(deadline=None)  # two busy cores are no fault
@given(statement=statements())
def test_both_versions_say_the_same(statement: BankStatement) -> None:
    read = [
        read_camt053(write_camt053([statement], message_id="M-1", version=version), file="w.xml")[0]
        for version in VERSIONS
    ]
    assert replace(read[0], sha256="") == replace(read[1], sha256="")
