"""What do Betalingsservice's files say? Deliveries 601 (orders), 602 (what became of them) and 603 (agreements).

Ours is written and read (the simulated centre reads it); theirs are read, and written for tests. A file is taken as a whole or
refused with all of its problems, also where it is for another creditor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from servanda.drivers.collections.records import (
    Findings,
    Record,
    Sums,
    check_end,
    end_record,
    file_of,
    records_of,
)
from servanda.drivers.collections.values import AgreementNews, Delivery, News, Order, Outcome, OutcomeKind
from servanda.ground.money import Money

SUBSYSTEM = "BS1"
ORDERS, PAYMENTS, AGREEMENTS = "0601", "0602", "0603"
SECTION_ORDERS, SECTION_PAYMENTS, SECTION_CHANGES, SECTION_ACTIVE = "0112", "0211", "0212", "0210"
COLLECT = "0280"
OUTCOMES: Mapping[str, OutcomeKind] = {"0236": "paid", "0237": "rejected", "0238": "cancelled", "0239": "reversed"}
CHANGES: Mapping[str, tuple[bool, str]] = {
    "0230": (True, "customer"),
    "0231": (True, "customer"),
    "0232": (False, "bank"),
    "0233": (False, "creditor"),
    "0234": (False, "provider"),
}


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who a company is to Betalingsservice."""

    number: str  # eight digits
    debtor_group: str  # five digits
    supplier: str  # who delivers the files: eight digits, often the CVR number
    registration: str
    account: str


def write_orders(delivery: Delivery, creditor: Creditor) -> bytes:
    """Return a delivery 601; the same delivery always gives the same bytes."""
    day = f"{delivery.made_on:%d%m%y}"
    lines = [_start(creditor, ORDERS, delivery.number, day)]
    head = f"BS012{creditor.number}{SECTION_ORDERS}{'':5}{creditor.debtor_group}{'SERVANDA':15}{'':4}"
    lines.append(f"{head}{delivery.made_on:%d%m%Y}{creditor.registration:0>4}{creditor.account:0>10}")
    sums = Sums(sections=1)
    for order in delivery.orders:
        lines += _order_lines(order, creditor)
        sums.payments, sums.texts, sums.minor = sums.payments + 1, sums.texts + 1, sums.minor + order.amount.minor
    section = f"BS092{creditor.number}{SECTION_ORDERS}{'00000'}{creditor.debtor_group}{'':4}"
    lines += [end_record(section, sums, is_delivery=False), _end(creditor, ORDERS, sums)]
    return file_of(lines)


def read_orders(content: bytes, *, file: str) -> Delivery:
    """Return the delivery of a 601 file, as the centre reads it."""
    findings = Findings(file)
    records = records_of(content, findings)
    _check_type(records[0], ORDERS)
    texts = {one.at(28, 15): one.at(53, 60).strip() for one in records if one.kind == "BS052"}
    orders = tuple(_read_order(one, texts) for one in records if one.kind == "BS042")
    _check_sums(records, lambda record: record.number(61, 13, "amount"))
    made_on = records[0].day(50, "day of the delivery")
    findings.refuse_if_any()
    assert made_on is not None, "a missing day was noted"
    return Delivery(records[0].number(21, 10, "delivery"), made_on, orders)


def read_news(content: bytes, *, file: str, creditor: str) -> News:
    """Return what a 602 or 603 file tells a creditor, or refuse it with all of its problems at once."""
    findings = Findings(file)
    records = records_of(content, findings)
    kind = records[0].at(17, 4)
    if kind not in {PAYMENTS, AGREEMENTS}:
        records[0].wrong(17, "delivery type", f"is {kind!r}; 0602 and 0603 are read.")
        findings.refuse_if_any()
    _check_creditor(records, creditor)
    delivery = records[0].at(21, 10)
    news = _payments(records, delivery) if kind == PAYMENTS else _agreements(records)
    findings.refuse_if_any()
    return news


