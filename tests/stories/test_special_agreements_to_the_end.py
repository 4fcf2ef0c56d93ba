"""What was agreed with one customer holds when they leave, when they are let in again, on their papers and on their page."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servanda.business.customers.queries import customer
from servanda.business.evidence.queries import events_of_customer
from servanda.business.hosting.actions.leaving import remind_of_export
from servanda.business.hosting.queries import services_of_customer
from servanda.faces.clock.papers import INTERRUPTION
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.customer import customer_shown
from servanda.faces.office.shown import LineRow
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.cast import ALMA, BIRK, CARLA
from tests.stories.test_letter_stories import leave
from tests.stories.test_price_stories import announce, new_price
from tests.stories.test_special_agreements import NOVEMBER_30, agree, letters, read
from tests.stories.world import World

pytestmark = pytest.mark.django_db

APRIL, MAY_31 = date(2027, 4, 1), date(2027, 5, 31)


def lines_shown(world: World, customer_id: int) -> tuple[LineRow, ...]:
    visit = Visit(world.company, world.today, moment_of(world.today))
    return customer_shown(visit, customer(customer_id), days=0, is_whole=False).lines


def test_who_leaves_keeps_the_data_and_the_reminders_that_were_agreed() -> None:
    world = World("safe-it", date(2027, 5, 28))
    alma, birk = (world.customer(one, "hosting-monthly", began_on=APRIL) for one in (ALMA, BIRK))
    agree(world, birk, "deletion", {"counted_from": "contract end", "days": 90})
    agree(world, birk, "export", {"reminders_days_before": [20]})
    world.live_until(MAY_31)
    for customer_id in (alma, birk):
        leave(world, customer_id)
    world.live_until(date(2027, 7, 2))
    kept = {one: services_of_customer(one)[0].purge_on for one in (alma, birk)}
    assert kept == {alma: date(2027, 7, 30), birk: date(2027, 9, 28)}
    cited = [str(one) for one in services_of_customer(birk)[0].purge_because]
    assert "Særaftale K-1002, 2027-05-28" in cited
    assert [one.on_day for one in letters(alma, "export")] == [date(2027, 6, 16), date(2027, 6, 27)]
    assert [one.on_day for one in letters(birk, "export")] == [date(2027, 6, 10)]
    assert "Særaftale K-1002, 2027-05-28" in read(letters(birk, "export")[0])


def test_reminders_of_data_ask_once_for_the_agreements_of_all_who_leave_and_not_where_there_are_none() -> None:
    world = World("safe-it", date(2027, 5, 28))
    customers = [world.customer(one, "hosting-monthly", began_on=APRIL) for one in (ALMA, BIRK, CARLA)]
    world.live_until(MAY_31)
    for customer_id in customers:
        leave(world, customer_id)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            remind_of_export(world.company, today=world.today, at=moment_of(world.today))
        return len(queries)

    without = asked()
    agree(world, customers[0], "export", {"reminders_days_before": [20]})
    with_one = asked()
    for customer_id in customers[1:]:
        agree(world, customer_id, "export", {"reminders_days_before": [20]})
    assert (with_one, asked()) == (without + 1, without + 1)


def test_services_are_let_in_again_by_the_agreement_that_the_invoice_was_made_under() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30)
    agree(world, birk, "reopening", {"cause": "payment", "requires": "all due paid", "within_hours": 4})
    world.live_until(date(2027, 1, 31))
    assert services_of_customer(birk)[0].open_holds
    invoice = world.invoice_of(birk)
    world.pay(invoice, invoice.open_total)
    world.live_until(date(2027, 2, 2))
    assert not services_of_customer(birk)[0].open_holds
    (lifted,) = [one for one in events_of_customer(birk) if one.what == "hold.lifted"]
    assert "Særaftale K-1002, 2026-11-30" in [str(one) for one in lifted.because]


def test_a_note_that_was_agreed_stands_on_that_customers_invoices_only() -> None:
    world = World("simsoft", NOVEMBER_30)
    alma, birk = (world.customer(one, "webhotel-small", began_on=NOVEMBER_30) for one in (ALMA, BIRK))
    agree(world, birk, "invoice-note", {"note": "interruption"})
    world.live_until(date(2026, 12, 1))
    noted = [INTERRUPTION["da"] in read(letters(one, "invoice")[0]) for one in (alma, birk)]
    assert noted == [False, True]


def test_the_page_of_a_customer_shows_the_notice_that_was_agreed_while_it_holds() -> None:
    world = World("compusoft", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-basis", began_on=date(2026, 7, 1))
    (before,) = lines_shown(world, birk)
    agree(world, birk, "notice", {"counted_to": "period end", "days": 5}, until=date(2027, 6, 1))
    (now,) = lines_shown(world, birk)
    assert before.last_day == now.last_day == date(2027, 6, 30)
    assert before.notice_last_on is not None
    assert now.notice_last_on is not None
    assert now.notice_last_on > before.notice_last_on
    assert str(now.because[0]) == "Særaftale K-1002, 2026-11-30"
    world.sleep_until(date(2027, 6, 1))
    (after,) = lines_shown(world, birk)
    assert (after.notice_last_on, after.because) == (before.notice_last_on, before.because)


def test_the_page_of_a_customer_shows_the_price_that_binds_them_and_not_the_lists() -> None:
    """Alma is told in time, Birk has 90 days by an agreement of their own."""
    february = date(2027, 2, 1)
    world = World("safe-it", date(2026, 12, 30))
    alma, birk = (world.customer(one, "hosting-monthly", began_on=date(2026, 12, 1)) for one in (ALMA, BIRK))
    agree(world, birk, "price-change", {"change": "any", "days": 90})
    new_price(world, "hosting-monthly", "99.00", since=february)
    announce(world, "hosting-monthly", since=february)
    world.live_until(february)
    shown = [lines_shown(world, one)[0].price.replace("\u00a0", " ") for one in (alma, birk)]
    assert shown == ["99,00 kr.", "89,00 kr."]
    world.sleep_until(date(2027, 5, 1))
    assert lines_shown(world, birk)[0].price.replace("\u00a0", " ") == "99,00 kr."


def test_the_page_asks_no_more_for_many_lines_with_agreements_and_moved_prices_than_for_one() -> None:
    world = World("safe-it", date(2026, 12, 30))
    birk = world.customer(BIRK, "hosting-monthly", began_on=date(2026, 12, 1), price=Money(50_00))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            lines_shown(world, birk)
        return len(queries)

    plain = asked()
    agree(world, birk, "notice", {"counted_to": "day", "days": 5})
    assert asked() == plain + 1
    new_price(world, "hosting-monthly", "99.00", since=date(2027, 2, 1))
    assert asked() == plain + 1, "an own price does not follow the list"
