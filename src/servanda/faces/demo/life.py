"""A day in the life of a demo company's customers: who pays what today, who disputes, who gives notice.

They are as careless as real ones: one pays without a reference, one half, one never. What they do follows from their habit and
the invoice alone, so a demo lives the same life each time.
"""

from datetime import date, datetime, timedelta
from importlib import import_module

from django.conf import settings

from servanda.business.billing.actions.explaining import explain_otherwise
from servanda.business.billing.facts import BankMovement, InvoiceFacts, StatementDraft
from servanda.business.billing.queries import entries_in_suspense, newest_invoices, statements_of
from servanda.business.collecting.queries import creditors_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import moment_for, today_of
from servanda.business.contracts.actions.ending import receive_notice
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import ending_terms_of, lines_of_customer
from servanda.business.customers.queries import customers_of
from servanda.business.dunning.actions import explain_payment, pause_claim, receive_statement
from servanda.business.dunning.queries import pauses_of_invoice
from servanda.faces.demo.answers import answer_e_invoices
from servanda.ground.accounts import danish_iban
from servanda.ground.calendar import bank_day_on_or_after, bank_days_since, is_bank_day
from servanda.ground.money import Money, total_of

OPEN_AT_ONCE = 2000
INVENTED_BANK = "9999"  # a registration number of no bank
STAFF = "demo"  # who sees to things in a demo company


def live(company: CompanyFacts, *, now: datetime) -> None:
    """Let the customers of a demo company live the day of its test clock; on bank days only, as banks do."""
    today, at = today_of(company, now=now), moment_for(company, now=now)
    customers = {customer.customer_id: customer for customer in customers_of(company.company_id)}
    movements = []
    for invoice in newest_invoices(company.company_id, limit=OPEN_AT_ONCE, only_open=True):
        customer = customers[invoice.customer_id]
        habit = customer.details.habit
        if habit == "disputes":
            _dispute(company, invoice, today=today, at=at)
        amount = _pays_today(habit, invoice, today=today) if is_bank_day(today) else None
        if amount:
            movements.append(_movement(invoice, amount, customer.name, habit=habit, today=today))
    if is_bank_day(today):  # the bank sends a statement each bank day; a day without movements is news too
        receive_statement(company, _statement(company, movements, today=today), today=today, at=at)
    for creditor in creditors_of(company.company_id):
        centre = import_module(settings.DRIVERS).simulated_centre(company, creditor)
        centre.advance(today)
        centre.keep()
    answer_e_invoices(company, today=today, at=at)
    _explain_old(company, today=today, at=at)
    for customer in customers.values():
        if customer.details.habit == "ends":
            _give_notice(customer.customer_id, customer.created_on, today=today, at=at)


def _pays_today(habit: str, invoice: InvoiceFacts, *, today: date) -> Money | None:
    """Return what the customer pays on the invoice today, if anything. Today is a bank day."""
    due_on = invoice.due_on or bank_day_on_or_after(invoice.issued_on + timedelta(days=21))
    late_days = (today - due_on).days
    match habit:
        case "early":
            return invoice.open_principal if (today - invoice.issued_on).days >= 3 else None
        case "on time" | "ends":
            return invoice.open_principal if late_days >= 0 else None
        case "without reference":
            return invoice.open_principal if late_days == 0 else None
        case "late":
            return invoice.open_total if late_days >= 5 else None
        case "very late":
            return invoice.open_total if late_days >= 11 else None
        case "partly":
            is_first = invoice.open_principal == invoice.total
            if is_first and late_days >= 0:
                return invoice.open_principal.split((1, 1))[0]
            return invoice.open_total if late_days >= 30 else None
        case "disputes":
            return invoice.open_principal if late_days >= 25 else None
        case _:
            return None


def _movement(invoice: InvoiceFacts, amount: Money, name: str, *, habit: str, today: date) -> BankMovement:
    has_reference = habit != "without reference"
    return BankMovement(
        reference=f"{today:%Y%m%d}{invoice.number:08d}",
        ordinal=1,
        amount=amount,
        booked_on=today,
        value_on=today,
        text="" if has_reference else f"Overførsel fra {name}",
        creditor_reference=invoice.reference if has_reference else "",
        payer_name=name,
        payer_account=danish_iban(INVENTED_BANK, str(invoice.customer_id)) if has_reference else "",
        is_reversal=False,
    )


def _statement(company: CompanyFacts, movements: list[BankMovement], *, today: date) -> StatementDraft:
    before = statements_of(company.company_id, account=company.iban, limit=1)
    opening = before[0].closing if before else Money(0)
    name = f"{company.slug}-{today.isoformat()}"
    return StatementDraft(
        account=company.iban,
        statement_id=name,
        opening=opening,
        closing=opening + total_of(movement.amount for movement in movements),
        opening_on=today,
        closing_on=today,
        sha256=name,
        file_name=f"{name}.xml",
        movements=tuple(movements),
    )


def _explain_old(company: CompanyFacts, *, today: date, at: datetime) -> None:
    """Let staff see to what has waited for a week, as they should: by the name and the amount, or as something else."""
    old = [one for one in entries_in_suspense(company.company_id) if bank_days_since(one.booked_on, today=today) >= 5]
    if not old:
        return
    names = {one.customer_id: one.name for one in customers_of(company.company_id)}
    for entry in old:
        mine = [
            invoice
            for invoice in newest_invoices(company.company_id, limit=OPEN_AT_ONCE, only_open=True)
            if names[invoice.customer_id] == entry.payer_name and invoice.open_principal == entry.amount
        ]
        if mine:
            explain_payment(company, entry.entry_id, invoice_id=mine[-1].invoice_id, by=STAFF, today=today, at=at)
        else:
            explain_otherwise(company, entry.entry_id, reason="Set efter.", by=STAFF, today=today, at=at)


def _dispute(company: CompanyFacts, invoice: InvoiceFacts, *, today: date, at: datetime) -> None:
    if (today - invoice.issued_on).days != 4 or pauses_of_invoice(invoice.invoice_id):
        return
    pause_claim(
        company,
        invoice.invoice_id,
        cause="dispute",
        reason="Kunden mener, at antallet er forkert.",
        until=today + timedelta(days=35),
        by="customer",
        today=today,
        at=at,
    )


def _give_notice(customer_id: int, created_on: date, *, today: date, at: datetime) -> None:
    if (today - created_on).days != 45:
        return
    for line in lines_of_customer(customer_id):
        if line.until is None and not line.is_ended and line.interval_months:
            given = GivenNotice(given_on=today, channel="e-mail")
            receive_notice(line.line_id, given, ending_terms_of(line, on=today), today=today, at=at, by="customer")
