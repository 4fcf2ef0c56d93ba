"""Who is hit by a draft: dates and amounts worked out by hand on the terms of Safe IT-Solutions and Vicevært.

A web hotel of 30 January 2026 is due on Friday 13 February by fourteen days, and on Friday the 20th by twenty-one. The first
reminder goes on the bank day after: Monday the 16th, or Monday the 23rd.
"""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from servanda.business.billing.facts import PastInvoice
from servanda.business.contracts.facts import AgreedRule
from servanda.business.dunning.decisions.whatif.company import who_is_hit
from servanda.business.dunning.decisions.whatif.habits import expected_payment, habit_of, paid_on_by_habit
from servanda.business.dunning.decisions.whatif.outcome import Count, WhoIsHit, from_json
from servanda.business.dunning.decisions.whatif.promises import REPORTED, promise_changes
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import (
    KINDS,
    Backup,
    Closure,
    CustomerKind,
    PaymentTerm,
    Reminder,
    ReminderFee,
    Restore,
    Rule,
    SupportResponse,
    Suspension,
    Uptime,
)
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation
from tests.business.dunning.whatif_world import (
    BUSINESS,
    CONSUMER,
    TODAY,
    agreement,
    changed,
    company,
    contract,
    invoice,
    same,
    without,
)
from tests.cast import EVA

ISSUED = date(2026, 1, 30)
SAFE_IT = agreement("safe-it")


def february(day: int) -> date:
    return date(2026, 2, day)


def general(rule: PaymentTerm) -> bool:
    return not rule.products


def first(rule: Reminder) -> bool:
    return rule.step == 1


def non_payment(rule: Suspension | Closure) -> bool:
    return rule.cause == "non-payment"


LONGER = changed(SAFE_IT, PaymentTerm, where=general, days=21)
SHORTER = changed(SAFE_IT, PaymentTerm, where=general, days=8)


def said(found: WhoIsHit) -> list[str]:
    """The sentences on all customers, in English."""
    return [sentence for one in found.most_hit for sentence in one.sentences_en]


def tried(draft: Agreement, *invoices: PastInvoice, terms: Agreement = SAFE_IT) -> WhoIsHit:
    return who_is_hit(company(terms, invoices), draft)


@pytest.mark.parametrize("draft", [SAFE_IT, same(SAFE_IT)])
def test_terms_that_change_nothing_hit_nobody(draft: Agreement) -> None:
    found = who_is_hit(company(SAFE_IT, [invoice(SAFE_IT, ISSUED)], contracts=[contract(SAFE_IT)]), draft)
    assert found.is_empty
    assert (found.customers, found.invoices_past, found.invoices_coming) == (1, 1, 12)


@pytest.mark.clause("safeit-005")
def test_who_pays_before_the_first_reminder_only_gets_another_due_day() -> None:
    found = tried(LONGER, invoice(SAFE_IT, ISSUED, paid_on=february(16)))
    assert found.hit == 0
    assert (found.due_later, found.due_sooner) == (Count(1, 1), Count())


@pytest.mark.clause("safeit-045")
def test_a_week_more_spares_who_pays_the_day_after_the_first_reminder() -> None:
    found = tried(LONGER, invoice(SAFE_IT, ISSUED, paid_on=february(17)))
    assert (found.hit, found.hit_by_kind[BUSINESS]) == (1, 1)
    assert found.past.acts["reminded"]["no_longer"] == Count(1, 1)
    assert found.past.money_minor == {"fee": -100_00, "interest": 0, "compensation": 0}
    assert said(found) == ["Reminder 1 falls away: 2026-02-16.", "Reminder fees: DKK 100.00 less, the last 12 months."]
    assert found.most_hit[0].sentences_da[0] == "Rykker 1 bortfalder: 2026-02-16."


@pytest.mark.clause("safeit-046")
@pytest.mark.clause("safeit-047")
@pytest.mark.clause("safeit-050")
def test_a_week_more_moves_the_whole_ladder_of_who_does_not_pay() -> None:
    """The first letter runs to Friday the 20th; the second and the hold follow on the Monday; closing fifteen days after."""
    found = tried(LONGER, invoice(SAFE_IT, ISSUED, paid_on=date(2026, 5, 1)))
    assert said(found) == [
        "Ending 7 days later: 2026-03-17 instead of 2026-03-10.",
        "Suspension for non-payment 7 days later: 2026-03-02 instead of 2026-02-23.",
        "Reminder 1 7 days later: 2026-02-23 instead of 2026-02-16.",
        "Reminder 2 7 days later: 2026-03-02 instead of 2026-02-23.",
        "Reminder 3 7 days later: 2026-03-17 instead of 2026-03-10.",
    ]
    months = found.past.acts
    assert [months[act]["later"] for act in ("reminded", "suspended", "ended")] == [Count(1, 1)] * 3
    assert not any(found.past.money_minor.values())


