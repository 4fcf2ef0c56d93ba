"""Is the VAT consistent: category, rate, the numbers that it asks for, and the reason when there is none?"""

from collections.abc import Iterator

from servanda.drivers.einvoices.codes import COUNTRIES, VATEX
from servanda.drivers.einvoices.model import EInvoice, Vat, VatSubtotal
from servanda.drivers.einvoices.ports import Format, Objection
from servanda.drivers.einvoices.ubl import xml_text
from servanda.ground.law.sentences import Sentence

_NEEDS_BOTH_NUMBERS = frozenset({"AE", "K"})
_NEEDS_REASON = frozenset({"E", "AE", "K", "G", "O"})


def wrong_taxes(invoice: EInvoice, *, document_format: Format) -> Iterator[Objection]:
    """Yield what does not fit together about the VAT."""
    used = dict.fromkeys((*(line.vat for line in invoice.lines), *(one.vat for one in invoice.adjustments)))
    categories = {vat.category for vat in used}
    for vat in used:
        yield from _wrong_rate(vat)
    for one in invoice.breakdown:
        yield from _wrong_reason(one)
    if categories - {"O"} and not xml_text(invoice.seller.vat_id):
        yield _missing_number("seller.vat_id", "BT-31", "sælgers", "the seller's", sorted(categories))
    if categories & _NEEDS_BOTH_NUMBERS and not xml_text(invoice.buyer.vat_id):
        yield _missing_number(
            "buyer.vat_id", "BT-48", "køberens", "the buyer's", sorted(categories & _NEEDS_BOTH_NUMBERS)
        )
    if "O" in categories and len(categories) > 1:
        yield Objection(
            field="lines",
            term="BT-151",
            message=Sentence(
                "Noget på fakturaen er uden for momsens område og noget andet ikke; det må ikke stå på samme faktura.",
                "Some of the invoice is outside the scope of VAT and some is not; these may not stand on one invoice.",
            ),
            remedy=Sentence("Skriv to fakturaer.", "Write two invoices."),
        )
    rates = {vat.percent for vat in used if vat.category == "S"}
    if document_format == "oioubl 2.1" and len(rates) > 1:
        yield Objection(
            field="breakdown",
            term="BG-23",
            message=Sentence(
                "OIOUBL kan kun have én momssats over nul på et dokument.",
                "OIOUBL can have only one VAT rate above zero in a document.",
            ),
            remedy=Sentence(
                "Skriv en faktura for hver sats, eller send den som Peppol BIS 3.",
                "Write one invoice for each rate, or send it as Peppol BIS 3.",
            ),
        )
    if "K" in categories:
        yield from _wrong_within_eu(invoice)


def _wrong_rate(vat: Vat) -> Iterator[Objection]:
    is_wrong = not 0 < vat.percent <= 100 if vat.category == "S" else vat.percent != 0
    if is_wrong:
        yield Objection(
            field="lines",
            term="BT-152",
            message=Sentence(
                f"Momskategori {vat.category} med {vat.percent:f} % findes ikke.",
                f"VAT category {vat.category} with {vat.percent:f}% does not exist.",
            ),
            remedy=Sentence("S har en sats over nul; alle andre har 0.", "S has a rate above zero; all others have 0."),
        )


def _wrong_reason(one: VatSubtotal) -> Iterator[Objection]:
    category, has_reason = one.vat.category, bool(xml_text(one.exemption_reason) or one.exemption_code)
    if category in _NEEDS_REASON and not has_reason:
        yield Objection(
            field="breakdown",
            term="BT-120",
            message=Sentence(
                f"Der er ingen moms (kategori {category}), og der står ikke hvorfor.",
                f"There is no VAT (category {category}), and it is not said why.",
            ),
            remedy=Sentence("Angiv begrundelsen.", "Give the reason."),
        )
    if category not in _NEEDS_REASON and has_reason:
        yield Objection(
            field="breakdown",
            term="BT-120",
            message=Sentence(
                f"Momskategori {category} må ikke have en fritagelsesgrund.",
                f"VAT category {category} must not have a reason for exemption.",
            ),
            remedy=Sentence("Flyt teksten til bemærkningen.", "Move the text to the note."),
        )
    elif one.exemption_code and one.exemption_code not in VATEX.get(category, frozenset()):
        yield Objection(
            field="breakdown",
            term="BT-121",
            message=Sentence(
                f"Fritagelseskoden {one.exemption_code!r} passer ikke til kategori {category}.",
                f"The exemption code {one.exemption_code!r} does not fit category {category}.",
            ),
            remedy=Sentence("Udelad koden; grunden i ord er nok.", "Leave the code out; the reason in words will do."),
        )


def _missing_number(field: str, term: str, da: str, en: str, categories: list[str]) -> Objection:
    said = ", ".join(categories)
    return Objection(
        field=field,
        term=term,
        message=Sentence(f"Momskategori {said} kræver {da} momsnummer.", f"VAT category {said} needs {en} VAT number."),
        remedy=Sentence("Angiv nummeret med landekode, som DK12345674.", "Give it with its country, as DK12345674."),
    )


def _wrong_within_eu(invoice: EInvoice) -> Iterator[Objection]:
    if invoice.delivered_on is None and invoice.period is None:
        yield Objection(
            field="delivered_on",
            term="BT-72",
            message=Sentence(
                "Et salg til et andet EU-land skal sige, hvornår der er leveret.",
                "A sale to another EU country must say when it was delivered.",
            ),
            remedy=Sentence("Angiv leveringsdag eller periode.", "Give the day of delivery or the period."),
        )
    if invoice.delivery_country not in COUNTRIES:
        yield Objection(
            field="delivery_country",
            term="BT-80",
            message=Sentence(
                "Et salg til et andet EU-land skal sige, hvilket land der er leveret til.",
                "A sale to another EU country must say to which country it was delivered.",
            ),
            remedy=Sentence("Angiv landekoden.", "Give the country's code."),
        )
