"""Writes invoices and credit notes as Peppol BIS Billing 3 (UBL 2.1), as Danish sellers must write them.

Danish particulars: a CVR number is eight digits without "DK" under scheme 0184; a FIK slip is code 93 with `71#` and the
digits; an IBAN alone is code 58, because 31 and 42 want a registration number (rules DK-R-005 to DK-R-011).
"""

from typing import Literal

from servanda.drivers.einvoices.model import (
    Adjustment,
    Document,
    EInvoice,
    Line,
    LineAdjustment,
    Vat,
    VatSubtotal,
)
from servanda.drivers.einvoices.parties import (
    Address,
    AgreedPayment,
    DanishTransfer,
    DirectDebit,
    FikPayment,
    IbanTransfer,
    Party,
    PaymentMeans,
)
from servanda.drivers.einvoices.ports import Format
from servanda.drivers.einvoices.ubl import amount, cac, cbc, document, number_text
from servanda.ground.money import Money
from servanda.ground.periods import Period

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_VAT = "<cac:TaxScheme>\n<cbc:ID>VAT</cbc:ID>\n</cac:TaxScheme>\n"


class PeppolRenderer:
    """Writes Peppol BIS Billing 3."""

    @property
    def format(self) -> Format:
        return "peppol bis 3"

    def may_write(self, document: Document) -> bool:
        """Tell whether Peppol has such a document: it has no reminder."""
        return isinstance(document, EInvoice)

    def render(self, document: Document) -> bytes:
        """Return the invoice or credit note as XML."""
        assert isinstance(document, EInvoice), "Peppol BIS Billing 3 has no reminder; ask may_write first"
        return _written(document)


def _written(invoice: EInvoice) -> bytes:
    is_invoice = invoice.kind == "invoice"
    # What is outside the scope of VAT must not bear a VAT number of either side (BR-O-02); the CVR number stays.
    has_vat = any(one.vat.category != "O" for one in invoice.breakdown)
    root: Literal["Invoice", "CreditNote"] = "Invoice" if is_invoice else "CreditNote"
    foreign = invoice.tax_in_accounting_currency
    return document(
        root,
        cbc("CustomizationID", CUSTOMIZATION),
        cbc("ProfileID", PROFILE),
        cbc("ID", invoice.number),
        cbc("IssueDate", invoice.issued_on.isoformat()),
        cbc("DueDate", invoice.due_on.isoformat() if is_invoice and invoice.due_on else ""),
        cbc("InvoiceTypeCode", "380") if is_invoice else cbc("CreditNoteTypeCode", "381"),
        cbc("Note", invoice.note),
        cbc("DocumentCurrencyCode", invoice.currency),
        cbc("TaxCurrencyCode", foreign.currency if foreign else ""),
        cbc("AccountingCost", invoice.accounting_cost),
        cbc("BuyerReference", invoice.buyer_reference),
        _period(invoice.period),
        cac("OrderReference", cbc("ID", invoice.order_reference)),
        *(
            cac(
                "BillingReference",
                cac(
                    "InvoiceDocumentReference",
                    cbc("ID", one.number),
                    cbc("IssueDate", one.issued_on.isoformat() if one.issued_on else ""),
                ),
            )
            for one in invoice.preceding
        ),
        cac("ContractDocumentReference", cbc("ID", invoice.contract_reference)),
        cac(
            "AccountingSupplierParty",
            _party(invoice.seller, has_vat=has_vat, creditor_id=_creditor_id(invoice.payment)),
        ),
        cac("AccountingCustomerParty", _party(invoice.buyer, has_vat=has_vat)),
        _delivery(invoice),
        _payment_means(invoice),
        cac("PaymentTerms", cbc("Note", invoice.payment_terms)),
        *(_adjustment(one, tax=_category("TaxCategory", one.vat)) for one in invoice.adjustments),
        cac("TaxTotal", amount("TaxAmount", invoice.totals.tax), *(_subtotal(one) for one in invoice.breakdown)),
        cac("TaxTotal", amount("TaxAmount", foreign)) if foreign else "",
        _totals(invoice),
        *(_line(line, is_invoice=is_invoice, currency=invoice.currency) for line in invoice.lines),
    )


