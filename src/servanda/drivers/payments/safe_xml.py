"""Can this file be opened safely as XML?

XML from outside can name local files, call the network and swell to gigabytes, all by way of its DOCTYPE. A
scan for `<!DOCTYPE` in the raw bytes is passed by another encoding (UTF-16, UTF-7), so the bytes are first
decoded here, by a short list of encodings; the decoded text is scanned; and exactly that text, written anew
as UTF-8, is what is parsed.
"""

import codecs
import re

from lxml import etree

from servanda.drivers.payments.statements import WrongBankFile
from servanda.ground.message import Message
from servanda.ground.refusal import Problem

SIZE_MAX = 20 * 1024 * 1024
ELEMENTS_MAX = 200_000

_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16"})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 begins with the mark of UTF-16, so it must be looked for first.
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FORMATS = (
    (b"\x1f\x8b", Message("a gzip archive")),
    (b"PK", Message("a zip archive or a spreadsheet")),
    (b"BZh", Message("a bzip2 archive")),
    (b"\xfd7zXZ", Message("an xz archive")),
    (b"7z\xbc\xaf", Message("a 7z archive")),
    (b"\x28\xb5\x2f\xfd", Message("a zstd archive")),
    (b"%PDF", Message("a PDF")),
)
_DECLARATION = re.compile(r"\A<\?xml\s[^>]*?\?>")
_DECLARED = re.compile(rb"\A<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_ASK = Message("Ask the bank for the statement as CAMT.053, and hand in the file as it was received.")


def open_xml(content: bytes, *, file: str) -> etree._Element:
    """Return the root of the document; anything but plain, small, well-formed XML is refused."""
    _refuse_other_formats(content, file)
    text = _decoded(content, file)
    _refuse_unsafe(text, file)
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
        raise _refusal(
            file,
            error.lineno or 1,
            Message("The XML breaks or ends here: %(reason)s.", {"reason": (error.msg or "no reason given").strip()}),
            "The file is damaged or was cut short. Fetch it from the bank again.",
        ) from error


def _refuse_other_formats(content: bytes, file: str) -> None:
    if len(content) > SIZE_MAX:
        raise _refusal(
            file,
            1,
            Message(
                "The file has %(count)s bytes; at most %(most)s are read.",
                {"count": f"{len(content):,}", "most": f"{SIZE_MAX:,}"},
            ),
            "Ask the bank for shorter periods, and hand in each file by itself.",
        )
    for magic, name in _OTHER_FORMATS:
        if content.startswith(magic):
            raise _refusal(
                file,
                1,
                Message("The file is %(name)s, not XML.", {"name": name}),
                Message("Unpack it first. %(remedy)s", {"remedy": _ASK}),
            )
    if not content.strip():
        raise _refusal(file, 1, "The file is empty.", _ASK)


def _decoded(content: bytes, file: str) -> str:
    mark, encoding = _encoding_of(content)
    if encoding not in _ENCODINGS | {"utf-16-le", "utf-16-be"}:
        raise _refusal(
            file,
            1,
            Message("The encoding %(encoding)s is not read.", {"encoding": encoding or "UTF-32"}),
            "CAMT.053 is written as UTF-8; ask the bank for that.",
        )
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(
            file,
            line,
            Message("The file says it is %(encoding)s, but has bytes here that are not.", {"encoding": encoding}),
            "It was probably changed by an editor. Hand in the file as the bank sent it.",
        ) from error
    if "\x00" in text:
        raise _refusal(
            file,
            1,
            "The file has NUL characters; it is not text, or UTF-16 without its byte order mark.",
            _ASK,
        )
    return text.lstrip()


def _encoding_of(content: bytes) -> tuple[bytes, str]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return mark, encoding
    declared = _DECLARED.match(content.lstrip()[:200])
    return b"", declared.group(1).decode("ascii").lower() if declared else "utf-8"


def _refuse_unsafe(text: str, file: str) -> None:
    if not text.startswith("<"):
        raise _refusal(file, 1, "The file is not XML; it may be MT940 or CSV.", _ASK)
    if unsafe := _DOCTYPE.search(text):
        raise _refusal(
            file,
            text.count("\n", 0, unsafe.start()) + 1,
            Message(
                "The file has a %(word)s declaration. Bank files have none, and it can hide an attack.",
                {"word": unsafe.group().upper()[2:]},
            ),
            "Do not import this file. Ask the bank, or whoever sent it, where it comes from.",
        )
    elements = text.count("<") - text.count("</")
    if elements > ELEMENTS_MAX:
        raise _refusal(
            file,
            1,
            Message(
                "The file has %(elements)s elements; at most %(most)s are read.",
                {"elements": f"{elements:,}", "most": f"{ELEMENTS_MAX:,}"},
            ),
            "Ask the bank for shorter periods, and hand in each file by itself.",
        )


def _line_breaks_of(declaration: re.Match[str]) -> str:
    # The lines that problems name must stay those of the file.
    return "\n" * declaration.group().count("\n")


def _refusal(file: str, line: int, message: str, remedy: str) -> WrongBankFile:
    return WrongBankFile((Problem(file, line, message, remedy),))
