"""Booking bank statements: each movement once, whatever file it came in; matched where that is sure, else for a person.

A movement is named by account, day, amount and the bank's reference. Where a bank gives no reference, two files that share a day
are a riddle: is the second payment of 100.00 the first one told again, or another? The balances answer it. They must add up from
statement to statement, so a movement that they do not account for has been booked before, and one that they need is new.
Only where they cannot tell, because those movements come to nothing, a person is asked.

Nothing here knows of dunning. What a payment ends (holds, reminders) is done by the context above in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import Allocated
from servanda.business.billing.actions.booking import ALIKE, Follow, ReceivedEntry, book_rows, book_rows_apart
from servanda.business.billing.actions.meeting import Balances, StatementsDoNotMeet, balances_of
from servanda.business.billing.actions.sources import AnotherAccount, MoneySource, source_of, take_turn
from servanda.business.billing.facts import BankMovement, StatementDraft
from servanda.business.billing.models import BankEntry, Statement
from servanda.business.companies.actions import note_bank_news
from servanda.business.companies.facts import CompanyFacts
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Refused

CURRENCY = "DKK"  # of the books and of every account in them


class ForeignCurrency(Refused):
    """The statement is in another currency than the books."""


class StatementChanged(Refused):
    """A statement of that name was read before, with other balances."""


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
def receive_statement(
    company: CompanyFacts, draft: StatementDraft, *, today: date, at: datetime, one_by_one: Follow | None = None
) -> Received:
    """Book a statement's movements that are new; the same file twice changes nothing.

    With `one_by_one` each movement is booked by itself with what follows from it, and one that fails waits for a person.

    Refuses the whole statement when it is of another account or currency, or does not meet what is known of the account.
    """
    source = source_of(company, draft)
    _check_currency(draft)
    take_turn(company)
    balances = balances_of(company.company_id, source.account)
    if not draft.has_balances:
        draft = _with_balances(draft, balances)
    balances.check_opening(draft)
    statement = _statement(company, draft, source.account, at=at)
    moved = [movement for movement in draft.movements if movement.amount]
    rows = _new_rows(source, statement, moved, balances, draft)
    told, changed = (
        book_rows(company, rows, today=today, at=at)
        if one_by_one is None
        else book_rows_apart(company, rows, one_by_one, today=today, at=at)
    )
    if source.is_bank:
        note_bank_news(company.company_id, until=draft.closing_on)
    in_suspense = sum(entry.state == "suspense" for entry in told)
    return Received(
        entries_new=len(told),
        entries_known=len(moved) - len(told),
        matched=len(told) - in_suspense,
        in_suspense=in_suspense,
        changed=changed,
        entries=told,
        entries_empty=len(draft.movements) - len(moved),
    )


def _check_currency(draft: StatementDraft) -> None:
    found = {draft.opening.currency, draft.closing.currency, *(one.amount.currency for one in draft.movements)}
    foreign = sorted(found - {CURRENCY})
    if foreign:
        raise ForeignCurrency(
            "%(file_name)s is in %(foreign)s; the books are in %(currency)s. Import the statement of the account "
            "in %(currency)s: it has what the bank paid in at its rate.",
            {"file_name": draft.file_name, "foreign": foreign[0], "currency": CURRENCY},
        )


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
            "has_balances": draft.has_balances,
        },
    )
    same = (row.opening_minor, row.closing_minor, row.opening_on, row.closing_on)
    if same != (draft.opening.minor, draft.closing.minor, draft.opening_on, draft.closing_on):
        raise changed_since(draft, row)
    return row


def changed_since(draft: StatementDraft, row: Statement) -> StatementChanged:
    """Return the refusal of a statement whose name is known and whose content is not."""
    return StatementChanged(
        "%(file_name)s has the statement %(statement_id)s, which was read before from %(earlier_file)s with other "
        "balances or movements: %(opening_before)s to %(closing_before)s until %(closing_on)s, now %(opening)s "
        "to %(closing)s until %(until_now)s. Ask the bank which one is right.",
        {
            "file_name": draft.file_name,
            "statement_id": draft.statement_id,
            "earlier_file": row.file_name,
            "opening_before": Money(row.opening_minor),
            "closing_before": Money(row.closing_minor),
            "closing_on": row.closing_on,
            "opening": draft.opening,
            "closing": draft.closing,
            "until_now": draft.closing_on,
        },
    )


def _with_balances(draft: StatementDraft, balances: Balances) -> StatementDraft:
    """Return a statement that tells no balances with those that are known of the account: by them it must still add up.

    The bank's file is then taken to hold all movements of its days. Where nothing is known yet, the account opens with nothing.
    """
    opening = balances.before(draft)
    return replace(draft, opening=opening, closing=opening + total_of(one.amount for one in draft.movements))


def _new_rows(
    source: MoneySource,
    statement: Statement,
    movements: Sequence[BankMovement],
    balances: Balances,
    draft: StatementDraft,
) -> list[BankEntry]:
    """Return the movements that are not in the books yet, in the statement's order, ready to be booked and written."""
    known = _known(statement, movements)
    rows: list[BankEntry | None] = []
    riddles: list[tuple[int, BankMovement]] = []
    for movement in movements:
        in_statement = known.get(_key(movement))
        if in_statement is None:
            rows.append(_row(source, statement, movement))
        else:
            if not movement.reference and in_statement != statement.pk:
                riddles.append((len(rows), movement))
            rows.append(None)
    written = [row for row in rows if row is not None]
    asked = [movement.amount for _, movement in riddles]
    if written and balances.has(draft):
        raise changed_since(draft, statement)
    answer = balances.tell_new(draft, total_of(Money(row.amount_minor) for row in written), asked)
    if answer != "known":
        ordinals = _ordinals_taken(known, written)
        for place, movement in riddles:
            ordinals[_alike(movement)] += 1
            reason = ALIKE if answer == "unknown" else ""
            rows[place] = _row(source, statement, movement, ordinal=ordinals[_alike(movement)], reason=reason)
    return [row for row in rows if row is not None]


