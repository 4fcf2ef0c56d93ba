"""The parts of OIOUBL 2.1 that invoices, credit notes and reminders share: parties, payment, taxes.

What differs from Peppol: a CVR number is written "DK" and eight digits; each party's address says its format; the buyer has
a contact with an id, which is the person reference of a public body; a FIK slip has its type, its digits and its creditor in
three places of their own.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from servanda.drivers.einvoices.model import Vat
from servanda.drivers.einvoices.parties import (
    CVR,
    DANISH_VAT,
    GLN,
    Address,
    AgreedPayment,
    DanishTransfer,
    DirectDebit,
    FikPayment,
    IbanTransfer,
    Identifier,
    Party,
    PaymentMeans,
)
from servanda.drivers.einvoices.ubl import amount, cac, cbc, number_text
from servanda.ground.money import Money

PAYMENT_NOTE_MAX = 20
_AGENCY = "320"
_NUMBERS = uuid.UUID("5f0c6a2e-5a55-5d0e-9d6b-9a9a3f1f2c11")  # ours: the same document has the same UUID for ever
_TAX_SCHEME = (
    "<cac:TaxScheme>\n"
    '<cbc:ID schemeAgencyID="320" schemeID="urn:oioubl:id:taxschemeid-1.1">63</cbc:ID>\n'
    "<cbc:Name>Moms</cbc:Name>\n"
    "</cac:TaxScheme>\n"
)
# What the networks call a number (ISO 6523 and Peppol's list) and what OIOUBL calls it.
SCHEMES = {
    CVR: "DK:CVR",
    GLN: "GLN",
    DANISH_VAT: "DK:SE",
    "0007": "SE:ORGNR",
    "0037": "FI:OVT",
    "0060": "DUNS",
    "0192": "NO:ORGNR",
    "0196": "IS:KT",
    "0211": "IT:VAT",
    "0009": "FR:SIRET",
    "9910": "HU:VAT",
    "9914": "AT:VAT",
    "9920": "ES:VAT",
    "9922": "AD:VAT",
    "9923": "AL:VAT",
    "9924": "BA:VAT",
    "9925": "BE:VAT",
    "9926": "BG:VAT",
    "9927": "CH:VAT",
    "9928": "CY:VAT",
    "9929": "CZ:VAT",
    "9930": "DE:VAT",
    "9931": "EE:VAT",
    "9932": "GB:VAT",
    "9933": "GR:VAT",
    "9934": "HR:VAT",
    "9935": "IE:VAT",
    "9936": "LI:VAT",
    "9937": "LT:VAT",
    "9938": "LU:VAT",
    "9939": "LV:VAT",
    "9943": "MT:VAT",
    "9944": "NL:VAT",
    "9945": "PL:VAT",
    "9946": "PT:VAT",
    "9947": "RO:VAT",
    "9949": "SI:VAT",
    "9950": "SK:VAT",
}


def category_of(vat: Vat) -> str:
    """Return the tax category of OIOUBL, which knows three."""
    if vat.category == "S":
        return "StandardRated"
    return "ReverseCharge" if vat.category == "AE" else "ZeroRated"


def uuid_of(*, seller: Party, kind: str, number: str) -> str:
    """Return the document's UUID, made of what names it for ever."""
    who = seller.legal_id.value if seller.legal_id else seller.name
    return str(uuid.uuid5(_NUMBERS, f"{who}|{kind}|{number}"))


def head(document_type: str, number: str, *, uuid_text: str, issued_on: date) -> str:
    """Return the elements that every document begins with."""
    assert document_type in {"invoice", "credit note", "reminder"}
    return "".join(
        (
            cbc("UBLVersionID", "2.1"),
            cbc("CustomizationID", "OIOUBL-2.1"),
            cbc(
                "ProfileID",
                "Procurement-BilSim-1.0",
                {"schemeAgencyID": _AGENCY, "schemeID": "urn:oioubl:id:profileid-1.2"},
            ),
            cbc("ID", number),
            cbc("CopyIndicator", "false"),
            cbc("UUID", uuid_text),
            cbc("IssueDate", issued_on.isoformat()),
        )
    )


def seller_party(party: Party) -> str:
    """Return the seller."""
    contact = party.contact
    said = (
        cac(
            "Contact",
            cbc("ID", contact.name or contact.email or contact.phone),
            cbc("Name", contact.name),
            cbc("Telephone", contact.phone),
            cbc("ElectronicMail", contact.email),
        )
        if contact
        else ""
    )
    return cac("AccountingSupplierParty", _party(party, said))


def buyer_party(party: Party, *, reference: str) -> str:
    """Return the buyer, whose contact bears the person reference; OIOUBL wants one of every buyer."""
    contact = party.contact
    named = contact.name if contact else ""
    known = party.endpoint.value if party.endpoint else party.name
    said = cac(
        "Contact",
        cbc("ID", reference or named or (party.legal_id.value if party.legal_id else "") or known),
        cbc("Name", named),
        cbc("Telephone", contact.phone if contact else ""),
        cbc("ElectronicMail", contact.email if contact else ""),
    )
    return cac("AccountingCustomerParty", _party(party, said))


