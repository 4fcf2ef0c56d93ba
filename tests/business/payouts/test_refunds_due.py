"""What a consumer must be paid back: by its day, no more than is free, and not again once it was paid or billed again."""

from dataclasses import replace
from datetime import date

import pytest

from servanda.business.billing.facts import RefundFacts
from servanda.business.payouts.decisions import refunds_uncovered
from servanda.business.payouts.facts import Covered
from servanda.ground.money import Money

FIRST, SECOND = date(2026, 7, 10), date(2026, 7, 20)
ONE = RefundFacts(
    refund_id=1,
    kind="unused",
    company_id=1,
    customer_id=7,
    line_id=1,
    invoice_id=1,
    position=1,
    key="a",
    state="given",
    cause="withdrawal",
    since=FIRST,
    until=None,
    amount=Money(80_00),
    total=Money(100_00),
    document_id=2,
    on_day=FIRST,
    reckoning="",
    because=(),
    pay_out_by=date(2026, 7, 24),
    by="system",
)
TWO = replace(ONE, refund_id=2, key="b", total=Money(50_00), on_day=SECOND, pay_out_by=SECOND)


@pytest.mark.parametrize(
    ("covered", "free", "due"),
    [
        ([], 150_00, [(2, 50_00), (1, 100_00)]),
        ([], 70_00, [(2, 50_00), (1, 20_00)]),
        ([], 0, []),
        ([(date(2026, 7, 9), 100_00)], 150_00, [(2, 50_00), (1, 100_00)]),
        ([(FIRST, 100_00)], 50_00, [(2, 50_00)]),
        ([(FIRST, 60_00)], 150_00, [(2, 50_00), (1, 40_00)]),
        ([(FIRST, 150_00)], 150_00, [(2, 50_00)]),
        ([(SECOND, 120_00)], 150_00, [(2, 30_00)]),
        ([(SECOND, 100_00), (SECOND, 50_00)], 150_00, []),
    ],
    ids=[
        "the most urgent first",
        "no more than is free",
        "nothing free",
        "a payout of the day before covers nothing",
        "a payout of its day covers it",
        "a part covers a part",
        "a payout covers nothing that came after it",
        "one payout covers both in turn",
        "two payouts cover both",
    ],
)
def test_what_is_still_to_be_paid_back(covered: list[tuple[date, int]], free: int, due: list[tuple[int, int]]) -> None:
    found = refunds_uncovered([TWO, ONE], [Covered(day, Money(minor)) for day, minor in covered], free=Money(free))
    assert [(one.refund_id, one.amount.minor) for one in found] == due
