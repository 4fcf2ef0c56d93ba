"""What was paid for and is not used goes back by itself, to the øre, whatever becomes of the end meanwhile."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from servanda.business.audit.queries import run_audit
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.billing.queries.refunds import refunds_of_customer, refunds_to_pay_out
from servanda.business.contracts.actions.ending import end_by_provider, receive_exit, stop_line, withdraw_notice
from servanda.business.contracts.decisions.orders import Ending
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import line as line_of
from servanda.business.contracts.queries import lines_of_customer
from servanda.business.customers.queries import customer
from servanda.business.dunning.actions import credit_note_for, withdraw_from_line
from servanda.business.dunning.queries import open_proposals
from servanda.business.evidence.facts import Approval
from servanda.business.ledger.queries import balance_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.business.library.queries import version_of
from servanda.business.payouts.actions import propose_payout
from servanda.business.payouts.facts import AccountSource, PayoutAsk, Person
from servanda.business.payouts.queries import kept_credit_of, refunds_due
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind, ProviderExit
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled
from tests.business.billing.books import assert_books_agree
from tests.cast import ALMA, CARLA, EVA
from tests.stories.world import World

pytestmark = pytest.mark.django_db

JULY = date(2026, 7, 1)
YEARLY = "office-yearly"
YEAR = Money(12_000_00)
EXIT = Citation("vicevaert", "2.8", "2023-09")


def prepaid(*, is_paid: bool = True) -> tuple[World, int, int]:
    """Alma has paid 12,000 without VAT for the year from 1 July 2026 on."""
    world = World("vicevaert", JULY)
    alma = world.customer(ALMA, YEARLY, began_on=JULY, price=YEAR)
    world.round()
    invoice = world.invoice_of(alma)
    assert invoice.net == YEAR
    if is_paid:
        world.pay(invoice, invoice.total)
    (line,) = lines_of_customer(alma)
    return world, alma, line.line_id


def audit_is_clean(world: World) -> None:
    report = run_audit(company_id=world.company_id)
    assert report.is_clean, [(one.number, one.rows) for one in report.violated]


def ends(line_id: int, last_day: date, world: World) -> int:
    """Let the customer's ordinary notice end the line on a day, and return the notice."""
    given = GivenNotice(given_on=world.today, channel="e-mail")
    ending = Ending(ends_on=last_day, because=(EXIT,), terms_end_on=last_day)
    return receive_exit(line_id, given, ending, today=world.today, at=moment_of(world.today), by=EVA).notice_id


def provider_leaves(world: World, line_id: int, *, sent_on: date, months: int) -> None:
    agreement = version_of("vicevaert", line_of(line_id).terms_version)
    answer = ask(
        agreement,
        ProviderExit,
        on=sent_on,
        product="subscription",
        customer=CustomerKind.BUSINESS,
        selector=(("cause", "any"),),
    )
    assert answer.rule is not None
    end_by_provider(
        line_id,
        Ruled(structs.replace(answer.rule, months=months), answer.because),
        sent_on=sent_on,
        approval=Approval(EVA, moment_of(sent_on), "we stop"),
        today=sent_on,
        at=moment_of(sent_on),
    )


def exits(world: World, line_id: int, last_day: date, *, given_on: date | None = None) -> int:
    """Let the customer leave because of a change, so that the last day is this one."""
    given = GivenNotice(given_on=given_on or world.today, channel="e-mail")
    ending = Ending(ends_on=last_day, because=(EXIT,), terms_end_on=last_day)
    receipt = receive_exit(line_id, given, ending, today=world.today, at=moment_of(world.today), by=EVA, cause="change")
    return receipt.notice_id


def notes_of(customer_id: int) -> list[InvoiceFacts]:
    return [one for one in invoices_of_customer(customer_id) if one.kind == "credit note"]


