"""Which columns do the files of `servanda import` have? They become the values that the contexts take.

The columns are documented in `docs/reference/imports.md`, which a test compares with this table.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from servanda.business.contracts.decisions.importing import ImportedRow
from servanda.business.customers.facts import CustomerDetails, Delivery, ImportedCustomer
from servanda.drivers.tables import (
    Column,
    WrongValue,
    country_code,
    cvr,
    day,
    email,
    money,
    one_of,
    read_table,
    text,
    whole_number,
)
from servanda.terms.clauses import CustomerKind

KINDS = tuple(kind.value for kind in CustomerKind)
DELIVERIES = tuple(way.value for way in Delivery)
HOWS = ("import", "signed order", "portal", "telephone", "e-mail")


def _gln(written: str) -> str:
    digits = written.replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 13):
        raise WrongValue(f"{written!r} is not an EAN location number. Write its thirteen digits.")
    return digits


CUSTOMER_COLUMNS = (
    Column("number", True, text(40), "1042", "Customer number, printed on invoices; one row each"),
    Column("kind", True, one_of(*KINDS), "business", "Which law applies: business, consumer, public or association"),
    Column("name", True, text(), "Nordlys Eksempel ApS", "Name of the company or the person"),
    Column("email", True, email, "faktura@nordlys.example", "Where invoices and notices go"),
    Column("contact_name", False, text(), "Alma Prøve", "Person to write to"),
    Column("cvr", False, cvr, "13748136", "Danish company number; one that fails its check digit gives a warning"),
    Column("vat_number", False, text(20), "SE556677889901", "VAT number of another EU country"),
    Column("vat_number_checked_on", False, day, "2026-11-30", "Day on which that number was checked in VIES"),
    Column(
        "dealer_evidence",
        False,
        text(),
        "CVR extract of 2026-11-01",
        "What shows a registered dealer in listed hardware",
    ),
    Column("ean", False, _gln, "5798000000001", "EAN location number of a public body"),
    Column("invoice_delivery", False, one_of(*DELIVERIES), "oioubl", "How invoices go out; by the kind when empty"),
    Column("order_number", False, text(60), "4500012345", "The buyer's order number, named on e-invoices"),
    Column("person_reference", False, text(60), "NIELS17", "Whom at a public body the invoices are for"),
    Column("address", False, text(), "Prøvevej 1", "Street and house number"),
    Column("address_2", False, text(), "2. sal", "Second line of the address"),
    Column("postal_code", False, text(12), "8000", "Postal code"),
    Column("city", False, text(80), "Prøveby", "Town"),
    Column("country", False, country_code, "DK", "Two letters of ISO 3166; DK when empty"),
    Column("language", False, one_of("da", "en"), "da", "Language of letters; da when empty"),
    Column("created_on", False, day, "2024-03-01", "Customer since; the day of the import when empty"),
    Column("last_purchase_on", False, day, "2026-06-01", "Day of the latest purchase or renewal"),
)

CONTRACT_COLUMNS = (
    Column("contract", True, text(40), "K-2026-17", "Contract number; rows with the same one are its lines"),
    Column("customer", True, text(40), "1042", "Customer number, imported before"),
    Column("terms_version", True, text(40), "2025-01", "Version of the terms that were accepted"),
    Column("terms_language", False, one_of("da", "en"), "da", "Language they were accepted in; da when empty"),
    Column("accepted_on", True, day, "2025-02-14", "Day on which the customer accepted them"),
    Column("accepted_how", False, one_of(*HOWS), "signed order", "How they were accepted; import when empty"),
    Column(
        "scope_sheet", False, text(2000), "Mail and CRM, 12 users, 200 GB", "What the contract covers, if terms want it"
    ),
    Column("product", True, text(60), "webhosting", "Product code of the catalogue"),
    Column("plan", True, text(60), "webhosting-20", "Plan code of the product"),
    Column("description", False, text(), "eksempel.example", "What tells the line apart"),
    Column("quantity", False, whole_number(1, 100_000), "1", "How many; 1 when empty"),
    Column("price", False, money(), "135.00", "Agreed price of a unit without VAT; the catalogue's when empty"),
    Column("interval_months", False, whole_number(0, 60), "12", "Months billed at a time; the plan's when empty"),
    Column("began_on", True, day, "2025-03-01", "First day of the line; all its periods count from it"),
    Column("term_months", False, whole_number(1, 60), "12", "Length of a term in months; the terms' own when empty"),
    Column("term_ends_on", False, day, "2027-02-28", "Last day of the term that runs now; the first term's when empty"),
    Column("billed_until", False, day, "2027-02-28", "Last day invoiced elsewhere; needed once a period has passed"),
    Column("special_agreement", False, text(500), "Aftalt 18 måneder", "Why the term is another than the terms offer"),
)


def customer_rows(content: bytes, *, file: str, today: date) -> tuple[ImportedCustomer, ...]:
    """Return the customers of a CSV file; raises `WrongTable` with everything that is wrong with its form."""
    rows = read_table(content, file=file, columns=CUSTOMER_COLUMNS)
    return tuple(_customer(row.line, row.values, today) for row in rows)


def contract_rows(content: bytes, *, file: str) -> tuple[ImportedRow, ...]:
    """Return the contract lines of a CSV file; raises `WrongTable` with everything that is wrong with its form."""
    rows = read_table(content, file=file, columns=CONTRACT_COLUMNS)
    return tuple(_contract(row.line, row.values) for row in rows)


def _customer(line: int, values: Mapping[str, Any], today: date) -> ImportedCustomer:
    address = (values["address"], values["address_2"])
    details = CustomerDetails(
        number=values["number"],
        kind=CustomerKind(values["kind"]),
        name=values["name"],
        email=values["email"],
        contact_name=values["contact_name"] or "",
        cvr=values["cvr"] or "",
        vat_number=values["vat_number"] or "",
        vat_number_checked_on=values["vat_number_checked_on"],
        dealer_evidence=values["dealer_evidence"] or "",
        ean=values["ean"] or "",
        invoice_delivery=values["invoice_delivery"] or "",
        order_number=values["order_number"] or "",
        person_reference=values["person_reference"] or "",
        address_lines=tuple(part for part in address if part),
        postal_code=values["postal_code"] or "",
        city=values["city"] or "",
        country=values["country"] or "DK",
        language=values["language"] or "da",
        last_purchase_on=values["last_purchase_on"],
    )
    return ImportedCustomer(line=line, details=details, created_on=values["created_on"] or today)


def _contract(line: int, values: Mapping[str, Any]) -> ImportedRow:
    return ImportedRow(
        line=line,
        contract=values["contract"],
        customer=values["customer"],
        terms_version=values["terms_version"],
        terms_language=values["terms_language"] or "da",
        accepted_on=values["accepted_on"],
        accepted_how=values["accepted_how"] or "import",
        began_on=values["began_on"],
        scope_sheet=values["scope_sheet"] or "",
        product=values["product"],
        plan=values["plan"],
        description=values["description"] or "",
        quantity=values["quantity"] or 1,
        own_price=values["price"],
        interval_months=values["interval_months"],
        term_months=values["term_months"],
        term_until=_day_after(values["term_ends_on"]),
        special_reason=values["special_agreement"] or "",
        billed_from=_day_after(values["billed_until"]),
    )


def _day_after(last_day: date | None) -> date | None:
    return last_day + timedelta(days=1) if last_day is not None else None
