"""Issuing invoices, some hundred contracts in one transaction: rows, numbers, ledger, evidence and letters together.

The company's counter is locked first, so its workers take turns; what is due is then read, decided and written by COPY.
A period that another transaction has billed meanwhile is refused by the database, and the whole batch is done again.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
from django.db import connection, transaction

from servanda.business.billing.actions.bulk import copy_rows, new_ids
from servanda.business.billing.actions.numbering import lock_numbers, take_numbers
from servanda.business.billing.decisions.invoices import draft_invoice, invoice_due
from servanda.business.billing.decisions.periods import look_again_on, next_turn
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.billing.decisions.vat import after, buyer_to_json, taxed, vat_by_account
from servanda.business.billing.facts import BillableContract, DraftLine, InvoiceDraft, VatGroup
from servanda.business.billing.models import RunningLine
from servanda.business.billing.queries.lines import due_contracts
from servanda.business.billing.queries.prices import pricing_of
from servanda.business.billing.queries.terms import billing_terms
from servanda.business.billing.queries.vat import sales_abroad_before
from servanda.business.billing.wording import invoice_subject, invoice_text
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.decisions.deviating import own_terms_on, own_terms_to_json
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.evidence.facts import because_to_json
from servanda.business.ledger.facts import Account
from servanda.business.letters.decisions import carrier_of
from servanda.ground.law.companies import fik_reference
from servanda.ground.refusal import Refused

LOG = logging.getLogger(__name__)
CONTENT_FORMAT = 2  # of what is hashed: since then with the VAT of each line and group, and what it rests on
BATCH = 2000  # lines; more would hold the company's counter for longer and win little


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued invoice, before its rows are written."""

    invoice_id: int
    number: int
    draft: InvoiceDraft
    reference: str
    content_sha256: str


def issue_due_invoices(company: CompanyFacts, *, today: date, at: datetime, limit: int = BATCH) -> tuple[int, ...]:
    """Issue the invoices of some contracts that are due today, and return their ids.

    Call again until nothing comes back. Lines that turn out not to be due get a new day to look again.
    """
    while True:
        with transaction.atomic():
            lock_numbers(company.company_id)
            contracts = due_contracts(company.company_id, today=today, limit=limit)
            issued = _issue(company, contracts, today=today, at=at) if contracts else ()
        if issued or not contracts:
            return tuple(one.invoice_id for one in issued)
        # All lines of the batch moved on, so an empty answer here could be mistaken for "nothing more is due".


def _issue(
    company: CompanyFacts, contracts: Sequence[BillableContract], *, today: date, at: datetime
) -> Sequence[Issued]:
    drafted = _drafts(company, contracts, today=today)
    drafts = [draft for _, draft in drafted if draft is not None]
    issued = _number(company.company_id, drafts)
    write_invoices(company, issued, at=at)
    _move_on(company, [contract for contract, _ in drafted], drafts, today=today)
    known = {contract.contract_id for contract, _ in drafted}
    _put_off([one for one in contracts if one.contract_id not in known], today=today)
    return issued


def issue_invoice(company: CompanyFacts, draft: InvoiceDraft, *, at: datetime) -> int:
    """Issue one invoice that was drafted by hand or by another context, and return its id."""
    with transaction.atomic():
        lock_numbers(company.company_id)
        issued = _number(company.company_id, [draft])
        write_invoices(company, issued, at=at)
    return issued[0].invoice_id


def issue_lines(
    company: CompanyFacts, contract: BillableContract, lines: tuple[DraftLine, ...], *, today: date, at: datetime
) -> int:
    """Issue an invoice of today over lines beside the round's, by the same terms and with the same VAT; return its id."""
    abroad = sales_abroad_before(company.company_id, [contract], today=today)
    taxed_lines = taxed(lines, contract.buyer, abroad, on=today)
    draft = draft_invoice(contract, taxed_lines, _terms(company, contract, today), issued_on=today)
    return issue_invoice(company, draft, at=at)


def _drafts(
    company: CompanyFacts, contracts: Sequence[BillableContract], *, today: date
) -> list[tuple[BillableContract, InvoiceDraft | None]]:
    """Return what is due to each contract. One that cannot be invoiced is reported and left out; it holds nobody up."""
    prices = prices_of(company.company_id)
    pricing = pricing_of(company, prices, contracts)
    abroad = sales_abroad_before(company.company_id, contracts, today=today)
    drafts: list[tuple[BillableContract, InvoiceDraft | None]] = []
    for contract in contracts:
        try:
            terms = _terms(company, contract, today)
            draft = invoice_due(contract, prices, terms, today=today, pricing=pricing, abroad=abroad)
        except (Refused, AssertionError, ValueError, TypeError, LookupError):
            LOG.exception("contract %s could not be invoiced", contract.contract_id)
            continue
        drafts.append((contract, draft))
        abroad = after(abroad, draft) if draft is not None else abroad
    return drafts


