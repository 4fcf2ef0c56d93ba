"""Are seller and buyer whole, and do their numbers have the right form?"""

import re
from collections.abc import Iterator

from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish

from servanda.drivers.einvoices.codes import COUNTRIES
from servanda.drivers.einvoices.model import Document
from servanda.drivers.einvoices.oioubl_parts import SCHEMES
from servanda.drivers.einvoices.parties import CVR, GLN, Identifier, Party
from servanda.drivers.einvoices.ports import Format, Objection
from servanda.drivers.einvoices.ubl import xml_text
from servanda.ground.law.companies import is_cvr_plausible, is_gln_plausible
from servanda.ground.law.sentences import Sentence

_CVR = re.compile(r"[0-9]{8}\Z")
_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Za-z+*.]{2,13}\Z")
_DANISH_VAT = re.compile(r"DK[0-9]{8}\Z")
_LEGAL_SCHEMES = frozenset({CVR, GLN, ""})


def wrong_parties(document: Document, *, document_format: Format) -> Iterator[Objection]:
    """Yield what is wrong with the two sides."""
    seller, buyer = document.seller, document.buyer
    yield from _wrong_party(seller, "seller", document_format)
    yield from _wrong_party(buyer, "buyer", document_format)
    if seller.legal_id is None or (seller.address.country == "DK" and seller.legal_id.scheme != CVR):
        yield Objection(
            field="seller.legal_id",
            term="BT-30",
            message=Sentence("Sælger har intet CVR-nummer.", "The seller has no CVR number."),
            remedy=Sentence("Angiv det på firmaet.", "Give it on the company."),
        )
    if not (xml_text(seller.address.city) and xml_text(seller.address.postcode) and xml_text(seller.address.street)):
        yield Objection(
            field="seller.address",
            term="BG-5",
            message=Sentence("Sælgers adresse er ikke hel.", "The seller's address is not whole."),
            remedy=Sentence("Angiv vej, postnummer og by.", "Give street, postcode and city."),
        )
    if buyer.is_public and (buyer.endpoint is None or buyer.endpoint.scheme != GLN):
        yield Objection(
            field="buyer.endpoint",
            term="BT-49",
            message=Sentence(
                "En offentlig kunde skal have et EAN-nummer (GLN).", "A public customer must have an EAN number (GLN)."
            ),
            remedy=Sentence(
                "Bed kunden om EAN-nummeret på 13 cifre.", "Ask the customer for the EAN number of 13 digits."
            ),
        )


def _wrong_party(party: Party, who: str, document_format: Format) -> Iterator[Objection]:
    is_seller = who == "seller"
    said = Sentence("Sælger", "The seller") if is_seller else Sentence("Køber", "The buyer")
    if not xml_text(party.name):
        yield Objection(
            field=f"{who}.name",
            term="BT-27" if is_seller else "BT-44",
            message=Sentence(f"{said.da} har intet navn.", f"{said.en} has no name."),
            remedy=Sentence("Angiv navnet.", "Give the name."),
        )
    if party.address.country not in COUNTRIES:
        yield Objection(
            field=f"{who}.address.country",
            term="BT-40" if is_seller else "BT-55",
            message=Sentence(
                f"Landekoden {party.address.country!r} findes ikke.",
                f"The country code {party.address.country!r} does not exist.",
            ),
            remedy=Sentence("Skriv to store bogstaver, som DK.", "Write two capital letters, as in DK."),
        )
    if party.vat_id:
        yield from _wrong_vat_number(party.vat_id, who, said)
    if party.legal_id is not None:
        yield from _wrong_legal_id(party.legal_id, who, said)
    if party.endpoint is None:
        yield Objection(
            field=f"{who}.endpoint",
            term="BT-34" if is_seller else "BT-49",
            message=Sentence(f"{said.da} har ingen elektronisk adresse.", f"{said.en} has no electronic address."),
            remedy=Sentence("Angiv EAN-nummer (GLN) eller CVR-nummer.", "Give an EAN number (GLN) or a CVR number."),
        )
    else:
        yield from _wrong_endpoint(party.endpoint, who, document_format)


