"""Two small companies that lived some months by the house's own rounds and actions: something of everything, all lawful."""

from datetime import date, timedelta
from decimal import Decimal

from servanda.business.billing.actions.crediting import credit_invoice
from servanda.business.billing.actions.explaining import explain_otherwise
from servanda.business.billing.actions.issuing import issue_invoice
from servanda.business.billing.facts import BankMovement, DraftLine, InvoiceDraft, InvoiceFacts, StatementDraft
from servanda.business.billing.queries import entries_in_suspense, invoices, invoices_of_customer
from servanda.business.collecting.actions import (
    end_mandate,
    make_delivery,
    note_mandate,
    order_due_collections,
    set_creditor,
)
from servanda.business.collecting.facts import MandateKind, ToldOutcome
from servanda.business.collecting.queries import collections_of, mandates_of_customer
from servanda.business.companies.actions import note_bank_news
from servanda.business.customers.facts import CustomerDetails
from servanda.business.customers.queries import customer
from servanda.business.dunning.actions import decide_proposal, receive_statement
from servanda.business.dunning.queries import open_proposals
from servanda.business.payouts.actions import approve_payout, follow_payouts, make_batch, propose_payout
from servanda.business.payouts.facts import AccountSource, PayoutAsk, Person
from servanda.faces.clock.collecting import book_news
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind
from servanda.wiring.drivers import transfer_file
from tests.cast import ALMA, BIRK, CARLA, EVA
from tests.stories.world import World

FRITZ = CustomerDetails(
    number="1004",
    kind=CustomerKind.BUSINESS,
    name="Fritz GmbH",
    email="fritz@fritz.example",
    vat_number="DE999999999",
    vat_number_checked_on=date(2026, 1, 2),
    country="DE",
    language="en",
)
FRITZ_PAYS_FROM = "DK5000400440116243"
BEGIN = date(2026, 1, 5)
END = date(2026, 4, 1)


def live() -> None:
    """Let both companies live from January to April 2026."""
    _vicevaert()
    _safe_it()


def _vicevaert() -> None:
    """Alma pays and gets a credit note, Birk is suspended and pays late, Carla gets one reminder, Fritz pays too much."""
    world = World("vicevaert", BEGIN, says_yes=False)
    alma = _sign(world, ALMA, "colocation-monthly", "office-monthly")
    birk = _sign(world, BIRK, "office-yearly", "backup-yearly")
    carla = _sign(world, CARLA, "office-monthly")
    fritz = _sign(world, FRITZ, "office-yearly")
    _live_until(world, date(2026, 1, 9))
    too_much = _owed(fritz, extra=50_00)
    _bank_statement(world, *_owed(alma), *_owed(carla, only_oldest=True), (Money(123_45), ""))
    _bank_statement(world, *too_much, payer_account=FRITZ_PAYS_FROM)
    _explain_riddles(world)
    _credit_and_bill_again(world, invoices_of_customer(alma)[-1])
    _live_until(world, date(2026, 2, 16))
    _collect(world, alma)
    _bank_statement(world, *_owed(birk))
    _live_until(world, date(2026, 2, 18))
    (paid, reference), *_ = _owed(carla, only_oldest=True)
    _bank_statement(world, (paid, reference))
    _live_until(world, date(2026, 2, 20))
    _bank_statement(world, (-paid, reference))
    _live_until(world, date(2026, 2, 23))
    _pay_back(world, fritz)
    _bank_statement(world, *_owed(carla, only_oldest=True))
    _live_until(world, date(2026, 3, 6))
    _bank_statement(world, *_owed(alma))
    _live_until(world, date(2026, 3, 30))
    _bank_statement(world, (Money(77_00), ""))
    _live_until(world, END)


def _safe_it() -> None:
    """Alma pays one of two services late enough to be suspended; Birk never pays."""
    world = World("safe-it", BEGIN, says_yes=False)
    birk = _sign(world, BIRK, "hosting-monthly")
    _sign(world, ALMA, "hosting-yearly", "web-monthly")
    _live_until(world, date(2026, 3, 13))
    _bank_statement(world, *_owed(birk))
    _live_until(world, END)


def _live_until(world: World, day: date) -> None:
    """Let the days pass, with news from the bank on each: without them nobody can be called late."""
    while world.today < day:
        note_bank_news(world.company_id, until=world.today)
        world.live_until(world.today + timedelta(days=1))
        _decide(world)


def _sign(world: World, details: CustomerDetails, *plans: str) -> int:
    lines = tuple(new_line(world.slug, plan, began_on=BEGIN, description=f"{plan}.example") for plan in plans)
    return sign(
        world.company,
        details,
        contract=f"K-{details.number}",
        lines=lines,
        today=world.today,
        at=moment_of(world.today),
    ).customer_id


def _owed(customer_id: int, *, only_oldest: bool = False, extra: int = 0) -> tuple[tuple[Money, str], ...]:
    """Return what to pay, with the payment references: all that is open, or the oldest and so much more."""
    owing = [one for one in reversed(invoices_of_customer(customer_id)) if one.open_total]
    return tuple((one.open_total + Money(extra), one.reference) for one in (owing[:1] if only_oldest else owing))


