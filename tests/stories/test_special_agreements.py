"""What was agreed with one customer holds on their invoices and reminders, for its days, and stands on the papers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from servanda.business.audit.queries import run_audit
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import due_contracts, invoices_of_customer
from servanda.business.contracts.actions import ContractRefused, agree_rule_deviation, end_deviation
from servanda.business.contracts.facts import AgreedRule, DeviationDraft
from servanda.business.contracts.queries import (
    agreed_rules_of_customer,
    contracts_of_customer,
    ending_terms_of,
    lines_of_customer,
)
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.evidence.queries import events_of_customer
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import document, letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.terms.clauses import Notice
from tests.cast import ALMA, BIRK, EVA
from tests.stories.world import World

pytestmark = pytest.mark.django_db

NOVEMBER_30 = date(2026, 11, 30)
THIRTY_DAYS = {"days": 30, "counted_from": "invoice date"}


def agree(
    world: World,
    customer_id: int,
    kind: str = "payment-term",
    written: Mapping[str, object] = THIRTY_DAYS,
    *,
    since: date | None = None,
    until: date = date(2028, 1, 1),
    **changes: object,
) -> AgreedRule:
    """Agree a rule with a customer today."""
    draft = DeviationDraft(
        kind=kind,
        written=written,
        since=since or world.today,
        until=until,
        reason="They pay by their own month.",
        approved_by=(EVA,),
    )
    (contract,) = contracts_of_customer(customer_id)
    changed = replace(draft, **changes)  # type: ignore[arg-type]
    return agree_rule_deviation(contract.contract_id, changed, today=world.today, at=moment_of(world.today), by=EVA)


def end(world: World, agreed: AgreedRule, *, on: date, reason: str = "They asked.", wish: bool = False) -> bool:
    return end_deviation(
        agreed.deviation_id,
        on=on,
        reason=reason,
        is_customers_wish=wish,
        today=world.today,
        at=moment_of(world.today),
        by=EVA,
    )


def letters(customer_id: int, kind: str) -> list[LetterFacts]:
    return [letter for letter in reversed(letters_of_customer(customer_id)) if letter.kind == kind]


def read(letter: LetterFacts) -> str:
    """Return what stands on the document that was sent."""
    content = document(letter.document_sha256)
    assert content is not None
    return content.decode()


def sources(invoice: InvoiceFacts) -> list[str]:
    return [str(citation) for citation in invoice.because]


def run_sql(sql: str, *values: int) -> None:
    """Plant a fault behind the house's back, with all triggers asleep."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("set local session_replication_role = origin")


def test_thirty_days_instead_of_fourteen_move_the_due_day_the_reminders_and_stand_on_the_invoice() -> None:
    world = World("safe-it", NOVEMBER_30)
    alma, birk = (
        world.customer(one, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00)) for one in (ALMA, BIRK)
    )
    agree(world, birk)
    world.live_until(date(2027, 1, 12))
    with_own, by_terms = world.invoice_of(birk), world.invoice_of(alma)
    assert (with_own.due_on, by_terms.due_on) == (date(2026, 12, 30), date(2026, 12, 14))
    assert "Særaftale K-1002, 2026-11-30" in sources(with_own)
    assert not any(source.startswith("Særaftale") for source in sources(by_terms))
    assert [letter.on_day for letter in letters(alma, "reminder")][:2] == [date(2026, 12, 15), date(2026, 12, 22)]
    assert [letter.on_day for letter in letters(birk, "reminder")] == [date(2027, 1, 4), date(2027, 1, 7)]
    printed = read(letters(birk, "invoice")[0])
    assert "Særaftale K-1002, 2026-11-30" in printed
    assert "onsdag den 30. december 2026" in printed
    (late,) = [event for event in events_of_customer(birk) if event.what == "payment.late"]
    assert [str(citation) for citation in late.because] == ["Særaftale K-1002, 2026-11-30"]
    assert run_audit(company_id=world.company_id).is_clean


def test_a_reminder_that_was_agreed_otherwise_comes_on_its_own_day_and_says_by_which_agreement() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    first = {"step": 1, "sent_after": "due", "wait_days": 15, "deadline_days": 30, "deadline_from": "due"}
    agree(world, birk, "reminder", {**first, "warns_of": ["suspension"]})
    world.live_until(date(2027, 1, 16))
    one, two = letters(birk, "reminder")
    assert (one.on_day, two.on_day) == (date(2026, 12, 29), date(2027, 1, 14))
    assert "Særaftale K-1002, 2026-11-30" in read(one)
    assert "Særaftale" not in read(two)
    assert run_audit(company_id=world.company_id).is_clean


