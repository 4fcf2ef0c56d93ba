"""Money comes in, is explained, divided, taken off again: each in one transaction with all that it ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import OperationalError, transaction

from servanda.business.billing.actions.allocating import Allocated, explain_as_payment
from servanda.business.billing.actions.booking import FAILURES, match_again
from servanda.business.billing.actions.crediting import credit_invoice, credit_whole_invoice
from servanda.business.billing.actions.noticing import Noticed
from servanda.business.billing.actions.noticing import receive_notice as keep_notice
from servanda.business.billing.actions.offsetting import nothing_kept, use_credit
from servanda.business.billing.actions.receiving import Received
from servanda.business.billing.actions.receiving import receive_statement as book_statement
from servanda.business.billing.actions.splitting import Share, split_entry
from servanda.business.billing.actions.undoing import undo_entry
from servanda.business.billing.actions.writing_off import write_off_rest
from servanda.business.billing.facts import NoticeDraft, StatementDraft
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.credit import customers_with_credit
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions.following import look_again_at_silence
from servanda.business.dunning.actions.settling import settle
from servanda.business.dunning.queries.lists import unasked_invoices_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of


@dataclass(frozen=True, slots=True)
class Settlement:
    """What reading a statement did: what was booked, and the services that run again because of it."""

    received: Received
    reopened: tuple[int, ...]


@transaction.atomic
def receive_statement(company: CompanyFacts, draft: StatementDraft, *, today: date, at: datetime) -> Settlement:
    """Book a bank statement, and carry out at once all that its payments end.

    Where that fails for all of them together, each movement is booked by itself: one that cannot be waits for a person.
    """
    try:
        with transaction.atomic():
            received = book_statement(company, draft, today=today, at=at)
            reopened = settle(company, received.changed, today=today, at=at)
    except OperationalError:
        raise
    except FAILURES:
        received, reopened = _one_by_one(company, draft, today=today, at=at)
    look_again_at_silence(company.company_id, today=today)
    return Settlement(received, reopened)


def _one_by_one(
    company: CompanyFacts, draft: StatementDraft, *, today: date, at: datetime
) -> tuple[Received, tuple[int, ...]]:
    """Book each movement of a statement by itself; what the statement as a whole is refused for, it is refused for again."""
    reopened: list[int] = []

    def follow(changed: Sequence[Allocated]) -> None:
        reopened.extend(settle(company, changed, today=today, at=at))

    received = book_statement(company, draft, today=today, at=at, one_by_one=follow)
    return received, tuple(reopened)


@transaction.atomic
def explain_payment(
    company: CompanyFacts,
    entry_id: int,
    *,
    invoice_id: int,
    by: str,
    today: date,
    at: datetime,
    writes_off: bool = False,
) -> None:
    """Give an entry in suspense to the invoice that a person names, with all that it ends."""
    changed = explain_as_payment(
        company, entry_id, invoice_id=invoice_id, by=by, today=today, at=at, writes_off=writes_off
    )
    settle(company, changed, today=today, at=at)


@transaction.atomic
def receive_notice(company: CompanyFacts, draft: NoticeDraft, *, today: date, at: datetime) -> Noticed:
    """Keep a bank's advance news, explain by it what waits, and carry out at once all that this ends."""
    noticed = keep_notice(company, draft, match_again, today=today, at=at)
    settle(company, noticed.changed, today=today, at=at)
    return noticed


@transaction.atomic
def split_payment(
    company: CompanyFacts, entry_id: int, *, shares: Sequence[Share], by: str, today: date, at: datetime
) -> None:
    """Divide an entry in suspense among invoices and customers, with all that it ends."""
    changed = split_entry(company, entry_id, shares=shares, by=by, today=today, at=at)
    settle(company, changed, today=today, at=at)


@transaction.atomic
def undo_payment(company: CompanyFacts, entry_id: int, *, reason: str, by: str, today: date, at: datetime) -> None:
    """Put an explained entry back into suspense. What it had paid is open again, and dunning of that waits for a person."""
    changed = undo_entry(company, entry_id, reason=reason, by=by, today=today, at=at)
    settle(company, changed, today=today, at=at)


@transaction.atomic
def write_off_small(company: CompanyFacts, invoice_id: int, *, by: str, today: date, at: datetime) -> Money:
    """Write off what little is left of an invoice, with all that this ends, and return how much that was."""
    given = write_off_rest(company, invoice_id, by=by, today=today, at=at)
    changed = tuple(Allocated(one.invoice_id, one.customer_id, one.value_on, one.amount) for one in given)
    settle(company, changed, today=today, at=at)
    return total_of(one.amount for one in given)


def use_credits(
    company: CompanyFacts, *, kept_of: Callable[[int], Money] = nothing_kept, today: date, at: datetime
) -> int:
    """Let customers' credit pay what they owe, each customer by themselves, and return for how many something was paid.

    Comes before dunning: nobody is reminded of money that we have of theirs. What `kept_of` says is to be paid back to a customer
    is not used up.
    """
    paid = 0
    for customer_id in customers_with_credit(company.company_id):
        with transaction.atomic():
            but = unasked_invoices_of([customer_id], today=today)
            changed = use_credit(company, customer_id, but=but, kept_of=kept_of, today=today, at=at)
            settle(company, changed, today=today, at=at)
            paid += bool(changed)
    return paid


@transaction.atomic
def credit_note_for(
    company: CompanyFacts,
    invoice_id: int,
    *,
    net_by_position: Mapping[int, Money] | None,
    reason: str,
    because: tuple[Citation, ...],
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Credit an invoice, or all that its lines have left, and carry out at once what that ends. Returns the credit note."""
    if net_by_position is None:
        note_id = credit_whole_invoice(company, invoice_id, reason=reason, because=because, by=by, today=today, at=at)
    else:
        note_id = credit_invoice(
            company,
            invoice_id,
            net_by_position=net_by_position,
            reason=reason,
            because=because,
            by=by,
            today=today,
            at=at,
        )
    (invoice,) = invoices([invoice_id])
    settle(company, [Allocated(invoice_id, invoice.customer_id, today, Money(0))], today=today, at=at)
    return note_id
