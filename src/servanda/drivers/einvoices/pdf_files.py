"""Which XML document does a hybrid PDF carry? Such PDFs hold the invoice twice: for people, and for programs."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from servanda.drivers.einvoices.ports import InboxFile
from servanda.drivers.einvoices.safe_xml import SIZE_MAX, NotSafeXml
from servanda.ground.law.sentences import Sentence

_DEPTH_MAX = 20
# What a reader of PDFs raises on files that are damaged or made to mislead it.
_UNREADABLE = (PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError)


def is_pdf(content: bytes) -> bool:
    """Tell whether the bytes are a PDF."""
    return content.lstrip()[:5] == b"%PDF-"


def xml_in(content: bytes) -> InboxFile:
    """Return the first XML file within the PDF; refuses one that has none or cannot be read."""
    try:
        pdf = PdfFileReader(BytesIO(content))
        if pdf.encrypted:
            raise _refusal("PDF'en er krypteret.", "The PDF is encrypted.")
        names = _within(_within(pdf.root, "/Names"), "/EmbeddedFiles")
        for file in _files_below(names, _DEPTH_MAX):
            if file.name.lower().endswith(".xml") and len(file.content) <= SIZE_MAX:
                return file
    except _UNREADABLE as error:
        raise _refusal("PDF'en kan ikke læses.", "The PDF cannot be read.") from error
    raise _refusal("PDF'en har ingen XML-fil i sig.", "The PDF carries no XML file.")


def _refusal(da: str, en: str) -> NotSafeXml:
    return NotSafeXml(Sentence(da, en), Sentence("Vælg e-fakturaens XML-fil.", "Choose the XML file of the e-invoice."))


def _files_below(node: Any, depth: int) -> Iterator[InboxFile]:
    if depth == 0:
        return
    kids, pairs = _within(node, "/Kids"), _within(node, "/Names")
    for index in range(len(kids)):
        yield from _files_below(kids[index], depth - 1)
    for index in range(1, len(pairs), 2):
        described = pairs[index]
        name = described["/UF"] if "/UF" in described else described["/F"]
        yield InboxFile(str(name), described["/EF"]["/F"].data)


def _within(node: Any, name: str) -> Any:
    """Return what stands under the name, or nothing. Only indexing follows a reference to another place of the file."""
    return node[name] if name in node else {}  # noqa: SIM401
