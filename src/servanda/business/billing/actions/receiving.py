"""Booking bank statements: each movement once, whatever file it came in; matched where that is sure, else for a person.

A movement is named by account, day, amount and the bank's reference. Where a bank gives no reference, two files that share a day
are a riddle: is the second payment of 100.00 the first one told again, or another? The balances answer it. They must add up from
statement to statement, so a movement that they do not account for has been booked before, and one that they need is new.
Only where they cannot tell, because those movements come to nothing, a person is asked.

Nothing here knows of dunning. What a payment ends (holds, reminders) is done by the context above in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from servanda.business.billing.actions.allocating import Allocated, allocate, give_back, lock_invoices
from servanda.business.billing.actions.meeting import Balances, StatementsDoNotMeet, balances_of
from servanda.business.billing.actions.sources import AnotherAccount, MoneySource, source_of
from servanda.business.billing.decisions.matching import Match, Part, invoice_numbers_in, match
from servanda.business.billing.facts import BankMovement, IncomingEntry, StatementDraft
from servanda.business.billing.models import BankEntry, Statement
from servanda.business.billing.queries import open_items
from servanda.business.companies.actions import note_bank_news
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Refused

VOUCHER = Citation("Bogføringsloven", "§ 9", "700/2022")
CURRENCY = "DKK"  # of the books and of every account in them
ALIKE = "it looks like a payment of another statement, and the bank gave no reference"
BACK = "the bank returns money that went out"
OUT = "money that went out"
_TURN = 0x5E42_BA4E  # of the advisory locks that keep two statements of one company apart


class ForeignCurrency(Refused):
    """The statement is in another currency than the books."""


class StatementChanged(Refused):
    """A statement of that name was read before, with other balances."""


@dataclass(frozen=True, slots=True)
class ReceivedEntry:
    """What became of one movement. `rule` is how it was matched, or why it lies in suspense."""

    entry_id: int
    amount: Money
    booked_on: date
    text: str
    payer_name: str
    state: str
    rule: str
    parts: tuple[Part, ...] = ()
    credit: Money | None = None  # what is over, and stays to the customer's credit
    takes_back: int | None = None  # the entry that the bank has taken back


@dataclass(frozen=True, slots=True)
class Received:
    """What reading a statement did: entries new and known, and the invoices and customers whose debts have changed."""

    entries_new: int
    entries_known: int
    matched: int
    in_suspense: int
    changed: tuple[Allocated, ...]
    entries: tuple[ReceivedEntry, ...] = ()
    entries_empty: int = 0  # over no money at all: nothing to book


@transaction.atomic
def receive_statement(company: CompanyFacts, draft: StatementDraft, *, today: date, at: datetime) -> Received:
    """Book a statement's movements that are new; the same file twice changes nothing.

    Refuses the whole statement when it is of another account or currency, or does not meet what is known of the account.
    """
    source = source_of(company, draft)
    _check_currency(draft)
    _take_turn(company)
    balances = balances_of(company.company_id, source.account)
    balances.check_opening(draft)
    statement = _statement(company, draft, source.account, at=at)
    moved = [movement for movement in draft.movements if movement.amount]
    rows = _new_rows(source, statement, moved, balances, draft)
    told = []
    changed: list[Allocated] = []
    for row in rows:
        entry, allocated = _book(company, row, today=today, at=at)
        told.append(entry)
        changed.extend(allocated)
    if source.is_bank:
        note_bank_news(company.company_id, until=draft.closing_on)
    in_suspense = sum(entry.state == "suspense" for entry in told)
    return Received(
        entries_new=len(told),
        entries_known=len(moved) - len(told),
        matched=len(told) - in_suspense,
        in_suspense=in_suspense,
        changed=tuple(changed),
        entries=tuple(told),
        entries_empty=len(draft.movements) - len(moved),
    )


def _check_currency(draft: StatementDraft) -> None:
    found = {draft.opening.currency, draft.closing.currency, *(one.amount.currency for one in draft.movements)}
    foreign = sorted(found - {CURRENCY})
    if foreign:
        raise ForeignCurrency(
            f"{draft.file_name} is in {foreign[0]}; the books are in {CURRENCY}. Import the statement of the account in "
            f"{CURRENCY}: it has what the bank paid in at its rate."
        )


def _take_turn(company: CompanyFacts) -> None:
    """Let two readers of one company's statements go one after the other: both need to know what the other booked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company.company_id])