def _period(period: Period | None) -> str:
    if period is None:
        return ""
    return cac("InvoicePeriod", cbc("StartDate", period.since.isoformat()), cbc("EndDate", period.last_day.isoformat()))


def _party(party: Party, *, has_vat: bool, creditor_id: str = "") -> str:
    endpoint, legal, contact = party.endpoint, party.legal_id, party.contact
    return cac(
        "Party",
        cbc("EndpointID", endpoint.value, {"schemeID": endpoint.scheme}) if endpoint else "",
        cac("PartyIdentification", cbc("ID", creditor_id, {"schemeID": "SEPA"})),
        cac("PartyName", cbc("Name", party.trading_name or party.name)),
        _address(party.address),
        cac("PartyTaxScheme", cbc("CompanyID", party.vat_id), _VAT) if party.vat_id and has_vat else "",
        cac(
            "PartyLegalEntity",
            cbc("RegistrationName", party.name),
            cbc("CompanyID", legal.value, {"schemeID": legal.scheme} if legal.scheme else None) if legal else "",
        ),
        cac(
            "Contact",
            cbc("Name", contact.name),
            cbc("Telephone", contact.phone),
            cbc("ElectronicMail", contact.email),
        )
        if contact
        else "",
    )


def _address(address: Address) -> str:
    return cac(
        "PostalAddress",
        cbc("StreetName", f"{address.street} {address.building_number}"),
        cbc("AdditionalStreetName", address.additional),
        cbc("CityName", address.city),
        cbc("PostalZone", address.postcode),
        cbc("CountrySubentity", address.region),
        cac("Country", cbc("IdentificationCode", address.country)),
    )


def _delivery(invoice: EInvoice) -> str:
    return cac(
        "Delivery",
        cbc("ActualDeliveryDate", invoice.delivered_on.isoformat() if invoice.delivered_on else ""),
        cac(
            "DeliveryLocation",
            cac("Address", cac("Country", cbc("IdentificationCode", invoice.delivery_country))),
        ),
    )


def _creditor_id(payment: PaymentMeans | None) -> str:
    return payment.creditor_id if isinstance(payment, DirectDebit) else ""


def _payment_means(invoice: EInvoice) -> str:
    payment = invoice.payment
    # A credit note has no due date of its own; BT-9 then stands with the means of payment.
    due = invoice.due_on.isoformat() if invoice.due_on and invoice.kind == "credit note" else ""
    due_on = cbc("PaymentDueDate", due)
    match payment:
        case None:
            return ""
        case FikPayment():
            return cac(
                "PaymentMeans",
                cbc("PaymentMeansCode", "93"),
                due_on,
                cbc("PaymentID", f"{payment.kind}#{payment.reference}"),
                cac("PayeeFinancialAccount", cbc("ID", payment.creditor)),
            )
        case DanishTransfer():
            return cac(
                "PaymentMeans",
                cbc("PaymentMeansCode", "42"),
                due_on,
                cbc("PaymentID", payment.reference),
                cac(
                    "PayeeFinancialAccount",
                    cbc("ID", payment.account_number),
                    cbc("Name", payment.account_name),
                    cac("FinancialInstitutionBranch", cbc("ID", payment.registration_number)),
                ),
            )
        case IbanTransfer():
            return cac(
                "PaymentMeans",
                cbc("PaymentMeansCode", "58"),
                due_on,
                cbc("PaymentID", payment.reference),
                cac(
                    "PayeeFinancialAccount",
                    cbc("ID", payment.iban),
                    cbc("Name", payment.account_name),
                    cac("FinancialInstitutionBranch", cbc("ID", payment.bic)),
                ),
            )
        case DirectDebit():
            return cac(
                "PaymentMeans",
                cbc("PaymentMeansCode", "49"),
                due_on,
                cac(
                    "PaymentMandate",
                    cbc("ID", payment.mandate_id),
                    cac("PayerFinancialAccount", cbc("ID", payment.payer_account)),
                ),
            )
        case AgreedPayment():
            return cac(
                "PaymentMeans",
                cbc("PaymentMeansCode", "1", {"name": payment.text} if payment.text else None),
                due_on,
                cbc("PaymentID", payment.reference),
            )


