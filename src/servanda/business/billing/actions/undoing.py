"""Taking a payment off what it was given to: because the bank took it back, or because a person had it wrong.

Nothing is erased. Each allocation gets a counter-allocation, the invoices are open again as if the money had never reached them,
and the journal has both. What the bank took back has left; what a person takes off lies in suspense again, to be explained anew.
Credit that has been paid out is gone, so a payment behind it cannot be undone any more.
"""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from servanda.business.billing.actions.allocating import (
    VOUCHER,
    Allocated,
    NotThisEntry,
    lock_invoices,
    record_act,
    times_moved,
)
from servanda.business.billing.actions.writing_off import undo_write_offs
from servanda.business.billing.decisions.categories import category_of
from servanda.business.billing.models import Allocation, BankEntry, Charge, CreditUse, Invoice
from servanda.business.companies.facts import CompanyFacts
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.money import Money

BY_BANK = "the bank took the payment back"
CAN_RETURN = frozenset({"matched", "suspense", "split"})  # what the bank can take back
TAKEN_OFF = "taken off again by a person"


class PaidOut(NotThisEntry):
    """The credit that the payment left has been paid out, so the payment stays where it is."""


@transaction.atomic
def undo_entry(
    company: CompanyFacts, entry_id: int, *, reason: str, by: str, today: date, at: datetime
) -> tuple[Allocated, ...]:
    """Put an explained or matched entry back into suspense, and open again what it had paid. Returns those invoices.

    A split is undone once its parts wait unexplained: then the whole waits again.
    """
    if not reason.strip():
        raise NotThisEntry("Say why. The reason is kept with the record.")
    row = BankEntry.objects.select_for_update().filter(pk=entry_id, company_id=company.company_id).first()
    state = row.state if row is not None else "not there"
    if row is None or state not in {"matched", "explained", "split"}:
        raise NotThisEntry(
            "Bank entry %(entry_id)s has no explanation. Only what has been explained can be undone.",
            {"entry_id": entry_id},
        )
    if state == "split":
        _join(company, row, reason=reason, by=by, today=today, at=at)
        return ()
    if row.state == "matched" and row.amount_minor < 0:
        raise NotThisEntry(
            "Bank entry %(entry_id)s is the bank's taking back of a payment. Only the bank can change that.",
            {"entry_id": entry_id},
        )
    return _into_suspense(company, row, reason=reason, by=by, today=today, at=at)


def give_back(
    company: CompanyFacts, returned: BankEntry, reversal: BankEntry, *, today: date, at: datetime
) -> tuple[Allocated, ...]:
    """Undo what a payment did that the bank has taken back: the claims are open again. Runs in the caller's transaction.

    What credit notes have left over for these invoices, because they were paid then, comes off them now.
    """
    returned = BankEntry.objects.select_for_update().get(pk=returned.pk)
    if returned.state not in CAN_RETURN:
        raise NotThisEntry(
            "Bank entry %(entry_id)s is no payment that is booked. Only what was paid can be taken back.",
            {"entry_id": returned.pk},
        )
    undone = _take_parts_off(company, returned, today=today, at=at) if returned.state == "split" else ()
    given = _given_by(returned)
    lock_invoices({invoice_id for invoice_id, *_ in given})
    _reopen(company, given, reversal, by="system", why=BY_BANK, today=today)
    undo_write_offs(company, returned.pk, by="system", today=today, at=at)
    _close_pair(company, returned, reversal, given=sum(given.values()), at=at, today=today)
    _apply_credit_notes_of(company, given, today=today, at=at)
    return (*undone, *_told(given, returned, value_on=reversal.value_on))


Given = dict[tuple[int, int | None, date], int]  # by invoice, charge and value day: what an entry has given, net


def _given_by(row: BankEntry) -> Given:
    given: defaultdict[tuple[int, int | None, date], int] = defaultdict(int)
    for one in Allocation.objects.filter(entry=row).order_by("id"):
        given[one.invoice_id, one.charge_id, one.value_on] += one.amount_minor
    return {where: amount for where, amount in given.items() if amount}


def _told(given: Given, row: BankEntry, *, value_on: date | None = None, why: str = "") -> tuple[Allocated, ...]:
    assert row.customer_id is not None or not given, "what is allocated has a customer"
    return tuple(
        Allocated(invoice_id, row.customer_id or 0, value_on or day, Money(-amount, row.currency), why)
        for (invoice_id, _, day), amount in given.items()
    )


