"""When is an invoice collected, and by when must the order be there? A table of days."""

from datetime import date

import pytest

from servanda.business.collecting.decisions import collect_day, collection_due, hand_over_by, key_of, window_end
from servanda.business.collecting.facts import Collectible, MandateFacts, MandateKind
from servanda.ground.money import Money

BS, MP = MandateKind.BETALINGSSERVICE, MandateKind.MOBILEPAY
DAYS = [
    ("in time for the month", BS, date(2026, 11, 16), date(2026, 12, 10), date(2026, 12, 10)),
    ("on the last day for the month", BS, date(2026, 11, 19), date(2026, 12, 1), date(2026, 12, 1)),
    ("a day too late, so the month after", BS, date(2026, 11, 20), date(2026, 12, 1), date(2027, 1, 4)),
    ("due this month, which is closed", BS, date(2026, 9, 1), date(2026, 9, 15), date(2026, 10, 1)),
    ("a Saturday moves to Monday", BS, date(2026, 11, 2), date(2026, 12, 5), date(2026, 12, 7)),
    ("over Easter", BS, date(2026, 3, 2), date(2026, 4, 2), date(2026, 4, 7)),
    ("a charge on the due day", MP, date(2026, 11, 16), date(2026, 12, 1), date(2026, 12, 1)),
    ("a charge for tomorrow is too near", MP, date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)),
    ("an invoice that is overdue already", MP, date(2026, 12, 10), date(2026, 12, 1), date(2026, 12, 14)),
]


@pytest.mark.parametrize(("story", "kind", "today", "due_on", "expected"), DAYS, ids=[story for story, *_ in DAYS])
def test_the_day_of_the_collection(story: str, kind: MandateKind, today: date, due_on: date, expected: date) -> None:
    day = collect_day(kind, due_on=due_on, today=today)
    assert day == expected
    assert hand_over_by(kind, day) >= today
    assert window_end(kind, day) > day


def test_an_outcome_of_betalingsservice_may_come_until_after_the_seventh() -> None:
    assert window_end(BS, date(2026, 12, 1)) == date(2026, 12, 11)
    assert window_end(BS, date(2026, 12, 21)) == date(2026, 12, 29)


def mandate(since: date = date(2026, 1, 1), until: date | None = None) -> MandateFacts:
    return MandateFacts(
        mandate_id=1, company_id=1, customer_id=1, kind=BS, number="7", since=since, until=until, ended_by=""
    )


INVOICE = Collectible(1, 42, date(2026, 12, 10), Money(100_00), 0, has_waiting=False)
TODAY = date(2026, 11, 16)
NOT_DUE = [
    ("paid", Collectible(1, 42, date(2026, 12, 10), Money(0), 0, has_waiting=False), mandate()),
    ("ordered already", Collectible(1, 42, date(2026, 12, 10), Money(1), 1, has_waiting=True), mandate()),
    ("refused once", Collectible(1, 42, date(2026, 12, 10), Money(1), 1, has_waiting=False), mandate()),
    ("not yet", INVOICE, mandate(since=date(2026, 11, 17))),
    ("ended", INVOICE, mandate(until=date(2026, 11, 16))),
    ("ends before the day", INVOICE, mandate(until=date(2026, 12, 10))),
]


@pytest.mark.parametrize(("story", "invoice", "agreed"), NOT_DUE, ids=[story for story, *_ in NOT_DUE])
def test_nothing_is_ordered(story: str, invoice: Collectible, agreed: MandateFacts) -> None:
    assert collection_due(invoice, agreed, today=TODAY) is None


def test_an_order_asks_for_what_is_open_and_cites_the_consent() -> None:
    due = collection_due(INVOICE, mandate(), today=TODAY)
    assert due is not None
    assert (due.amount, due.collect_on) == (Money(100_00), date(2026, 12, 10))
    assert due.because


def test_keys_fit_the_field_and_differ() -> None:
    keys = {
        key_of(number, company_id=company, attempt=attempt)
        for number in (1, 12)
        for company in (1, 2)
        for attempt in (1, 2)
    }
    assert len(keys) == 8
    assert max(map(len, keys)) <= 30
