"""What kind of file is this, and by which rules is it to be judged?"""

from dataclasses import dataclass

from lxml import etree

from servanda.drivers.einvoices.ports import DocumentKind, Format
from servanda.drivers.einvoices.safe_xml import NotSafeXml
from servanda.ground.law.sentences import Sentence

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CBC = f"{{{UBL}CommonBasicComponents-2}}"
CAC = f"{{{UBL}CommonAggregateComponents-2}}"
PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:3"
EN_16931 = "urn:cen.eu:en16931:2017"
_CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_ENVELOPES = frozenset({"StandardBusinessDocument"})

_KINDS: dict[str, DocumentKind] = {
    f"{{{UBL}Invoice-2}}Invoice": "invoice",
    f"{{{UBL}CreditNote-2}}CreditNote": "credit note",
    f"{{{UBL}Reminder-2}}Reminder": "reminder",
    f"{{{UBL}ApplicationResponse-2}}ApplicationResponse": "application response",
    f"{{{UBL}Statement-2}}Statement": "statement",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A document that can be judged. `format` is empty for plain EN 16931 and for documents of other networks."""

    root: etree._Element
    kind: DocumentKind
    format: Format | None
    is_foreign: bool = False  # a document of a network whose own rules this program does not have


def recognised(root: etree._Element) -> Recognised:
    """Return the document with its kind and format, or refuse it with words on what it is instead."""
    kind = _KINDS.get(str(root.tag))
    if kind is None:
        raise _refusal_of(etree.QName(root))
    customization = (root.findtext(f"{CBC}CustomizationID") or "").strip()
    if _is_oioubl(root, customization):
        return Recognised(root, kind, "oioubl 2.1")
    if kind not in {"invoice", "credit note"}:
        return Recognised(root, kind, None if customization else "oioubl 2.1", is_foreign=bool(customization))
    if PEPPOL_BILLING in customization:
        return Recognised(root, kind, "peppol bis 3")
    return Recognised(root, kind, None, is_foreign=not customization.startswith(EN_16931))


def _is_oioubl(root: etree._Element, customization: str) -> bool:
    profile = (root.findtext(f"{CBC}ProfileID") or "").strip()
    return customization.upper().startswith("OIOUBL") or profile.startswith(("urn:www.nesubl.eu:", "Procurement-"))


def _refusal_of(name: etree.QName) -> NotSafeXml:
    if name.namespace == _CII:
        return NotSafeXml(
            Sentence(
                "Dokumentet er en Cross Industry Invoice (CII), som Factur-X og ZUGFeRD bruger; den kontrolleres ikke her.",
                "The document is a Cross Industry Invoice (CII), as in Factur-X and ZUGFeRD; it is not checked here.",
            ),
            Sentence(
                "Bed afsenderen om UBL: Peppol BIS Billing 3 eller OIOUBL 2.1.",
                "Ask its sender for UBL: Peppol BIS Billing 3 or OIOUBL 2.1.",
            ),
        )
    if name.localname in _ENVELOPES:
        return NotSafeXml(
            Sentence(
                "Filen er en forsendelse (SBDH) med et dokument i, ikke selve dokumentet.",
                "The file is an envelope (SBDH) with a document inside, not the document itself.",
            ),
            Sentence("Tag dokumentet ud af kuverten.", "Take the document out of the envelope."),
        )
    return NotSafeXml(
        Sentence(
            f"Dokumentet er <{name.localname}> i navnerummet {name.namespace or '(intet)'}; det er ikke en faktura, "
            "kreditnota, rykker, applikationsmeddelelse eller kontoudtog i UBL 2.",
            f"The document is <{name.localname}> in the namespace {name.namespace or '(none)'}; it is no invoice, credit "
            "note, reminder, application response or statement in UBL 2.",
        ),
        Sentence("Vælg e-fakturaens XML-fil.", "Choose the XML file of the e-invoice."),
    )
