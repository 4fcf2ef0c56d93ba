"""Both collectors keep the same promises, against their simulated other ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from servanda.drivers.collections import Collector, CollectorAway, Delivery, News, Order
from servanda.drivers.collections.betalingsservice import Creditor
from servanda.drivers.collections.file_collector import FileCollector
from servanda.drivers.collections.mobilepay import MobilePay
from servanda.drivers.collections.simulated_centre import SimulatedCentre
from servanda.drivers.collections.simulated_mobilepay import SimulatedMobilePay
from servanda.ground.money import Money

TODAY = date(2026, 11, 16)
DUE = date(2026, 12, 1)
CREDITOR = Creditor("12345678", "00001", "12345674", "9999", "12345678")
ORDER = Order("SV1K42", "123456789", "1001", Money(1_250_00), DUE, "Faktura 42")


@dataclass
class Ends:
    """A collector and the provider behind it, on one calendar."""

    make: Callable[[date], Collector]
    provider: SimulatedCentre | SimulatedMobilePay
    today: date = TODAY

    def order(self, *orders: Order, number: int = 1) -> None:
        self.make(self.today).order(Delivery(number, self.today, orders))

    def live_until(self, day: date) -> None:
        while self.today < day:
            self.today += timedelta(days=1)
            self.provider.advance(self.today)

    def news(self, *waiting: Order) -> News:
        agreements = tuple({order.agreement for order in waiting})
        return self.make(self.today).news(agreements=agreements, waiting=waiting)

    def told(self, *waiting: Order) -> list[tuple[str, str, int]]:
        return [(one.key, one.kind, one.amount.minor) for one in self.news(*waiting).outcomes]


@pytest.fixture(params=["betalingsservice", "mobilepay"])
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ends]:
    if request.param == "betalingsservice":
        centre = SimulatedCentre(CREDITOR, tmp_path / "out", tmp_path / "in")
        collector = FileCollector(CREDITOR, tmp_path / "out", tmp_path / "in")
        centre.register("123456789", "1001", on=TODAY)
        yield Ends(lambda _: collector, centre)
        return
    simulated = SimulatedMobilePay(TODAY)
    simulated.register("123456789", "1001", on=TODAY)
    with simulated.serving() as unit:
        yield Ends(lambda today: MobilePay(unit, today), simulated)


def test_an_order_is_collected_on_its_day_and_not_before(ends: Ends) -> None:
    ends.order(ORDER)
    ends.live_until(DUE - timedelta(days=1))
    assert ends.told(ORDER) == []
    ends.live_until(DUE)
    assert ends.told(ORDER) == [("SV1K42", "paid", 1_250_00)]
    (paid,) = ends.news(ORDER).outcomes
    assert (paid.agreement, paid.customer_number, paid.on) == ("123456789", "1001", DUE)


def test_a_delivery_handed_over_twice_collects_once(ends: Ends) -> None:
    ends.order(ORDER)
    ends.order(ORDER)
    ends.order(ORDER, number=2)
    ends.live_until(DUE + timedelta(days=3))
    assert ends.told(ORDER) == [("SV1K42", "paid", 1_250_00)]


def test_the_same_news_bears_the_same_reference(ends: Ends) -> None:
    ends.order(ORDER)
    ends.live_until(DUE)
    assert ends.news(ORDER) == ends.news(ORDER)


def test_an_agreement_that_ends_ends_its_orders_too(ends: Ends) -> None:
    ends.order(ORDER)
    ends.live_until(TODAY + timedelta(days=1))
    ends.provider.end("123456789", on=ends.today)
    ends.live_until(DUE)
    assert ends.told(ORDER) == [("SV1K42", "cancelled", 1_250_00)]
    news = ends.news(ORDER).agreements[-1]
    assert (news.agreement, news.is_active, news.on) == ("123456789", False, TODAY + timedelta(days=1))


def test_a_payment_that_is_taken_back_is_told_beside_the_payment(ends: Ends) -> None:
    ends.order(ORDER)
    ends.live_until(DUE)
    before = {one.reference for one in ends.news(ORDER).outcomes}
    ends.live_until(DUE + timedelta(days=4))
    ends.provider.reverse("SV1K42", on=ends.today)
    news = [one for one in ends.news(ORDER).outcomes if one.reference not in before]
    assert [(one.kind, one.amount) for one in news] == [("reversed", Money(1_250_00))]


def test_an_unknown_agreement_collects_nothing_and_is_told(ends: Ends) -> None:
    order = replace(ORDER, agreement="999", key="SV1K43")
    ends.order(order)
    ends.live_until(DUE)
    ((_, kind, _),) = ends.told(order)
    assert kind in {"cancelled", "failed"}


def test_an_order_after_the_deadline_is_not_collected_by_the_centre(tmp_path: Path) -> None:
    centre = SimulatedCentre(CREDITOR, tmp_path / "out", tmp_path / "in", {"123456789": "1001"})
    collector = FileCollector(CREDITOR, tmp_path / "out", tmp_path / "in")
    ends = Ends(lambda _: collector, centre, today=date(2026, 11, 24))
    ends.order(ORDER)
    ends.live_until(DUE)
    assert ends.told(ORDER) == [("SV1K42", "cancelled", 1_250_00)]


def test_a_customer_who_says_no_by_the_seventh_is_told_as_rejected(tmp_path: Path) -> None:
    centre = SimulatedCentre(CREDITOR, tmp_path / "out", tmp_path / "in", {"123456789": "1001"}, {"123456789"})
    collector = FileCollector(CREDITOR, tmp_path / "out", tmp_path / "in")
    ends = Ends(lambda _: collector, centre)
    ends.order(ORDER)
    ends.live_until(DUE)
    assert ends.told(ORDER) == [("SV1K42", "rejected", 1_250_00)]


def test_a_charge_without_cover_is_tried_for_its_days_and_then_fails() -> None:
    simulated = SimulatedMobilePay(TODAY, without_cover={"123456789"})
    simulated.register("123456789", "1001", on=TODAY)
    with simulated.serving() as unit:
        ends = Ends(lambda today: MobilePay(unit, today), simulated)
        ends.order(ORDER)
        ends.live_until(DUE + timedelta(days=5))
        assert ends.told(ORDER) == []
        ends.live_until(DUE + timedelta(days=6))
        assert ends.told(ORDER) == [("SV1K42", "failed", 1_250_00)]
        assert ends.news(ORDER).outcomes[0].reason == "insufficient_funds"


def test_a_provider_that_asks_for_patience_is_left_alone_and_nothing_is_lost() -> None:
    simulated = SimulatedMobilePay(TODAY)
    simulated.register("123456789", "1001", on=TODAY)
    with simulated.serving() as unit:
        ends = Ends(lambda today: MobilePay(unit, today), simulated)
        simulated.limit = 1
        with pytest.raises(CollectorAway):
            ends.order(ORDER)
        ends.order(ORDER)
        assert len(simulated.charges) == 1
    with pytest.raises(CollectorAway):
        ends.order(ORDER)