def test_a_shorter_term_reminds_who_paid_in_time() -> None:
    """Eight days end on Saturday the 7th and so on Monday the 9th; the letter goes on Tuesday the 10th."""
    found = tried(SHORTER, invoice(SAFE_IT, ISSUED, paid_on=february(13)))
    assert said(found) == ["Reminder 1 is new: 2026-02-10.", "Reminder fees: DKK 100.00 more, the last 12 months."]
    assert (found.past.acts["reminded"]["newly"], found.due_sooner) == (Count(1, 1), Count(1, 1))


def test_a_first_reminder_that_waits_moves_alone() -> None:
    """Four days after the due day is Tuesday the 17th; its own deadline still counts from the due day."""
    draft = changed(SAFE_IT, Reminder, where=first, wait_days=4)
    found = tried(draft, invoice(SAFE_IT, ISSUED, paid_on=february(18)))
    assert said(found) == ["Reminder 1 1 day later: 2026-02-17 instead of 2026-02-16."]
    assert found.past.money_minor["fee"] == 0


@pytest.mark.clause("vicevaert-123")
@pytest.mark.parametrize(
    ("kind", "sentences"),
    [(BUSINESS, ["Suspension for non-payment 9 days sooner: 2026-02-10 instead of 2026-02-19."]), (CONSUMER, [])],
)
def test_a_suspension_comes_sooner_but_not_for_consumers_whom_the_law_warns_first(
    kind: CustomerKind, sentences: list[str]
) -> None:
    terms = changed(agreement("vicevaert"), Closure, where=non_payment, wait_days=60)
    slow = changed(terms, Suspension, where=non_payment, wait_days=10)
    found = tried(terms, invoice(slow, ISSUED, paid_on=date(2026, 3, 2), kind=kind), terms=slow)
    assert said(found) == sentences
    assert found.hit_by_kind[kind] == len(sentences)


def test_a_disputed_invoice_is_left_out_and_counted() -> None:
    one = invoice(SAFE_IT, ISSUED, paid_on=date(2026, 5, 1))
    found = who_is_hit(company(SAFE_IT, [one], paused=[one.invoice_id]), LONGER)
    assert (found.hit, found.left_out.paused, found.due_later) == (0, 1, Count())


def test_an_invoice_whose_delivery_is_not_proven_is_left_out_and_counted() -> None:
    one = invoice(SAFE_IT, ISSUED, paid_on=date(2026, 5, 1))._replace(received_on=None)
    found = tried(LONGER, one)
    assert (found.hit, found.left_out.not_delivered) == (0, 1)


def test_a_credited_invoice_costs_nobody_anything() -> None:
    assert tried(LONGER, invoice(SAFE_IT, ISSUED, amount=Money(0))).is_empty


@pytest.mark.clause("safeit-007")
@pytest.mark.parametrize(("first_paid_on", "fees"), [(february(27), 100_00), (february(17), 200_00)])
def test_letters_on_two_invoices_share_a_fee_while_something_is_overdue(first_paid_on: date, fees: int) -> None:
    """They are reminded on the 16th and the 23rd, seven days apart: too near for two fees, unless all was paid between."""
    late = (
        invoice(SAFE_IT, ISSUED, paid_on=first_paid_on),
        invoice(SAFE_IT, february(6), number=2, paid_on=february(27)),
    )
    assert {one.due_on for one in late} == {february(13), february(20)}
    assert tried(without(SAFE_IT, ReminderFee), *late).past.money_minor["fee"] == -fees


def test_what_comes_repeats_how_late_the_customer_paid() -> None:
    """Of eleven invoices every other was paid twenty days late; so are six of the twelve to come."""
    past = [
        invoice(SAFE_IT, TODAY - timedelta(days=30 * back), number=back, late_days=20 * (back % 2))
        for back in range(2, 12)
    ]
    found = who_is_hit(company(SAFE_IT, past, contracts=[contract(SAFE_IT)]), without(SAFE_IT, Reminder))
    assert found.past.acts["reminded"]["no_longer"] == Count(1, 5)
    assert (found.invoices_coming, found.coming.acts["reminded"]["no_longer"]) == (12, Count(1, 6))


