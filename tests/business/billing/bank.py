"""A bank whose statements meet unless a test wants otherwise, and the check that the books agree after each of them."""

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

from servanda.business.billing.facts import BankMovement, InvoiceFacts, StatementDraft
from servanda.business.billing.models import BankEntry
from servanda.business.billing.queries import invoices
from servanda.business.dunning.actions import receive_statement
from servanda.business.dunning.actions.paying import Settlement
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from tests.business.billing.books import assert_books_agree
from tests.stories.world import World

OWED = Money(1_250_00)
ORE = Money(1)
_references = count(1)


def moved(
    amount: Money,
    *,
    by: str = "",
    text: str = "",
    reference: str | None = None,
    payer_account: str = "",
    on: date | None = None,
    is_reversal: bool = False,
    ordinal: int = 1,
    payer: str = "",
    creditor: str = "",
) -> BankMovement:
    """Return a movement; `by` is the payment reference, and the bank's own is new unless given."""
    day = on or date(2026, 9, 1)
    return BankMovement(
        reference=f"R{next(_references)}" if reference is None else reference,
        ordinal=ordinal,
        amount=amount,
        booked_on=day,
        value_on=day,
        text=text,
        creditor_reference=by,
        payer_name=payer,
        payer_account=payer_account,
        is_reversal=is_reversal,
        fik_type="71" if creditor else "",
        fik_creditor=creditor,
    )


@dataclass
class Bank:
    """What the bank tells of the company's account, and two customers to pay."""

    world: World
    alma: int
    birk: int
    balance: Money = field(default=Money(0))
    number: int = 0

    def statement(
        self,
        *movements: BankMovement,
        on: date | None = None,
        until: date | None = None,
        opening: Money | None = None,
        account: str = "",
    ) -> StatementDraft:
        """Return a statement that begins where the last one that was read ended, and whose balances add up."""
        self.number += 1
        begins = self.balance if opening is None else opening
        first = on or self.world.today
        return StatementDraft(
            account=account or self.world.company.iban,
            statement_id=f"S{self.number}",
            opening=begins,
            closing=begins + total_of((movement.amount for movement in movements), begins.currency),
            opening_on=first,
            closing_on=until or first,
            sha256=f"{self.number}",
            file_name=f"S{self.number}.xml",
            movements=tuple(movements),
        )

    def read(self, draft: StatementDraft) -> Settlement:
        """Read a statement; the books agree afterwards."""
        settled = receive_statement(self.world.company, draft, today=self.world.today, at=moment_of(self.world.today))
        if settled.received.entries_new:
            self.balance = draft.closing
        assert_books_agree(self.world.company_id)
        return settled

    def tell(self, *movements: BankMovement) -> Settlement:
        """Read a statement of today with these movements."""
        today = self.world.today
        return self.read(self.statement(*(replace(one, booked_on=today, value_on=today) for one in movements)))

    def invoice(self, customer_id: int) -> InvoiceFacts:
        return self.world.invoice_of(customer_id)

    def again(self, invoice: InvoiceFacts) -> InvoiceFacts:
        """Return the invoice as it is now."""
        (found,) = invoices([invoice.invoice_id])
        return found

    def entries(self) -> list[tuple[int, str, str]]:
        """Return the entries of the account: amount, state and reason."""
        rows = BankEntry.objects.filter(company_id=self.world.company_id).order_by("id")
        return [(row.amount_minor, row.state, row.because) for row in rows]
