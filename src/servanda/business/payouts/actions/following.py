"""Finding payouts among the bank's entries: money out that carries out an order, and money back that it could not deliver.

An entry is a payout's only if it names it and has its amount. One that names it with another amount stays unexplained, and a
person is told: a bank's fee or a doubled order must not disappear in a rounding.
"""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.explaining import explain_otherwise
from servanda.business.billing.facts import BankEntryFacts
from servanda.business.billing.queries import entries_in_suspense
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.business.payouts import wording
from servanda.business.payouts.actions.approving import give_credit_back
from servanda.business.payouts.actions.recording import keep, tell_problem
from servanda.business.payouts.decisions import references_in
from servanda.business.payouts.facts import PayoutProblem
from servanda.business.payouts.models import Batch, Payout
from servanda.ground.money import Money

CARRIED_OUT = "a payout to a customer"
CAME_BACK = "a payout that came back"
CATEGORY = "refund"


def follow_payouts(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Look for payouts among the entries that nobody has explained, money out first, and return how many were found."""
    entries = entries_in_suspense(company.company_id)
    ordered = sorted(entries, key=lambda entry: (entry.booked_on, entry.amount.minor > 0, entry.entry_id))
    return sum(_follow(company, entry, today=today, at=at) for entry in ordered)


@transaction.atomic
def _follow(company: CompanyFacts, entry: BankEntryFacts, *, today: date, at: datetime) -> bool:
    named = references_in(entry.text)
    if not named:
        return False
    rows = Payout.objects.select_for_update().filter(company_id=company.company_id, end_to_end_id__in=named)
    found = list(rows.order_by("id")[:2])
    if len(found) == 1:
        row = found[0]
        if entry.amount.minor < 0:
            return _carried_out(company, row, entry, today=today, at=at)
        return _came_back(company, row, entry, today=today, at=at)
    return not found and _whole_file(company, named, entry, today=today, at=at)


def _carried_out(company: CompanyFacts, row: Payout, entry: BankEntryFacts, *, today: date, at: datetime) -> bool:
    wanted = Money(row.amount_minor, row.currency)
    if row.state == "rejected":
        return _leave(row, PayoutProblem.REJECTED_AND_PAID)
    if (
        row.seen_entry_id not in {None, entry.entry_id}
        or row.state not in {"ordered", "seen", "returned"}
        or entry.amount != -wanted
    ):
        return _leave(row, PayoutProblem.ANOTHER_ENTRY, str(entry.amount))
    _explain(company, entry, CARRIED_OUT, today=today, at=at)
    _see(company, row, entry, today=today, at=at)
    return True


def _came_back(company: CompanyFacts, row: Payout, entry: BankEntryFacts, *, today: date, at: datetime) -> bool:
    wanted = Money(row.amount_minor, row.currency)
    if row.state not in {"ordered", "seen"} or entry.amount != wanted:
        return _leave(row, PayoutProblem.ANOTHER_ENTRY, str(entry.amount))
    _explain(company, entry, CAME_BACK, today=today, at=at)
    give_credit_back(company, row, today=today, at=at)
    row.state, row.back_entry_id = "returned", entry.entry_id
    row.save(update_fields=["state", "back_entry_id"])
    tell_problem(row, PayoutProblem.CAME_BACK)
    keep(row, "payout.returned", by="system", today=today, at=at)
    return True


def _whole_file(
    company: CompanyFacts, named: tuple[str, ...], entry: BankEntryFacts, *, today: date, at: datetime
) -> bool:
    """Find the file that a bank has booked as one sum, though it was asked for single entries."""
    batch = Batch.objects.filter(company_id=company.company_id, message_id__in=named).defer("content").first()
    if batch is None:
        return False
    rows = list(Payout.objects.select_for_update().filter(batch=batch, state="ordered").order_by("id"))
    total = Money(sum(row.amount_minor for row in rows))
    if not rows or entry.amount != -total:
        return False
    _explain(company, entry, CARRIED_OUT, today=today, at=at)
    for row in rows:
        _see(company, row, entry, today=today, at=at)
    return True


def _explain(company: CompanyFacts, entry: BankEntryFacts, reason: str, *, today: date, at: datetime) -> None:
    explain_otherwise(company, entry.entry_id, reason=reason, by="system", today=today, at=at, category=CATEGORY)


def _see(company: CompanyFacts, row: Payout, entry: BankEntryFacts, *, today: date, at: datetime) -> None:
    row.seen_entry_id = entry.entry_id
    if row.state == "ordered":
        row.state = "seen"
        _tell(company, row, on=min(entry.booked_on, today), today=today, at=at)
    row.save(update_fields=["state", "seen_entry_id"])
    keep(row, "payout.seen", by="system", today=today, at=at)


def _tell(company: CompanyFacts, row: Payout, *, on: date, today: date, at: datetime) -> None:
    """Write to the customer that the money was paid, and to which account: a thief's account would be noticed."""
    to = customer(row.customer_id)
    subject = wording.paid_back_subject(company.name, to.language)
    amount = Money(row.amount_minor, row.currency)
    paragraphs = wording.paid_back_paragraphs(amount, row.account, on, company.email, to.language)
    draft = LetterDraft(
        company_id=company.company_id,
        customer_id=row.customer_id,
        key=f"payout.told:{row.pk}",
        kind="paid back",
        language=to.language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": row.because},
    )
    write_letters([draft])


def _leave(row: Payout, problem: PayoutProblem, detail: str = "") -> bool:
    """Leave the entry for a person, and say why."""
    tell_problem(row, problem, detail)
    return False