def _terms(company: CompanyFacts, contract: BillableContract, today: date) -> BillingTerms:
    own_terms = own_terms_on(contract.agreed, today)
    return billing_terms(company.slug, contract.terms_version, contract.customer_kind, own_terms=own_terms, on=today)


def _number(company_id: int, drafts: Sequence[InvoiceDraft]) -> list[Issued]:
    if not drafts:
        return []
    first = take_numbers(company_id, len(drafts))
    ids = new_ids("invoice", len(drafts))
    return [
        Issued(invoice_id, number, draft, reference := fik_reference(number), content_hash(number, reference, draft))
        for invoice_id, number, draft in zip(ids, range(first, first + len(drafts)), drafts, strict=True)
    ]


def content_hash(number: int, reference: str, draft: InvoiceDraft) -> str:
    """Return the hash of what the invoice says: it can be computed again from the rows at any time."""
    lines = [
        (
            line.product,
            line.description,
            line.quantity,
            line.unit.minor,
            line.net.minor,
            *_days(line),
            *_hashed_vat(line),
        )
        for line in draft.lines
    ]
    content = (
        number,
        reference,
        draft.customer_id,
        draft.issued_on,
        draft.due_on,
        draft.net.minor,
        draft.vat.minor,
        draft.net.currency,
        lines,
        [hashed_group(group) for group in draft.groups],
        buyer_to_json(draft.buyer),
    )
    return hash_of(content)


def hash_of(content: tuple[object, ...]) -> str:
    """Return the hash of what a document says, whatever the order in which its keys were stored."""
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def hashed_group(group: VatGroup) -> tuple[object, ...]:
    return (group.country, group.category, _percent(group.percent), group.net.minor, group.vat.minor)


def _hashed_vat(line: DraftLine) -> tuple[str, ...]:
    return (line.vat.country, str(line.vat.category), _percent(line.vat.percent), str(line.vat.basis))


def _percent(percent: Decimal) -> str:
    """Return the rate in one spelling: 25 and 25.00 are the same."""
    return f"{percent.normalize():f}"


def _days(line: DraftLine) -> tuple[date | None, date | None]:
    return (line.period.since, line.period.until) if line.period is not None else (None, None)


def _vat(line: DraftLine) -> tuple[str, str, Decimal, str]:
    return (line.vat.country, str(line.vat.category), line.vat.percent, str(line.vat.basis))


def write_invoices(company: CompanyFacts, issued: Sequence[Issued], *, at: datetime) -> None:
    """Write the rows of issued invoices: the invoice, its lines, the journal, the evidence and the letter."""
    if not issued:
        return
    because = {id(one): msgspec.json.encode(because_to_json(one.draft.because)).decode() for one in issued}
    copy_rows("invoice", _INVOICE, (_invoice_row(company, one, because[id(one)]) for one in issued))
    copy_rows("invoice_line", _LINE, (row for one in issued for row in _line_rows(one)))
    copy_rows("invoice_vat", _GROUP, (row for one in issued for row in _group_rows(one)))
    _write_ledger(company, issued, because, at=at)
    copy_rows("evidence_record", _RECORD, (_record_row(company, one, because[id(one)], at) for one in issued))
    people = customers({one.draft.customer_id for one in issued})
    copy_rows("letter", _LETTER, (_letter_row(company, one, people[one.draft.customer_id], at) for one in issued))


_INVOICE = (
    *("id", "company_id", "customer_id", "contract_id", "kind", "number", "issued_on", "due_on", "is_term_agreed"),
    *("customer_kind", "language", "currency", "net_minor", "vat_minor", "total_minor", "open_minor", "reference"),
    *("products", "terms_version", "own_terms", "because", "buyer", "content_sha256", "content_format"),
)


def _invoice_row(company: CompanyFacts, one: Issued, because: str) -> tuple[object, ...]:
    draft = one.draft
    return (
        one.invoice_id,
        company.company_id,
        draft.customer_id,
        draft.contract_id,
        "invoice",
        one.number,
        draft.issued_on,
        draft.due_on,
        draft.is_term_agreed,
        str(draft.customer_kind),
        draft.language,
        draft.net.currency,
        draft.net.minor,
        draft.vat.minor,
        draft.total.minor,
        draft.total.minor,
        one.reference,
        list(draft.products),
        draft.terms_version,
        msgspec.json.encode(own_terms_to_json(draft.own_terms)).decode() if draft.own_terms else "[]",
        because,
        msgspec.json.encode(buyer_to_json(draft.buyer)).decode(),
        one.content_sha256,
        CONTENT_FORMAT,
    )


_LINE = (
    *("invoice_id", "position", "line_id", "product_code", "description", "quantity", "unit_minor", "net_minor"),
    *("vat_country", "vat_category", "vat_percent", "vat_basis", "since", "until", "bills_period"),
)


