"""Do the books agree? Entries balance, what customers owe follows from the rows, nothing is given away twice (1, 3, 6)."""

from collections import Counter

from django.db.models import Sum

from servanda.business.audit.queries import run_audit
from servanda.business.billing.models import Allocation, BankEntry, Charge, CreditUse, Invoice
from servanda.business.ledger.models import Posting
from servanda.business.ledger.queries import balance_of_customer

MONEY_INVARIANTS = (1, 2, 3, 6, 7, 8, 11, 12)


def assert_books_agree(company_id: int) -> None:
    """Fail unless the rows of billing and the ledger tell the same story, by own reckoning and by the audit's."""
    _entries_balance(company_id)
    _customers_owe_what_is_open(company_id)
    _nothing_is_given_twice(company_id)
    _the_bank_has_what_it_told(company_id)
    report = run_audit(company_id=company_id, only=MONEY_INVARIANTS)
    assert report.is_clean, [(one.number, one.rows) for one in report.violated]


def _entries_balance(company_id: int) -> None:
    sums = Posting.objects.filter(company_id=company_id).values("entry_id").annotate(total=Sum("amount_minor"))
    assert [row for row in sums if row["total"]] == []


def _customers_owe_what_is_open(company_id: int) -> None:
    owed: Counter[int] = Counter()
    for row in Invoice.objects.filter(company_id=company_id):
        owed[row.customer_id] += row.open_minor
        if row.kind == "credit note":  # what it could not take off an invoice is the customer's
            used = Allocation.objects.filter(credit_note=row).aggregate(total=Sum("amount_minor"))["total"] or 0
            owed[row.customer_id] -= row.total_minor - used
    for charge in Charge.objects.filter(company_id=company_id):
        owed[charge.customer_id] += charge.open_minor
    for entry in BankEntry.objects.filter(company_id=company_id, state="matched", amount_minor__gt=0):
        assert entry.customer_id is not None
        owed[entry.customer_id] -= entry.unallocated_minor
    for use in CreditUse.objects.filter(company_id=company_id):
        if use.entry is None or use.entry.state != "matched":
            owed[use.customer_id] += use.amount_minor
    assert {one: balance_of_customer(one).minor for one in owed} == dict(owed)


def _nothing_is_given_twice(company_id: int) -> None:
    given: Counter[tuple[str, int]] = Counter()
    for one in Allocation.objects.filter(company_id=company_id):
        given["invoice" if one.charge_id is None else "charge", one.charge_id or one.invoice_id] += one.amount_minor
        given["entry" if one.entry_id else "note", one.entry_id or one.credit_note_id or 0] += one.amount_minor
    for use in CreditUse.objects.filter(company_id=company_id):
        given["entry" if use.entry_id else "note", use.entry_id or use.credit_note_id or 0] += use.amount_minor
    for invoice in Invoice.objects.filter(company_id=company_id, kind="invoice"):
        assert invoice.open_minor == invoice.total_minor - given["invoice", invoice.pk]
        assert 0 <= given["invoice", invoice.pk] <= invoice.total_minor
    for waived in Posting.objects.filter(company_id=company_id, account="receivable", entry__what="waived"):
        given["charge", int(waived.entry.key.rpartition(":")[2])] -= waived.amount_minor
    for charge in Charge.objects.filter(company_id=company_id):
        assert charge.open_minor == charge.amount_minor - given["charge", charge.pk]
    for entry in BankEntry.objects.filter(company_id=company_id):
        assert min(entry.amount_minor, 0) <= given["entry", entry.pk] <= max(entry.amount_minor, 0)
        if entry.state == "matched" and entry.amount_minor > 0:
            assert given["entry", entry.pk] + entry.unallocated_minor == entry.amount_minor


def _the_bank_has_what_it_told(company_id: int) -> None:
    postings = Posting.objects.filter(company_id=company_id)
    entries = BankEntry.objects.filter(company_id=company_id)
    waiting = entries.filter(state="suspense").aggregate(total=Sum("amount_minor"))["total"] or 0
    for account in ("bank", "clearing"):
        told = entries.filter(ledger_account=account, parent=None)
        moved = postings.filter(account=account).exclude(entry__what__in=["explained", "explanation undone"])
        assert _sum(moved) == (told.aggregate(total=Sum("amount_minor"))["total"] or 0)
    assert _sum(postings.filter(account="suspense")) == -waiting


def _sum(rows: "object") -> int:
    total = rows.aggregate(total=Sum("amount_minor"))["total"]  # type: ignore[attr-defined]
    return int(total or 0)