def _adjustment(one: Adjustment | LineAdjustment, *, tax: str = "") -> str:
    return cac(
        "AllowanceCharge",
        cbc("ChargeIndicator", "true" if one.is_charge else "false"),
        cbc("AllowanceChargeReasonCode", one.reason_code),
        cbc("AllowanceChargeReason", one.reason),
        cbc("MultiplierFactorNumeric", number_text(one.percent) if one.percent is not None else ""),
        amount("Amount", one.amount),
        amount("BaseAmount", one.base_amount) if one.base_amount is not None else "",
        tax,
    )


def _category(name: str, vat: Vat, *, reason_code: str = "", reason: str = "") -> str:
    return cac(
        name,
        cbc("ID", vat.category),
        cbc("Percent", "" if vat.category == "O" else number_text(vat.percent)),
        cbc("TaxExemptionReasonCode", reason_code),
        cbc("TaxExemptionReason", reason),
        _VAT,
    )


def _subtotal(one: VatSubtotal) -> str:
    return cac(
        "TaxSubtotal",
        amount("TaxableAmount", one.taxable),
        amount("TaxAmount", one.tax),
        _category("TaxCategory", one.vat, reason_code=one.exemption_code, reason=one.exemption_reason),
    )


def _totals(invoice: EInvoice) -> str:
    totals = invoice.totals
    charges = (one.is_charge for one in invoice.adjustments)
    has_charges, has_allowances = any(charges), any(not one.is_charge for one in invoice.adjustments)
    return cac(
        "LegalMonetaryTotal",
        amount("LineExtensionAmount", totals.lines),
        amount("TaxExclusiveAmount", totals.net),
        amount("TaxInclusiveAmount", totals.gross),
        amount("AllowanceTotalAmount", totals.allowances) if has_allowances or totals.allowances else "",
        amount("ChargeTotalAmount", totals.charges) if has_charges or totals.charges else "",
        _unless_zero("PrepaidAmount", totals.prepaid),
        _unless_zero("PayableRoundingAmount", totals.rounding),
        amount("PayableAmount", totals.payable),
    )


def _unless_zero(name: str, money: Money) -> str:
    return amount(name, money) if money else ""


def _line(line: Line, *, is_invoice: bool, currency: str) -> str:
    unit = {"unitCode": line.unit}
    return cac(
        "InvoiceLine" if is_invoice else "CreditNoteLine",
        cbc("ID", line.line_id),
        cbc("Note", line.note),
        cbc("InvoicedQuantity" if is_invoice else "CreditedQuantity", number_text(line.quantity), unit),
        amount("LineExtensionAmount", line.net),
        _period(line.period),
        cac("OrderLineReference", cbc("LineID", line.order_line)),
        *(_adjustment(one) for one in line.adjustments),
        cac(
            "Item",
            cbc("Description", line.description),
            cbc("Name", line.name),
            cac("SellersItemIdentification", cbc("ID", line.seller_item_id)),
            _category("ClassifiedTaxCategory", line.vat),
        ),
        cac(
            "Price",
            cbc("PriceAmount", number_text(line.price, decimals_min=2), {"currencyID": currency}),
            cbc("BaseQuantity", number_text(line.base_quantity), unit) if line.base_quantity != 1 else "",
        ),
    )