def write_payments(outcomes: Iterable[Outcome], creditor: Creditor, *, number: int, made_on: date) -> bytes:
    """Return a delivery 602, for the simulated centre and for tests."""
    codes = {kind: code for code, kind in OUTCOMES.items()}
    lines = _news_start(creditor, PAYMENTS, SECTION_PAYMENTS, number, made_on)
    sums = Sums(sections=1)
    for one in outcomes:
        is_money = one.kind in {"paid", "reversed"}
        sign = "2" if one.kind == "reversed" else "1"
        day, amount = f"{one.on:%d%m%y}", f"{one.amount.minor:013d}"
        lines.append(
            f"BS042{creditor.number}{codes[one.kind]}000{creditor.debtor_group}{one.customer_number:0>15}{one.agreement:0>9}"
            f"{day}{sign}{amount}{one.key:<30}{'':4}{day}{day}{amount if is_money else '0' * 13}"
        )
        sums.payments += 1
        sums.minor += -one.amount.minor if one.kind == "reversed" else one.amount.minor
    return _news_end(lines, creditor, PAYMENTS, SECTION_PAYMENTS, sums)


def write_agreements(changes: Iterable[AgreementNews], creditor: Creditor, *, number: int, made_on: date) -> bytes:
    """Return a delivery 603, for the simulated centre and for tests."""
    codes = {said: code for code, said in CHANGES.items() if code != "0230"} | {(False, "customer"): "0232"}
    lines = _news_start(creditor, AGREEMENTS, SECTION_CHANGES, number, made_on)
    sums = Sums(sections=1)
    for one in changes:
        since = f"{one.on:%d%m%y}"
        until = "000000" if one.is_active else since
        lines.append(
            f"BS042{creditor.number}{codes[one.is_active, one.by]}000{creditor.debtor_group}{one.customer_number:0>15}"
            f"{one.agreement:0>9}{since}{until}"
        )
        sums.payments += 1
    return _news_end(lines, creditor, AGREEMENTS, SECTION_CHANGES, sums)


def _payments(records: tuple[Record, ...], delivery: str) -> News:
    outcomes = []
    for record in records:
        if record.kind == "BS042" and (outcome := _outcome(record, delivery)) is not None:
            outcomes.append(outcome)
    _check_sums(records, lambda record: record.signed(56, 57, "amount").minor)
    return News(outcomes=tuple(outcomes))


def _outcome(record: Record, delivery: str) -> Outcome | None:
    code = record.at(14, 4)
    if code not in OUTCOMES:
        record.wrong(14, "transaction code", f"is {code!r}; it must be one of {', '.join(OUTCOMES)}.")
        return None
    kind = OUTCOMES[code]
    asked = record.signed(56, 57, "amount")
    paid = Money(record.number(116, 13, "paid amount"))
    on = record.day(110, "booking day", is_needed=False) or record.day(50, "day")
    if on is None:
        return None
    return Outcome(
        reference=f"BS{delivery}-{record.line:06d}",
        kind=kind,
        key=record.at(70, 30).strip(),
        agreement=record.at(41, 9).lstrip("0"),
        customer_number=record.at(26, 15).lstrip("0"),
        amount=paid if kind in {"paid", "reversed"} else Money(abs(asked.minor)),
        on=on,
    )


def _agreements(records: tuple[Record, ...]) -> News:
    changes = []
    for record in records:
        if record.kind != "BS042":
            continue
        code = record.at(14, 4)
        if code not in CHANGES:
            record.wrong(14, "transaction code", f"is {code!r}; it must be one of {', '.join(CHANGES)}.")
            continue
        is_active, by = CHANGES[code]
        since = record.day(50, "since")
        until = record.day(56, "until", is_needed=False)
        on = since if is_active else until or since
        if on is not None:
            changes.append(
                AgreementNews(record.at(41, 9).lstrip("0"), record.at(26, 15).lstrip("0"), is_active, on, by)
            )
    _check_sums(records, lambda _: 0)
    return News(agreements=tuple(changes))


