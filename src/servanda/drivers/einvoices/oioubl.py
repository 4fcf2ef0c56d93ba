"""Writes invoices, credit notes and reminders as OIOUBL 2.1.

What it does to the model of EN 16931: the seven VAT categories become three, so that subtotals that fall together are added;
allowances and charges of a line move to the document, because a line's amount must be price times quantity; and
`TaxExclusiveAmount` is, in spite of its name, the VAT amount (rule F-INV127). Only one rate above zero fits in (F-LIB315);
`checks.py` says so beforehand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from servanda.drivers.einvoices.model import (
    Adjustment,
    Document,
    EInvoice,
    EReminder,
    Line,
    ReminderCharge,
    ReminderClaim,
    Vat,
)
from servanda.drivers.einvoices.oioubl_parts import (
    buyer_party,
    category_of,
    head,
    payment_means,
    payment_terms,
    seller_party,
    tax_category,
    tax_subtotal,
    uuid_of,
)
from servanda.drivers.einvoices.ports import Format
from servanda.drivers.einvoices.sums import line_net
from servanda.drivers.einvoices.ubl import amount, cac, cbc, document, number_text
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period

OUTSIDE_VAT = Vat(category="O")
_REASON_CODES = {"fee": "PenaltyFee", "compensation": "PenaltyFee", "interest": "PenaltyRate"}


class OioublRenderer:
    """Writes OIOUBL 2.1."""

    @property
    def format(self) -> Format:
        return "oioubl 2.1"

    def may_write(self, document: Document) -> bool:
        """Tell whether OIOUBL has such a document: it has them all."""
        return True

    def render(self, document: Document) -> bytes:
        """Return the document as XML."""
        return _reminder(document) if isinstance(document, EReminder) else _invoice(document)


def adjustments_of(invoice: EInvoice) -> tuple[Adjustment, ...]:
    """Return the adjustments of the document and, moved up to it, those of its lines."""
    moved = (
        Adjustment(is_charge=one.is_charge, amount=one.amount, reason=one.reason, vat=line.vat)
        for line in invoice.lines
        for one in line.adjustments
    )
    return (*invoice.adjustments, *moved)


def _invoice(invoice: EInvoice) -> bytes:
    is_invoice = invoice.kind == "invoice"
    adjustments = adjustments_of(invoice)
    foreign = invoice.tax_in_accounting_currency if _has_standard_rate(invoice) else None
    uuid_text = uuid_of(seller=invoice.seller, kind=invoice.kind, number=invoice.number)
    return document(
        "Invoice" if is_invoice else "CreditNote",
        head(invoice.kind, invoice.number, uuid_text=uuid_text, issued_on=invoice.issued_on),
        cbc(
            "InvoiceTypeCode",
            "380" if is_invoice else "",
            {"listAgencyID": "320", "listID": "urn:oioubl:codelist:invoicetypecode-1.1"},
        ),
        cbc("Note", invoice.note),
        cbc("DocumentCurrencyCode", invoice.currency),
        cbc("TaxCurrencyCode", foreign.currency if foreign else ""),
        cbc("AccountingCost", invoice.accounting_cost),
        _period("InvoicePeriod", invoice.period),
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
        seller_party(invoice.seller),
        buyer_party(invoice.buyer, reference=invoice.buyer_reference),
        cac("Delivery", cbc("ActualDeliveryDate", invoice.delivered_on.isoformat() if invoice.delivered_on else "")),
        *_payment(invoice),
        *(_adjustment(one, number) for number, one in enumerate(adjustments, start=1)),
        cac("TaxTotal", amount("TaxAmount", invoice.totals.tax), *_subtotals(invoice, foreign)),
        _totals(invoice, adjustments),
        *(_line(line, invoice) for line in invoice.lines),
    )


def _payment(invoice: EInvoice) -> Iterator[str]:
    if invoice.kind == "credit note":
        # A credit note of OIOUBL has no means of payment: the schema of 2.1 has the place, the rules leave it empty.
        return
    yield payment_means(invoice.payment, due_on=invoice.due_on)
    yield payment_terms(invoice.payment_terms, payable=invoice.totals.payable, has_means=invoice.payment is not None)
    if invoice.totals.prepaid:
        yield cac("PrepaidPayment", amount("PaidAmount", invoice.totals.prepaid))


def _has_standard_rate(invoice: EInvoice) -> bool:
    return any(one.vat.category == "S" for one in invoice.breakdown)


def _period(name: str, period: Period | None) -> str:
    if period is None:
        return ""
    return cac(name, cbc("StartDate", period.since.isoformat()), cbc("EndDate", period.last_day.isoformat()))


def _adjustment(one: Adjustment, number: int) -> str:
    has_factor = one.percent is not None and one.base_amount is not None
    return cac(
        "AllowanceCharge",
        cbc("ID", str(number)),
        cbc("ChargeIndicator", "true" if one.is_charge else "false"),
        cbc("AllowanceChargeReason", one.reason),
        cbc("MultiplierFactorNumeric", number_text(one.percent / 100) if has_factor and one.percent else ""),
        amount("Amount", one.amount),
        amount("BaseAmount", one.base_amount) if one.base_amount is not None else "",
        tax_category(one.vat),
    )


def _subtotals(invoice: EInvoice, foreign: Money | None) -> Iterator[str]:
    for name in dict.fromkeys(category_of(one.vat) for one in invoice.breakdown):
        same = [one for one in invoice.breakdown if category_of(one.vat) == name]
        reasons = dict.fromkeys(one.exemption_reason for one in same if one.exemption_reason)
        yield tax_subtotal(
            same[0].vat,
            taxable=total_of((one.taxable for one in same), invoice.currency),
            tax=total_of((one.tax for one in same), invoice.currency),
            reason="; ".join(reasons),
            foreign=foreign if name == "StandardRated" else None,
        )


def _totals(invoice: EInvoice, adjustments: Iterable[Adjustment]) -> str:
    totals, currency, many = invoice.totals, invoice.currency, tuple(adjustments)
    allowances = total_of((one.amount for one in many if not one.is_charge), currency)
    charges = total_of((one.amount for one in many if one.is_charge), currency)
    lines = total_of((_before_adjustments(line, currency) for line in invoice.lines), currency)
    return cac(
        "LegalMonetaryTotal",
        amount("LineExtensionAmount", lines),
        amount("TaxExclusiveAmount", totals.tax),
        amount("TaxInclusiveAmount", totals.gross + totals.rounding),
        amount("AllowanceTotalAmount", allowances) if allowances else "",
        amount("ChargeTotalAmount", charges) if charges else "",
        amount("PrepaidAmount", totals.prepaid) if totals.prepaid else "",
        amount("PayableRoundingAmount", totals.rounding) if totals.rounding else "",
        amount("PayableAmount", totals.payable),
    )


def _before_adjustments(line: Line, currency: str) -> Money:
    return line_net(replace(line, adjustments=()), currency=currency)


def _line(line: Line, invoice: EInvoice) -> str:
    is_invoice, unit = invoice.kind == "invoice", {"unitCode": line.unit}
    net = _before_adjustments(line, invoice.currency)
    tax = net.times(line.vat.percent / 100) if line.vat.category == "S" else Money(0, invoice.currency)
    return cac(
        "InvoiceLine" if is_invoice else "CreditNoteLine",
        cbc("ID", line.line_id),
        cbc("Note", line.note),
        cbc("InvoicedQuantity" if is_invoice else "CreditedQuantity", number_text(line.quantity), unit),
        amount("LineExtensionAmount", net),
        _period("InvoicePeriod", line.period),
        cac("OrderLineReference", cbc("LineID", line.order_line)) if invoice.order_reference else "",
        cac("TaxTotal", amount("TaxAmount", tax), tax_subtotal(line.vat, taxable=net, tax=tax)),
        cac(
            "Item",
            cbc("Description", line.description or line.name),
            cbc("Name", line.name),
            cac("SellersItemIdentification", cbc("ID", line.seller_item_id)),
        ),
        cac(
            "Price",
            cbc("PriceAmount", number_text(line.price, decimals_min=2), {"currencyID": invoice.currency}),
            cbc("BaseQuantity", number_text(line.base_quantity), unit),
        ),
    )


def _reminder(reminder: EReminder) -> bytes:
    currency, nothing = reminder.currency, Money(0, reminder.currency)
    uuid_text = uuid_of(seller=reminder.seller, kind="reminder", number=reminder.number)
    notes = (reminder.note, *(charge.text for charge in reminder.charges))
    return document(
        "Reminder",
        head("reminder", reminder.number, uuid_text=uuid_text, issued_on=reminder.issued_on),
        cbc(
            "ReminderTypeCode",
            "Advis" if reminder.kind == "advice" else "Reminder",
            {"listAgencyID": "320", "listID": "urn:oioubl:codelist:remindertypecode-1.1"},
        ),
        cbc("ReminderSequenceNumeric", str(reminder.sequence)),
        cbc("Note", "\n".join(text for text in notes if text.strip())),
        cbc("DocumentCurrencyCode", currency),
        _period("ReminderPeriod", reminder.period),
        seller_party(reminder.seller),
        buyer_party(reminder.buyer, reference=reminder.buyer_reference),
        payment_means(reminder.payment, due_on=reminder.due_on),
        payment_terms(reminder.payment_terms, payable=reminder.payable, has_means=reminder.payment is not None),
        *(_reminder_charge(charge, number) for number, charge in enumerate(reminder.charges, start=1)),
        cac(
            "TaxTotal",
            amount("TaxAmount", nothing),
            tax_subtotal(OUTSIDE_VAT, taxable=reminder.charged, tax=nothing),
        )
        if reminder.charges
        else "",
        cac(
            "LegalMonetaryTotal",
            amount("LineExtensionAmount", reminder.balance),
            amount("TaxExclusiveAmount", nothing),
            amount("TaxInclusiveAmount", reminder.payable),
            amount("ChargeTotalAmount", reminder.charged) if reminder.charges else "",
            amount("PayableAmount", reminder.payable),
        ),
        *(_claim(claim, number) for number, claim in enumerate(reminder.claims, start=1)),
    )


def _reminder_charge(charge: ReminderCharge, number: int) -> str:
    return cac(
        "AllowanceCharge",
        cbc("ID", str(number)),
        cbc("ChargeIndicator", "true"),
        cbc(
            "AllowanceChargeReasonCode",
            _REASON_CODES[charge.kind],
            {"listAgencyID": "320", "listID": "urn:oioubl:codelist:reminderallowancechargereasoncode-1.0"},
        ),
        amount("Amount", charge.amount),
        tax_category(OUTSIDE_VAT),
    )


def _claim(claim: ReminderClaim, number: int) -> str:
    return cac(
        "ReminderLine",
        cbc("ID", str(number)),
        cbc("Note", claim.note),
        amount("DebitLineAmount", claim.balance),
        cac(
            "BillingReference",
            cac(
                "InvoiceDocumentReference",
                cbc("ID", claim.invoice_number),
                cbc("IssueDate", claim.issued_on.isoformat()),
            ),
        ),
    )