def _into_suspense(
    company: CompanyFacts, row: BankEntry, *, reason: str, by: str, today: date, at: datetime
) -> tuple[Allocated, ...]:
    given = _given_by(row)
    lock_invoices({invoice_id for invoice_id, *_ in given})
    if row.state == "matched" and sum(given.values()) + row.unallocated_minor != row.amount_minor:
        raise PaidOut(
            "Of bank entry %(entry_id)s over %(amount)s a part has been paid out again. It stays where it is; "
            "correct it by a new invoice or a credit note.",
            {"entry_id": row.pk, "amount": Money(row.amount_minor, row.currency)},
        )
    _reopen(company, given, row, by=by, why=TAKEN_OFF, today=today)
    undo_write_offs(company, row.pk, by=by, today=today, at=at)
    told = _told(given, row, why=f"It was taken off by a person: {reason.strip()}")
    _book_back(company, row, sum(given.values()), today=today, at=at)
    facts: dict[str, object] = {"reason": reason.strip(), "was": row.because, "amount_minor": row.amount_minor}
    record_act(company, row, "payment.undone", facts, by=by, today=today, at=at)
    row.state, row.because, row.category, row.customer_id = "suspense", TAKEN_OFF, "", None
    row.unallocated_minor = max(row.amount_minor, 0)
    row.save(update_fields=["state", "because", "category", "customer_id", "unallocated_minor"])
    _apply_credit_notes_of(company, given, today=today, at=at)
    return told


def _book_back(company: CompanyFacts, row: BankEntry, given: int, *, today: date, at: datetime) -> None:
    """Book an entry back into suspense from where it had gone: claims and credit, or the account of its kind."""
    amount, receivable = Money(row.amount_minor, row.currency), Money(given, row.currency)
    if row.state == "explained":
        came_from: tuple[PostingLine, ...] = (PostingLine(category_of(row.category).account, amount),)
    else:
        came_from = (
            PostingLine(Account.RECEIVABLE, receivable),
            PostingLine(Account.CUSTOMER_CREDIT, amount - receivable),
        )
    entry = JournalEntry(
        key=f"bank entry undone:{row.pk}:{times_moved(row, 'payment.undone') + 1}",
        what="explanation undone",
        on_day=today,
        lines=(*(line for line in came_from if line.amount), PostingLine(Account.SUSPENSE, -amount)),
        because=(VOUCHER,),
        customer_id=row.customer_id,
    )
    is_new = post(company.company_id, entry, at=at)
    assert is_new, f"{entry.key} was booked before"


def _join(company: CompanyFacts, row: BankEntry, *, reason: str, by: str, today: date, at: datetime) -> None:
    parts = list(BankEntry.objects.select_for_update().filter(parent=row).exclude(state="joined").order_by("id"))
    busy = [part for part in parts if part.state != "suspense"]
    if busy:
        raise NotThisEntry(
            "%(count)s of the %(all)s parts of bank entry %(entry_id)s are explained. Undo those first, then the split.",
            {"count": len(busy), "all": len(parts), "entry_id": row.pk},
        )
    BankEntry.objects.filter(pk__in=[part.pk for part in parts]).update(state="joined", unallocated_minor=0)
    row.state, row.because, row.unallocated_minor = "suspense", TAKEN_OFF, row.amount_minor
    row.save(update_fields=["state", "because", "unallocated_minor"])
    facts: dict[str, object] = {"reason": reason.strip(), "was": "split", "amount_minor": row.amount_minor}
    record_act(company, row, "payment.undone", facts, by=by, today=today, at=at)


def _take_parts_off(company: CompanyFacts, row: BankEntry, *, today: date, at: datetime) -> tuple[Allocated, ...]:
    """Undo each part of a movement that the bank took back, so that the whole lies in suspense when it leaves."""
    undone: list[Allocated] = []
    for part in BankEntry.objects.select_for_update().filter(parent=row).exclude(state="joined").order_by("id"):
        if part.state != "suspense":
            undone.extend(_into_suspense(company, part, reason=BY_BANK, by="system", today=today, at=at))
    _join(company, row, reason=BY_BANK, by="system", today=today, at=at)
    return tuple(undone)