@pytest.mark.clause("vicevaert-035")
def test_the_providers_exit_gives_back_2991_78_of_12000_by_itself() -> None:
    """One month's notice of 28 February ends on 28 March; a person moves nothing, so the example's day is written out."""
    world, alma, line_id = prepaid()
    world.sleep_until(date(2027, 3, 31))
    provider_leaves(world, line_id, sent_on=world.today, months=0)
    world.round()
    world.round()
    (note,) = notes_of(alma)
    assert note.net == Money(2_991_78)
    assert note.total == Money(3_739_73)  # with a quarter of VAT, half up
    assert "12.000,00 kr. × 91/365 dage = 2.991,78 kr." in note.lines[0].description
    assert (note.lines[0].since, note.lines[0].until) == (date(2027, 4, 1), date(2027, 7, 1))
    assert "vicevaert 2.9" in [str(one) for one in note.because]
    assert balance_of_customer(alma) == -note.total  # it was paid, so it is to their credit
    assert_books_agree(world.company_id)


@pytest.mark.clause("vicevaert-033")
def test_an_exit_after_a_change_is_settled_as_soon_as_its_day_is_known_and_only_once() -> None:
    world, alma, line_id = prepaid()
    exits(world, line_id, date(2027, 3, 31))
    for _ in range(3):
        world.round()
    (note,) = notes_of(alma)
    assert note.net == Money(2_991_78)
    assert "vicevaert 2.8" in [str(one) for one in note.because]
    assert [one.state for one in refunds_of_customer(alma)] == ["given"]
    world.live_until(world.today + timedelta(days=3))
    assert len(notes_of(alma)) == 1


def test_an_unpaid_invoice_owes_less_at_once_and_nothing_becomes_credit() -> None:
    world, alma, line_id = prepaid(is_paid=False)
    exits(world, line_id, date(2027, 3, 31))
    world.round()
    (note,) = notes_of(alma)
    invoice = world.invoice_of(alma)
    assert invoice.open_principal == invoice.total - note.total
    assert balance_of_customer(alma) == invoice.open_principal
    assert_books_agree(world.company_id)


def test_an_end_that_moves_gives_back_the_rest_and_one_that_is_withdrawn_is_billed_again() -> None:
    """Given back in two parts, it comes to what one would have come to; the line runs on, and the days are billed again."""
    world, alma, line_id = prepaid()
    first = exits(world, line_id, date(2027, 3, 31), given_on=JULY)
    world.round()
    world.sleep_until(date(2026, 7, 2))
    second = exits(world, line_id, date(2026, 9, 30))
    world.round()
    assert total_of(note.net for note in notes_of(alma)) == Money(8_975_34)  # 273 of 365 days
    withdraw_notice(second, today=world.today, at=moment_of(world.today), by=EVA)
    assert line_of(line_id).until is not None  # the first exit stands again
    world.round()
    again = world.invoice_of(alma)
    assert again.net == Money(8_975_34) - Money(2_991_78)  # 1 October to 31 March
    assert (again.lines[0].since, again.lines[0].until) == (date(2026, 10, 1), date(2027, 4, 1))
    withdraw_notice(first, today=world.today, at=moment_of(world.today), by=EVA)
    assert line_of(line_id).until is None
    world.round()
    world.round()
    billed = [one for one in invoices_of_customer(alma) if one.kind == "invoice"]
    assert total_of(one.net for one in billed) - total_of(one.net for one in notes_of(alma)) == Money(12_000_00)
    assert_books_agree(world.company_id)
    audit_is_clean(world)


def test_time_that_was_billed_again_goes_back_too_when_the_line_ends_after_all() -> None:
    world, alma, line_id = prepaid()
    notice = exits(world, line_id, date(2027, 3, 31))
    world.round()
    withdraw_notice(notice, today=world.today, at=moment_of(world.today), by=EVA)
    world.round()
    world.sleep_until(date(2026, 7, 3))
    exits(world, line_id, date(2027, 5, 31))
    world.round()
    billed = [one for one in invoices_of_customer(alma) if one.kind == "invoice"]
    kept = total_of(one.net for one in billed) - total_of(one.net for one in notes_of(alma))
    assert kept == Money(12_000_00) - Money(986_30)  # 30 of 365 days; 2,991.78 × 30/91 = 986.30
    audit_is_clean(world)


