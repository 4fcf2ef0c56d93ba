"""What the pages of the books show: balances, vouchers, closing, heads of the chain, and what is kept until when."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.billing.queries import invoice_heads
from servanda.business.books.decisions.closing import last_days
from servanda.business.books.decisions.retention import RetentionClass
from servanda.business.books.facts import BookedEntry, VoucherFacts
from servanda.business.books.queries.accounts import balances_until, chart_of
from servanda.business.books.queries.chain import heads_of
from servanda.business.books.queries.closing import check_closing, open_reopening
from servanda.business.books.queries.keeping import kept_rows
from servanda.business.books.queries.vouchers import entries_of_voucher, newest_vouchers
from servanda.business.customers.queries import customers
from servanda.business.ledger.facts import ClosingFacts
from servanda.business.ledger.queries import closed_until, closings_of, first_booked_on
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.shown import Link, Pager, Stamp
from servanda.faces.office.shown_books import (
    AccountLine,
    BooksShown,
    ClosingShown,
    EntryLine,
    HeadLine,
    KeptLine,
    VoucherLine,
    VoucherMove,
    VoucherShown,
)
from servanda.faces.office.words import ACCOUNTS, BOOKINGS, language, word
from servanda.ground.calendar import add_months, day_text
from servanda.ground.law.retention import keep_until
from servanda.ground.money import total_of

VOUCHERS_SHOWN = 31
ENTRIES_SHOWN = 200
HEADS_SHOWN = 7
CLASSES: Mapping[str, str] = {
    RetentionClass.ACCOUNTING: gettext_noop("Bookkeeping material"),
    RetentionClass.OSS: gettext_noop("One Stop Shop"),
    RetentionClass.CONTRACT: gettext_noop("What was agreed"),
    RetentionClass.CUSTOMER: gettext_noop("Customers"),
    RetentionClass.PROOF: gettext_noop("Evidence and chain"),
    RetentionClass.ACCESS: gettext_noop("Who may sign in"),
    RetentionClass.WORK: gettext_noop("What the program works with"),
    RetentionClass.TERMS: gettext_noop("Published terms"),
}


RECORDS: Mapping[str, str] = {
    "invoice": gettext_noop("Invoices and credit notes"),
    "charge": gettext_noop("Fees and interest"),
    "bank_statement": gettext_noop("Statements of the bank"),
    "bank_entry": gettext_noop("Entries of the bank"),
    "bank_notice": gettext_noop("Advance news of the bank"),
    "allocation": gettext_noop("What payments paid"),
    "ledger_entry": gettext_noop("Entries in the books"),
    "ledger_closing": gettext_noop("Closings of the books"),
    "books_voucher": gettext_noop("Vouchers"),
    "books_void": gettext_noop("Numbers that no invoice carries"),
    "one_stop_shop_choice": gettext_noop("Choices of the One Stop Shop"),
    "write_off": gettext_noop("Small differences written off"),
    "write_off_limit": gettext_noop("Limits of small differences"),
    "credit_use": gettext_noop("Credit that was used"),
    "billing_refund": gettext_noop("Decisions on unused time and outages"),
    "mandate": gettext_noop("Agreements to collect"),
    "collecting_delivery": gettext_noop("Files to payment providers"),
    "collecting_order": gettext_noop("Collections"),
    "payout_batch": gettext_noop("Files of payouts"),
    "einvoice": gettext_noop("E-invoices"),
    "letter": gettext_noop("Letters"),
    "books_head": gettext_noop("Heads of the chain"),
    "evidence_record": gettext_noop("The record of what happened"),
    "evidence_warrant": gettext_noop("Warrants"),
    "contract": gettext_noop("Contracts"),
    "contract_line": gettext_noop("Lines of contracts"),
    "contract_change": gettext_noop("Changes of the terms"),
    "customer": gettext_noop("Customers"),
    "service": gettext_noop("Services"),
    "dunning_pause": gettext_noop("Pauses of claims"),
}


def books_shown(here: Visit, *, before: int | None, until: date | None, reader: str) -> BooksShown:
    """Return the page of the books; `before` is the voucher number that the list goes on from."""
    month = here.today.replace(day=1)
    vouchers = newest_vouchers(here.company.company_id, limit=VOUCHERS_SHOWN + 1, before=before)
    return BooksShown(
        accounts=_accounts(here),
        vouchers=_vouchers(here, vouchers[:VOUCHERS_SHOWN]),
        pager=_pager(here, vouchers, before),
        closing=_closing(here, until, reader),
        heads=tuple(
            HeadLine(day=one.day, sequence=one.sequence, sha256=one.sha256)
            for one in heads_of(here.company.company_id, limit=HEADS_SHOWN)
        ),
        since=add_months(month, -1),
        until=month - timedelta(days=1),
    )


def _accounts(here: Visit) -> tuple[AccountLine, ...]:
    if not chart_of(here.company.company_id, on=here.today):
        return ()
    return tuple(
        AccountLine(
            number=one.line.number,
            name=word(ACCOUNTS, one.line.account),
            standard_number=one.line.standard.number,
            standard_name=one.line.standard.name,
            is_choice=one.line.standard.confidence != "H",
            balance=one.closing,
        )
        for one in balances_until(here.company.company_id, until=here.today)
    )


def _vouchers(here: Visit, found: tuple[VoucherFacts, ...]) -> tuple[VoucherLine, ...]:
    return tuple(
        VoucherLine(
            link=Link(str(one.number), reverse("office:voucher", args=[here.company.slug, one.number])),
            day=one.day,
            kind=_kind(one),
            entries=one.entries,
            debit=one.debit,
        )
        for one in found
    )


def _pager(here: Visit, found: tuple[VoucherFacts, ...], before: int | None) -> Pager:
    address = reverse("office:books", args=[here.company.slug])
    if not found or (len(found) <= VOUCHERS_SHOWN and before is None):
        return Pager("")
    shown = found[:VOUCHERS_SHOWN]
    text = _("Vouchers %(first)s to %(last)s") % {"first": shown[-1].number, "last": shown[0].number}
    after = f"{address}?before={shown[-1].number}#vouchers" if len(found) > VOUCHERS_SHOWN else ""
    newer = f"{address}#vouchers" if before is not None else ""
    return Pager(text, before=newer, after=after)


def _kind(one: VoucherFacts) -> Stamp:
    return Stamp(_("Supplement"), "note") if one.kind == "supplement" else Stamp(_("The day"), "calm")


def _closing(here: Visit, until: date | None, reader: str) -> ClosingShown:
    company = here.company
    closed = closed_until(company.company_id)
    first = first_booked_on(company.company_id)
    days = last_days(today=here.today, fiscal_year_starts_month=company.fiscal_year_starts_month, closed_until=closed)
    choices = tuple(day for day in days if first is not None and first <= day)
    asked = until or (choices[0] if choices else None)
    check = (
        check_closing(company.company_id, until=asked, today=here.today, is_whole=False) if asked is not None else None
    )
    waiting = open_reopening(company.company_id)
    history = closings_of(company.company_id)[:10]
    names = names_of(
        {one.by for one in history} | {one.seconded_by for one in history} | {waiting.asked_by if waiting else ""}
    )
    return ClosingShown(
        closed_until=closed,
        until=asked,
        choices=choices,
        missing=tuple(one.text(language()) for one in check.missing) if check else (),
        noted=tuple(one.text(language()) for one in check.noted) if check else (),
        reopening_id=waiting.reopening_id if waiting else None,
        reopening=_reopening(waiting.after, waiting.reason, waiting.asked_by, names) if waiting else "",
        is_mine=waiting is not None and waiting.asked_by == reader,
        history=tuple(_closed(one, names) for one in history),
    )


def _reopening(after: date | None, reason: str, by: str, names: Mapping[str, str]) -> str:
    said = {"by": names.get(by, by), "reason": reason, "day": day_text(after, language()) if after else ""}
    if after is None:
        return _("%(by)s asks for all days to be opened again: %(reason)s") % said
    return _("%(by)s asks for the days after %(day)s to be opened again: %(reason)s") % said


def _closed(one: ClosingFacts, names: Mapping[str, str]) -> str:
    said = {
        "on": day_text(one.on_day, language()),
        "by": names.get(one.by, one.by),
        "second": names.get(one.seconded_by, one.seconded_by),
        "until": day_text(one.until, language()) if one.until else "",
        "entries": one.entries,
        "reason": one.reason,
    }
    if not one.is_reopening:
        return _("%(on)s: closed until %(until)s by %(by)s, %(entries)s entries. %(reason)s") % said
    if one.until is None:
        return _("%(on)s: all opened again by %(by)s and %(second)s. %(reason)s") % said
    return _("%(on)s: opened again after %(until)s by %(by)s and %(second)s. %(reason)s") % said


def voucher_shown(here: Visit, voucher: VoucherFacts) -> VoucherShown:
    """Return a voucher with its lines and the entries in it, each with what it belongs to."""
    chart = {line.account: line.number for line in chart_of(here.company.company_id, on=max(here.today, voucher.day))}
    entries = entries_of_voucher(voucher.voucher_id, limit=ENTRIES_SHOWN)
    return VoucherShown(
        number=voucher.number,
        day=voucher.day,
        made_on=voucher.made_on,
        kind=_kind(voucher),
        sha256=voucher.sha256,
        moves=tuple(
            VoucherMove(
                number=chart.get(line.account, "–"),
                name=word(ACCOUNTS, line.account),
                debit=line.debit,
                credit=line.credit,
            )
            for line in voucher.lines
        ),
        debit=voucher.debit,
        entries=_entries(here, entries),
        entries_more=max(0, voucher.entries - len(entries)),
        keep_until=keep_until(voucher.day, fiscal_year_starts_month=here.company.fiscal_year_starts_month),
    )


def _entries(here: Visit, entries: tuple[BookedEntry, ...]) -> tuple[EntryLine, ...]:
    slug = here.company.slug
    numbers = {one.invoice_id: one.number for one in invoice_heads({e.invoice_id for e in entries if e.invoice_id})}
    known = customers({e.customer_id for e in entries if e.customer_id})
    return tuple(
        EntryLine(
            what=word(BOOKINGS, entry.what),
            links=tuple(_links(slug, entry, numbers, {key: one.number for key, one in known.items()})),
            of_day=entry.of_day,
            at=entry.at,
            amount=total_of(posting.amount for posting in entry.postings if posting.amount.minor > 0),
        )
        for entry in entries
    )


def _links(slug: str, entry: BookedEntry, numbers: Mapping[int, int], known: Mapping[int, str]) -> list[Link]:
    found = []
    if entry.invoice_id is not None and entry.invoice_id in numbers:
        number = numbers[entry.invoice_id]
        found.append(Link(_("Invoice %(number)s") % {"number": number}, reverse("office:invoice", args=[slug, number])))
    if entry.customer_id is not None and entry.customer_id in known:
        customer = known[entry.customer_id]
        text = _("Customer %(number)s") % {"number": customer}
        found.append(Link(text, reverse("office:customer", args=[slug, customer])))
    return found


def kept_shown(here: Visit) -> tuple[KeptLine, ...]:
    """Return what is kept until when, by class."""
    return tuple(
        KeptLine(
            table=word(RECORDS, one.table),
            kind=word(CLASSES, one.rule.name),
            because=str(one.rule.because),
            rows=one.rows,
            running=one.running,
            first_until=one.first_until,
            last_until=one.last_until,
            may_go=one.may_go,
        )
        for one in kept_rows(here.company, today=here.today)
    )