def _party(party: Party, contact: str) -> str:
    return cac(
        "Party",
        _identifier("EndpointID", party.endpoint) if party.endpoint else "",
        cac("PartyIdentification", _identifier("ID", party.legal_id) if party.legal_id else ""),
        cac("PartyName", cbc("Name", party.trading_name or party.name)),
        _address(party.address),
        cac("PartyTaxScheme", _vat_number(party.vat_id), _TAX_SCHEME) if party.vat_id else "",
        cac("PartyLegalEntity", cbc("RegistrationName", party.name), _legal_number(party.legal_id))
        if party.legal_id
        else "",
        contact,
    )


def _identifier(name: str, given: Identifier) -> str:
    scheme = SCHEMES.get(given.scheme, "ZZZ")
    value = f"DK{_digits(given.value)}" if scheme in {"DK:CVR", "DK:SE"} else given.value
    return cbc(name, value, {"schemeAgencyID": "9", "schemeID": "GLN"} if scheme == "GLN" else {"schemeID": scheme})


def _legal_number(given: Identifier) -> str:
    if given.scheme == CVR:
        return cbc("CompanyID", f"DK{_digits(given.value)}", {"schemeID": "DK:CVR"})
    return cbc("CompanyID", given.value, {"schemeID": "ZZZ"})


def _vat_number(vat_id: str) -> str:
    return cbc("CompanyID", vat_id, {"schemeID": "DK:SE" if vat_id.startswith("DK") else "ZZZ"})


def _digits(value: str) -> str:
    return value.removeprefix("DK")


def _address(address: Address) -> str:
    is_whole = address.country == "DK" and address.street.strip() and address.building_number.strip()
    return cac(
        "PostalAddress",
        cbc(
            "AddressFormatCode",
            "StructuredDK" if is_whole else "StructuredLax",
            {"listAgencyID": _AGENCY, "listID": "urn:oioubl:codelist:addressformatcode-1.1"},
        ),
        cbc("StreetName", address.street),
        cbc("AdditionalStreetName", address.additional),
        cbc("BuildingNumber", address.building_number),
        cbc("CityName", address.city),
        cbc("PostalZone", address.postcode),
        cbc("Region", address.region),
        cac("Country", cbc("IdentificationCode", address.country)),
    )


def payment_means(payment: PaymentMeans | None, *, due_on: date | None) -> str:
    """Return how the document is paid."""
    if payment is None:
        return ""
    coded = _coded(payment)
    return cac(
        "PaymentMeans",
        cbc("ID", "1"),
        cbc("PaymentMeansCode", coded.code),
        cbc("PaymentDueDate", due_on.isoformat() if due_on else ""),
        cbc(
            "PaymentChannelCode",
            coded.channel,
            {"listAgencyID": _AGENCY, "listID": "urn:oioubl:codelist:paymentchannelcode-1.1"},
        ),
        coded.references,
        coded.accounts,
    )


@dataclass(frozen=True, slots=True)
class _Coded:
    """A way to pay as OIOUBL has it: code, channel, and the elements of references and accounts."""

    code: str
    channel: str = ""
    references: str = ""
    accounts: str = ""


def _coded(payment: PaymentMeans) -> _Coded:
    match payment:
        case FikPayment():
            references = cbc("InstructionID", payment.reference) + cbc("PaymentID", payment.kind)
            return _Coded("93", "DK:FIK", references, cac("CreditAccount", cbc("AccountID", payment.creditor)))
        case DanishTransfer():
            branch = cac("FinancialInstitutionBranch", cbc("ID", payment.registration_number))
            account = _account(payment.account_number, payment.account_name, payment.reference, branch)
            return _Coded("42", "DK:BANK", accounts=account)
        case IbanTransfer():
            branch = cac("FinancialInstitutionBranch", cac("FinancialInstitution", cbc("ID", payment.bic)))
            account = _account(payment.iban, payment.account_name, payment.reference, branch)
            return _Coded("58", "IBAN", accounts=account)
        case DirectDebit():
            return _Coded("49", references=cbc("InstructionID", payment.mandate_id))
        case AgreedPayment():
            return _Coded(
                "1", references=cbc("InstructionID", payment.reference) + cbc("InstructionNote", payment.text)
            )


def _account(number: str, name: str, reference: str, branch: str) -> str:
    note = cbc("PaymentNote", reference[:PAYMENT_NOTE_MAX])
    return cac("PayeeFinancialAccount", cbc("ID", number), cbc("Name", name), note, branch)


def payment_terms(text: str, *, payable: Money, has_means: bool) -> str:
    """Return the terms of payment; their amount must be what is to be paid."""
    return cac(
        "PaymentTerms",
        cbc("ID", "1"),
        cbc("PaymentMeansID", "1" if has_means else ""),
        cbc("Note", text),
        amount("Amount", payable),
    )


def tax_category(vat: Vat, *, reason: str = "") -> str:
    """Return a tax category."""
    name = category_of(vat)
    return cac(
        "TaxCategory",
        cbc("ID", name, {"schemeAgencyID": _AGENCY, "schemeID": "urn:oioubl:id:taxcategoryid-1.1"}),
        cbc("Percent", number_text(vat.percent) if name == "StandardRated" else "0"),
        cbc("TaxExemptionReason", reason),
        _TAX_SCHEME,
    )


def tax_subtotal(vat: Vat, *, taxable: Money, tax: Money, reason: str = "", foreign: Money | None = None) -> str:
    """Return one line of a breakdown of taxes."""
    return cac(
        "TaxSubtotal",
        amount("TaxableAmount", taxable),
        amount("TaxAmount", tax),
        amount("TransactionCurrencyTaxAmount", foreign) if foreign is not None else "",
        tax_category(vat, reason=reason),
    )
