"""Is each line whole: name, quantity, unit, price, and its own allowances and charges?"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from servanda.drivers.einvoices.codes import ALLOWANCE_REASONS, CHARGE_REASONS, UNITS_OF_BOTH, UNITS_OF_PEPPOL
from servanda.drivers.einvoices.model import Adjustment, EInvoice, Line, LineAdjustment
from servanda.drivers.einvoices.ports import Format, Objection
from servanda.drivers.einvoices.ubl import xml_text
from servanda.ground.law.sentences import Sentence

_HUNDRED = Decimal(100)


def wrong_lines(invoice: EInvoice, *, document_format: Format) -> Iterator[Objection]:
    """Yield what is wrong with the lines, and with the allowances and charges of lines and document."""
    if not invoice.lines:
        yield Objection(
            field="lines",
            term="BG-25",
            message=Sentence("Dokumentet har ingen linjer.", "The document has no lines."),
            remedy=Sentence("Angiv mindst én linje.", "Give one line at least."),
        )
    counted = Counter(xml_text(line.line_id) for line in invoice.lines)
    for line in invoice.lines:
        if not xml_text(line.line_id) or counted[xml_text(line.line_id)] > 1:
            yield Objection(
                field=f"line {line.line_id}",
                term="BT-126",
                message=Sentence(
                    f"Linjenummeret {line.line_id!r} mangler eller bruges flere gange.",
                    f"The line number {line.line_id!r} is missing or used more than once.",
                ),
                remedy=Sentence("Nummerér linjerne fra 1.", "Number the lines from 1."),
            )
        yield from _wrong_line(line, document_format)
        for own in line.adjustments:
            yield from _wrong_adjustment(own, f"line {line.line_id}", invoice.currency)
    for number, one in enumerate(invoice.adjustments, start=1):
        yield from _wrong_adjustment(one, f"adjustments[{number}]", invoice.currency)


def _wrong_line(line: Line, document_format: Format) -> Iterator[Objection]:
    field = f"line {line.line_id}"
    if not xml_text(line.name):
        yield Objection(
            field=field,
            term="BT-153",
            message=Sentence(
                f"Linje {line.line_id} siger ikke, hvad der sælges.", f"Line {line.line_id} does not say what is sold."
            ),
            remedy=Sentence("Giv varen et navn.", "Give the item a name."),
        )
    if line.quantity == 0 and document_format == "oioubl 2.1":
        yield Objection(
            field=field,
            term="BT-129",
            message=Sentence(f"Linje {line.line_id} har antallet 0.", f"Line {line.line_id} has the quantity 0."),
            remedy=Sentence("Udelad linjen.", "Leave the line out."),
        )
    if line.price < 0:
        yield Objection(
            field=field,
            term="BT-146",
            message=Sentence(
                f"Prisen i linje {line.line_id} er under nul.", f"The price in line {line.line_id} is below zero."
            ),
            remedy=Sentence("Gør antallet negativt i stedet for prisen.", "Make the quantity negative, not the price."),
        )
    if line.base_quantity <= 0:
        yield Objection(
            field=field,
            term="BT-149",
            message=Sentence(
                f"Prisen i linje {line.line_id} gælder for {line.base_quantity} enheder.",
                f"The price in line {line.line_id} is for {line.base_quantity} units.",
            ),
            remedy=Sentence("Angiv et antal over nul.", "Give a quantity above zero."),
        )
    units = UNITS_OF_BOTH if document_format == "oioubl 2.1" else UNITS_OF_PEPPOL
    if line.unit not in units:
        yield Objection(
            field=field,
            term="BT-130",
            message=Sentence(
                f"Enheden {line.unit!r} i linje {line.line_id} kendes ikke af formatet.",
                f"The unit {line.unit!r} in line {line.line_id} is not known to the format.",
            ),
            remedy=Sentence(f"Brug en af: {', '.join(sorted(units))}.", f"Use one of: {', '.join(sorted(units))}."),
        )


def _wrong_adjustment(one: Adjustment | LineAdjustment, field: str, currency: str) -> Iterator[Objection]:
    what = Sentence("Tillægget", "The charge") if one.is_charge else Sentence("Fradraget", "The allowance")
    if one.amount.minor <= 0 or one.amount.currency != currency:
        yield Objection(
            field=field,
            term="BT-141" if one.is_charge else "BT-136",
            message=Sentence(
                f"{what.da} i {field} er {one.amount}; det skal være over nul og i {currency}.",
                f"{what.en} in {field} is {one.amount}; it must be above zero and in {currency}.",
            ),
            remedy=Sentence(
                "Vend fradrag og tillæg om, eller udelad det.", "Swap allowance and charge, or leave it out."
            ),
        )
    if not xml_text(one.reason):
        yield Objection(
            field=field,
            term="BT-144" if one.is_charge else "BT-139",
            message=Sentence(f"{what.da} i {field} har ingen begrundelse.", f"{what.en} in {field} has no reason."),
            remedy=Sentence("Skriv, hvad det er for.", "Write what it is for."),
        )
    if one.reason_code and one.reason_code not in (CHARGE_REASONS if one.is_charge else ALLOWANCE_REASONS):
        yield Objection(
            field=field,
            term="BT-145" if one.is_charge else "BT-140",
            message=Sentence(
                f"Begrundelseskoden {one.reason_code!r} i {field} bruges ikke her.",
                f"The reason code {one.reason_code!r} in {field} is not used here.",
            ),
            remedy=Sentence(
                "Udelad koden; begrundelsen i ord er nok.", "Leave the code out; the reason in words will do."
            ),
        )
    yield from _wrong_percentage(one, field, currency)


def _wrong_percentage(one: Adjustment | LineAdjustment, field: str, currency: str) -> Iterator[Objection]:
    base, percent = one.base_amount, one.percent
    if base is None and percent is None:
        return
    if base is None or percent is None:
        yield Objection(
            field=field,
            term="BT-138",
            message=Sentence(
                f"{field} har procent eller grundbeløb, men ikke begge.",
                f"{field} has a percentage or a base, not both.",
            ),
            remedy=Sentence("Angiv begge eller ingen af dem.", "Give both or neither."),
        )
    elif (
        percent <= 0
        or base.minor < 0
        or base.currency != currency
        or one.amount.currency != currency
        or abs(base.times(percent / _HUNDRED).minor - one.amount.minor) > 1
    ):
        yield Objection(
            field=field,
            term="BT-136",
            message=Sentence(
                f"{percent} % af {base} er ikke {one.amount}, som {field} siger.",
                f"{percent}% of {base} is not {one.amount}, as {field} says.",
            ),
            remedy=Sentence(
                "Regn beløbet ud igen, eller udelad procenten.", "Compute it again, or leave the percentage out."
            ),
        )