def _wrong_vat_number(vat_id: str, who: str, said: Sentence) -> Iterator[Objection]:
    country = "GR" if vat_id[:2] == "EL" else vat_id[:2]
    is_wrong = country not in COUNTRIES | {"XI"} or not _VAT_NUMBER.match(vat_id)
    if is_wrong or (country == "DK" and not _DANISH_VAT.match(vat_id)):
        yield Objection(
            field=f"{who}.vat_id",
            term="BT-31" if who == "seller" else "BT-48",
            message=Sentence(
                f"{said.da}s momsnummer {vat_id!r} har ikke den rigtige form.",
                f"{said.en}'s VAT number {vat_id!r} does not have the right form.",
            ),
            remedy=Sentence(
                "Skriv landekode og nummer uden mellemrum, som DK12345674.",
                "Write country and number without spaces, as in DK12345674.",
            ),
        )


def _wrong_legal_id(given: Identifier, who: str, said: Sentence) -> Iterator[Objection]:
    term = "BT-30" if who == "seller" else "BT-47"
    if not xml_text(given.value) or given.scheme not in _LEGAL_SCHEMES:
        yield Objection(
            field=f"{who}.legal_id",
            term=term,
            message=Sentence(
                f"{said.da}s registreringsnummer er tomt, eller dets slags {given.scheme!r} bruges ikke her.",
                f"{said.en}'s registration is empty, or its scheme {given.scheme!r} is not used here.",
            ),
            remedy=Sentence(
                "Brug 0184 for CVR, og lad slagsen stå tom for udenlandske numre.",
                "Use 0184 for CVR, and leave the scheme empty for numbers from abroad.",
            ),
        )
    yield from _wrong_cvr(given, f"{who}.legal_id", term)
    yield from _wrong_gln(given, f"{who}.legal_id", term)


def _wrong_endpoint(given: Identifier, who: str, document_format: Format) -> Iterator[Objection]:
    field, term = f"{who}.endpoint", "BT-34" if who == "seller" else "BT-49"
    if given.scheme not in SCHEMES or not xml_text(given.value):
        yield Objection(
            field=field,
            term=term,
            message=Sentence(
                f"Den elektroniske adresse {given.value!r} er af slagsen {given.scheme!r}, som ikke bruges her.",
                f"The electronic address {given.value!r} is of the scheme {given.scheme!r}, which is not used here.",
            ),
            remedy=Sentence(f"Brug en af: {', '.join(SCHEMES)}.", f"Use one of: {', '.join(SCHEMES)}."),
        )
    yield from _wrong_cvr(given, field, term)
    yield from _wrong_gln(given, field, term)
    check = {"0192": norwegian.is_valid, "0007": swedish.is_valid}.get(given.scheme)
    if check is not None and not (given.value.isascii() and given.value.isdigit() and check(given.value)):
        yield Objection(
            field=field,
            term=term,
            message=Sentence(
                f"Nummeret {given.value!r} kan ikke være rigtigt: kontrolcifferet passer ikke.",
                f"The number {given.value!r} cannot be right: its check digit does not fit.",
            ),
            remedy=Sentence("Bed kunden om nummeret igen.", "Ask the customer for the number again."),
        )


def _wrong_cvr(given: Identifier, field: str, term: str) -> Iterator[Objection]:
    if given.scheme not in {CVR, "0198"}:
        return
    digits = given.value if given.scheme == CVR else given.value.removeprefix("DK")
    if not _CVR.match(digits):
        yield Objection(
            field=field,
            term=term,
            message=Sentence(
                f"CVR-nummeret {given.value!r} har ikke 8 cifre.",
                f"The CVR number {given.value!r} does not have 8 digits.",
            ),
            remedy=Sentence("Skriv de 8 cifre uden DK og mellemrum.", "Write the 8 digits without DK and spaces."),
        )
    elif not is_cvr_plausible(digits):
        yield Objection(
            field=field,
            term=term,
            severity="warning",
            message=Sentence(
                f"CVR-nummeret {given.value} kan være tastet forkert: kontrolcifferet passer ikke.",
                f"The CVR number {given.value} may be mistyped: its check digit does not fit.",
            ),
            remedy=Sentence("Slå nummeret op.", "Look the number up."),
        )


def _wrong_gln(given: Identifier, field: str, term: str) -> Iterator[Objection]:
    if given.scheme == GLN and not is_gln_plausible(given.value):
        yield Objection(
            field=field,
            term=term,
            message=Sentence(
                f"EAN-nummeret {given.value!r} kan ikke være rigtigt: det skal have 13 cifre, og kontrolcifferet skal passe.",
                f"The EAN number {given.value!r} cannot be right: it must have 13 digits with a check digit that fits.",
            ),
            remedy=Sentence("Bed kunden om EAN-nummeret igen.", "Ask the customer for the EAN number again."),
        )