def _collect(world: World, customer_id: int) -> None:
    """Let Betalingsservice collect all that a customer owes: agreed to, ordered, handed over and told."""
    today, at = world.today, moment_of(world.today)
    kind = MandateKind.BETALINGSSERVICE
    creditor = set_creditor(world.company, kind, "81000001", details={})
    note_mandate(world.company, customer_id, kind, "700000001", since=today, by="customer", today=today, at=at)
    order_due_collections(world.company, today=today, at=at)
    make_delivery(world.company, kind, today=today)
    number = customer(customer_id).number
    outcomes = tuple(
        ToldOutcome(f"BS{order.key}", "paid", order.key, order.mandate_number, number, order.amount, today)
        for order in collections_of(world.company_id)
    )
    assert outcomes, "she owes something"
    book_news(world.company, creditor, mandates=(), outcomes=outcomes, today=today, at=at)
    (mandate,) = mandates_of_customer(customer_id)
    end_mandate(world.company, mandate.mandate_id, on=today, ended_by="customer", by="customer", today=today, at=at)


def _pay_back(world: World, customer_id: int) -> None:
    """Pay back a part of what is over, by two persons' word; the bank carries it out, and the rest is approved by one."""
    whose, at = customer(customer_id), moment_of(world.today)
    asks = [
        PayoutAsk(
            amount=amount,
            account=FRITZ_PAYS_FROM,
            holder=whose.name,
            source=AccountSource.PAYMENT,
            reason="paid too much",
        )
        for amount in (Money(30_00), Money(20_00))
    ]
    first, second = (
        propose_payout(world.company, whose, ask, person=Person(EVA), today=world.today, at=at) for ask in asks
    )
    for found, by in ((first, EVA), (first, "staff:ole"), (second, EVA)):
        approve_payout(world.company, found.payout_id, person=Person(by), today=world.today, at=at)
    make_batch(world.company, transfer_file, version="001.03", by=EVA, today=world.today, at=at)
    _bank_statement(world, (-first.amount, ""), text=first.end_to_end_id)
    follow_payouts(world.company, today=world.today, at=at)


def _bank_statement(world: World, *movements: tuple[Money, str], payer_account: str = "", text: str = "") -> None:
    """Let the day's money come in on one statement; what names no reference is a riddle."""
    world.statements += 1
    opening = world.balance
    world.balance = opening + total_of(amount for amount, _ in movements)
    draft = StatementDraft(
        account=world.company.iban,
        statement_id=f"S{world.statements}",
        opening=opening,
        closing=world.balance,
        opening_on=world.today,
        closing_on=world.today,
        sha256=f"{world.statements}",
        file_name=f"S{world.statements}.xml",
        movements=tuple(
            BankMovement(
                reference=f"B{world.statements}-{number}",
                ordinal=1,
                amount=amount,
                booked_on=world.today,
                value_on=world.today,
                text=text,
                creditor_reference=reference,
                payer_name="",
                payer_account=payer_account,
                is_reversal=amount.minor < 0 and not text,
            )
            for number, (amount, reference) in enumerate(movements, start=1)
        ),
    )
    receive_statement(world.company, draft, today=world.today, at=moment_of(world.today))


def _explain_riddles(world: World) -> None:
    """Say of all that waits that it is no customer's."""
    for entry in entries_in_suspense(world.company_id):
        explain_otherwise(
            world.company,
            entry.entry_id,
            reason="the owner's own money",
            by=EVA,
            today=world.today,
            at=moment_of(world.today),
        )


def _decide(world: World) -> None:
    """Say yes to each hold that is proposed, and no to ending a contract."""
    for proposal in open_proposals(world.company_id):
        decide_proposal(
            world.company,
            proposal.proposal_id,
            is_approved=proposal.act == "hold.placed",
            by=EVA,
            reason="talked to them twice",
            today=world.today,
            at=moment_of(world.today),
        )


def _credit_and_bill_again(world: World, invoice: InvoiceFacts) -> None:
    """Take the first line of an invoice back whole, and bill its period again: the same price, on a new invoice."""
    line = invoice.lines[0]
    assert line.since is not None
    assert line.until is not None
    credit_invoice(
        world.company,
        invoice.invoice_id,
        net_by_position={line.position: line.net},
        reason="the wrong name stood on it",
        because=(Citation("vicevaert", "14.5b", invoice.terms_version),),
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    (first,) = invoices([invoice.invoice_id])
    again = DraftLine(
        line_id=line.line_id,
        product=line.product,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        net=line.net,
        period=Period(line.since, line.until),
    )
    draft = InvoiceDraft(
        contract_id=first.contract_id,
        customer_id=first.customer_id,
        customer_kind=first.customer_kind,
        terms_version=first.terms_version,
        language=first.language,
        email=ALMA.email,
        issued_on=world.today,
        due_on=date(2026, 1, 19),
        is_term_agreed=True,
        lines=(again,),
        vat_category="S",
        vat_percent=Decimal(25),
        vat_note="",
        net=line.net,
        vat=line.net.times(Decimal("0.25")),
        because=first.because,
    )
    issue_invoice(world.company, draft, at=moment_of(world.today))
