"""Can this file be opened safely as an e-document's XML, and if not, why not in words that help, in both languages?"""

from typing import Final

from lxml import etree

from servanda.ground.law.sentences import Sentence
from servanda.ground.plain_xml import SIZE_MAX as SIZE_MAX
from servanda.ground.plain_xml import Flaw, NotPlainXml, read_plain_xml
from servanda.ground.refusal import Refused

ELEMENTS_MAX: Final = 400_000

_FETCH_AGAIN = Sentence("Hent filen igen hos afsenderen.", "Fetch the file again from its sender.")


class NotSafeXml(Refused):
    """The bytes are nothing that may be read as an e-document; says where, why and what to do, in both languages."""

    def __init__(self, said: Sentence, remedy: Sentence, *, line: int = 0) -> None:
        super().__init__(f"{said.en} {remedy.en}")
        self.said = said
        self.remedy = remedy
        self.line = line


def open_xml(content: bytes) -> etree._Element:
    """Return the root of the document; anything but plain, small, well-formed XML is refused."""
    try:
        return read_plain_xml(content, elements_max=ELEMENTS_MAX)
    except NotPlainXml as flaw:
        has_line = flaw.flaw in (Flaw.NOT_AS_DECLARED, Flaw.UNSAFE, Flaw.BROKEN)
        raise NotSafeXml(*_words_for(flaw), line=flaw.line if has_line else 0) from flaw


def _words_for(found: NotPlainXml) -> tuple[Sentence, Sentence]:
    line, detail = found.line, found.detail
    match found.flaw:
        case Flaw.TOO_LARGE:
            return (
                Sentence(
                    f"Filen fylder {detail} bytes; højst {SIZE_MAX:,} læses.",
                    f"The file has {detail} bytes; at most {SIZE_MAX:,} are read.",
                ),
                Sentence("Del bilag fra dokumentet.", "Take attachments out of the document."),
            )
        case Flaw.OTHER_FORMAT:
            return (
                Sentence(f"Filen er {detail}, ikke XML.", f"The file is {detail}, not XML."),
                Sentence("Pak den ud, eller vælg XML-filen.", "Unpack it, or choose the XML file."),
            )
        case Flaw.EMPTY:
            return Sentence("Filen er tom.", "The file is empty."), _FETCH_AGAIN
        case Flaw.STRANGE_ENCODING:
            return (
                Sentence(f"Tegnsættet {detail} læses ikke.", f"The encoding {detail} is not read."),
                Sentence("E-dokumenter skrives som UTF-8.", "E-documents are written as UTF-8."),
            )
        case Flaw.NOT_AS_DECLARED:
            return (
                Sentence(
                    f"Filen siger, at den er {detail}, men linje {line} har bytes, som ikke er det.",
                    f"The file says that it is {detail}, but line {line} has bytes that are not.",
                ),
                _FETCH_AGAIN,
            )
        case Flaw.NUL:
            return (
                Sentence("Filen har NUL-tegn og er ikke tekst.", "The file has NUL characters and is not text."),
                _FETCH_AGAIN,
            )
        case Flaw.NOT_XML:
            return (
                Sentence("Filen er ikke XML.", "The file is not XML."),
                Sentence("Vælg e-fakturaens XML-fil.", "Choose the XML file of the e-invoice."),
            )
        case Flaw.UNSAFE:
            return (
                Sentence(
                    f"Filen har en {detail}-erklæring i linje {line}. E-dokumenter har ingen, og den kan skjule et angreb.",
                    f"The file has a {detail} declaration in line {line}. E-documents have none, and it can hide an attack.",
                ),
                Sentence(
                    "Brug ikke filen. Spørg afsenderen, hvor den kommer fra.",
                    "Do not use the file. Ask its sender where it comes from.",
                ),
            )
        case Flaw.TOO_MANY_ELEMENTS:
            return (
                Sentence(
                    f"Filen har {detail} elementer; højst {ELEMENTS_MAX:,} læses.",
                    f"The file has {detail} elements; at most {ELEMENTS_MAX:,} are read.",
                ),
                Sentence("Del den i flere fakturaer.", "Split it into several invoices."),
            )
        case Flaw.BROKEN:
            return (
                Sentence(
                    f"XML'en er i stykker eller slutter i linje {line}: {detail}.",
                    f"The XML is broken or ends in line {line}: {detail}.",
                ),
                Sentence(
                    f"Filen er beskadiget eller skåret af. {_FETCH_AGAIN.da}",
                    f"The file is damaged or was cut short. {_FETCH_AGAIN.en}",
                ),
            )
