"""A period as it is handed over: gathered from the ledger, written as files, bound with a manifest of their hashes.

The same period gives the same bytes, whoever exports it and when; a manifest names no moment. What changes them is only what
changes the books of the period, which is why one that is closed says so.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from servanda.business.billing.queries.numbers import invoices_issued
from servanda.business.books.decisions.journals import (
    accounts_csv,
    entries_csv,
    journal_da_csv,
    journal_iso_csv,
    vouchers_csv,
)
from servanda.business.books.decisions.saft import NOTE, saft_xml
from servanda.business.books.facts import (
    CompanyParty,
    ExportedCustomer,
    ExportedInvoice,
    ExportFile,
    PeriodBooks,
)
from servanda.business.books.queries.accounts import balances
from servanda.business.books.queries.chain import heads_of
from servanda.business.books.queries.vouchers import days_without_voucher, entries_of_period, vouchers
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.ledger.queries import closed_until
from servanda.business.letters.queries import document, letters_of_invoices
from servanda.ground.refusal import Refused

Writer = Callable[[PeriodBooks], bytes]
# name of the format → its file and who writes it
FORMATS: Mapping[str, tuple[str, Writer]] = MappingProxyType(
    {
        "accounts": ("accounts.csv", accounts_csv),
        "vouchers": ("vouchers.csv", vouchers_csv),
        "entries": ("entries.csv", entries_csv),
        "journal": ("journal.csv", journal_iso_csv),
        "journal-da": ("journal-da.csv", journal_da_csv),
        "saft": ("saft.xml", saft_xml),
    }
)
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # the same in every archive; the manifest tells the days that matter


class NotExported(Refused):
    """The period cannot be handed over as it stands."""


def period_books(company: CompanyFacts, *, since: date, until: date, today: date) -> PeriodBooks:
    """Gather a period of past days; refuses one that is not over, is upside down, or has days without vouchers."""
    if since > until:
        raise NotExported(
            "The period ends (%(until)s) before it begins (%(since)s). Write the first day first.",
            {"until": until, "since": since},
        )
    if until >= today:
        raise NotExported(
            "%(until)s is not over yet. Export up to the day before %(today)s at the latest.",
            {"until": until, "today": today},
        )
    uncovered = days_without_voucher(company.company_id, until=until)
    if uncovered:
        raise NotExported(
            "%(day)s has entries in no voucher. The next round makes it; or run `servanda books vouchers %(slug)s --make`.",
            {"day": uncovered[0], "slug": company.slug},
        )
    entries = entries_of_period(company.company_id, since=since, until=until)
    invoices = tuple(
        ExportedInvoice(
            number=one.number,
            kind=one.kind,
            customer_id=one.customer_id,
            issued_on=one.issued_on,
            due_on=one.due_on,
            net=one.net,
            vat=one.vat,
            total=one.total,
            vat_category=one.lines[0].vat_category if one.lines else "S",
            vat_percent=str(one.lines[0].vat_percent) if one.lines else "",
            products=tuple(sorted(one.products)),
        )
        for one in invoices_issued(company.company_id, since=since, until=until)
    )
    named = {entry.customer_id for entry in entries if entry.customer_id} | {one.customer_id for one in invoices}
    closed = closed_until(company.company_id)
    return PeriodBooks(
        company=_party(company),
        since=since,
        until=until,
        is_closed=closed is not None and until <= closed,
        balances=balances(company.company_id, since=since, until=until),
        vouchers=vouchers(company.company_id, since=since, until=until),
        entries=entries,
        customers=tuple(_customer(one) for _, one in sorted(customers(named).items())),
        invoices=invoices,
    )


def export_file(books: PeriodBooks, name: str) -> ExportFile:
    """Return one file of the period; refuses an unknown format."""
    if name not in FORMATS:
        raise NotExported(
            "There is no format '%(name)s'. Choose one of %(known)s.", {"name": name, "known": ", ".join(FORMATS)}
        )
    file, writer = FORMATS[name]
    return _file(file, writer(books))


def export_archive(company: CompanyFacts, books: PeriodBooks, *, has_documents: bool) -> ExportFile:
    """Return all files of the period with their manifest in one archive, with the sent documents where they are wanted."""
    files = [export_file(books, name) for name in FORMATS]
    if has_documents:
        files += _documents(company.company_id, books)
    files.append(_file("manifest.json", _manifest(company, books, files)))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.writestr(_entry(one.name), one.content, compresslevel=6)
    return _file(f"{archive_name(company, books)}.zip", content.getvalue())


def archive_name(company: CompanyFacts, books: PeriodBooks) -> str:
    return f"books-{company.slug}-{books.since.isoformat()}-{books.until.isoformat()}"


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_ZIP_DAY)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    return entry


def _manifest(company: CompanyFacts, books: PeriodBooks, files: list[ExportFile]) -> bytes:
    heads = [head for head in heads_of(company.company_id) if head.day >= books.until]
    head = heads[-1] if heads else None  # the first that was noted once the period was over
    said = {
        "company": company.slug,
        "cvr": company.cvr,
        "since": books.since.isoformat(),
        "until": books.until.isoformat(),
        "is_closed": books.is_closed,
        "vouchers": len(books.vouchers),
        "first_voucher": books.vouchers[0].number if books.vouchers else None,
        "last_voucher": books.vouchers[-1].number if books.vouchers else None,
        "entries": len(books.entries),
        "debit_minor": sum(one.debit.minor for one in books.balances),
        "credit_minor": sum(one.credit.minor for one in books.balances),
        "saft": NOTE,
        "chain_head": None
        if head is None
        else {"day": head.day.isoformat(), "sequence": head.sequence, "sha256": head.sha256},
        "files": {one.name: {"sha256": one.sha256, "bytes": len(one.content)} for one in files},
    }
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def _documents(company_id: int, books: PeriodBooks) -> list[ExportFile]:
    """Return the documents that were sent of the invoices in the period, under their hashes."""
    issued = invoices_issued(company_id, since=books.since, until=books.until)
    hashes = {one.document_sha256 for one in letters_of_invoices(one.invoice_id for one in issued)}
    found = ((sha256, document(sha256)) for sha256 in sorted(hashes) if sha256)
    return [_file(f"documents/{sha256}.pdf", content) for sha256, content in found if content is not None]


def _file(name: str, content: bytes) -> ExportFile:
    return ExportFile(name=name, content=content, sha256=hashlib.sha256(content).hexdigest())


def _party(company: CompanyFacts) -> CompanyParty:
    lines = company.address_lines
    postal_code, _, city = (lines[-1] if lines else "").partition(" ")
    return CompanyParty(
        slug=company.slug,
        legal_name=company.legal_name,
        cvr=company.cvr,
        street=", ".join(lines[:-1]),
        postal_code=postal_code,
        city=city,
        email=company.email,
        phone=company.phone,
        iban=company.iban,
    )


def _customer(one: CustomerFacts) -> ExportedCustomer:
    details = one.details
    return ExportedCustomer(
        customer_id=one.customer_id,
        number=details.number,
        name=details.name,
        cvr=details.cvr,
        vat_number=details.vat_number,
        street=", ".join(details.address_lines),
        postal_code=details.postal_code,
        city=details.city,
        country=details.country,
    )