def _statement(company: CompanyFacts, draft: StatementDraft, account: str, *, at: datetime) -> Statement:
    row, _ = Statement.objects.get_or_create(
        company_id=company.company_id,
        account=account,
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
    same = (row.opening_minor, row.closing_minor, row.opening_on, row.closing_on)
    if same != (draft.opening.minor, draft.closing.minor, draft.opening_on, draft.closing_on):
        raise changed_since(draft, row)
    return row


def changed_since(draft: StatementDraft, row: Statement) -> StatementChanged:
    """Return the refusal of a statement whose name is known and whose content is not."""
    return StatementChanged(
        f"{draft.file_name} has the statement {draft.statement_id}, which was read before from {row.file_name} with "
        f"other balances or movements: {Money(row.opening_minor)} to {Money(row.closing_minor)} until {row.closing_on}, "
        f"now {draft.opening} to {draft.closing} until {draft.closing_on}. Ask the bank which one is right."
    )


def _new_rows(
    source: MoneySource,
    statement: Statement,
    movements: Iterable[BankMovement],
    balances: Balances,
    draft: StatementDraft,
) -> list[BankEntry]:
    """Write the movements that are not in the books yet, and return them in the statement's order."""
    rows: list[BankEntry | None] = []
    riddles: list[tuple[int, BankMovement]] = []
    for movement in movements:
        known = _known(statement, movement)
        if known is None:
            rows.append(_write(source, statement, movement))
        else:
            if not movement.reference and known.statement_id != statement.pk:
                riddles.append((len(rows), movement))
            rows.append(None)
    written = [row for row in rows if row is not None]
    asked = [movement.amount for _, movement in riddles]
    if written and balances.has(draft):
        raise changed_since(draft, statement)
    answer = balances.tell_new(draft, total_of(Money(row.amount_minor) for row in written), asked)
    for place, movement in riddles if answer != "known" else ():
        rows[place] = _write_again(source, statement, movement, reason=ALIKE if answer == "unknown" else "")
    return [row for row in rows if row is not None]


def _known(statement: Statement, movement: BankMovement) -> BankEntry | None:
    return BankEntry.objects.filter(
        company_id=statement.company_id,
        account=statement.account,
        booked_on=movement.booked_on,
        amount_minor=movement.amount.minor,
        reference=movement.reference,
        ordinal=movement.ordinal,
    ).first()


def _write_again(source: MoneySource, statement: Statement, movement: BankMovement, *, reason: str) -> BankEntry:
    """Write a movement that looks like a known one, under the next ordinal that is free."""
    alike = BankEntry.objects.filter(
        company_id=statement.company_id,
        account=statement.account,
        booked_on=movement.booked_on,
        amount_minor=movement.amount.minor,
        reference="",
    )
    ordinal = 1 + max(alike.values_list("ordinal", flat=True), default=0)
    return _write(source, statement, movement, ordinal=ordinal, reason=reason)


def _write(
    source: MoneySource, statement: Statement, movement: BankMovement, *, ordinal: int | None = None, reason: str = ""
) -> BankEntry:
    return BankEntry.objects.create(
        company_id=statement.company_id,
        account=statement.account,
        ledger_account=str(source.ledger_account),
        booked_on=movement.booked_on,
        amount_minor=movement.amount.minor,
        reference=movement.reference,
        ordinal=movement.ordinal if ordinal is None else ordinal,
        statement=statement,
        currency=movement.amount.currency,
        value_on=movement.value_on,
        text=movement.text,
        creditor_reference=movement.creditor_reference,
        payer_name=movement.payer_name,
        payer_account=movement.payer_account,
        is_reversal=movement.is_reversal,
        unallocated_minor=max(movement.amount.minor, 0),
        state="suspense",
        because=reason,
    )


def _book(
    company: CompanyFacts, row: BankEntry, *, today: date, at: datetime
) -> tuple[ReceivedEntry, tuple[Allocated, ...]]:
    if row.because == ALIKE:
        return _to_suspense(company, row, reason=ALIKE, at=at), ()
    if row.amount_minor < 0:
        returned = _returned_payment(row)
        if returned is None:
            reason = "it takes back a payment that is not known" if row.is_reversal else OUT
            return _to_suspense(company, row, reason=reason, at=at), ()
        allocated = give_back(company, returned, row, today=today, at=at)
        return _told(row, takes_back=returned.pk), allocated
    if row.is_reversal:
        return _to_suspense(company, row, reason=BACK, at=at), ()
    found = _match(company, row)
    if found.customer_id is None:
        return _to_suspense(company, row, reason=found.rule, at=at), ()
    allocated = allocate(company, row, found, by="system", today=today, at=at)
    _record(company, row, found, today=today, at=at)
    return _told(row, parts=found.parts, credit=found.rest or None), allocated


def _match(company: CompanyFacts, row: BankEntry) -> Match:
    entry = IncomingEntry(Money(row.amount_minor, row.currency), row.creditor_reference, row.text)
    references = [row.creditor_reference] if row.creditor_reference else []
    numbers = invoice_numbers_in(entry)
    found = open_items(company.company_id, references=references, numbers=numbers)
    if not lock_invoices(item.invoice_id for item in found):
        return match(entry, ())
    items = open_items(company.company_id, references=references, numbers=numbers)  # as they stand once locked
    paid_before_for = _paid_before_for(row)
    return match(IncomingEntry(entry.amount, entry.reference, entry.text, paid_before_for), items)


def _paid_before_for(row: BankEntry) -> frozenset[int]:
    """Return the customers for whom this account has paid by reference: whose money it is, then, is known."""
    if not row.payer_account:
        return frozenset()
    rows = BankEntry.objects.filter(
        company_id=row.company_id,
        payer_account=row.payer_account,
        state="matched",
        because="payment reference",
        customer_id__isnull=False,
    )
    return frozenset(one for one in rows.values_list("customer_id", flat=True).distinct() if one is not None)


def _told(
    row: BankEntry, *, parts: tuple[Part, ...] = (), credit: Money | None = None, takes_back: int | None = None
) -> ReceivedEntry:
    return ReceivedEntry(
        entry_id=row.pk,
        amount=Money(row.amount_minor, row.currency),
        booked_on=row.booked_on,
        text=row.text,
        payer_name=row.payer_name,
        state=row.state,
        rule=row.because,
        parts=parts,
        credit=credit,
        takes_back=takes_back,
    )


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


def _to_suspense(company: CompanyFacts, row: BankEntry, *, reason: str, at: datetime) -> ReceivedEntry:
    amount = Money(row.amount_minor, row.currency)
    entry = JournalEntry(
        key=f"bank entry:{row.pk}",
        what="payment",
        on_day=row.booked_on,
        lines=(PostingLine(Account(row.ledger_account), amount), PostingLine(Account.SUSPENSE, -amount)),
        because=(VOUCHER,),
    )
    post(company.company_id, entry, at=at)
    row.because = reason
    row.save(update_fields=["because"])
    return _told(row)


def _returned_payment(row: BankEntry) -> BankEntry | None:
    """Return the payment that a negative movement takes back, if it is certain which one it was.

    It came before, over the same amount, and the bank names it by its own reference, by the payment reference, or, without
    either, it is the only one with the same text from the same payer.
    """
    if not row.is_reversal:
        return None
    same = BankEntry.objects.filter(
        company_id=row.company_id,
        account=row.account,
        amount_minor=-row.amount_minor,
        booked_on__lte=row.booked_on,
        is_reversal=False,
        state__in=["matched", "suspense"],
    ).order_by("-booked_on", "-id")
    if row.reference and (named := same.filter(reference=row.reference).first()):
        return named
    if row.creditor_reference:
        # Paid twice with one reference: the later one is over, and taking that back takes least from the customer.
        return same.filter(creditor_reference=row.creditor_reference).first()
    if not row.text and not row.payer_account:
        return None
    alike = list(same.filter(creditor_reference="", text=row.text, payer_account=row.payer_account)[:2])
    return alike[0] if len(alike) == 1 else None


__all__ = [
    "AnotherAccount",
    "ForeignCurrency",
    "Received",
    "ReceivedEntry",
    "StatementChanged",
    "StatementsDoNotMeet",
    "receive_statement",
]
