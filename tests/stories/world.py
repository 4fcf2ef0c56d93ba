"""A company on a test clock whose days pass as in the house: rounds, letters, payments. Drivers in memory."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from servanda.business.billing.facts import BankMovement, InvoiceFacts, StatementDraft
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.customers.facts import CustomerDetails
from servanda.business.customers.queries import customer_numbered
from servanda.business.dunning.actions import decide_proposal, receive_statement
from servanda.business.dunning.queries import open_proposals
from servanda.business.evidence.queries import events_of_customer
from servanda.faces.clock.rounds import live_through_day
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from tests.cast import EVA

QUIET = frozenset({"customer.added", "contract.concluded", "catalogue.loaded"})


@dataclass
class World:
    """One company and what a story does to it."""

    slug: str
    begins_on: date
    says_yes: bool = True  # whether staff approve what is proposed, at once
    company_id: int = field(init=False)
    balance: Money = field(default=Money(0), init=False)
    statements: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        company = open_company(self.slug, clock_on=self.begins_on, at=moment_of(self.begins_on), today=self.begins_on)
        self.company_id = company.company_id

    @property
    def company(self) -> CompanyFacts:
        return company_of(self.company_id)

    @property
    def today(self) -> date:
        today = self.company.clock_on
        assert today is not None
        return today

    def customer(
        self, details: CustomerDetails, plan: str, *, began_on: date, quantity: int = 1, price: Money | None = None
    ) -> int:
        """Let a customer sign for one plan, and return their id."""
        line = new_line(self.slug, plan, began_on=began_on, description="alma.example", quantity=quantity)
        sign(
            self.company,
            details,
            contract=f"K-{details.number}",
            lines=(replace(line, own_price=price),),
            today=self.today,
            at=moment_of(self.today),
        )
        return customer_numbered(self.company_id, details.number).customer_id

    def live_until(self, day: date) -> None:
        """Let the days pass one by one, the first one too if nothing has happened yet."""
        if self.company.rounded_on is None:
            self._day()
        while self.today < day:
            move_test_clock(self.company_id, to=self.today + timedelta(days=1))
            self._day()

    def sleep_until(self, day: date) -> None:
        """Let the days pass without the clock: no round, no letter."""
        move_test_clock(self.company_id, to=day)

    def round(self) -> None:
        """One round of today, with its letters."""
        self._day()

    def pay(self, invoice: InvoiceFacts, amount: Money, *, text: str = "") -> None:
        """Let money come in today, with the payment reference of an invoice."""
        self.bank(amount, reference=invoice.reference, text=text)

    def bank(
        self, amount: Money, *, reference: str = "", text: str = "", is_reversal: bool = False, on: date | None = None
    ) -> None:
        """Let one movement come in on a statement of its own, of today or of an earlier day."""
        day = on or self.today
        self.statements += 1
        opening, self.balance = self.balance, self.balance + amount
        movement = BankMovement(
            reference=f"B{self.statements}",
            ordinal=1,
            amount=amount,
            booked_on=day,
            value_on=day,
            text=text,
            creditor_reference=reference,
            payer_name="",
            payer_account="",
            is_reversal=is_reversal,
        )
        draft = StatementDraft(
            account=self.company.iban,
            statement_id=f"S{self.statements}",
            opening=opening,
            closing=self.balance,
            opening_on=day,
            closing_on=day,
            sha256=f"{self.statements}",
            file_name=f"S{self.statements}.xml",
            movements=(movement,),
        )
        receive_statement(self.company, draft, today=self.today, at=moment_of(self.today))

    def invoice_of(self, customer_id: int) -> InvoiceFacts:
        """Return the customer's newest invoice."""
        return next(invoice for invoice in invoices_of_customer(customer_id) if invoice.kind == "invoice")

    def story_of(self, customer_id: int) -> list[tuple[str, str]]:
        """Return what happened with a customer: the day and the event, as evidence has it."""
        return [
            (event.on_day.isoformat(), event.what)
            for event in events_of_customer(customer_id)
            if event.what not in QUIET and not event.what.startswith(("letter.", "proposal.", "service.", "line."))
        ]

    def charged(self, customer_id: int, kind: str) -> Money:
        """Return what was charged of a kind on all invoices of the customer."""
        charges = [charge for one in invoices_of_customer(customer_id) for charge in one.charges]
        return total_of(charge.amount for charge in charges if charge.kind == kind)

    def decide(self, proposal_id: int, *, is_approved: bool) -> None:
        """Let staff say yes or no to what is proposed."""
        decide_proposal(
            self.company,
            proposal_id,
            is_approved=is_approved,
            by=EVA,
            reason="the terms allow it" if is_approved else "they have called us",
            today=self.today,
            at=moment_of(self.today),
        )

    def _day(self) -> None:
        live_through_day(self.company, now=moment_of(self.today))
        if self.says_yes:
            self._approve()

    def _approve(self) -> None:
        for _ in range(5):
            proposals = [
                one for one in open_proposals(self.company_id) if one.act not in ("not_specified", "time.asked")
            ]
            if not proposals:
                return
            for proposal in proposals:
                self.decide(proposal.proposal_id, is_approved=True)
            live_through_day(self.company, now=moment_of(self.today))
