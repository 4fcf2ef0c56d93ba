"""VAT over time: the threshold is crossed, customers move, numbers are asked about, hardware stands beside a service."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from servanda.business.audit.queries.scope import scope_of
from servanda.business.audit.queries.table import INVARIANTS
from servanda.business.billing.actions.crediting import credit_invoice, credit_whole_invoice
from servanda.business.billing.actions.vat import choose_one_stop_shop
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices, invoices_of_customer
from servanda.business.billing.queries.vat import sales_abroad
from servanda.business.billing.queries.vat_questions import vat_question_counts, vat_questions
from servanda.business.billing.queries.vat_reports import vat_report_of
from servanda.business.companies.actions import ChoiceRefused
from servanda.business.customers.actions import CustomerRefused
from servanda.business.customers.actions.vat import (
    add_location_evidence,
    change_vat_number,
    move_customer,
    note_dealer,
    wish_number_check,
)
from servanda.business.customers.facts import CheckOutcome
from servanda.business.customers.models import Customer
from servanda.business.customers.queries import customer, customer_numbered
from servanda.business.customers.queries.vat import is_number_wished, moves_of, number_checks_of, vat_of_customers
from servanda.business.ledger.queries import postings_of_invoice
from servanda.business.letters.queries import letters_of_invoices
from servanda.faces.clock.numbers import check_numbers
from servanda.faces.clock.papers import paper_of
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.law.vat_location import LocationKind
from servanda.ground.law.vat_periods import vat_period
from servanda.ground.law.vat_rates import STANDARD_RATES
from servanda.ground.money import Money
from servanda.simulation import drivers
from servanda.terms.clauses import CustomerKind
from tests.cast import ALMA, BIRK, CARLA, EVA
from tests.stories.world import World

BEGINS_ON = date(2026, 9, 1)
BEGAN_ON = date(2026, 8, 2)  # billed on the last working day of August
ANNA = replace(CARLA, number="2001", name="Anna Prøve", country="SE", language="en")
BRITT = replace(ANNA, number="2002", name="Britt Prøve")
GMBH = replace(ALMA, number="2003", name="Prøve GmbH", cvr="", country="DE", vat_number="DE123456788", language="en")
NET = Money(1_000_00)
BECAUSE = (Citation("safe-it", "2.7", "2025-01"),)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    asker = drivers.number_asker(is_practice=True)
    asker.known.clear()
    asker.closed_for.clear()
    asker.is_trusting = True
    yield World("safe-it", BEGINS_ON)
    asker.closed_for.clear()
    asker.is_trusting = True


def signed(world: World, details: object, price: Money = NET, *, plan: str = "hosting-monthly") -> int:
    return world.customer(details, plan, began_on=BEGAN_ON, price=price)  # type: ignore[arg-type]


def lives_in(world: World, customer_id: int, country: str, kind: LocationKind = LocationKind.BANK) -> None:
    add_location_evidence(
        customer_id,
        kind=kind,
        country=country,
        source="Prøvebank",
        today=world.today,
        at=moment_of(world.today),
        by=EVA,
    )


def choose(world: World, *, is_in: bool = True, since: date | None = None) -> bool:
    return choose_one_stop_shop(
        world.company,
        is_in=is_in,
        since=since or world.today,
        reason="we sell abroad",
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )


def groups(invoice: InvoiceFacts) -> list[tuple[str, str, Decimal, Money, Money]]:
    return [(part.group.country, part.category, part.percent, part.base, part.vat) for part in invoice.breakdown]


def booked(invoice: InvoiceFacts) -> dict[str, int]:
    return {line.account: line.amount.minor for line in postings_of_invoice(invoice.invoice_id)}


def notes_on_paper(world: World, invoice: InvoiceFacts) -> tuple[str, ...]:
    (letter,) = letters_of_invoices([invoice.invoice_id])
    return paper_of(letter, world.company).notes


def assert_audited(world: World, *numbers: int) -> None:
    scope = scope_of(world.company_id, now=moment_of(world.today))
    for invariant in INVARIANTS:
        if invariant.number in numbers:
            rows = [row for query in invariant.queries for row in scope.counted(query, limit=20)[1]]
            rows += [dict(row) for check in invariant.checks for row in check(scope)]
            assert rows == [], f"{invariant.number}: {rows}"


def test_the_sale_that_crosses_the_threshold_has_the_vat_of_the_consumers_country(world: World) -> None:
    anna, britt = signed(world, ANNA, Money(74_000_00)), signed(world, BRITT, Money(1_000_00))
    for one in (anna, britt):
        lives_in(world, one, "SE")
    world.round()
    first, second = world.invoice_of(anna), world.invoice_of(britt)
    assert groups(first) == [("DK", "S", Decimal(25), Money(74_000_00), Money(18_500_00))]
    assert groups(second) == [("SE", "S", Decimal(25), Money(1_000_00), Money(250_00))]
    assert booked(first) == {"receivable": 92_500_00, "sales": -74_000_00, "vat-out": -18_500_00}
    assert booked(second) == {"receivable": 1_250_00, "sales": -1_000_00, "vat-oss": -250_00}
    assert "below the threshold" in notes_on_paper(world, first)[-1]
    assert "customer's country (SE)" in notes_on_paper(world, second)[-1]
    abroad = sales_abroad(world.company_id, today=world.today)
    assert (abroad.this_year, abroad.has_crossed, abroad.is_chosen) == (Money(75_000_00), True, False)
    world.live_until(date(2026, 10, 1))
    assert {part.group.country for part in world.invoice_of(anna).breakdown} == {"SE"}  # from then on all of them
    assert_audited(world, 2, 5, 16, 20, 79)


def test_a_credit_note_corrects_the_quarter_of_its_invoice_and_the_report_ties_to_the_books(world: World) -> None:
    choose(world)
    anna = signed(world, ANNA, Money(333_33))
    lives_in(world, anna, "SE")
    world.round()
    issued = world.invoice_of(anna)
    assert issued.vat == Money(83_33)
    third = vat_report_of(world.company_id, vat_period("2026Q3"))
    assert [(one.country, one.percent, one.net, one.vat) for one in third.oss] == [
        ("SE", Decimal(25), Money(333_33), Money(83_33))
    ]
    assert third.is_tied
    world.sleep_until(date(2026, 10, 5))
    for part in (Money(111_11), Money(111_11), Money(111_11)):
        credit_invoice(
            world.company,
            issued.invoice_id,
            net_by_position={1: part},
            reason="Fortrudt",
            because=BECAUSE,
            by=EVA,
            today=world.today,
            at=moment_of(world.today),
        )
    fourth = vat_report_of(world.company_id, vat_period("2026Q4"))
    assert fourth.oss == ()
    assert [(one.quarter, one.country, one.net, one.vat) for one in fourth.corrections] == [
        ("2026Q3", "SE", Money(-333_33), Money(-83_33))
    ]
    assert [tie.difference for tie in fourth.ties] == [Money(0)] * 3
    assert vat_report_of(world.company_id, vat_period("2026Q3")) == third
    notes = [one for one in invoices_of_customer(anna) if one.kind == "credit note"]
    assert sorted(one.vat.minor for one in notes) == [27_77, 27_78, 27_78]
    assert_audited(world, 2, 5, 11, 16, 20, 79)


def test_a_consumer_whose_place_is_not_proven_gets_danish_vat_and_a_person_is_asked(world: World) -> None:
    choose(world)
    anna = signed(world, ANNA)
    world.round()
    assert groups(world.invoice_of(anna)) == [("DK", "S", Decimal(25), Money(1_000_00), Money(250_00))]
    assert "not been shown" in notes_on_paper(world, world.invoice_of(anna))[-1]
    (question,) = vat_questions(world.company_id, today=world.today)
    assert question.customer_id == anna
    assert vat_question_counts({world.company_id: world.today}) == {world.company_id: 1}
    lives_in(world, anna, "DE", LocationKind.IP_ADDRESS)
    assert len(vat_questions(world.company_id, today=world.today)) == 1  # it contradicts the address
    for kind in (LocationKind.BANK, LocationKind.SIM_CARD):
        lives_in(world, anna, "SE", kind)
    assert vat_questions(world.company_id, today=world.today) == ()
    world.live_until(date(2026, 10, 1))
    assert {part.group.country for part in world.invoice_of(anna).breakdown} == {"SE"}
    assert_audited(world, 5, 16, 20, 79)


def test_a_customer_who_moves_is_taxed_by_the_new_country_and_what_was_issued_stays(world: World) -> None:
    choose(world)
    anna = signed(world, replace(ANNA, country="DE"))
    lives_in(world, anna, "DE")
    world.round()
    before = world.invoice_of(anna)
    assert groups(before) == [("DE", "S", Decimal(19), Money(1_000_00), Money(190_00))]
    world.live_until(date(2026, 9, 10))
    move_customer(
        anna,
        country="FI",
        since=date(2026, 9, 20),
        reason="her letter of 10 September",
        address_lines=("Provgatan 1",),
        postal_code="00100",
        city="Provstad",
        today=world.today,
        at=moment_of(world.today),
        by=EVA,
    )
    assert customer(anna).country == "DE"  # the day has not come
    lives_in(world, anna, "FI")
    world.live_until(date(2026, 10, 1))
    assert customer(anna).country == "FI"
    assert customer(anna).postal_lines[-2:] == ("00100 Provstad", "FI")
    after = world.invoice_of(anna)
    assert groups(after) == [("FI", "S", Decimal("25.5"), Money(1_000_00), Money(255_00))]
    (still,) = invoices([before.invoice_id])
    assert (still.lines, still.groups, still.buyer) == (before.lines, before.groups, before.buyer)
    assert [(move.left_country, move.country, move.since) for move in moves_of(anna)] == [
        ("DE", "FI", date(2026, 9, 20))
    ]
    known = vat_of_customers([anna], on=date(2026, 9, 19))[anna]
    assert known.country == "DE"  # of an earlier day it is known as it was
    credit_whole_invoice(
        world.company,
        before.invoice_id,
        reason="Fortrudt",
        because=BECAUSE,
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    (note,) = [one for one in invoices_of_customer(anna) if one.kind == "credit note"]
    assert groups(note) == groups(before)  # a credit note takes back the VAT that was charged
    assert_audited(world, 5, 11, 16, 20, 79)


def test_a_country_whose_rate_is_not_known_puts_off_that_invoice_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(world)
    anna, heinz = signed(world, ANNA), signed(world, replace(BRITT, country="DE"))
    lives_in(world, anna, "SE")
    lives_in(world, heinz, "DE")
    with monkeypatch.context() as without:
        without.delitem(STANDARD_RATES, "SE")
        world.round()
        assert invoices_of_customer(anna) == ()
        assert world.invoice_of(heinz).vat == Money(190_00)
        (question,) = vat_questions(world.company_id, today=world.today)
        assert question.customer_id == anna
        assert "rate of VAT in SE is not known" in question.sentence.en
    world.live_until(date(2026, 9, 2))
    assert world.invoice_of(anna).vat == Money(250_00)


def test_a_move_needs_a_reason_another_country_and_a_day_that_is_not_long_past(world: World) -> None:
    anna = signed(world, ANNA)

    def move(country: str, since: date, reason: str = "her letter") -> int:
        today, at = world.today, moment_of(world.today)
        return move_customer(anna, country=country, since=since, reason=reason, today=today, at=at, by=EVA)

    for country, since, reason, told in (
        ("DE", BEGINS_ON, " ", "Say what shows the move"),
        ("SE", BEGINS_ON, "x", "lives in SE already"),
        ("DE", BEGINS_ON - timedelta(days=91), "x", "more than 90 days back"),
    ):
        with pytest.raises(CustomerRefused, match=told):
            move(country, since, reason)
    move("DE", BEGINS_ON)
    with pytest.raises(CustomerRefused, match="noted already"):
        move("NO", BEGINS_ON - timedelta(days=1))
    move("NO", BEGINS_ON + timedelta(days=1))
    assert [one.country for one in moves_of(anna)] == ["NO", "DE"]


def test_what_the_customer_was_when_the_contract_was_concluded_decides(world: World) -> None:
    choose(world)
    anna = signed(world, ANNA)
    lives_in(world, anna, "SE")
    Customer.objects.filter(pk=anna).update(kind="business", vat_number="SE556677889901")
    world.round()
    assert {part.group.country for part in world.invoice_of(anna).breakdown} == {"SE"}


def test_a_number_is_asked_about_before_the_first_invoice_and_the_answer_is_kept(world: World) -> None:
    firm = signed(world, GMBH)
    world.round()
    (check,) = number_checks_of(firm)
    assert (check.outcome, check.number, check.on_day) == (CheckOutcome.VALID, "DE123456788", BEGINS_ON)
    invoice = world.invoice_of(firm)
    assert groups(invoice) == [("DK", "AE", Decimal(0), Money(1_000_00), Money(0))]
    assert invoice.buyer is not None
    assert (invoice.buyer.number, invoice.buyer.consultation) == ("DE123456788", check.consultation)
    assert notes_on_paper(world, invoice)[-1].startswith("Reverse charge")
    (sale,) = vat_report_of(world.company_id, vat_period("2026Q3")).eu_sales
    assert (sale.country, sale.number, sale.services, sale.goods) == ("DE", "DE123456788", Money(1_000_00), Money(0))
    world.live_until(date(2026, 9, 5))
    assert len(number_checks_of(firm)) == 1  # not asked again every day
    world.sleep_until(date(2026, 12, 1))
    world.round()
    assert len(number_checks_of(firm)) == 2
    assert_audited(world, 5, 16, 20, 79)


def test_no_answer_changes_nothing_and_is_asked_for_again_the_next_day(world: World) -> None:
    asker = drivers.number_asker(is_practice=True)
    asker.closed_for.add("DE")
    firm = signed(world, GMBH)
    world.round()
    assert groups(world.invoice_of(firm)) == [("DK", "S", Decimal(25), Money(1_000_00), Money(250_00))]
    world.round()
    assert [one.outcome for one in number_checks_of(firm)] == [CheckOutcome.UNAVAILABLE]
    asker.closed_for.clear()
    world.live_until(date(2026, 9, 2))
    assert [one.outcome for one in number_checks_of(firm)] == [CheckOutcome.VALID, CheckOutcome.UNAVAILABLE]
    asker.closed_for.add("DE")
    wish_number_check(firm, by=EVA, at=moment_of(world.today))
    world.live_until(date(2026, 9, 3))
    assert is_number_wished(firm)
    assert customer(firm).details.vat_number_checked_on == date(2026, 9, 2)  # still as the last answer left it
    world.live_until(date(2026, 10, 1))
    assert groups(world.invoice_of(firm))[0][1] == "AE"


def test_a_number_that_nobody_has_ends_the_reverse_charge_and_a_person_is_asked(world: World) -> None:
    asker = drivers.number_asker(is_practice=True)
    asker.is_trusting = False
    firm = signed(world, replace(GMBH, vat_number_checked_on=date(2026, 1, 2)))
    world.round()
    assert groups(world.invoice_of(firm))[0][1:3] == ("S", Decimal(25))
    assert customer(firm).details.vat_number_checked_on is None
    (question,) = vat_questions(world.company_id, today=world.today)
    assert "DE123456788" in question.sentence.en
    change_vat_number(firm, "ATU12345675", today=world.today, at=moment_of(world.today), by=EVA)
    asker.known["ATU12345675"] = "Prøve GmbH"
    world.live_until(date(2026, 9, 2))
    assert number_checks_of(firm)[0].name == "Prøve GmbH"
    assert vat_questions(world.company_id, today=world.today) == ()
    assert_audited(world, 5, 20, 79)


def test_a_number_with_a_wrong_check_digit_is_not_asked_about_outside(world: World) -> None:
    asker = drivers.number_asker(is_practice=True)
    asker.asked.clear()
    firm = signed(world, replace(GMBH, vat_number="DE123456789"))
    world.round()
    (check,) = number_checks_of(firm)
    assert (check.outcome, check.source) == (CheckOutcome.INVALID, "form")
    assert asker.asked == []


def test_the_job_asks_only_for_companies_on_the_real_clock(world: World) -> None:
    signed(world, GMBH)
    assert check_numbers(lambda: moment_of(BEGINS_ON)) == 0


def test_listed_hardware_for_a_dealer_stands_beside_a_taxed_service_on_one_invoice(world: World) -> None:
    lines = tuple(new_line("safe-it", plan, began_on=BEGAN_ON) for plan in ("laptop", "monitor", "hosting-monthly"))
    today, at = world.today, moment_of(world.today)
    sign(world.company, BIRK, contract="K-1", lines=lines, today=today, at=at)
    birk = customer_numbered(world.company_id, BIRK.number).customer_id
    note_dealer(birk, evidence="CVR-udskrift af 1. september 2026", today=today, at=at, by=EVA)
    world.round()
    invoice = world.invoice_of(birk)
    reverse_charged, taxed = invoice.breakdown
    assert (reverse_charged.category, reverse_charged.vat) == ("AE", Money(0))
    assert "§ 46" in reverse_charged.note_da
    assert (taxed.category, taxed.percent, taxed.note_da) == ("S", Decimal(25), "")
    assert taxed.vat == taxed.base.times(Decimal("0.25"))
    assert {line.product: line.vat_category for line in invoice.lines if line.unit == Money(7_900_00)} == {
        "hardware": "AE"
    }
    boxes = vat_report_of(world.company_id, vat_period("2026Q3")).boxes
    assert (boxes.others, boxes.sales_vat) == (reverse_charged.base, taxed.vat)
    note_dealer(birk, evidence="", today=today, at=at, by=EVA)
    assert_audited(world, 2, 5, 16, 20, 79)  # what was known then is kept with the invoice


def test_a_dealer_needs_a_cvr_number(world: World) -> None:
    carla = signed(world, CARLA)
    with pytest.raises(CustomerRefused, match="CVR number"):
        note_dealer(carla, evidence="hun siger det", today=world.today, at=moment_of(world.today), by=EVA)


@pytest.mark.parametrize(
    ("kind", "number", "category", "country"),
    [
        (CustomerKind.PUBLIC, "DE123456788", "AE", "DK"),
        (CustomerKind.ASSOCIATION, "", "S", "DE"),
        (CustomerKind.ASSOCIATION, "DE123456788", "AE", "DK"),
    ],
)
def test_a_public_body_or_an_association_abroad_counts_as_a_business_with_a_checked_number_only(
    world: World, kind: CustomerKind, number: str, category: str, country: str
) -> None:
    choose(world)
    body = signed(world, replace(GMBH, kind=kind, vat_number=number))
    Customer.objects.filter(pk=body).exclude(vat_number="").update(vat_number_checked_on=BEGINS_ON)
    lives_in(world, body, "DE")
    world.round()
    ((found_country, found_category, *_),) = groups(world.invoice_of(body))
    assert (found_category, found_country) == (category, country)


def test_the_one_stop_shop_is_chosen_for_a_day_that_comes_and_once(world: World) -> None:
    assert choose(world, since=date(2026, 10, 1))
    assert not choose(world, since=date(2026, 10, 1))
    with pytest.raises(ChoiceRefused, match="has passed"):
        choose(world, since=date(2026, 8, 31))
    assert not sales_abroad(world.company_id, today=world.today).is_chosen
    assert sales_abroad(world.company_id, today=date(2026, 10, 1)).is_chosen
    assert choose(world, is_in=False, since=date(2027, 1, 1))
    assert not sales_abroad(world.company_id, today=date(2027, 1, 1)).is_chosen
