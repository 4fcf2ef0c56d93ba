"""What a person does with money in suspense can be undone: the books go back, the claims are open, and all of it is kept."""

import pytest
from django.db import transaction

from servanda.business.billing.actions.allocating import NotThisEntry
from servanda.business.billing.actions.charging import ChargeDraft, add_charge, lower_interest
from servanda.business.billing.actions.explaining import explain_otherwise
from servanda.business.billing.actions.splitting import Share
from servanda.business.billing.actions.writing_off import NotSmall, set_write_off_limit
from servanda.business.billing.decisions.categories import NoSuchCategory
from servanda.business.billing.models import Allocation, BankEntry, WriteOff
from servanda.business.billing.queries import entries_in_suspense
from servanda.business.dunning.actions import explain_payment, split_payment, undo_payment, write_off_small
from servanda.business.dunning.queries import pauses_of_invoice
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balance_of_customer, balances_of_accounts
from servanda.ground.calendar import moment_of
from servanda.ground.law.interest import STATUTORY_RATE
from servanda.ground.money import Money
from tests.business.billing.bank import ORE, OWED, Bank, moved
from tests.business.billing.books import assert_books_agree
from tests.cast import EVA


def when(bank: Bank) -> dict[str, object]:
    return {"by": EVA, "today": bank.world.today, "at": moment_of(bank.world.today)}


def waiting(bank: Bank) -> int:
    return entries_in_suspense(bank.world.company_id)[-1].entry_id


def undo(bank: Bank, entry_id: int) -> None:
    undo_payment(bank.world.company, entry_id, reason="the wrong customer", **when(bank))  # type: ignore[arg-type]
    assert_books_agree(bank.world.company_id)