Key = tuple[date, int, str, int]


def _key(movement: BankMovement) -> Key:
    return movement.booked_on, movement.amount.minor, movement.reference, movement.ordinal


def _alike(movement: BankMovement) -> tuple[date, int]:
    return movement.booked_on, movement.amount.minor


def _known(statement: Statement, movements: Sequence[BankMovement]) -> dict[Key, int]:
    """Return the entries of the account on the statement's days by what names them, each with its statement: one question."""
    if not movements:
        return {}
    days = [movement.booked_on for movement in movements]
    rows = BankEntry.objects.filter(
        company_id=statement.company_id,
        account=statement.account,
        booked_on__range=(min(days), max(days)),
        parent=None,
    )
    names = rows.values_list("booked_on", "amount_minor", "reference", "ordinal", "statement_id")
    return {(booked_on, amount, reference, ordinal): told for booked_on, amount, reference, ordinal, told in names}


def _ordinals_taken(known: Iterable[Key], written: Iterable[BankEntry]) -> defaultdict[tuple[date, int], int]:
    """Return the highest ordinal of the entries that look the same and bear no reference."""
    taken: defaultdict[tuple[date, int], int] = defaultdict(int)
    for booked_on, amount, reference, ordinal in known:
        if not reference:
            taken[booked_on, amount] = max(taken[booked_on, amount], ordinal)
    for row in written:
        if not row.reference:
            alike = row.booked_on, row.amount_minor
            taken[alike] = max(taken[alike], row.ordinal)
    return taken


def _row(
    source: MoneySource, statement: Statement, movement: BankMovement, *, ordinal: int | None = None, reason: str = ""
) -> BankEntry:
    original = movement.original
    return BankEntry(
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
        fik_type=movement.fik_type,
        fik_creditor=movement.fik_creditor,
        original_minor=original.minor if original is not None else None,
        original_currency=original.currency if original is not None else "",
    )


__all__ = [
    "AnotherAccount",
    "ForeignCurrency",
    "Received",
    "ReceivedEntry",
    "StatementChanged",
    "StatementsDoNotMeet",
    "receive_statement",
]
