"""Files of fixed width: columns, sums, cut and doctored files, and files for somebody else."""

from collections.abc import Callable
from datetime import date

import pytest

from servanda.drivers.collections import Delivery, Order, Outcome, WrongCollectionFile
from servanda.drivers.collections.betalingsservice import (
    Creditor,
    read_news,
    read_orders,
    write_orders,
    write_payments,
)
from servanda.ground.money import Money

CREDITOR = Creditor("12345678", "00001", "12345674", "9999", "12345678")
DAY = date(2026, 12, 1)
PAID = Outcome("", "paid", "SV1K42", "123456789", "1001", Money(1_250_00), DAY)
REVERSED = Outcome("", "reversed", "SV1K41", "123456789", "1001", Money(99_95), DAY)
ORDERS = Delivery(
    7, date(2026, 11, 16), (Order("SV1K42", "123456789", "1001", Money(1_250_00), DAY, "Faktura 42 – æøå"),)
)


def payments(*outcomes: Outcome) -> bytes:
    return write_payments(outcomes or (PAID, REVERSED), CREDITOR, number=3, made_on=DAY)


def test_a_payment_stands_in_the_columns_that_public_programs_read() -> None:
    start, section, record, *_ = payments(PAID).decode("iso-8859-1").split("\r\n")
    assert start.startswith("BS00212345674BS106020000000003")
    assert section.startswith("BS012123456780211000")
    assert record == (
        "BS04212345678023600000001000000000001001123456789011226100000001250 00SV1K42".replace(" ", "")
        + " " * 24
        + "    "
        + "0112260112260000000125000"
    )
    assert len(record) == 128


def test_what_is_written_is_read_back() -> None:
    news = read_news(payments(), file="a.602", creditor=CREDITOR.number)
    told = [(one.kind, one.key, one.agreement, one.customer_number, one.amount, one.on) for one in news.outcomes]
    assert told == [
        ("paid", "SV1K42", "123456789", "1001", Money(1_250_00), DAY),
        ("reversed", "SV1K41", "123456789", "1001", Money(99_95), DAY),
    ]
    assert len({one.reference for one in news.outcomes}) == 2


def test_a_delivery_of_orders_is_read_back_and_is_the_same_bytes_each_time() -> None:
    content = write_orders(ORDERS, CREDITOR)
    assert content == write_orders(ORDERS, CREDITOR)
    read = read_orders(content, file="a.601")
    assert (read.number, read.made_on) == (7, date(2026, 11, 16))
    assert read.orders[0].amount == Money(1_250_00)
    assert read.orders[0].collect_on == DAY
    assert {len(line) for line in content.decode("iso-8859-1").split("\r\n") if line} == {128}


WRONG: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("cut off", lambda content: content[:-130], "it is cut off"),
    (
        "a payment is missing",
        lambda content: b"\r\n".join(content.split(b"\r\n")[:2] + content.split(b"\r\n")[3:]),
        "were read",
    ),
    ("an amount was changed", lambda content: content.replace(b"10000000125000", b"10000000125001", 1), "were read"),
    ("letters in an amount", lambda content: content.replace(b"10000000125000", b"1000000012500X", 1), "column 57"),
    ("an unknown code", lambda content: content.replace(b"0236", b"0777", 1), "transaction code"),
    (
        "a day that does not exist",
        lambda content: content.replace(b"SV1K42", b"SV1K42").replace(b"011226", b"310226"),
        "DDMMYY",
    ),
    ("for another company", lambda content: content.replace(b"BS04212345678", b"BS04287654321", 1), "another company"),
    ("nothing", lambda content: b"", "does not begin"),
    ("a letter of something else", lambda content: b"%PDF-1.7", "begins with"),
]


@pytest.mark.parametrize(("story", "spoil", "said"), WRONG, ids=[story for story, *_ in WRONG])
def test_a_wrong_file_is_refused_as_a_whole_with_its_place(
    story: str, spoil: Callable[[bytes], bytes], said: str
) -> None:
    with pytest.raises(WrongCollectionFile) as refusal:
        read_news(spoil(payments()), file="a.602", creditor=CREDITOR.number)
    told = "\n".join(map(str, refusal.value.problems))
    assert said in told, told
    assert "a.602:" in told
