"""A movement that cannot be booked keeps none of its file out: it waits for a person with its reason, and the others are booked."""

from collections.abc import Sequence

import pytest
from django.db import connection, transaction

from servanda.business.billing.actions.allocating import Allocated
from servanda.business.billing.actions.booking import UNBOOKABLE
from servanda.business.billing.actions.receiving import receive_statement
from servanda.business.billing.queries import entries_in_suspense
from servanda.business.billing.wording import rule_text
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.business.billing.bank import OWED, Bank, moved
from tests.business.billing.books import assert_books_agree

pytestmark = pytest.mark.django_db

SOME = Money(100_00)
_REFUSE = """
create function refuse_it() returns trigger language plpgsql as
    $$ begin raise exception 'the disk of this row is worn out'; end $$;
create trigger refuse_it before insert on {table} for each row when ({when}) execute function refuse_it();
"""


def refuse(table: str, when: str) -> None:
    """Let the database itself refuse some rows; the transaction of the test takes the trigger away again."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE.format(table=table, when=when))


@pytest.mark.parametrize(
    ("story", "table", "when"),
    [
        ("the payment itself", "allocation", "new.invoice_id = {invoice}"),
        ("what follows from it", "evidence_record", "new.key like 'arrears.cleared:{customer}:%%'"),
    ],
)
def test_what_fails_waits_and_the_others_are_booked(bank: Bank, story: str, table: str, when: str) -> None:
    good, bad = bank.invoice(bank.alma), bank.invoice(bank.birk)
    refuse(table, when.format(invoice=bad.invoice_id, customer=bank.birk))
    told = bank.tell(
        moved(OWED, by=bad.reference, payer="Birk"), moved(OWED, by=good.reference), moved(SOME, text="hvad mon")
    ).received
    assert (told.entries_new, told.matched, told.in_suspense) == (3, 1, 2), story
    assert not bank.again(good).open_total
    assert bank.again(bad).open_total == OWED
    failed, unknown = entries_in_suspense(bank.world.company_id)
    assert (failed.payer_name, failed.amount) == ("Birk", OWED)
    assert failed.because == f"{UNBOOKABLE}: the disk of this row is worn out"
    assert not unknown.because.startswith(UNBOOKABLE)
    assert [entry.rule for entry in told.entries if entry.state == "suspense"] == [failed.because, unknown.because]
    assert rule_text(failed.because, "da").startswith("den kunne ikke bogføres af sig selv: ")


def test_a_mistake_of_the_program_is_such_a_reason_too(bank: Bank) -> None:
    good, bad = bank.invoice(bank.alma), bank.invoice(bank.birk)

    def follow(changed: Sequence[Allocated]) -> None:
        assert all(one.invoice_id != bad.invoice_id for one in changed), "this must never be"

    draft = bank.statement(moved(OWED, by=bad.reference), moved(OWED, by=good.reference))
    today = bank.world.today
    with transaction.atomic():
        told = receive_statement(bank.world.company, draft, today=today, at=moment_of(today), one_by_one=follow)
    assert [(entry.state, entry.rule) for entry in told.entries] == [
        ("suspense", f"{UNBOOKABLE}: this must never be"),
        ("matched", "payment reference"),
    ]
    assert_books_agree(bank.world.company_id)


def test_what_was_left_is_known_when_the_file_comes_again_and_can_be_explained(bank: Bank) -> None:
    bad = bank.invoice(bank.birk)
    refuse("allocation", f"new.invoice_id = {bad.invoice_id}")
    statement = bank.statement(moved(OWED, by=bad.reference))
    bank.read(statement)
    with connection.cursor() as cursor:
        cursor.execute("drop trigger refuse_it on allocation")
    again = bank.read(statement).received
    assert (again.entries_new, again.entries_known) == (0, 1)
    assert len(entries_in_suspense(bank.world.company_id)) == 1