def test_when_the_agreement_ends_the_next_invoice_is_by_the_terms_again_and_the_old_one_keeps_its_own() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-monthly", began_on=date(2026, 11, 1))
    agree(world, birk, until=date(2026, 12, 31))
    world.live_until(date(2026, 12, 31))
    second, first = invoices_of_customer(birk)
    assert (first.due_on, second.due_on) == (date(2026, 12, 30), date(2027, 1, 14))
    assert [own.citation.clause for own in first.own_terms] == ["K-1002, 2026-11-30"]
    assert second.own_terms == ()
    assert "safe-it 2.1" in sources(second)
    assert run_audit(company_id=world.company_id).is_clean


def test_an_agreement_goes_before_a_choice_of_the_house_and_makes_the_term_agreed() -> None:
    world = World("simsoft", NOVEMBER_30)
    alma, birk = (world.customer(one, "webhotel-small", began_on=NOVEMBER_30) for one in (ALMA, BIRK))
    agree(world, birk)
    world.live_until(NOVEMBER_30 + timedelta(days=1))
    by_house, with_own = world.invoice_of(alma), world.invoice_of(birk)
    assert (by_house.due_on, by_house.is_term_agreed) == (date(2026, 12, 14), False)
    assert (with_own.due_on, with_own.is_term_agreed) == (date(2026, 12, 30), True)


def test_the_day_of_invoicing_can_be_agreed_and_is_looked_at_again_when_it_begins_and_ends() -> None:
    world = World("safe-it", date(2026, 12, 1))
    birk = world.customer(BIRK, "hosting-monthly", began_on=date(2026, 12, 1))
    world.live_until(date(2026, 12, 10))
    assert invoices_of_customer(birk) == ()
    agree(world, birk, "invoice-run", {"day": "period start"}, until=date(2027, 2, 10))
    agree(world, birk, written={**THIRTY_DAYS, "days": 200})  # so that nothing is late meanwhile
    world.live_until(date(2027, 2, 28))
    days = [invoice.issued_on for invoice in reversed(invoices_of_customer(birk))]
    assert days == [date(2026, 12, 11), date(2027, 1, 1), date(2027, 2, 1)]
    world.live_until(date(2027, 3, 31))
    assert world.invoice_of(birk).issued_on == date(2027, 3, 31)
    assert run_audit(company_id=world.company_id).is_clean


def test_a_notice_that_was_agreed_counts_where_the_customer_leaves() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-monthly", began_on=date(2026, 11, 1))
    (line,) = lines_of_customer(birk)
    before = ending_terms_of(line, on=world.today).notice
    agree(world, birk, "notice", {"counted_to": "day", "days": 5})
    (line,) = lines_of_customer(birk)
    now = ending_terms_of(line, on=world.today).notice
    assert now is not None
    assert now.rule == Notice(counted_to="day", days=5)
    assert now.because[0].source == "Særaftale"
    assert before != now
    assert ending_terms_of(line, on=date(2028, 1, 1)).notice == before


@pytest.mark.parametrize(
    ("story", "sql"),
    [
        ("due sooner than was agreed", "update invoice set due_on = '2026-12-14' where customer_id = %s"),
        (
            "an agreement that nobody made",
            """update invoice set own_terms = replace(own_terms::text, '"days": 30', '"days": 14')::jsonb
                where customer_id = %s""",
        ),
        ("an agreement that was taken away", "delete from contract_deviation where %s > 0"),
    ],
)
def test_the_audit_knows_the_agreement_and_finds_what_does_not_rest_on_it(story: str, sql: str) -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    agree(world, birk)
    world.live_until(NOVEMBER_30 + timedelta(days=1))
    assert run_audit(company_id=world.company_id, only=(17,)).is_clean
    run_sql(sql, birk)
    (finding,) = run_audit(company_id=world.company_id, only=(17,)).violated
    assert finding.violations >= 1, story


