"""What the tests of payouts do again and again: overpay, propose, approve, order, and let the bank tell of it."""

from servanda.business.audit.queries import run_audit
from servanda.business.billing.queries.credit import credit_totals
from servanda.business.customers.queries import customer
from servanda.business.dunning.actions import credit_note_for
from servanda.business.ledger.queries import balance_of_customer, balances_of_accounts
from servanda.business.payouts.actions import approve_payout, make_batch, propose_payout
from servanda.business.payouts.facts import AccountSource, BatchFacts, PayoutAsk, PayoutFacts, PayoutState, Person
from servanda.business.payouts.queries import batches_of, payout
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.wiring.drivers import transfer_file
from tests.business.billing.bank import Bank, moved
from tests.business.billing.books import assert_books_agree

ALMAS = "DK5000400440116243"
OTHER = "DK6999990001234567"
OVER = Money(300_00)
EVA = Person("staff:1", "Eva Prøve", "eva@house.example")
OLE = Person("staff:2", "Ole Prøve", "ole@house.example")
IDA = Person("staff:3", "Ida Prøve", "ida@house.example")


def overpay(bank: Bank, amount: Money = OVER, *, account: str = ALMAS) -> None:
    """Let Alma pay her invoice and so much more, from her account."""
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(invoice.open_total + amount, by=invoice.reference, payer_account=account))


def ask_for(amount: Money = OVER, *, account: str = ALMAS, **changed: object) -> PayoutAsk:
    asked = {"source": AccountSource.PAYMENT, "holder": "Alma & Co ApS", "reason": "paid twice"} | changed
    return PayoutAsk(amount=amount, account=account, **asked)  # type: ignore[arg-type]


def propose(bank: Bank, ask: PayoutAsk | None = None, *, person: Person = EVA) -> PayoutFacts:
    world = bank.world
    whose = customer(bank.alma)
    at = moment_of(world.today)
    return propose_payout(world.company, whose, ask or ask_for(), person=person, today=world.today, at=at)


def approve(bank: Bank, found: PayoutFacts, *persons: Person) -> PayoutFacts:
    world = bank.world
    for person in persons:
        found = approve_payout(
            world.company, found.payout_id, person=person, today=world.today, at=moment_of(world.today)
        )
    return found


def order(bank: Bank, *, version: str = "001.03") -> BatchFacts | None:
    world = bank.world
    at = moment_of(world.today)
    return make_batch(world.company, transfer_file, version=version, by=EVA.by, today=world.today, at=at)


def ordered(bank: Bank) -> PayoutFacts:
    """Overpay, approve by two, and order."""
    overpay(bank)
    found = approve(bank, propose(bank), EVA, OLE)
    order(bank)
    return again(bank, found)


def again(bank: Bank, found: PayoutFacts) -> PayoutFacts:
    return payout(bank.world.company_id, found.payout_id)


def state(bank: Bank, found: PayoutFacts) -> PayoutState:
    return again(bank, found).state


def credit(bank: Bank) -> Money:
    return credit_totals([bank.alma]).get(bank.alma, Money(0))


def on_the_way(bank: Bank) -> Money:
    """Return what the account of payouts says is on its way."""
    return -balances_of_accounts(bank.world.company_id).get("payouts", Money(0))


def assert_all_agree(bank: Bank) -> None:
    assert_books_agree(bank.world.company_id)
    report = run_audit(company_id=bank.world.company_id, only=(10, 74))
    assert report.is_clean, [(one.number, one.rows) for one in report.violated]


def batch(bank: Bank) -> BatchFacts:
    """Return the newest file of orders."""
    return batches_of(bank.world.company_id)[0]


def balance(bank: Bank) -> Money:
    """Return what Alma owes by the books."""
    return balance_of_customer(bank.alma)


def credit_note(bank: Bank) -> None:
    """Credit the whole of Alma's invoice."""
    world, invoice = bank.world, bank.invoice(bank.alma)
    credit_note_for(
        world.company,
        invoice.invoice_id,
        net_by_position=None,
        reason="never delivered",
        because=(),
        by=EVA.by,
        today=world.today,
        at=moment_of(world.today),
    )
