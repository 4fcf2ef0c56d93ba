"""Renders papers as tagged, accessible and archivable PDF with typst, from a template and fonts of ours.

The paper reaches the template as one JSON value, so that a customer called `#panic()` is printed as such.
Fonts of the machine are never used, and the only date in the file is the paper's own: same paper, same
bytes.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

from servanda.drivers.documents import Paper, refuse_incomplete
from servanda.drivers.documents.labels import LABELS
from servanda.drivers.documents.printable import FONTS, printable
from servanda.ground.refusal import Refused

TEMPLATES = Path(__file__).parent / "templates"

_CONTRAST_MIN = 4.5  # WCAG 2.2, success criterion 1.4.3


class NotALogo(Refused):
    """A paper could not be drawn with the provider's logo; the message has what typst said."""


class TypstMaker:
    """Renders papers with the shipped template, or with the provider's own `paper.typ` in another folder."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        self._templates = templates

    @property
    def media_type(self) -> str:
        return "application/pdf"

    def render(self, document: Paper) -> bytes:
        """Return the PDF; refuses a paper that is not whole, and a logo that is not SVG."""
        refuse_incomplete(document)
        try:
            file = self._compile(document)
        except typst.TypstError as error:
            if document.sender.logo_svg:
                raise NotALogo(
                    f"The paper of {document.sender.name} could not be drawn with its logo: {error.message}. "
                    "Give the provider a plain SVG logo, or none."
                ) from error
            raise
        assert file.startswith(b"%PDF-"), "typst returned something that is not a PDF"
        return file

    def _compile(self, document: Paper) -> bytes:
        return typst.compile(
            self._templates / "paper.typ",
            root=self._templates,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"paper": _as_json(document)},
            format="pdf",
            # Archivable (PDF/A-3a, which may carry an attached e-invoice) and accessible (PDF/UA-1).
            pdf_standards=["a-3a", "ua-1"],
            timestamp=datetime.combine(document.issued_on, time(), tzinfo=UTC),
        )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _as_json(document: Paper) -> str:
    values = asdict(document)
    logo = values["sender"].pop("logo_svg")
    accent = values["sender"].pop("accent_colour")
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
        },
        ensure_ascii=False,
    )


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
