"""Renders papers and books as tagged, accessible and archivable PDF with typst, from a template and fonts of ours.

The paper reaches the template as one JSON value, so that a customer called `#panic()` is printed as such.
Fonts of the machine are never used, and the only date in the file is the paper's own: same paper, same
bytes.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

from servanda.drivers.documents import Paper, refuse_incomplete
from servanda.drivers.documents.books import BookText, ClauseText, as_values, tree_of
from servanda.drivers.documents.labels import LABELS
from servanda.drivers.documents.printable import FONTS, printable
from servanda.ground.refusal import Refused

TEMPLATES = Path(__file__).parent / "templates"

_CONTRAST_MIN = 4.5  # WCAG 2.2, success criterion 1.4.3


class NotALogo(Refused):
    """A paper could not be drawn with the provider's logo; the message has what typst said."""


class NotCarried(Refused):
    """The provider's own template lost a file that the paper carries."""


class TypstMaker:
    """Renders with the shipped templates, or with the provider's own `paper.typ` and `book.typ` in another folder."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        self._templates = templates

    @property
    def media_type(self) -> str:
        return "application/pdf"

    def render(self, document: Paper) -> bytes:
        """Return the PDF; refuses a paper that is not whole, and a logo that is not SVG."""
        refuse_incomplete(document)
        try:
            return self._compile(document)
        except typst.TypstError as error:
            if document.sender.logo_svg:
                raise NotALogo(
                    f"The paper of {document.sender.name} could not be drawn with its logo: {error.message}. "
                    "Give the provider a plain SVG logo, or none."
                ) from error
            raise

    def render_book(self, book: BookText) -> bytes:
        """Return the PDF of a whole agreement; the same book gives the same bytes."""
        folder = self._templates if (self._templates / "book.typ").is_file() else TEMPLATES
        return _pdf_of(folder / "book.typ", inputs={"book": _book_as_json(book)}, dated_on=book.effective_on)

    def _compile(self, document: Paper) -> bytes:
        inputs = {"paper": _as_json(document)}
        file = _pdf_of(self._templates / "paper.typ", inputs=inputs, dated_on=document.issued_on)
        if file.count(b"/Type/EmbeddedFile") < len(document.carried):
            raise NotCarried(
                f"The template in {self._templates} does not attach the files that a paper carries. "
                "Take over the loop over paper.carried from the shipped paper.typ."
            )
        return file


def _pdf_of(template: Path, *, inputs: dict[str, str], dated_on: date) -> bytes:
    file: bytes = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        # Archivable (PDF/A-3a, which may carry an attached e-invoice) and accessible (PDF/UA-1).
        pdf_standards=["a-3a", "ua-1"],
        timestamp=datetime.combine(dated_on, time(), tzinfo=UTC),
    )
    assert file.startswith(b"%PDF-"), "typst returned something that is not a PDF"
    return file


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _as_json(document: Paper) -> str:
    values = asdict(document)
    logo = values["sender"].pop("logo_svg")
    accent = values["sender"].pop("accent_colour")
    carried = values.pop("carried")
    texts = _in_every_text(values, printable)
    issued_on = document.issued_on
    return json.dumps(
        texts
        | {
            "labels": dict(LABELS[document.language]),
            "logo": logo,
            "accent": accent,
            "ink": readable_on_white(accent),
            "issued_on": [issued_on.year, issued_on.month, issued_on.day],
        }
        | _carried_values(carried),
        ensure_ascii=False,
    )


def _carried_values(carried: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """Return the files that the paper carries, their bytes as numbers; nothing at all when it carries none."""
    if not carried:
        return {}
    return {
        "carried": [
            file | {"content": list(file["content"]), "description": printable(file["description"])} for file in carried
        ]
    }


def _book_as_json(book: BookText) -> str:
    values = {
        "name": book.name,
        "subtitle": book.subtitle,
        "dated": book.dated,
        "source_note": book.source_note,
        "imprint": book.imprint,
        "marks": [(mark.text, mark.explanation) for mark in book.marks],
    }
    chapters = [
        {
            "title": printable(chapter.title),
            "intro": _flow(chapter.intro_html),
            "clauses": [_clause_values(clause) for clause in chapter.clauses],
        }
        for chapter in book.chapters
    ]
    dated_on = book.effective_on
    return json.dumps(
        _in_every_text(values, printable)
        | {
            "chapters": chapters,
            "language": book.language,
            "labels": dict(LABELS[book.language]),
            "dated_on": [dated_on.year, dated_on.month, dated_on.day],
        },
        ensure_ascii=False,
    )


def _clause_values(clause: ClauseText) -> dict[str, Any]:
    return {
        "number": printable(clause.number),
        "heading": _flow(clause.heading_html),
        "body": _flow(clause.html),
        "marks": [printable(mark.text) for mark in clause.marks],
        "asides": [
            {
                "kind": aside.kind,
                "label": printable(aside.label) if aside.is_label_shown else "",
                "body": _flow(aside.html),
            }
            for aside in clause.asides
        ],
    }


def _flow(html: str) -> Any:
    return as_values(tree_of(html), printable)["inner"]


def _in_every_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _in_every_text(inner, change) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_in_every_text(inner, change) for inner in value]
    return value


def readable_on_white(colour: str) -> str:
    """Return the colour, darkened as far as needed to be read as text on white paper."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    while 1.05 / (_luminance(red, green, blue) + 0.05) < _CONTRAST_MIN:
        red, green, blue = (channel * 15 // 16 for channel in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(red: int, green: int, blue: int) -> float:
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (red / 255, green / 255, blue / 255)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
