"""A period as SAF-T Financial: the structure after OECD SAF-T 2.0 and what is publicly told of the Danish version 2.1.

The official Danish schema was not to be had where this was written, so a file is NOT validated against it; its header says
so. What is checked is ours: every amount in it ties to the ledger (`tests/business/books/test_exports.py`). Accounts carry
the number of the public standard chart, and VAT the codes of the public list.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from servanda import __version__
from servanda.business.books.decisions.chart import CHART_NAME, CHART_VERSION
from servanda.business.books.facts import (
    AccountType,
    BookedEntry,
    ExportedCustomer,
    ExportedInvoice,
    PeriodBooks,
)
from servanda.ground.money import Money, total_of

NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:DK"
VERSION = "2.1"
NOTE = "Structure after OECD SAF-T 2.0 and the Danish SAF-T Financial 2.1; not validated against the official XSD."
_TYPES: Mapping[AccountType, str] = MappingProxyType(
    {
        AccountType.ASSET: "Asset",
        AccountType.LIABILITY: "Liability",
        AccountType.INCOME: "Sale",
        AccountType.EXPENSE: "Expense",
    }
)
# Our VAT category → the code of the public list, with what it goes to in the VAT return.
TAX_CODES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "S": ("S01", "Salgsmoms (udgående moms)"),
        "AE": ("S23", "Rubrik B - ydelser"),
        "K": ("S23", "Rubrik B - ydelser"),
        "O": ("S42", "Rubrik C - eksport udenfor EU"),
        "G": ("S42", "Rubrik C - eksport udenfor EU"),
        "Z": ("S02", "Rubrik C"),
        "E": ("S81", "Skal ikke medtages i angivelsen"),
    }
)
_UNKNOWN = ("S81", "Skal ikke medtages i angivelsen")


def saft_xml(books: PeriodBooks) -> bytes:
    """Return the period as one XML document, the same bytes each time."""
    root = Element("AuditFile", {"xmlns": NAMESPACE})
    _header(root, books)
    _master_files(root, books)
    _ledger(root, books)
    _invoices(root, books)
    indent(root, space=" ")
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _header(root: Element, books: PeriodBooks) -> None:
    header, company = SubElement(root, "Header"), books.company
    _texts(header, AuditFileVersion=VERSION, AuditFileCountry="DK", AuditFileDateCreated=books.made_on.isoformat())
    _texts(header, SoftwareCompanyName="Servanda", SoftwareID="Servanda", SoftwareVersion=__version__)
    said = SubElement(header, "Company")
    _texts(said, CVR=company.cvr, Name=company.legal_name)
    _address(said, company.street, company.city, company.postal_code, "DK")
    contact = SubElement(said, "Contact")
    _texts(contact, Telephone=company.phone, Email=company.email)
    tax = SubElement(said, "TaxRegistration")
    _texts(tax, TaxRegistrationNumber=company.cvr, TaxType="VAT", Country="DK")
    _texts(SubElement(said, "BankAccount"), IBANNumber=company.iban.replace(" ", ""))
    _texts(header, DefaultCurrencyCode="DKK")
    chosen = SubElement(header, "SelectionCriteria")
    _texts(chosen, SelectionStartDate=books.since.isoformat(), SelectionEndDate=books.until.isoformat())
    _texts(header, HeaderComment=NOTE, TaxAccountingBasis="Invoice accounting", TaxEntity=company.cvr)


def _master_files(root: Element, books: PeriodBooks) -> None:
    files = SubElement(root, "MasterFiles")
    accounts = SubElement(files, "GeneralLedgerAccounts")
    _texts(accounts, NameOfStandardAccount=CHART_NAME, VersionOfStandardAccount=CHART_VERSION)
    for one in books.balances:
        account = SubElement(accounts, "Account")
        _texts(account, AccountID=_id(books, one.line.account), AccountDescription=one.line.name)
        _texts(account, StandardAccountID=one.line.standard.number, AccountType=_TYPES[one.line.type])
        _balance(account, "Opening", one.opening)
        _balance(account, "Closing", one.closing)
    customers = SubElement(files, "Customers")
    for customer in books.customers:
        _customer(customers, customer)
    _tax_table(files, books)


def _customer(customers: Element, one: ExportedCustomer) -> None:
    customer = SubElement(customers, "Customer")
    _texts(customer, CVR=one.cvr, RegistrationNumber=one.vat_number if not one.cvr else "", Name=one.name)
    _address(customer, one.street, one.city, one.postal_code, one.country)
    _texts(customer, CustomerID=one.number)


def _tax_table(files: Element, books: PeriodBooks) -> None:
    entry = SubElement(SubElement(files, "TaxTable"), "TaxTableEntry")
    _texts(entry, TaxType="VAT", Description="Moms")
    used = sorted({(one.vat_category, one.vat_percent) for one in books.invoices})
    for category, percent in used:
        code, said = TAX_CODES.get(category, _UNKNOWN)
        details = SubElement(entry, "TaxCodeDetails")
        _texts(details, TaxCode=category, StandardTaxCode=code, EffectiveDate=books.since.isoformat())
        _texts(details, Description=said, TaxPercentage=percent, Country="DK")


def _ledger(root: Element, books: PeriodBooks) -> None:
    ledger = SubElement(root, "GeneralLedgerEntries")
    amounts = [posting.amount for entry in books.entries for posting in entry.postings]
    debit = total_of(amount for amount in amounts if amount.minor > 0)
    credit = total_of(-amount for amount in amounts if amount.minor < 0)
    _texts(ledger, NumberOfEntries=str(len(books.entries)), TotalDebit=_plain(debit), TotalCredit=_plain(credit))
    journal = SubElement(ledger, "Journal")
    _texts(journal, JournalID="SERVANDA", Description="Fakturaer, betalinger og tillæg", Type="GL")
    customers = {one.customer_id: one.number for one in books.customers}
    for entry in books.entries:
        _transaction(journal, books, entry, customers.get(entry.customer_id or 0, ""))


def _transaction(journal: Element, books: PeriodBooks, entry: BookedEntry, customer: str) -> None:
    transaction = SubElement(journal, "Transaction")
    _texts(transaction, TransactionID=str(entry.entry_id), Period=str(entry.on_day.month))
    _texts(transaction, PeriodYear=str(entry.on_day.year))
    _texts(transaction, TransactionDate=(entry.of_day or entry.on_day).isoformat(), Description=entry.what)
    _texts(transaction, SystemEntryDate=entry.at.date().isoformat(), GLPostingDate=entry.on_day.isoformat())
    _texts(transaction, SystemID=entry.key)
    for number, posting in enumerate(entry.postings, start=1):
        line = SubElement(transaction, "Line")
        _texts(line, RecordID=f"{entry.entry_id}-{number}", AccountID=_id(books, posting.account))
        _texts(line, SourceDocumentID=str(entry.voucher_number or ""), CustomerID=customer, Description=entry.what)
        amount = SubElement(line, "DebitAmount" if posting.amount.minor > 0 else "CreditAmount")
        _texts(amount, Amount=_plain(_without_sign(posting.amount)), CurrencyCode=posting.amount.currency)


def _invoices(root: Element, books: PeriodBooks) -> None:
    sales = SubElement(SubElement(root, "SourceDocuments"), "SalesInvoices")
    debit = total_of(one.net for one in books.invoices if one.kind == "credit note")
    credit = total_of(one.net for one in books.invoices if one.kind != "credit note")
    _texts(sales, NumberOfEntries=str(len(books.invoices)), TotalDebit=_plain(debit), TotalCredit=_plain(credit))
    customers = {one.customer_id: one for one in books.customers}
    for one in books.invoices:
        _invoice(sales, one, customers[one.customer_id])


def _invoice(sales: Element, one: ExportedInvoice, customer: ExportedCustomer) -> None:
    invoice = SubElement(sales, "Invoice")
    _texts(invoice, InvoiceNo=str(one.number))
    info = SubElement(invoice, "CustomerInfo")
    _texts(info, CustomerID=customer.number, Name=customer.name)
    _texts(invoice, InvoiceDate=one.issued_on.isoformat())
    _texts(invoice, InvoiceType="credit note" if one.kind == "credit note" else "invoice")
    totals = SubElement(invoice, "DocumentTotals")
    tax = SubElement(totals, "TaxInformationTotals")
    _texts(tax, TaxType="VAT", TaxCode=one.vat_category, TaxPercentage=one.vat_percent, TaxBase=_plain(one.net))
    _texts(SubElement(tax, "TaxAmount"), Amount=_plain(one.vat), CurrencyCode=one.vat.currency)
    _texts(totals, NetTotal=_plain(one.net), GrossTotal=_plain(one.total))


def _balance(account: Element, name: str, amount: Money) -> None:
    side = "CreditBalance" if amount.minor < 0 else "DebitBalance"
    _texts(account, **{f"{name}{side}": _plain(_without_sign(amount))})


def _address(parent: Element, street: str, city: str, postal_code: str, country: str) -> None:
    _texts(SubElement(parent, "Address"), StreetName=street, City=city, PostalCode=postal_code, Country=country)


def _texts(parent: Element, **texts: str) -> None:
    """Add elements with texts in the order given; what is not known is left out."""
    for name, text in texts.items():
        if text:
            SubElement(parent, name).text = _lawful(text)


def _id(books: PeriodBooks, account: str) -> str:
    return books.chart[account].number


def _without_sign(amount: Money) -> Money:
    return Money(abs(amount.minor), amount.currency)


def _plain(amount: Money) -> str:
    return f"{Decimal(amount.minor).scaleb(-2):.2f}"


def _lawful(text: str) -> str:
    """Leave out what XML cannot carry."""
    return "".join(
        sign
        for sign in text
        if sign in "\t\n" or " " <= sign < "\ud800" or "\ue000" <= sign < "\ufffe" or sign > "\uffff"
    )
