"""Can this file be opened safely as a bank's XML, and if not, why not in words that help?"""

from lxml import etree

from servanda.drivers.payments.statements import WrongBankFile
from servanda.ground.plain_xml import SIZE_MAX, Flaw, NotPlainXml, read_plain_xml
from servanda.ground.refusal import Problem

ELEMENTS_MAX = 200_000

_ASK = "Ask the bank for the statement as CAMT.053, and hand in the file as it was received."
_SHORTER = "Ask the bank for shorter periods, and hand in each file by itself."
_FORMATS = {"zip": "a zip archive or a spreadsheet", "PDF": "a PDF", "PNG": "a picture", "JPEG": "a picture"}


def open_xml(content: bytes, *, file: str) -> etree._Element:
    """Return the root of the document; anything but plain, small, well-formed XML is refused."""
    try:
        return read_plain_xml(content, elements_max=ELEMENTS_MAX)
    except NotPlainXml as flaw:
        message, remedy = _words_for(flaw)
        raise WrongBankFile((Problem(file, flaw.line, message, remedy),)) from flaw


def _words_for(found: NotPlainXml) -> tuple[str, str]:
    match found.flaw:
        case Flaw.TOO_LARGE:
            return f"The file has {found.detail} bytes; at most {SIZE_MAX:,} are read.", _SHORTER
        case Flaw.OTHER_FORMAT:
            name = _FORMATS.get(found.detail, f"a {found.detail} archive")
            return f"The file is {name}, not XML.", f"Unpack it first. {_ASK}"
        case Flaw.EMPTY:
            return "The file is empty.", _ASK
        case Flaw.STRANGE_ENCODING:
            return (
                f"The encoding {found.detail.upper()} is not read.",
                "CAMT.053 is written as UTF-8; ask the bank for that.",
            )
        case Flaw.NOT_AS_DECLARED:
            return (
                f"The file says it is {found.detail}, but has bytes here that are not.",
                "It was probably changed by an editor. Hand in the file as the bank sent it.",
            )
        case Flaw.NUL:
            return "The file has NUL characters; it is not text, or UTF-16 without its byte order mark.", _ASK
        case Flaw.NOT_XML:
            return "The file is not XML; it may be MT940 or CSV.", _ASK
        case Flaw.UNSAFE:
            return (
                f"The file has a {found.detail} declaration. Bank files have none, and it can hide an attack.",
                "Do not import this file. Ask the bank, or whoever sent it, where it comes from.",
            )
        case Flaw.TOO_MANY_ELEMENTS:
            return f"The file has {found.detail} elements; at most {ELEMENTS_MAX:,} are read.", _SHORTER
        case Flaw.BROKEN:
            return (
                f"The XML breaks or ends here: {found.detail or 'no reason given'}.",
                "The file is damaged or was cut short. Fetch it from the bank again.",
            )