def test_who_has_never_paid_late_is_not_looked_at_further() -> None:
    past = [invoice(SAFE_IT, ISSUED, late_days=0)]
    found = who_is_hit(company(SAFE_IT, past, contracts=[contract(SAFE_IT)]), without(SAFE_IT, Reminder))
    assert (found.hit, found.invoices_coming) == (0, 12)


def test_no_invoices_follow_once_one_agreement_would_have_ended_the_contract() -> None:
    never = invoice(SAFE_IT, ISSUED)
    found = who_is_hit(company(SAFE_IT, [never], contracts=[contract(SAFE_IT)]), same(SAFE_IT))
    # The invoice of 31 July ends the contract on 8 September; that of 31 August has been issued by then.
    assert (found.invoices_coming, found.left_out.not_issued) == (12, 10)


def test_a_customer_with_an_agreement_of_their_own_is_counted_as_such() -> None:
    one = invoice(SAFE_IT, ISSUED, paid_on=february(17))
    found = who_is_hit(company(SAFE_IT, [one], deviating=[1]), LONGER)
    assert found.hit_with_deviations == 1
    assert found.most_hit[0].deviates


def test_what_was_agreed_with_a_customer_goes_before_the_draft_too() -> None:
    """Birk has thirty days until the summer: a draft of twenty-one leaves his invoices of the winter as they were."""
    thirty = Deviation(PaymentTerm(days=30, counted_from="invoice date"), "agreed", date(2026, 1, 1), date(2026, 7, 1))
    one = invoice(SAFE_IT, ISSUED, paid_on=date(2026, 5, 1))._replace(due_on=date(2026, 3, 2), own_terms=(thirty,))
    assert tried(LONGER, one).is_empty
    assert tried(changed(SAFE_IT, Closure, where=non_payment, wait_days=20), one).hit == 1


def test_a_promise_of_a_customers_own_stays() -> None:
    own = AgreedRule(
        deviation_id=1,
        contract_id=1,
        contract_number="K-1",
        name="uptime",
        rule=Uptime(percent=Decimal("99.99"), is_guarantee=True),
        since=date(2026, 1, 1),
        until=TODAY + timedelta(days=90),
        reason="agreed",
        approved_by=EVA,
        agreed_on=date(2026, 1, 1),
        end_reason="",
        citation=Citation("K-1", "special agreement"),
    )
    draft = changed(SAFE_IT, Uptime, percent=Decimal("99.5"))
    kept = replace(contract(SAFE_IT, customer=1), agreed=(own,))
    found = who_is_hit(company(SAFE_IT, contracts=[kept, contract(SAFE_IT, customer=2)]), draft)
    assert found.promised_worse == 1


def test_the_hardest_hit_come_first_and_no_more_than_asked_for() -> None:
    reminded = invoice(SAFE_IT, ISSUED, paid_on=february(17))
    ended = invoice(SAFE_IT, ISSUED, paid_on=date(2026, 5, 1), number=2, customer=2)
    case = company(SAFE_IT, [reminded, ended])
    assert [one.number for one in who_is_hit(case, LONGER).most_hit] == ["K2", "K1"]
    assert [one.number for one in who_is_hit(case, LONGER, most=1).most_hit] == ["K2"]
    assert who_is_hit(case, LONGER, most=0).hit == 2


def test_the_answer_can_be_kept_as_json_and_names_nobody() -> None:
    past = [invoice(SAFE_IT, ISSUED, paid_on=february(17))]
    draft = changed(LONGER, Uptime, percent=Decimal("99.5"))
    found = who_is_hit(company(SAFE_IT, past, contracts=[contract(SAFE_IT)]), draft)
    kept = json.loads(json.dumps(found.as_json()))
    assert from_json(kept) == found
    assert kept["most_hit"][0]["number"] == "K1"
    assert set(kept["most_hit"][0]) == {
        *("customer_id", "number", "kind", "deviates", "invoices", "money_minor", "sentences_da", "sentences_en")
    }
    with pytest.raises(msgspec.ValidationError):
        from_json({**kept, "hit": "many"})


@pytest.mark.parametrize(
    ("paid", "expected"),
    [((0, 0, 0), 0), ((7, 7, 0), 7), ((7, None, 9), 7), ((None, None, 3), None), ((), 0)],
)
def test_an_open_invoice_is_paid_as_late_as_is_usual(paid: tuple[int | None, ...], expected: int | None) -> None:
    still_open = invoice(SAFE_IT, TODAY - timedelta(days=10))
    assert still_open.due_on is not None
    on = expected_payment(still_open, paid, today=TODAY)
    assert on is None if expected is None else on is not None and on >= still_open.due_on + timedelta(days=expected)