def _check_creditor(records: tuple[Record, ...], creditor: str) -> None:
    for record in records:
        if record.kind in {"BS012", "BS042"} and record.at(6, 8) != creditor:
            record.wrong(
                6, "creditor", f"is {record.at(6, 8)}, who is not {creditor}: the file is for another company."
            )
            return


def _check_sums(records: tuple[Record, ...], amount_of: "AmountOf") -> None:
    whole, section = Sums(), Sums()
    is_open = False
    for record in records:
        if record.kind == "BS012":
            section, is_open = Sums(), True
            whole.sections += 1
        elif record.kind == "BS092":
            check_end(record, section, is_delivery=False)
            is_open = False
        elif record.kind in {"BS022", "BS042", "BS052", "BS062"}:
            if not is_open:
                record.wrong(1, "record", "stands outside a section.")
            minor = amount_of(record) if record.kind == "BS042" else 0
            section.count(record, minor)
            whole.count(record, minor)
        elif record.kind not in {"BS002", "BS992"}:
            record.wrong(1, "record type", f"is {record.kind!r}, which is not known.")
    if is_open:
        records[-1].wrong(1, "record", "comes before the end of a section (BS092).")
    check_end(records[-1], whole, is_delivery=True)


class AmountOf(Protocol):
    """What a payment record adds to the sums."""

    def __call__(self, record: Record) -> int: ...


def _check_type(record: Record, kind: str) -> None:
    if record.at(17, 4) != kind:
        record.wrong(17, "delivery type", f"is {record.at(17, 4)!r}; {kind} is read here.")


def _read_order(record: Record, texts: Mapping[str, str]) -> Order:
    day = record.at(52, 8)
    try:
        on = date(int(day[4:]), int(day[2:4]), int(day[:2]))
    except ValueError:
        record.wrong(52, "day", f"is {day!r}; it must be a day that exists, as DDMMYYYY.")
        on = date.min
    return Order(
        key=record.at(74, 30).strip(),
        agreement=record.at(43, 9).lstrip("0"),
        customer_number=record.at(28, 15).lstrip("0"),
        amount=Money(record.number(61, 13, "amount")),
        collect_on=on,
        text=texts.get(record.at(28, 15), ""),
    )


def _order_lines(order: Order, creditor: Creditor) -> list[str]:
    assert len(order.key) <= 30, "a reference has 30 characters"
    who = f"{creditor.debtor_group}{order.customer_number:0>15}{order.agreement:0>9}"
    payment = (
        f"BS042{creditor.number}{COLLECT}00000{who}{order.collect_on:%d%m%Y}1{order.amount.minor:013d}{order.key:<30}00"
    )
    text = f"BS052{creditor.number}0241{'00001'}{who} {order.text[:60]:<60}"
    return [payment, text]


def _start(creditor: Creditor, kind: str, number: int, day: str) -> str:
    return f"BS002{creditor.supplier}{SUBSYSTEM}{kind}{number:010d}{'':19}{day}"


def _end(creditor: Creditor, kind: str, sums: Sums) -> str:
    return end_record(f"BS992{creditor.supplier}{SUBSYSTEM}{kind}", sums, is_delivery=True)


def _news_start(creditor: Creditor, kind: str, section: str, number: int, made_on: date) -> list[str]:
    day = f"{made_on:%d%m%y}"
    head = f"BS012{creditor.number}{section}{'000'}{creditor.debtor_group}{'SERVANDA':15}{'':9}{day}"
    return [_start(creditor, kind, number, day), head]


def _news_end(lines: list[str], creditor: Creditor, kind: str, section: str, sums: Sums) -> bytes:
    end = f"BS092{creditor.number}{section}{'000'}{creditor.debtor_group}{'':6}"
    return file_of([*lines, end_record(end, sums, is_delivery=False), _end(creditor, kind, sums)])
