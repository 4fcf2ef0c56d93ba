"""Can this file be opened safely as a bank's XML, and if not, why not in words that help?"""

from lxml import etree

from servanda.drivers.payments.statements import WrongBankFile
from servanda.ground.message import Message
from servanda.ground.plain_xml import SIZE_MAX, Flaw, NotPlainXml, read_plain_xml
from servanda.ground.refusal import Problem

ELEMENTS_MAX = 200_000

_ASK = Message("Ask the bank for the statement as CAMT.053, and hand in the file as it was received.")
_SHORTER = Message("Ask the bank for shorter periods, and hand in each file by itself.")
_ARCHIVE = Message("an archive")
_FORMATS = {
    "gzip": Message("a gzip archive"),
    "zip": Message("a zip archive or a spreadsheet"),
    "bzip2": Message("a bzip2 archive"),
    "xz": Message("an xz archive"),
    "7z": Message("a 7z archive"),
    "zstd": Message("a zstd archive"),
    "PDF": Message("a PDF"),
    "PNG": Message("a picture"),
    "JPEG": Message("a picture"),
}


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
            said = {"count": found.detail, "most": f"{SIZE_MAX:,}"}
            return Message("The file has %(count)s bytes; at most %(most)s are read.", said), _SHORTER
        case Flaw.OTHER_FORMAT:
            name = _FORMATS.get(found.detail, _ARCHIVE)
            return (
                Message("The file is %(name)s, not XML.", {"name": name}),
                Message("Unpack it first. %(remedy)s", {"remedy": _ASK}),
            )
        case Flaw.EMPTY:
            return Message("The file is empty."), _ASK
        case Flaw.STRANGE_ENCODING:
            return (
                Message("The encoding %(encoding)s is not read.", {"encoding": found.detail.upper()}),
                Message("CAMT.053 is written as UTF-8; ask the bank for that."),
            )
        case Flaw.NOT_AS_DECLARED:
            return (
                Message(
                    "The file says it is %(encoding)s, but has bytes here that are not.", {"encoding": found.detail}
                ),
                Message("It was probably changed by an editor. Hand in the file as the bank sent it."),
            )
        case Flaw.NUL:
            return Message("The file has NUL characters; it is not text, or UTF-16 without its byte order mark."), _ASK
        case Flaw.NOT_XML:
            return Message("The file is not XML; it may be MT940 or CSV."), _ASK
        case Flaw.UNSAFE:
            return (
                Message(
                    "The file has a %(word)s declaration. Bank files have none, and it can hide an attack.",
                    {"word": found.detail},
                ),
                Message("Do not import this file. Ask the bank, or whoever sent it, where it comes from."),
            )
        case Flaw.TOO_MANY_ELEMENTS:
            said = {"elements": found.detail, "most": f"{ELEMENTS_MAX:,}"}
            return Message("The file has %(elements)s elements; at most %(most)s are read.", said), _SHORTER
        case Flaw.BROKEN:
            return (
                Message("The XML breaks or ends here: %(reason)s.", {"reason": found.detail or "no reason given"}),
                Message("The file is damaged or was cut short. Fetch it from the bank again."),
            )