def test_what_was_credited_before_is_not_given_back_twice() -> None:
    """1,200 of the 12,000 were credited as a kindness: the rest of the time costs 10,800 a year."""
    world, alma, line_id = prepaid()
    credit_note_for(
        world.company,
        world.invoice_of(alma).invoice_id,
        net_by_position={1: Money(1_200_00)},
        reason="a slow week",
        because=(EXIT,),
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    exits(world, line_id, date(2027, 3, 31))
    world.round()
    note = notes_of(alma)[0]
    assert note.net == Money(2_692_60)  # 10,800 × 91/365
    assert "(12.000,00 kr. − 1.200,00 kr. krediteret) × 91/365" in note.lines[0].description
    audit_is_clean(world)


def test_a_period_that_has_not_begun_goes_back_whole() -> None:
    world, alma, line_id = prepaid()
    exits(world, line_id, date(2026, 6, 30))
    world.round()
    (note,) = notes_of(alma)
    # a line runs for a day at least, so one day of it is paid for
    assert note.net == Money(12_000_00).times(Decimal(364) / 365)


def test_a_business_that_leaves_by_notice_waits_for_a_person_where_the_terms_are_silent() -> None:
    world, alma, line_id = prepaid()
    world.says_yes = False
    ends(line_id, date(2027, 3, 31), world)
    world.round()
    world.round()
    assert notes_of(alma) == []
    (asked,) = [one for one in open_proposals(world.company_id) if one.act == "time.asked"]
    assert "12.000,00 kr. × 91/365 dage = 2.991,78 kr." in asked.sentence_da
    assert "The terms say nothing" in asked.sentence_en
    world.decide(asked.proposal_id, is_approved=True)
    (note,) = notes_of(alma)
    assert note.net == Money(2_991_78)
    world.round()
    assert len(notes_of(alma)) == 1
    audit_is_clean(world)


def test_a_question_falls_away_when_the_notice_is_withdrawn_or_the_end_moves() -> None:
    world, _, line_id = prepaid()
    world.says_yes = False

    def asked() -> list[str]:
        return [one.sentence_en for one in open_proposals(world.company_id) if one.act == "time.asked"]

    first = ends(line_id, date(2027, 3, 31), world)
    world.round()
    assert len(asked()) == 1
    withdraw_notice(first, today=world.today, at=moment_of(world.today), by=EVA)
    world.round()
    assert asked() == []
    world.sleep_until(date(2026, 7, 3))
    ends(line_id, date(2027, 5, 31), world)
    world.round()
    (sentence,) = asked()
    assert "× 30/365 days" in sentence
    audit_is_clean(world)


def test_a_no_keeps_the_money_with_its_reason_and_is_not_asked_again() -> None:
    world, alma, line_id = prepaid()
    world.says_yes = False
    ends(line_id, date(2027, 3, 31), world)
    world.round()
    (asked,) = [one for one in open_proposals(world.company_id) if one.act == "time.asked"]
    world.decide(asked.proposal_id, is_approved=False)
    world.round()
    assert notes_of(alma) == []
    assert [one.state for one in refunds_of_customer(alma)] == ["kept", "asked"]
    assert [one for one in open_proposals(world.company_id) if one.act == "time.asked"] == []
    audit_is_clean(world)


def test_a_consumer_who_leaves_by_notice_gets_the_unused_time_back_by_law_to_be_paid_out() -> None:
    world = World("vicevaert", JULY)
    carla = world.customer(CARLA, YEARLY, began_on=JULY, price=Money(12_000_00))
    world.round()
    invoice = world.invoice_of(carla)
    world.pay(invoice, invoice.total)
    (line,) = lines_of_customer(carla)
    ends(line.line_id, date(2027, 3, 31), world)
    world.round()
    (note,) = notes_of(carla)
    assert note.net == Money(2_991_78)
    assert "Forbrugeraftaleloven § 29" in [str(one) for one in note.because]
    assert "DKK 12,000.00 × 91/365 days" in note.lines[0].description
    (due,) = refunds_to_pay_out(world.company_id)
    assert (due.total, due.pay_out_by) == (note.total, world.today)
    audit_is_clean(world)


@pytest.mark.parametrize(("request_found_in", "kept"), [("order of 1 July, box ticked", Money(29_59)), ("", Money(0))])
def test_a_consumer_who_withdraws_on_day_nine_pays_for_nine_days_only_where_they_asked_to_begin(
    request_found_in: str, kept: Money
) -> None:
    """1,200 a year with VAT: 1,200 × 9/365 = 29.59, and 1,170.41 goes back."""
    world = World("vicevaert", JULY)
    carla = world.customer(CARLA, YEARLY, began_on=JULY, price=Money(960_00))
    world.round()
    invoice = world.invoice_of(carla)
    assert invoice.total == Money(1_200_00)
    world.pay(invoice, invoice.total)
    world.sleep_until(date(2026, 7, 10))
    (line,) = lines_of_customer(carla)
    for _ in range(2):  # twice is once
        withdraw_from_line(
            world.company,
            line.line_id,
            GivenNotice(given_on=world.today, channel="e-mail"),
            start_request=request_found_in,
            by=EVA,
            today=world.today,
            at=moment_of(world.today),
        )
    (note,) = notes_of(carla)
    assert note.total == Money(1_200_00) - kept
    (due,) = refunds_to_pay_out(world.company_id)
    assert due.pay_out_by == date(2026, 7, 24)
    assert line_of(line.line_id).until == date(2026, 7, 10)
    (receipt,) = [one for one in letters_of_customer(carla) if one.kind == "withdrawal"]
    assert "withdraw" in receipt.text
    world.round()
    assert balance_of_customer(carla) == -note.total
    (to_pay,) = refunds_due(world.company_id)
    assert (to_pay.customer_id, to_pay.amount, to_pay.pay_out_by) == (carla, note.total, due.pay_out_by)
    assert kept_credit_of(carla) == note.total
    ask = PayoutAsk(
        amount=note.total,
        account="DK5000400440116243",
        holder="Carla Prøve",
        source=AccountSource.IN_PERSON,
        reason="withdrawal",
        evidence="passport seen",
    )
    person = Person("staff:1", "Eva Prøve", "eva@house.example")
    at = moment_of(world.today)
    propose_payout(world.company, customer(carla), ask, person=person, today=world.today, at=at)
    assert refunds_due(world.company_id) == ()
    assert kept_credit_of(carla) == note.total, "the proposal reserves it now"
    audit_is_clean(world)


def test_a_withdrawal_after_the_deadline_or_by_a_business_is_refused() -> None:
    world, _, line_id = prepaid()
    with pytest.raises(Refused, match="Only a consumer may withdraw"):
        withdraw_from_line(
            world.company,
            line_id,
            GivenNotice(given_on=world.today, channel="e-mail"),
            start_request="",
            by=EVA,
            today=world.today,
            at=moment_of(world.today),
        )


def test_a_customer_of_servicepoint_in_default_is_never_forfeit_by_itself() -> None:
    """Clause 2.2 keeps the money of who breaks the agreement: of a business a person decides, a consumer has the law."""
    world = World("servicepoint", JULY)
    world.says_yes = False
    found = {}
    for details in (ALMA, CARLA):
        found[details.number] = world.customer(details, "cloudnet-yearly", began_on=JULY, price=Money(1_200_00))
    world.round()
    for customer_id in found.values():
        (line,) = lines_of_customer(customer_id)
        stop_line(
            line.line_id,
            ends_on=date(2026, 9, 30),
            cause="closure for non-payment",
            because=(EXIT,),
            warrant_key="w",
            today=world.today,
            at=moment_of(world.today),
            by=EVA,
        )
    world.round()
    assert notes_of(found[ALMA.number]) == []
    (asked,) = [one for one in open_proposals(world.company_id) if one.act == "time.asked"]
    assert "The terms let you keep the money" in asked.sentence_en
    assert str(asked.because[0]) == "servicepoint 2.2"
    (note,) = notes_of(found[CARLA.number])
    assert note.net == Money(1_200_00).times(Decimal(273) / 365)
    audit_is_clean(world)