def test_agreements_cost_one_question_for_a_whole_batch_and_none_for_a_claim(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    world = World("safe-it", NOVEMBER_30)
    alma, birk = (world.customer(one, "hosting-monthly", began_on=date(2026, 11, 1)) for one in (ALMA, BIRK))
    world.live_until(date(2026, 12, 1))
    with django_assert_num_queries(4):
        assert [one.agreed for one in due_contracts(world.company_id, today=date(2026, 12, 31), limit=99)] == [(), ()]
    for customer_id in (alma, birk):
        agree(world, customer_id)
    with django_assert_num_queries(5):
        found = due_contracts(world.company_id, today=date(2026, 12, 31), limit=99)
    assert [len(one.agreed) for one in found] == [1, 1]
    world.live_until(date(2027, 1, 1))
    plain, own = (
        [one.invoice_id for one in invoices_of_customer(birk) if bool(one.own_terms) is has_own]
        for has_own in (False, True)
    )
    assert len(plain) == len(own) == 1
    with connection.execute_wrapper(counting := Counting()):
        arrears_of(plain, today=world.today)
    with django_assert_num_queries(counting.count):
        (claim,) = arrears_of(own, today=world.today)
        assert ladder_terms_of(claim).payment_because[0].source == "Særaftale"


class Counting:
    """Counts the questions to the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: object, *arguments: object) -> object:
        self.count += 1
        return execute(*arguments)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("story", "changes", "said"),
    [
        ("no such kind", {"kind": "payment-terms"}, 'Did you mean "payment-term"?'),
        ("a figure out of bounds", {"written": {**THIRTY_DAYS, "days": 3650}}, "from 1 to 400"),
        ("a field is missing", {"written": {"days": 30}}, 'lacks "counted_from"'),
        ("not its field", {"written": {**THIRTY_DAYS, "weeks": 4}}, 'no field "weeks"'),
        ("whom it is for", {"written": {**THIRTY_DAYS, "customers": ["consumer"]}}, 'no field "customers"'),
        ("a product they do not have", {"written": {**THIRTY_DAYS, "products": ["hardware"]}}, "has no hardware"),
        ("no reason", {"reason": "  "}, "needs a reason"),
        ("nobody", {"approved_by": ()}, "who approved it"),
        ("one person twice", {"approved_by": (EVA, EVA)}, "Name each person once"),
        ("a day that has passed", {"since": date(2026, 11, 29)}, "has passed"),
        ("an end before the beginning", {"until": date(2026, 11, 30)}, "before it begins"),
        ("for ever", {"until": date(2029, 12, 1)}, "beyond 2029-11-30"),
        ("again for the same days", {"since": date(2027, 12, 31), "until": date(2028, 6, 1)}, "agreed already"),
    ],
)
def test_what_cannot_be_agreed_is_refused_and_leaves_nothing(story: str, changes: dict[str, object], said: str) -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-monthly", began_on=NOVEMBER_30)
    agree(world, birk)
    with pytest.raises(ContractRefused, match=said.replace("(", r"\(").replace("?", r"\?")):
        agree(world, birk, **changes)  # type: ignore[arg-type]
    assert len(agreed_rules_of_customer(birk)) == 1, story


def test_another_step_another_product_and_the_time_after_can_be_agreed_beside() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-monthly", began_on=NOVEMBER_30)
    agree(world, birk)
    agree(world, birk, written={**THIRTY_DAYS, "days": 60, "products": ["webhosting"]})
    agree(world, birk, since=date(2028, 1, 1), until=date(2029, 1, 1))
    step = {"sent_after": "due", "wait_days": 15, "deadline_days": 30, "deadline_from": "due"}
    for number in (1, 2):
        agree(world, birk, "reminder", {"step": number, **step})
    names = [one.name for one in agreed_rules_of_customer(birk)]
    assert sorted(names) == [
        *("payment-term", "payment-term", "payment-term (webhosting)", "reminder step 1", "reminder step 2"),
    ]
    told = [event for event in events_of_customer(birk) if event.what == "deviation.agreed"]
    assert len(told) == 5
    assert not any("month" in str(event.facts) for event in told), "the reason stays with the agreement"


def test_what_the_terms_leave_to_a_person_stays_with_a_person_when_its_figure_is_agreed() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-monthly", began_on=NOVEMBER_30)
    change = agree(world, birk, "terms-change", {"change": "any", "days": 90})
    assert change.rule.decided_by == "person"


def test_an_agreement_ends_early_for_the_customers_good_or_by_their_wish() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-monthly", began_on=NOVEMBER_30)
    longer = agree(world, birk)
    shorter = agree(world, birk, written={**THIRTY_DAYS, "days": 8}, since=date(2028, 1, 1), until=date(2029, 1, 1))
    december = date(2026, 12, 15)
    with pytest.raises(ContractRefused, match="not better for the customer"):
        end(world, longer, on=december)
    with pytest.raises(ContractRefused, match="Say why"):
        end(world, longer, on=december, reason=" ", wish=True)
    with pytest.raises(ContractRefused, match="has passed"):
        end(world, longer, on=NOVEMBER_30 - timedelta(days=1), wish=True)
    assert end(world, longer, on=december, wish=True)
    assert not end(world, longer, on=december, wish=True)
    assert end(world, shorter, on=december)
    kept, gone = agreed_rules_of_customer(birk)
    assert (kept.until, kept.end_reason) == (december, "They asked.")
    assert (gone.since, gone.until) == (date(2028, 1, 1), date(2028, 1, 1)), "it never began"
    assert [event.what for event in events_of_customer(birk)].count("deviation.ended") == 2
