"""Can this file be opened safely as XML, and if not, why not in words that help?

XML from outside can name local files, call the network and swell to gigabytes, all by way of its DOCTYPE; no e-invoice has
one. Bytes are decoded here by a short list of encodings, the decoded text is looked through, and exactly that text, written
anew as UTF-8, is what is parsed: a scan of raw bytes would be passed by another encoding.
"""

import codecs
import re
from typing import Final

from lxml import etree

from servanda.ground.law.sentences import Sentence
from servanda.ground.refusal import Refused

SIZE_MAX: Final = 20 * 1024 * 1024
ELEMENTS_MAX: Final = 400_000

_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16"})
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 begins with the mark of UTF-16, so it must be looked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHERS = (
    (b"\x1f\x8b", "gzip"),
    (b"PK", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
_DECLARATION = re.compile(r"\A<\?xml\s[^>]*?\?>")
_DECLARED = re.compile(rb"\A<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_UNSAFE = re.compile(r"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
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
    _refuse_other_formats(content)
    text = _decoded(content)
    _refuse_unsafe(text)
    plain = _DECLARATION.sub(_line_breaks_of, text)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(plain.encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        reason = (error.msg or "").strip()
        raise NotSafeXml(
            Sentence(
                f"XML'en er i stykker eller slutter i linje {line}: {reason}.",
                f"The XML is broken or ends in line {line}: {reason}.",
            ),
            Sentence(
                f"Filen er beskadiget eller skåret af. {_FETCH_AGAIN.da}",
                f"The file is damaged or was cut short. {_FETCH_AGAIN.en}",
            ),
            line=line,
        ) from error


def _refuse_other_formats(content: bytes) -> None:
    if len(content) > SIZE_MAX:
        raise NotSafeXml(
            Sentence(
                f"Filen fylder {len(content):,} bytes; højst {SIZE_MAX:,} læses.",
                f"The file has {len(content):,} bytes; at most {SIZE_MAX:,} are read.",
            ),
            Sentence("Del bilag fra dokumentet.", "Take attachments out of the document."),
        )
    for magic, name in _OTHERS:
        if content.startswith(magic):
            raise NotSafeXml(
                Sentence(f"Filen er {name}, ikke XML.", f"The file is {name}, not XML."),
                Sentence("Pak den ud, eller vælg XML-filen.", "Unpack it, or choose the XML file."),
            )
    if not content.strip():
        raise NotSafeXml(Sentence("Filen er tom.", "The file is empty."), _FETCH_AGAIN)


def _decoded(content: bytes) -> str:
    mark, encoding = _encoding_of(content)
    if encoding not in _ENCODINGS | {"utf-16-le", "utf-16-be"}:
        raise NotSafeXml(
            Sentence(f"Tegnsættet {encoding} læses ikke.", f"The encoding {encoding} is not read."),
            Sentence("E-dokumenter skrives som UTF-8.", "E-documents are written as UTF-8."),
        )
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotSafeXml(
            Sentence(
                f"Filen siger, at den er {encoding}, men linje {line} har bytes, som ikke er det.",
                f"The file says that it is {encoding}, but line {line} has bytes that are not.",
            ),
            _FETCH_AGAIN,
            line=line,
        ) from error
    if "\x00" in text:
        raise NotSafeXml(
            Sentence("Filen har NUL-tegn og er ikke tekst.", "The file has NUL characters and is not text."),
            _FETCH_AGAIN,
        )
    return text.lstrip()


def _encoding_of(content: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return mark, encoding
    declared = _DECLARED.match(content.lstrip()[:200])
    return b"", declared.group(1).decode("ascii").lower() if declared else "utf-8"


def _refuse_unsafe(text: str) -> None:
    if not text.startswith("<"):
        raise NotSafeXml(
            Sentence("Filen er ikke XML.", "The file is not XML."),
            Sentence("Vælg e-fakturaens XML-fil.", "Choose the XML file of the e-invoice."),
        )
    if unsafe := _UNSAFE.search(text):
        line = text.count("\n", 0, unsafe.start()) + 1
        name = unsafe.group().upper()[2:]
        raise NotSafeXml(
            Sentence(
                f"Filen har en {name}-erklæring i linje {line}. E-dokumenter har ingen, og den kan skjule et angreb.",
                f"The file has a {name} declaration in line {line}. E-documents have none, and it can hide an attack.",
            ),
            Sentence(
                "Brug ikke filen. Spørg afsenderen, hvor den kommer fra.",
                "Do not use the file. Ask its sender where it comes from.",
            ),
            line=line,
        )
    elements = text.count("<") - text.count("</")
    if elements > ELEMENTS_MAX:
        raise NotSafeXml(
            Sentence(
                f"Filen har {elements:,} elementer; højst {ELEMENTS_MAX:,} læses.",
                f"The file has {elements:,} elements; at most {ELEMENTS_MAX:,} are read.",
            ),
            Sentence("Del den i flere fakturaer.", "Split it into several invoices."),
        )


def _line_breaks_of(declaration: re.Match[str]) -> str:
    # The lines that problems name must stay those of the file.
    return "\n" * declaration.group().count("\n")
