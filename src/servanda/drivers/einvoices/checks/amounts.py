"""Does everything add up, in the order of EN 16931, to the øre?"""

from collections.abc import Iterator

from servanda.drivers.einvoices.model import EInvoice, Totals
from servanda.drivers.einvoices.ports import Format, Objection
from servanda.drivers.einvoices.sums import breakdown_of, line_net, totals_of
from servanda.ground.law.sentences import Sentence
from servanda.ground.money import CurrenciesDiffer, Money

# The official rules of OIOUBL add in binary floating point, which tells øre apart up to about this much.
AMOUNT_MAX_MINOR = 10**13
ROUNDING_MAX_MINOR = 10_00  # F-INV338

_TERMS = {
    "lines": ("BT-106", Sentence("linjesummen", "the sum of the lines")),
    "allowances": ("BT-107", Sentence("fradragene", "the allowances")),
    "charges": ("BT-108", Sentence("tillæggene", "the charges")),
    "net": ("BT-109", Sentence("beløbet uden moms", "the total without VAT")),
    "tax": ("BT-110", Sentence("momsen", "the VAT")),
    "gross": ("BT-112", Sentence("beløbet med moms", "the total with VAT")),
    "payable": ("BT-115", Sentence("beløbet til betaling", "the amount to pay")),
}
_AGAIN = Sentence(
    "Regn dokumentet igennem igen: linjer, fradrag og tillæg, moms for hver sats, total.",
    "Compute the document again: lines, allowances and charges, VAT for each rate, total.",
)


def wrong_amounts(invoice: EInvoice, *, document_format: Format) -> Iterator[Objection]:
    """Yield each amount that is not what the lines add up to."""
    if any(line.base_quantity <= 0 for line in invoice.lines):
        return  # said of the line already, and nothing can be computed
    try:
        yield from _wrong_sums(invoice)
    except CurrenciesDiffer:
        yield Objection(
            field="currency",
            term="BT-5",
            message=Sentence(
                f"Ikke alle beløb er i dokumentets valuta {invoice.currency}.",
                f"Not all amounts are in the document's currency {invoice.currency}.",
            ),
            remedy=Sentence("Skriv en faktura for hver valuta.", "Write one invoice for each currency."),
        )
        return
    yield from _too_large(invoice)
    yield from _wrong_signs(invoice, document_format)


def _too_large(invoice: EInvoice) -> Iterator[Objection]:
    largest = max((abs(one.minor) for one in (invoice.totals.gross, *(line.net for line in invoice.lines))), default=0)
    if largest >= AMOUNT_MAX_MINOR:
        yield Objection(
            field="totals.gross",
            term="BT-112",
            message=Sentence(
                "Et beløb har over elleve cifre før kommaet; modtagernes programmer regner det forkert.",
                "An amount has more than eleven digits before the point; receivers' programs compute it wrongly.",
            ),
            remedy=Sentence("Se efter, om mængde og pris er rigtige.", "See whether quantity and price are right."),
        )


def _wrong_sums(invoice: EInvoice) -> Iterator[Objection]:
    currency = invoice.currency
    for line in invoice.lines:
        net = line_net(line, currency=currency)
        if net - line.net:
            yield _differs(
                f"line {line.line_id}", "BT-131", f"linje {line.line_id}", f"line {line.line_id}", line.net, net
            )
    breakdown = {one.vat: one for one in breakdown_of(invoice.lines, invoice.adjustments, currency=currency)}
    stated = {one.vat: one for one in invoice.breakdown}
    for vat in dict.fromkeys((*breakdown, *stated)):
        is_amiss = vat not in breakdown or vat not in stated
        if is_amiss or breakdown[vat].taxable - stated[vat].taxable or breakdown[vat].tax - stated[vat].tax:
            yield _wrong_subtotal(f"{vat.category} {vat.percent:f} %")
    if len(stated) < len(invoice.breakdown):
        yield _wrong_subtotal("den samme to gange")
    totals = totals_of(
        invoice.lines,
        invoice.adjustments,
        invoice.breakdown,
        currency=currency,
        prepaid=invoice.totals.prepaid,
        rounding=invoice.totals.rounding,
    )
    yield from _wrong_totals(invoice.totals, totals)


def _wrong_totals(stated: Totals, computed: Totals) -> Iterator[Objection]:
    for name, (term, said) in _TERMS.items():
        one, other = getattr(stated, name), getattr(computed, name)
        if one - other:
            yield _differs(f"totals.{name}", term, said.da, said.en, one, other)


def _wrong_subtotal(name: str) -> Objection:
    return Objection(
        field="breakdown",
        term="BG-23",
        message=Sentence(
            f"Momsfordelingen passer ikke med linjerne for {name}.",
            f"The VAT breakdown does not fit the lines for {name}.",
        ),
        remedy=_AGAIN,
    )


def _differs(field: str, term: str, da: str, en: str, stated: Money, computed: Money) -> Objection:
    return Objection(
        field=field,
        term=term,
        message=Sentence(
            f"For {da} står der {stated}, men det udregnede er {computed}.",
            f"For {en} it says {stated}, but {computed} is what comes out.",
        ),
        remedy=_AGAIN,
    )


def _wrong_signs(invoice: EInvoice, document_format: Format) -> Iterator[Objection]:
    totals = invoice.totals
    if totals.payable.minor < 0 or totals.gross.minor + totals.rounding.minor < 0:
        yield Objection(
            field="totals.payable",
            term="BT-115",
            message=Sentence(
                f"Beløbet til betaling er negativt: {totals.payable}.",
                f"The amount to pay is negative: {totals.payable}.",
            ),
            remedy=Sentence(
                "Skriv en kreditnota med positive beløb, eller en faktura, når kreditnotaen er den negative.",
                "Write a credit note with positive amounts, or an invoice if the credit note is the negative one.",
            ),
        )
    if totals.prepaid.minor < 0:
        yield Objection(
            field="totals.prepaid",
            term="BT-113",
            message=Sentence("Det forudbetalte er under nul.", "What was prepaid is below zero."),
            remedy=Sentence(
                "Angiv det, der er betalt, som et positivt beløb.", "Give what was paid as a positive amount."
            ),
        )
    if document_format == "oioubl 2.1" and abs(totals.rounding.minor) > ROUNDING_MAX_MINOR:
        yield Objection(
            field="totals.rounding",
            term="BT-114",
            message=Sentence(
                f"Afrundingen er {totals.rounding}; OIOUBL tillader højst 10,00.",
                f"The rounding is {totals.rounding}; OIOUBL allows at most 10.00.",
            ),
            remedy=Sentence("Brug et fradrag eller et tillæg.", "Use an allowance or a charge."),
        )
    if document_format == "oioubl 2.1" and invoice.kind == "credit note" and totals.prepaid:
        yield Objection(
            field="totals.prepaid",
            term="BT-113",
            message=Sentence(
                "En kreditnota i OIOUBL kan ikke have noget forudbetalt.",
                "A credit note in OIOUBL cannot have something prepaid.",
            ),
            remedy=Sentence("Udelad det.", "Leave it out."),
        )