def test_a_match_of_the_system_is_undone_explained_and_undone_again(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    (told,) = bank.tell(moved(OWED + ORE, by=alma.reference)).received.entries
    for invoice in (birk, alma, birk):
        undo(bank, told.entry_id)
        assert [bank.again(one).open_total for one in (alma, birk)] == [OWED, OWED]
        assert balance_of_customer(bank.alma) == balance_of_customer(bank.birk) == OWED
        explain_payment(bank.world.company, told.entry_id, invoice_id=invoice.invoice_id, **when(bank))  # type: ignore[arg-type]
        assert_books_agree(bank.world.company_id)
        assert not bank.again(invoice).open_total
    assert balance_of_customer(bank.birk) == -ORE
    (pause,) = [one for one in pauses_of_invoice(alma.invoice_id) if one.ended_on is None]
    assert "taken off by a person: the wrong customer" in pause.reason
    kept = [event.what for event in events_of_subjects([f"entry:{told.entry_id}"])]
    assert kept.count("payment.undone") == kept.count("payment.explained") == 3


def test_an_entry_explained_otherwise_goes_back_to_suspense(bank: Bank) -> None:
    bank.tell(moved(Money(-25_00), text="gebyr"), moved(Money(9_000_00), text="udbetaling"))
    fee, payout = (one.entry_id for one in entries_in_suspense(bank.world.company_id))
    for entry_id, category in ((fee, "bank fee"), (payout, "provider payout")):
        explain_otherwise(bank.world.company, entry_id, reason="known", category=category, **when(bank))  # type: ignore[arg-type]
    assert_books_agree(bank.world.company_id)
    balances = balances_of_accounts(bank.world.company_id)
    assert (balances[Account.OTHER], balances[Account.CLEARING]) == (Money(25_00), Money(-9_000_00))
    undo(bank, payout)
    undo(bank, fee)
    balances = balances_of_accounts(bank.world.company_id)
    assert not balances[Account.OTHER]
    assert not balances[Account.CLEARING]
    with pytest.raises(NotThisEntry, match="no explanation"):
        undo(bank, fee)
    with pytest.raises(NoSuchCategory, match="Choose one of"):
        explain_otherwise(bank.world.company, fee, reason="?", category="nothing", **when(bank))  # type: ignore[arg-type]


def test_an_entry_is_divided_among_customers_and_the_rest_waits(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    bank.tell(moved(Money(3_000_00), text="samlet"))
    whole = waiting(bank)
    shares = (
        Share(OWED, invoice_id=alma.invoice_id),
        Share(Money(1_000_00), invoice_id=birk.invoice_id),
        Share(Money(50_00), customer_id=bank.alma),
    )
    split_payment(bank.world.company, whole, shares=shares, **when(bank))  # type: ignore[arg-type]
    assert_books_agree(bank.world.company_id)
    assert (bank.again(alma).open_total, bank.again(birk).open_total) == (Money(0), Money(250_00))
    assert balance_of_customer(bank.alma) == Money(-50_00)
    (rest,) = entries_in_suspense(bank.world.company_id)
    assert rest.amount == Money(700_00)
    with pytest.raises(NotThisEntry, match="Undo those first"):
        undo(bank, whole)
    for part in BankEntry.objects.filter(parent_id=whole, state="matched").order_by("id"):
        undo(bank, part.pk)
    undo(bank, whole)
    (again,) = entries_in_suspense(bank.world.company_id)
    assert (again.entry_id, again.amount) == (whole, Money(3_000_00))
    assert [bank.again(one).open_total for one in (alma, birk)] == [OWED, OWED]


def test_a_divided_movement_that_the_bank_takes_back_opens_all_of_it(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    bank.tell(moved(OWED + OWED, text="samlet", reference="X1"))
    shares = tuple(Share(OWED, invoice_id=one.invoice_id) for one in (alma, birk))
    split_payment(bank.world.company, waiting(bank), shares=shares, **when(bank))  # type: ignore[arg-type]
    bank.tell(moved(-(OWED + OWED), reference="X1", is_reversal=True))
    assert [bank.again(one).open_total for one in (alma, birk)] == [OWED, OWED]
    assert entries_in_suspense(bank.world.company_id) == ()


@pytest.mark.parametrize(
    ("amounts", "why"),
    [((0,), "none"), ((300_000,), "more than"), ((), "1 to"), ((10_00, 10_00), "named twice")],
)
def test_a_division_that_cannot_be_is_refused_whole(bank: Bank, amounts: tuple[int, ...], why: str) -> None:
    alma = bank.invoice(bank.alma)
    bank.tell(moved(Money(2_000_00), text="samlet"))
    shares = tuple(Share(Money(one), invoice_id=alma.invoice_id) for one in amounts)
    with pytest.raises(NotThisEntry, match=why):
        split_payment(bank.world.company, waiting(bank), shares=shares, **when(bank))  # type: ignore[arg-type]
    assert bank.again(alma).open_total == OWED
    assert BankEntry.objects.filter(parent__isnull=False).count() == 0


def limit(bank: Bank, amount: Money) -> None:
    set_write_off_limit(bank.world.company, amount, since=bank.world.today, reason="not worth a letter", **when(bank))  # type: ignore[arg-type]


def test_an_ore_short_is_written_off_where_the_company_decided_so_and_never_the_customers_ore(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    limit(bank, Money(50))
    short, over = bank.tell(
        moved(OWED - Money(50), by=alma.reference, reference="S"), moved(OWED + ORE, by=birk.reference)
    ).received.entries
    assert (short.written_off, over.written_off, over.credit) == (Money(50), None, ORE)
    assert not bank.again(alma).open_total
    assert balances_of_accounts(bank.world.company_id)[Account.ROUNDING] == Money(50)
    assert balance_of_customer(bank.birk) == -ORE
    bank.tell(moved(-(OWED - Money(50)), reference="S", is_reversal=True))
    assert bank.again(alma).open_total == OWED  # what was given up because of it is open again too
    assert not balances_of_accounts(bank.world.company_id)[Account.ROUNDING]
    undo(bank, over.entry_id)


def test_more_than_the_limit_stays_open_and_no_limit_is_above_a_krone(bank: Bank) -> None:
    alma = bank.invoice(bank.alma)
    limit(bank, Money(50))
    bank.tell(moved(OWED - Money(51), by=alma.reference))
    assert bank.again(alma).open_total == Money(51)
    with pytest.raises(NotSmall, match="at most"):
        write_off_small(bank.world.company, alma.invoice_id, **when(bank))  # type: ignore[arg-type]
    with pytest.raises(NotSmall, match="one krone"):
        limit(bank, Money(1_01))
    limit(bank, Money(1_00))
    assert write_off_small(bank.world.company, alma.invoice_id, **when(bank)) == Money(51)  # type: ignore[arg-type]
    assert not write_off_small(bank.world.company, alma.invoice_id, **when(bank))  # type: ignore[arg-type]
    assert_books_agree(bank.world.company_id)
    assert WriteOff.objects.count() == 1
    assert Allocation.objects.filter(write_off__isnull=False).count() == 1


def test_interest_that_was_paid_taken_off_and_paid_again_is_freed_when_it_ran_too_far(bank: Bank) -> None:
    alma, interest = bank.invoice(bank.alma), Money(10_00)
    draft = ChargeDraft(
        key="interest", kind="interest", invoice_id=alma.invoice_id, amount=interest, because=(STATUTORY_RATE,)
    )
    today, at = bank.world.today, moment_of(bank.world.today)
    with transaction.atomic():
        assert add_charge(draft, today=today, at=at)
    (told,) = bank.tell(moved(OWED + interest, by=alma.reference)).received.entries
    undo(bank, told.entry_id)
    explain_payment(bank.world.company, told.entry_id, invoice_id=alma.invoice_id, **when(bank))  # type: ignore[arg-type]
    with transaction.atomic():
        excess = Money(4_00)
        lowered = lower_interest(alma.invoice_id, excess, because=(STATUTORY_RATE,), key="too far", today=today, at=at)
    assert lowered == excess
    assert balance_of_customer(bank.alma) == -excess
    assert_books_agree(bank.world.company_id)
    bank.tell(moved(-OWED - interest, by=alma.reference, is_reversal=True))
    assert bank.again(alma).open_total == OWED + interest - excess