def _line_rows(one: Issued) -> list[tuple[object, ...]]:
    return [
        (
            one.invoice_id,
            position,
            line.line_id,
            line.product,
            line.description,
            line.quantity,
            line.unit.minor,
            line.net.minor,
            *_vat(line),
            *_days(line),
            line.period is not None and line.line_id is not None and not line.is_beside,
        )
        for position, line in enumerate(one.draft.lines, start=1)
    ]


_GROUP = ("invoice_id", "country", "category", "percent", "net_minor", "vat_minor")


def _group_rows(one: Issued) -> list[tuple[object, ...]]:
    return [(one.invoice_id, *group.key, group.net.minor, group.vat.minor) for group in one.draft.groups]


_ENTRY = ("id", "company_id", "key", "what", "on_day", "at", "customer_id", "invoice_id", "because")
_POSTING = ("entry_id", "company_id", "account", "amount_minor", "currency", "customer_id")


def _write_ledger(company: CompanyFacts, issued: Sequence[Issued], because: dict[int, str], *, at: datetime) -> None:
    """Debit what the customer owes; credit sales and VAT. Invoices over nothing leave no entry."""
    booked = [one for one in issued if one.draft.total]
    ids = new_ids("ledger_entry", len(booked))
    copy_rows(
        "ledger_entry",
        _ENTRY,
        (
            (
                entry_id,
                company.company_id,
                f"invoice:{one.invoice_id}",
                "invoice",
                one.draft.issued_on,
                at,
                one.draft.customer_id,
                one.invoice_id,
                because[id(one)],
            )
            for entry_id, one in zip(ids, booked, strict=True)
        ),
    )
    copy_rows(
        "ledger_posting",
        _POSTING,
        (
            (entry_id, company.company_id, account, amount, one.draft.net.currency, one.draft.customer_id)
            for entry_id, one in zip(ids, booked, strict=True)
            for account, amount in (
                (str(Account.RECEIVABLE), one.draft.total.minor),
                (str(Account.SALES), -one.draft.net.minor),
                *((str(account), -vat.minor) for account, vat in vat_by_account(one.draft.groups).items()),
            )
            if amount
        ),
    )


_RECORD = ("company_id", "key", "what", "subject", "customer_id", "on_day", "at", "because", "facts", "by")


def _record_row(company: CompanyFacts, one: Issued, because: str, at: datetime) -> tuple[object, ...]:
    facts = {"number": one.number, "total_minor": one.draft.total.minor, "due_on": one.draft.due_on}
    return (
        company.company_id,
        f"invoice.issued:{one.invoice_id}",
        "invoice.issued",
        f"invoice:{one.invoice_id}",
        one.draft.customer_id,
        one.draft.issued_on,
        at,
        because,
        msgspec.json.encode(facts).decode(),
        "system",
    )


_LETTER = (
    *("company_id", "customer_id", "key", "kind", "invoice_id", "language", "recipient", "subject", "text", "paper"),
    *("on_day", "queued_at", "state", "attempts", "reply", "document_sha256", "carrier"),
)


def _letter_row(company: CompanyFacts, one: Issued, to: CustomerFacts, at: datetime) -> tuple[object, ...]:
    draft = one.draft
    return (
        company.company_id,
        draft.customer_id,
        f"invoice:{one.invoice_id}",
        "invoice",
        one.invoice_id,
        draft.language,
        draft.email,
        invoice_subject(company.name, one.number, draft.language),
        invoice_text(company.name, one.number, draft),
        None,
        draft.issued_on,
        at,
        "waiting",
        0,
        "",
        "",
        str(carrier_of("invoice", to)),
    )


def _put_off(contracts: Sequence[BillableContract], *, today: date) -> None:
    """Try again tomorrow what could not be invoiced today."""
    ids = [line.line_id for contract in contracts for line in contract.lines]
    RunningLine.objects.filter(pk__in=ids).update(look_again_on=today + timedelta(days=1))


def _move_on(
    company: CompanyFacts, contracts: Sequence[BillableContract], drafts: Sequence[InvoiceDraft], *, today: date
) -> None:
    """Note up to where each line is billed now, and when to look again."""
    billed_until = {line.line_id: line.period.until for draft in drafts for line in draft.lines if line.period}
    moves = []
    for contract in contracts:
        terms = _terms(company, contract, today)
        turn = next_turn(contract.agreed, today=today)
        for row in contract.lines:
            until = billed_until.get(row.line_id, row.billed_until)
            again = look_again_on(row, terms.run_for(row.product), billed_until=until, today=today)
            moves.append((row.line_id, until, min(again, turn) if again is not None and turn is not None else again))
    with connection.cursor() as cursor:
        cursor.execute(
            """update billing_running_line r set billed_until = m.billed_until, look_again_on = m.again
                 from unnest(%s::bigint[], %s::date[], %s::date[]) as m (line_id, billed_until, again)
                where r.line_id = m.line_id""",
            [[move[0] for move in moves], [move[1] for move in moves], [move[2] for move in moves]],
        )