def test_an_open_invoice_whose_usual_day_has_passed_stays_open() -> None:
    overdue = invoice(SAFE_IT, TODAY - timedelta(days=30))
    assert expected_payment(overdue, (0, 0), today=TODAY) is None


def test_only_what_is_settled_or_given_up_makes_a_habit() -> None:
    old = invoice(SAFE_IT, TODAY - timedelta(days=200))
    fresh = invoice(SAFE_IT, TODAY - timedelta(days=20))
    late = invoice(SAFE_IT, TODAY - timedelta(days=100), late_days=5)
    early = invoice(SAFE_IT, TODAY - timedelta(days=90), late_days=-3)
    assert habit_of([old, late, early, fresh], today=TODAY) == (None, 5, 0)


def test_a_habit_is_repeated_in_its_order_and_on_bank_days() -> None:
    due = date(2026, 7, 10)  # a Friday
    paid = [paid_on_by_habit((0, 1, None), place, due_on=due) for place in range(4)]
    assert paid == [due, date(2026, 7, 13), None, due]


def test_a_customer_without_invoices_pays_in_time() -> None:
    assert paid_on_by_habit((), 3, due_on=date(2026, 7, 10)) == date(2026, 7, 10)


@pytest.mark.parametrize(
    ("kind", "changes", "turn"),
    [
        (Restore, {"in_writing": False}, "better"),
        (Uptime, {"percent": Decimal("99.95")}, "better"),
        (Uptime, {"percent": Decimal("99.5")}, "worse"),
        (Uptime, {"is_guarantee": False}, "worse"),
        (Uptime, {"excludes": ("planned maintenance",)}, "better"),
        (Uptime, {"over_days": 90}, "other"),
        (Restore, {"paid_by": "included"}, "better"),
        (Restore, {"by": "customer"}, "worse"),
        (Backup, {"keep_days": 5}, "worse"),
        (SupportResponse, {"is_aim": True}, "worse"),
    ],
)
def test_each_promise_knows_which_way_is_better(kind: type[Rule], changes: dict[str, Any], turn: str) -> None:
    terms = changed(SAFE_IT, Backup, keep_days=30) if kind is Backup else SAFE_IT
    found = promise_changes(terms, changed(terms, kind, **changes), product="webhosting", customer=BUSINESS, on=TODAY)
    (name,) = changes
    assert found
    assert {(one.kind, one.field, one.turn) for one in found} == {(kind.kind, name, turn)}


def test_a_promise_that_goes_away_is_worse_and_counts_those_who_have_the_product() -> None:
    contracts = [contract(SAFE_IT, customer=1), contract(SAFE_IT, customer=2, product="pc-security")]
    found = who_is_hit(company(SAFE_IT, contracts=contracts), without(SAFE_IT, Uptime))
    assert (found.hit, found.promised_worse, found.promised_better) == (0, 1, 0)
    (lost,) = found.promises
    assert (lost.change.kind, lost.change.turn, lost.customers, lost.products) == (
        "uptime",
        "worse",
        1,
        ("webhosting",),
    )
    assert lost.change.before_en.startswith("percent: 99.9 %")
    assert not found.is_empty


def test_a_figure_that_takes_anothers_place_is_neither_better_nor_worse() -> None:
    terms = changed(SAFE_IT, SupportResponse, hours=2, hours_best=None, working_hours=None)
    draft = changed(terms, SupportResponse, hours=None, working_hours=2)
    found = promise_changes(terms, draft, product="webhosting", customer=BUSINESS, on=TODAY)
    assert {(one.field, one.turn) for one in found} == {("hours", "other"), ("working_hours", "other")}


def test_what_is_reported_are_kinds_each_once() -> None:
    assert len(set(REPORTED)) == len(REPORTED)
    assert set(REPORTED) <= set(KINDS)


def test_ladders_of_another_draft_do_not_linger() -> None:
    """The same agreement tried twice, with two drafts of the same version's name."""
    one = invoice(SAFE_IT, ISSUED, paid_on=february(17))
    again = replace(SHORTER, version=LONGER.version)
    assert [said(tried(draft, one))[0] for draft in (LONGER, again)] == [
        "Reminder 1 falls away: 2026-02-16.",
        "Reminder 1 6 days sooner: 2026-02-10 instead of 2026-02-16.",
    ]
