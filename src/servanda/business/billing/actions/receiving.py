"""Booking bank statements: each movement once, whatever file it came in; matched where that is sure, else for a person.

Nothing here knows of dunning. What a payment ends (holds, reminders) is done by the context above in the same transaction.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import Allocated, allocate, give_back
from servanda.business.billing.decisions.matching import Match, match
from servanda.business.billing.facts import BankMovement, IncomingEntry, StatementDraft
from servanda.business.billing.models import BankEntry, Statement
from servanda.business.billing.queries import open_items
from servanda.business.companies.actions import note_bank_news
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

VOUCHER = Citation("Bogføringsloven", "§ 9", "700/2022")
_NUMBERS = re.compile(r"(?<!\d)\d{3,12}(?!\d)")


class AnotherAccount(Refused):
    """The statement is of an account that is not the company's."""


class StatementsDoNotMeet(Refused):
    """The statement does not begin where the one before ended: a statement between them is missing, or one is wrong."""


@dataclass(frozen=True, slots=True)
class Received:
    """What reading a statement did: entries new and known, and the invoices and customers whose debts have changed."""

    entries_new: int
    entries_known: int
    matched: int
    in_suspense: int
    changed: tuple[Allocated, ...]


@transaction.atomic
def receive_statement(company: CompanyFacts, draft: StatementDraft, *, today: date, at: datetime) -> Received:
    """Book a statement's movements that are new; the same file twice changes nothing.

    Refuses the whole statement when it is of another account, or does not meet the statement before it.
    """
    _check_account(company, draft)
    _check_balance_chain(company, draft)
    statement = _statement(company, draft, at=at)
    new = known = matched = 0
    changed: list[Allocated] = []
    for movement in draft.movements:
        row, is_new = _entry(company, statement, draft.account, movement)
        known += not is_new
        if not is_new:
            continue
        new += 1
        allocated = _book(company, row, movement, today=today, at=at)
        matched += row.state == "matched"
        changed.extend(allocated)
    note_bank_news(company.company_id, until=draft.closing_on)
    return Received(new, known, matched, new - matched, tuple(changed))


def _check_account(company: CompanyFacts, draft: StatementDraft) -> None:
    given = draft.account.replace(" ", "").upper()
    ours = {company.iban.replace(" ", ""), company.bank_registration + company.bank_account}
    if given not in ours:
        raise AnotherAccount(
            f"{draft.file_name} is a statement of account {draft.account}, which is not {company.name}'s "
            f"({company.iban}). Choose the company that the account belongs to."
        )


def _check_balance_chain(company: CompanyFacts, draft: StatementDraft) -> None:
    before = (
        Statement.objects.filter(company_id=company.company_id, closing_on__lt=draft.opening_on)
        .exclude(statement_id=draft.statement_id)
        .order_by("-closing_on", "-id")
        .first()
    )
    if before is not None and before.closing_minor != draft.opening.minor:
        raise StatementsDoNotMeet(
            f"{draft.file_name} opens on {draft.opening_on} with {draft.opening}, but the statement before it "
            f"({before.statement_id}) closed on {before.closing_on} with {Money(before.closing_minor)}. "
            "Read the statement between them first, or ask the bank."
        )


def _statement(company: CompanyFacts, draft: StatementDraft, *, at: datetime) -> Statement:
    row, _ = Statement.objects.get_or_create(
        company_id=company.company_id,
        account=draft.account,
        statement_id=draft.statement_id,
        defaults={
            "opening_minor": draft.opening.minor,
            "closing_minor": draft.closing.minor,
            "opening_on": draft.opening_on,
            "closing_on": draft.closing_on,
            "sha256": draft.sha256,
            "file_name": draft.file_name,
            "read_at": at,
        },
    )
    return row


def _entry(company: CompanyFacts, statement: Statement, account: str, movement: BankMovement) -> tuple[BankEntry, bool]:
    return BankEntry.objects.get_or_create(
        company_id=company.company_id,
        account=account,
        booked_on=movement.booked_on,
        amount_minor=movement.amount.minor,
        reference=movement.reference,
        ordinal=movement.ordinal,
        defaults={
            "statement": statement,
            "currency": movement.amount.currency,
            "value_on": movement.value_on,
            "text": movement.text,
            "creditor_reference": movement.creditor_reference,
            "payer_name": movement.payer_name,
            "payer_account": movement.payer_account,
            "is_reversal": movement.is_reversal,
            "unallocated_minor": max(movement.amount.minor, 0),
            "state": "suspense",
        },
    )


def _book(
    company: CompanyFacts, row: BankEntry, movement: BankMovement, *, today: date, at: datetime
) -> tuple[Allocated, ...]:
    if movement.amount.minor < 0:
        returned = _returned_payment(row)
        if returned is not None:
            return give_back(company, returned, row, today=today, at=at)
        _post_to_suspense(company, row, at=at)
        return ()
    found = match(
        IncomingEntry(movement.amount, movement.creditor_reference, movement.text),
        open_items(
            company.company_id,
            references=[movement.creditor_reference] if movement.creditor_reference else [],
            numbers=[int(number) for number in _NUMBERS.findall(movement.text)[:20]],
        ),
    )
    if found.customer_id is None:
        _post_to_suspense(company, row, at=at)
        return ()
    return _receive(company, row, found, today=today, at=at)


def _receive(
    company: CompanyFacts, row: BankEntry, found: Match, *, today: date, at: datetime
) -> tuple[Allocated, ...]:
    allocated = allocate(company, row, found, by="system", today=today, at=at)
    _record(company, row, found, today=today, at=at)
    return allocated


def _record(company: CompanyFacts, row: BankEntry, found: Match, *, today: date, at: datetime) -> None:
    record(
        company_id=company.company_id,
        key=f"payment.received:{row.pk}",
        what="payment.received",
        subject=f"entry:{row.pk}",
        on_day=today,
        at=at,
        because=(VOUCHER,),
        facts={
            "amount_minor": row.amount_minor,
            "value_on": row.value_on.isoformat(),
            "rule": found.rule,
            "invoices": [part.invoice_id for part in found.parts],
            "rest_minor": found.rest.minor,
        },
        customer_id=found.customer_id,
    )


def _post_to_suspense(company: CompanyFacts, row: BankEntry, *, at: datetime) -> None:
    amount = Money(row.amount_minor, row.currency)
    entry = JournalEntry(
        key=f"bank entry:{row.pk}",
        what="payment",
        on_day=row.booked_on,
        lines=(PostingLine(Account.BANK, amount), PostingLine(Account.SUSPENSE, -amount)),
        because=(VOUCHER,),
    )
    post(company.company_id, entry, at=at)


def _returned_payment(row: BankEntry) -> BankEntry | None:
    """Return the payment that a negative movement takes back: the same amount with the same reference, matched."""
    if not row.is_reversal:
        return None
    same = BankEntry.objects.filter(
        company_id=row.company_id, account=row.account, amount_minor=-row.amount_minor, state="matched"
    )
    if row.creditor_reference:
        same = same.filter(creditor_reference=row.creditor_reference)
    else:
        same = same.filter(reference=row.reference)
    return same.order_by("-id").first()