def _reopen(company: CompanyFacts, given: Given, source: BankEntry, *, by: str, why: str, today: date) -> None:
    for (invoice_id, charge_id, value_on), amount in given.items():
        row = _locked(invoice_id, charge_id)
        row.open_minor += amount
        row.save(update_fields=["open_minor"])
        Allocation.objects.create(
            company_id=company.company_id,
            entry=source,
            invoice_id=invoice_id,
            charge_id=charge_id,
            amount_minor=-amount,
            value_on=value_on,  # as if it had never come: interest runs from where it would have stopped
            on_day=today,
            by=by,
            because=why,
        )


def _locked(invoice_id: int, charge_id: int | None) -> Invoice | Charge:
    if charge_id is not None:
        return Charge.objects.select_for_update().get(pk=charge_id)
    return Invoice.objects.select_for_update().get(pk=invoice_id)


def _apply_credit_notes_of(company: CompanyFacts, given: Given, *, today: date, at: datetime) -> None:
    for invoice_id in sorted({invoice_id for invoice_id, *_ in given}):
        _apply_credit_notes(company, invoice_id, today=today, at=at)


def _apply_credit_notes(company: CompanyFacts, invoice_id: int, *, today: date, at: datetime) -> None:
    """Take off an invoice that is open again what its credit notes had given to the customer's credit."""
    invoice = Invoice.objects.get(pk=invoice_id)
    notes = Invoice.objects.select_for_update(no_key=True).filter(original_id=invoice_id, kind="credit note")
    for note in notes.order_by("id"):
        used = Allocation.objects.filter(credit_note=note).aggregate(total=Sum("amount_minor"))["total"] or 0
        used += CreditUse.objects.filter(credit_note=note).aggregate(total=Sum("amount_minor"))["total"] or 0
        amount = min(note.total_minor - used, invoice.open_minor)
        if amount <= 0:
            continue
        applied = Allocation.objects.create(
            company_id=company.company_id,
            credit_note=note,
            invoice=invoice,
            amount_minor=amount,
            value_on=note.issued_on,
            on_day=today,
            because="the payment before it was taken back",
        )
        invoice.open_minor -= amount
        invoice.save(update_fields=["open_minor"])
        money = Money(amount, invoice.currency)
        entry = JournalEntry(
            key=f"credit applied:{applied.pk}",
            what="credit applied",
            on_day=today,
            lines=(PostingLine(Account.CUSTOMER_CREDIT, money), PostingLine(Account.RECEIVABLE, -money)),
            because=(VOUCHER,),
            customer_id=invoice.customer_id,
            invoice_id=invoice_id,
        )
        post(company.company_id, entry, at=at)


def _close_pair(
    company: CompanyFacts, returned: BankEntry, reversal: BankEntry, *, given: int, today: date, at: datetime
) -> None:
    """Book the money out again, from where the payment had put it: the claims, the customer's credit, or suspense."""
    amount = Money(returned.amount_minor, returned.currency)
    receivable = Money(given, returned.currency)
    rest = Account.SUSPENSE if returned.state == "suspense" else Account.CUSTOMER_CREDIT
    lines = (
        PostingLine(Account(reversal.ledger_account), -amount),
        PostingLine(Account.RECEIVABLE, receivable),
        PostingLine(rest, amount - receivable),
    )
    entry = JournalEntry(
        key=f"bank entry reversed:{reversal.pk}",
        what="payment reversed",
        on_day=reversal.booked_on,
        lines=tuple(line for line in lines if line.amount),
        because=(VOUCHER,),
        customer_id=returned.customer_id,
    )
    post(company.company_id, entry, at=at)
    returned.state, returned.unallocated_minor, returned.because = "reversed", 0, "taken back by the bank"
    returned.save(update_fields=["state", "unallocated_minor", "because"])
    reversal.state, reversal.customer_id = "matched", returned.customer_id
    reversal.because = "takes back an earlier payment"
    reversal.save(update_fields=["state", "customer_id", "because"])
    facts: dict[str, object] = {"amount_minor": reversal.amount_minor, "takes_back": returned.pk}
    record_act(company, reversal, "payment.reversed", facts, by="system", today=today, at=at)
