"""Can bytes from outside be read safely as XML? Who asks says in own words why not.

XML from outside can name local files, call the network and swell to gigabytes, all by way of its DOCTYPE. A scan for
`<!DOCTYPE` in the raw bytes is passed by another encoding (UTF-16, UTF-7), so the bytes are first decoded here, by a short
list of encodings; the decoded text is scanned; and exactly that text, written anew as UTF-8, is what is parsed.
"""

import codecs
import re
from enum import Enum, auto
from typing import Final

from lxml import etree

from servanda.ground.refusal import Refused

SIZE_MAX: Final = 20 * 1024 * 1024

_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16"})
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 begins with the mark of UTF-16, so it must be looked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FORMATS = (
    (b"\x1f\x8b", "gzip"),
    (b"PK", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"%PDF", "PDF"),
)
_DECLARATION = re.compile(r"\A<\?xml\s[^>]*?\?>")
_DECLARED = re.compile(rb"\A<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_UNSAFE = re.compile(r"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)


class Flaw(Enum):
    """Why bytes are not read. What `NotPlainXml.detail` then holds stands beside each."""

    TOO_LARGE = auto()  # how many bytes
    OTHER_FORMAT = auto()  # its name
    EMPTY = auto()
    STRANGE_ENCODING = auto()  # its name
    NOT_AS_DECLARED = auto()  # the encoding that the file names and does not keep
    NUL = auto()
    NOT_XML = auto()
    UNSAFE = auto()  # the declaration that could hide an attack
    TOO_MANY_ELEMENTS = auto()  # how many
    BROKEN = auto()  # what the parser says


class NotPlainXml(Refused):
    """The bytes are nothing that may be read: which flaw they have, where, and the detail that tells more of it."""

    def __init__(self, flaw: Flaw, *, line: int = 1, detail: str = "") -> None:
        super().__init__(f"line {line}: {flaw.name.lower().replace('_', ' ')} {detail}".rstrip())
        self.flaw = flaw
        self.line = line
        self.detail = detail


def read_plain_xml(content: bytes, *, elements_max: int) -> etree._Element:
    """Return the root of the document; anything but plain, small, well-formed XML is refused, with lines as in the file."""
    _refuse_other_formats(content)
    text = _decoded(content)
    _refuse_unsafe(text, elements_max)
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
        raise NotPlainXml(Flaw.BROKEN, line=error.lineno or 1, detail=(error.msg or "").strip()) from error


def _refuse_other_formats(content: bytes) -> None:
    if len(content) > SIZE_MAX:
        raise NotPlainXml(Flaw.TOO_LARGE, detail=f"{len(content):,}")
    for magic, name in _OTHER_FORMATS:
        if content.startswith(magic):
            raise NotPlainXml(Flaw.OTHER_FORMAT, detail=name)
    if not content.strip():
        raise NotPlainXml(Flaw.EMPTY)


def _decoded(content: bytes) -> str:
    mark, encoding = _encoding_of(content)
    if encoding not in _ENCODINGS | {"utf-16-le", "utf-16-be"}:
        raise NotPlainXml(Flaw.STRANGE_ENCODING, detail=encoding)
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotPlainXml(Flaw.NOT_AS_DECLARED, line=line, detail=encoding) from error
    if "\x00" in text:
        raise NotPlainXml(Flaw.NUL)
    return text.lstrip()


def _encoding_of(content: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return mark, encoding
    declared = _DECLARED.match(content.lstrip()[:200])
    return b"", declared.group(1).decode("ascii").lower() if declared else "utf-8"


def _refuse_unsafe(text: str, elements_max: int) -> None:
    if not text.startswith("<"):
        raise NotPlainXml(Flaw.NOT_XML)
    if unsafe := _UNSAFE.search(text):
        line = text.count("\n", 0, unsafe.start()) + 1
        raise NotPlainXml(Flaw.UNSAFE, line=line, detail=unsafe.group().upper()[2:])
    elements = text.count("<") - text.count("</")
    if elements > elements_max:
        raise NotPlainXml(Flaw.TOO_MANY_ELEMENTS, detail=f"{elements:,}")


def _line_breaks_of(declaration: re.Match[str]) -> str:
    # The lines that problems name must stay those of the file.
    return "\n" * declaration.group().count("\n")
