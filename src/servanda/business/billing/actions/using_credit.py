"""Using what a customer has to their credit for something else than an invoice, and bringing it back when that failed.

Each use names what the money came from, so that a payment that the bank takes back later, and a credit note, are never
spent twice. Both acts are known by their key: a second run changes nothing.
"""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.crediting_locks import lock_credit_of
from servanda.business.billing.models import BankEntry, CreditUse
from servanda.business.billing.queries.credit import credits_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Refused


class NotEnoughCredit(Refused):
    """The customer has less to their credit than was to be used."""


@transaction.atomic
def take_credit(
    company: CompanyFacts,
    customer_id: int,
    amount: Money,
    *,
    key: str,
    to: Account,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
) -> bool:
    """Take an amount off a customer's credit, the oldest first, and book it to an account. False: it was done before."""
    lock_credit_of(customer_id)
    if CreditUse.objects.filter(key=key).exists():
        return False
    sources = sorted(credits_of([customer_id], is_locked=True), key=lambda one: one.value_on)
    there = total_of(source.amount for source in sources)
    if not Money(0) < amount <= there:
        raise NotEnoughCredit(
            "The customer has %(there)s to their credit; %(amount)s was asked for. Take at most what is there.",
            {"there": there, "amount": amount},
        )
    left = amount.minor
    for source in sources:
        part = min(left, source.amount.minor)
        if not part:
            break
        _use(company, customer_id, key, part, today, entry_id=source.entry_id, credit_note_id=source.credit_note_id)
        left -= part
    _post(company, customer_id, key, amount, to=to, because=because, today=today, at=at)
    return True


@transaction.atomic
def bring_back_credit(
    company: CompanyFacts,
    customer_id: int,
    *,
    key: str,
    out_of: Account,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
) -> bool:
    """Give a customer back the credit that was used under a key. False: it was brought back before, or never used."""
    lock_credit_of(customer_id)
    uses = list(CreditUse.objects.filter(key=key, customer_id=customer_id).order_by("id"))
    if not uses or CreditUse.objects.filter(key=f"{key}:back").exists():
        return False
    for use in uses:
        _use(
            company,
            customer_id,
            f"{key}:back",
            -use.amount_minor,
            today,
            entry_id=use.entry_id,
            credit_note_id=use.credit_note_id,
        )
    amount = Money(sum(use.amount_minor for use in uses))
    _post(company, customer_id, f"{key}:back", -amount, to=out_of, because=because, today=today, at=at)
    return True


def _use(
    company: CompanyFacts,
    customer_id: int,
    key: str,
    minor: int,
    today: date,
    *,
    entry_id: int | None,
    credit_note_id: int | None,
) -> None:
    CreditUse.objects.create(
        company_id=company.company_id,
        customer_id=customer_id,
        key=key,
        entry_id=entry_id,
        credit_note_id=credit_note_id,
        amount_minor=minor,
        on_day=today,
    )
    if entry_id is None:
        return
    row = BankEntry.objects.select_for_update().get(pk=entry_id)
    if row.state != "matched":
        return  # taken back by the bank meanwhile: there is nothing of it to have to one's credit any more
    row.unallocated_minor -= minor
    row.save(update_fields=["unallocated_minor"])


def _post(
    company: CompanyFacts,
    customer_id: int,
    key: str,
    amount: Money,
    *,
    to: Account,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
) -> None:
    entry = JournalEntry(
        key=f"credit paid out:{key}",
        what="credit paid out" if amount.minor > 0 else "credit brought back",
        on_day=today,
        lines=(PostingLine(Account.CUSTOMER_CREDIT, amount), PostingLine(to, -amount)),
        because=because,
        customer_id=customer_id,
    )
    post(company.company_id, entry, at=at)
