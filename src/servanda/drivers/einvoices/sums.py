"""What do the lines add up to, in the order that EN 16931 sets?

Line net amounts are rounded first, one by one; allowances and charges of the document follow; the VAT of each category is
taken on its sum and rounded once, half-up; the totals add up what was rounded. Summing in any other order gives documents
that differ by an øre from what the receiver's program computes, and are rejected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from servanda.drivers.einvoices.model import (
    Adjustment,
    EInvoice,
    Line,
    LineAdjustment,
    Totals,
    Vat,
    VatCategoryCode,
    VatSubtotal,
)
from servanda.ground.money import Money

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a category has no VAT, in words and as a code of the VATEX list."""

    text: str
    code: str = ""


def line_net(line: Line, *, currency: str) -> Money:
    """Return quantity × price / base quantity, rounded half-up, less allowances, plus charges (BT-131)."""
    gross = Money(1, currency).times(line.quantity * line.price * _HUNDRED / line.base_quantity)
    return gross + _added(line.adjustments, currency)


def breakdown_of(
    lines: Iterable[Line],
    adjustments: Iterable[Adjustment],
    *,
    currency: str,
    reasons: Mapping[VatCategoryCode, Reason] | None = None,
) -> tuple[VatSubtotal, ...]:
    """Return taxable amount and VAT per category and rate (BG-23), in the order of their first line."""
    taxable: dict[Vat, Money] = {}
    for line in lines:
        taxable[line.vat] = taxable.get(line.vat, Money(0, currency)) + line.net
    for adjustment in adjustments:
        signed = adjustment.amount if adjustment.is_charge else -adjustment.amount
        taxable[adjustment.vat] = taxable.get(adjustment.vat, Money(0, currency)) + signed
    given = reasons or {}
    return tuple(
        VatSubtotal(
            vat=vat,
            taxable=amount,
            tax=amount.times(vat.percent / _HUNDRED),
            exemption_reason=given[vat.category].text if vat.category in given else "",
            exemption_code=given[vat.category].code if vat.category in given else "",
        )
        for vat, amount in taxable.items()
    )


def totals_of(
    lines: Iterable[Line],
    adjustments: Iterable[Adjustment],
    breakdown: Iterable[VatSubtotal],
    *,
    currency: str,
    prepaid: Money | None = None,
    rounding: Money | None = None,
) -> Totals:
    """Return the totals (BG-22) of what has been rounded already."""
    nothing = Money(0, currency)
    many = tuple(adjustments)
    sum_of_lines = sum((line.net for line in lines), nothing)
    allowances = sum((one.amount for one in many if not one.is_charge), nothing)
    charges = sum((one.amount for one in many if one.is_charge), nothing)
    tax = sum((one.tax for one in breakdown), nothing)
    net = sum_of_lines - allowances + charges
    return Totals(
        lines=sum_of_lines,
        allowances=allowances,
        charges=charges,
        net=net,
        tax=tax,
        gross=net + tax,
        prepaid=prepaid or nothing,
        rounding=rounding or nothing,
        payable=net + tax - (prepaid or nothing) + (rounding or nothing),
    )


def with_sums(invoice: EInvoice) -> EInvoice:
    """Return the invoice with line nets, breakdown and totals computed anew; reasons, prepaid and rounding are kept."""
    currency = invoice.currency
    lines = tuple(replace(line, net=line_net(line, currency=currency)) for line in invoice.lines)
    reasons = {
        one.vat.category: Reason(one.exemption_reason, one.exemption_code)
        for one in invoice.breakdown
        if one.exemption_reason or one.exemption_code
    }
    breakdown = breakdown_of(lines, invoice.adjustments, currency=currency, reasons=reasons)
    totals = totals_of(
        lines,
        invoice.adjustments,
        breakdown,
        currency=currency,
        prepaid=invoice.totals.prepaid,
        rounding=invoice.totals.rounding,
    )
    return replace(invoice, lines=lines, breakdown=breakdown, totals=totals)


def _added(adjustments: Iterable[LineAdjustment], currency: str) -> Money:
    return sum((one.amount if one.is_charge else -one.amount for one in adjustments), Money(0, currency))
