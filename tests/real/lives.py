"""A company whose customers do the same on the same day, however often the day is begun again.

What a customer pays follows from the invoice as it was issued, never from what is open on it: so the statement of a day is the
same for whoever reads it, a second time or at the same time as another.
"""

from dataclasses import replace
from datetime import date, timedelta

from servanda.business.billing.facts import BankMovement, InvoiceFacts, StatementDraft
from servanda.business.billing.queries import invoices_of_customer, statements_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.customers.facts import CustomerDetails
from servanda.business.customers.queries import customers_of
from servanda.business.dunning.actions import decide_proposal, receive_statement
from servanda.business.dunning.queries import open_proposals
from servanda.faces.clock.post import deliver_of
from servanda.faces.clock.rounds import run_round
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from servanda.terms.clauses import CustomerKind
from tests.cast import EVA

BEGINS_ON = date(2026, 9, 1)
PLANS = {"safe-it": "hosting-monthly", "servicepoint": "cloudserver-small"}
# How many days after the due day the customer pays which part of an invoice, in percent.
HABITS: dict[str, tuple[tuple[int, int], ...]] = {
    "never": (),
    "late": ((9, 100),),
    "partly": ((0, 50), (24, 50)),
    "in time": ((-2, 100),),
    "very late": ((23, 110),),
    "bounces": ((1, 100), (4, -100)),
}
ROUNDS_MAX = 6


def begin(slug: str, customers: int, *, habits: tuple[str, ...] = tuple(HABITS)) -> int:
    """Add the company with so many customers, whose months begin on different days, and return its id."""
    company = open_company(slug, clock_on=BEGINS_ON, at=moment_of(BEGINS_ON), today=BEGINS_ON)
    for number in range(customers):
        began_on = BEGINS_ON - timedelta(days=31 - 3 * number % 28)
        line = new_line(slug, PLANS[slug], began_on=began_on, description=f"sted-{number}.example")
        details = CustomerDetails(
            number=str(1001 + number),
            kind=CustomerKind.CONSUMER if number % 3 == 2 else CustomerKind.BUSINESS,
            name=f"Kunde {number}",
            email=f"kunde-{number}@kunde.example",
            cvr="" if number % 3 == 2 else "13748136",
            address_lines=("Prøvevej 1",),
            postal_code="8000",
            city="Prøveby",
            habit=habits[number % len(habits)],
        )
        sign(
            company,
            details,
            contract=f"K-{number}",
            lines=(replace(line, own_price=Money(1_000_00)),),
            today=BEGINS_ON,
            at=moment_of(BEGINS_ON),
        )
    return company.company_id


def live(company_id: int) -> None:
    """Live the day of the company's clock: its bank statement, its rounds and its letters. Any part of it may be done."""
    company = company_of(company_id)
    assert company.clock_on is not None
    at = moment_of(company.clock_on)
    read_statement(company)
    for _ in range(ROUNDS_MAX):
        run_round(company, now=at)
        if not deliver_of(company, now=at):
            return


def round_of_letters(company_id: int) -> None:
    """One round, and the letters that it wrote."""
    company = company_of(company_id)
    assert company.clock_on is not None
    run_round(company, now=moment_of(company.clock_on))
    deliver_of(company, now=moment_of(company.clock_on))


def read_statement(company: CompanyFacts) -> None:
    """Read the bank statement of the day."""
    assert company.clock_on is not None
    today = company.clock_on
    receive_statement(company, _statement(company, today), today=today, at=moment_of(today))


def approve(company_id: int) -> bool:
    """Let a person say yes to everything that is proposed, and tell whether there was anything."""
    company = company_of(company_id)
    assert company.clock_on is not None
    today = company.clock_on
    proposals = [one for one in open_proposals(company_id) if one.act != "not_specified"]
    for proposal in proposals:
        decide_proposal(
            company,
            proposal.proposal_id,
            is_approved=True,
            by=EVA,
            reason="the terms allow it",
            today=today,
            at=moment_of(today),
        )
    return bool(proposals)


def finish_day(company_id: int) -> None:
    """Live what is left of the day, with the yes of a person to all that is proposed."""
    live(company_id)
    for _ in range(ROUNDS_MAX):
        if not approve(company_id):
            return
        live(company_id)


def habits_of(company: CompanyFacts, today: date) -> frozenset[str]:
    """Return the habits of those whose payments the statement of the day tells of."""
    told = {movement.creditor_reference for movement in _statement(company, today).movements}
    return frozenset(
        customer.details.habit
        for customer in customers_of(company.company_id)
        if told & {invoice.reference for invoice in invoices_of_customer(customer.customer_id)}
    )


def pay_all(company: CompanyFacts, *, today: date) -> None:
    """Let everybody pay all that is open, on a statement of its own."""
    movements = tuple(
        _movement(invoice, 99, invoice.open_total, today)
        for customer in customers_of(company.company_id)
        for invoice in invoices_of_customer(customer.customer_id)
        if invoice.kind == "invoice" and (invoice.open_total or invoice.allocations)
    )
    draft = replace(
        _with(company, movements, today), statement_id="all", opening=_opening(company, today, is_last=True)
    )
    closing = draft.opening + total_of(movement.amount for movement in movements)
    receive_statement(company, replace(draft, closing=closing), today=today, at=moment_of(today))


def _statement(company: CompanyFacts, today: date) -> StatementDraft:
    movements = tuple(
        movement
        for customer in customers_of(company.company_id)
        for invoice in sorted(invoices_of_customer(customer.customer_id), key=lambda one: one.number)
        if invoice.kind == "invoice" and invoice.issued_on < today
        for movement in _movements(invoice, customer.details.habit, today)
    )
    return _with(company, movements, today)


def _with(company: CompanyFacts, movements: tuple[BankMovement, ...], today: date) -> StatementDraft:
    opening = _opening(company, today)
    return StatementDraft(
        account=company.iban,
        statement_id=today.isoformat(),
        opening=opening,
        closing=opening + total_of(movement.amount for movement in movements),
        opening_on=today,
        closing_on=today,
        sha256=today.isoformat(),
        file_name=f"{today}.xml",
        movements=movements,
    )


def _opening(company: CompanyFacts, today: date, *, is_last: bool = False) -> Money:
    """Return where the statement of yesterday closed, or with `is_last` the last of today."""
    known = statements_of(company.company_id, limit=3)
    before = [one for one in known if one.closing_on < today or (is_last and one.statement_id != "all")]
    return before[0].closing if before else Money(0)


def _movements(invoice: InvoiceFacts, habit: str, today: date) -> list[BankMovement]:
    due_on = invoice.due_on or invoice.issued_on + timedelta(days=14)
    return [
        _movement(invoice, number, Money(invoice.total.minor * percent // 100), today)
        for number, (days, percent) in enumerate(HABITS[habit])
        if due_on + timedelta(days=days) == today
    ]


def _movement(invoice: InvoiceFacts, number: int, amount: Money, today: date) -> BankMovement:
    return BankMovement(
        reference=f"{invoice.number}-{number}",
        ordinal=1,
        amount=amount,
        booked_on=today,
        value_on=today,
        text="",
        creditor_reference=invoice.reference,
        payer_name="",
        payer_account="",
        is_reversal=amount.minor < 0,
    )
