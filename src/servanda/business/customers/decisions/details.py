"""Is what a customer gave us complete and plausible?

Wrong shapes are objections: with them an invoice cannot reach anyone. A number that fails its check digit is a warning,
for such numbers are in lawful use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servanda.business.customers.facts import CustomerDetails, Delivery
from servanda.ground.law.companies import is_cvr_plausible, is_gln_plausible
from servanda.ground.law.sentences import Sentence
from servanda.ground.law.vat_numbers import read_vat_number
from servanda.terms.clauses import CustomerKind

_LANGUAGES = ("da", "en")
_REFERENCE = re.compile(r"[^\x00-\x1f\x7f]{0,60}")  # one line, as much as receivers' programs take


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one field: what is wrong, and what to do."""

    field: str
    message: str
    remedy: str


def objections(details: CustomerDetails) -> tuple[Finding, ...]:
    """Return why the customer cannot be stored as given."""
    return tuple(_objections(details))


def warnings(details: CustomerDetails) -> tuple[Finding, ...]:
    """Return what a person should look at; nothing of it hinders."""
    return tuple(_warnings(details))


def _objections(details: CustomerDetails) -> Iterator[Finding]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", details.number):
        message = f"{details.number!r} is not a customer number." if details.number else "The customer number is empty."
        yield Finding(
            "number", message, "Use letters, digits, hyphens and full stops, beginning with a letter or digit."
        )
    if not details.name.strip():
        yield Finding("name", "The name is empty.", "Write the name that stands on the invoice.")
    if "@" not in details.email:
        yield Finding("email", "There is no e-mail address.", "Letters go there; write one address.")
    if details.cvr and not re.fullmatch("[0-9]{8}", details.cvr):
        yield Finding("cvr", f"{details.cvr!r} is not a CVR number.", "Write its eight digits.")
    if details.ean and not re.fullmatch("[0-9]{13}", details.ean):
        yield Finding("ean", f"{details.ean!r} is not an EAN location number.", "Write its thirteen digits.")
    if not re.fullmatch("[A-Z]{2}", details.country):
        yield Finding("country", f"{details.country!r} is not a country.", "Write two capital letters, as in DK.")
    if details.language not in _LANGUAGES:
        yield Finding("language", f"{details.language!r} is not a language of ours.", "Write da or en.")
    if details.kind is CustomerKind.CONSUMER and details.cvr:
        yield Finding(
            "kind",
            "A consumer has no CVR number; which law applies hangs on the kind.",
            "Write business, or remove the number.",
        )
    yield from _invoicing_objections(details)


def _invoicing_objections(details: CustomerDetails) -> Iterator[Finding]:
    if details.invoice_delivery not in ("", *Delivery):
        known = ", ".join(Delivery)
        yield Finding(
            "invoice_delivery", f"{details.invoice_delivery!r} is no way of ours.", f"Write one of {known}, or nothing."
        )
    elif details.invoice_delivery == Delivery.E_MAIL and details.kind is CustomerKind.PUBLIC:
        yield Finding(
            "invoice_delivery",
            "A public body may only be invoiced by e-invoice (BEK 206/2011).",
            "Write oioubl or peppol, and its EAN location number.",
        )
    elif details.invoice_delivery in (Delivery.OIOUBL, Delivery.PEPPOL) and details.kind is CustomerKind.CONSUMER:
        yield Finding("invoice_delivery", "A consumer cannot receive e-invoices.", "Write e-mail, or nothing.")
    for field in ("order_number", "person_reference"):
        if not _REFERENCE.fullmatch(getattr(details, field)):
            yield Finding(field, "It is longer than 60 characters or more than one line.", "Write what the buyer gave.")


def _warnings(details: CustomerDetails) -> Iterator[Finding]:
    if re.fullmatch("[0-9]{8}", details.cvr) and not is_cvr_plausible(details.cvr):
        yield Finding(
            "cvr", f"{details.cvr} fails the check of a CVR number.", "Look it up; it is imported as it stands."
        )
    if re.fullmatch("[0-9]{13}", details.ean) and not is_gln_plausible(details.ean):
        yield Finding(
            "ean", f"{details.ean} fails the check of an EAN location number.", "Ask the customer; it is kept as it is."
        )
    if details.kind is CustomerKind.PUBLIC and not details.ean:
        yield Finding("ean", "A public body has no EAN location number.", "Ask for it: e-invoices are sent there.")
    if details.kind is CustomerKind.PUBLIC and not (details.order_number or details.person_reference):
        yield Finding(
            "order_number",
            "A public body needs an order number or a person reference on each e-invoice.",
            "Ask for one; until then its e-invoices wait.",
        )
    if details.invoice_delivery in (Delivery.OIOUBL, Delivery.PEPPOL) and not (details.ean or details.cvr):
        yield Finding(
            "ean", "There is neither an EAN location number nor a CVR number to send e-invoices to.", "Ask for one."
        )
    if details.kind is CustomerKind.BUSINESS and not details.cvr and details.country == "DK":
        yield Finding(
            "cvr", "A Danish business has no CVR number.", "Ask for it; without it the buyer may be a consumer."
        )
    yield from _vat_number_warnings(details)


def _vat_number_warnings(details: CustomerDetails) -> Iterator[Finding]:
    read = read_vat_number(details.vat_number) if details.vat_number else None
    if isinstance(read, Sentence):
        yield Finding("vat_number", read.en, "It is kept as it is, and counts as not in use once it is asked about.")
    elif read is not None and read.country != details.country:
        yield Finding(
            "vat_number",
            f"{details.vat_number} is a number of another country than {details.country}.",
            "Look at the country of the customer.",
        )
    if details.dealer_evidence and not details.cvr:
        yield Finding("dealer_evidence", "A registered dealer has a CVR number.", "Ask for it.")
    if details.vat_number and details.vat_number_checked_on is None and details.country != "DK":
        yield Finding(
            "vat_number",
            "The VAT number has not been checked, so Danish VAT is charged until it is.",
            "The worker asks VIES about it.",
        )
