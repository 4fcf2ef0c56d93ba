"""Renders proofs of agreement with typst, as tagged and archivable PDF that carries what was accepted.

Everything reaches the template as files of a folder of its own: a name that looks like a program is printed as such, and an attachment
goes in byte for byte. Only the name that it has within the PDF comes from outside.
"""

import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from servanda.drivers.documents.books import Node, as_values, tree_of
from servanda.drivers.documents.labels import LABELS
from servanda.drivers.documents.printable import FONTS, printable
from servanda.drivers.documents.proofs import ProofText

TEMPLATE = Path(__file__).parent / "templates" / "proof.typ"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class TypstProofs:
    """Renders with the shipped template."""

    def render_proof(self, proof: ProofText) -> bytes:
        """Return the PDF with the attached files in it."""
        with TemporaryDirectory(prefix="proof-") as folder:
            pdf = _compiled(Path(folder), proof)
        assert pdf.startswith(b"%PDF-"), "typst returned something that is not a PDF"
        return pdf


def _compiled(folder: Path, proof: ProofText) -> bytes:
    main = folder / "main.typ"
    main.write_bytes(TEMPLATE.read_bytes())
    (folder / "proof.json").write_text(_as_json(proof), encoding="utf-8")
    for number, file in enumerate(proof.attached):
        (folder / f"attached-{number}").write_bytes(file.content)
    return typst.compile(
        main,
        root=folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        timestamp=datetime.combine(proof.dated_on, time(), tzinfo=UTC),
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _as_json(proof: ProofText) -> str:
    labels = LABELS[proof.language]
    day = proof.dated_on
    return json.dumps(
        {
            "language": proof.language,
            "title": printable(proof.title),
            "dated_on": [day.year, day.month, day.day],
            "page": labels["page"],
            "of": labels["of"],
            "parties": [
                [printable(label), printable(party.name), [printable(line) for line in party.lines]]
                for label, party in proof.parties
            ],
            "facts": _pairs(proof.facts),
            "sentences": [printable(sentence) for sentence in proof.sentences],
            "sha256_label": printable(proof.sha256_label),
            "sha256": proof.sha256,
            "annexes_label": printable(proof.annexes_label),
            "annexes": [[printable(number), printable(terms), sha256] for number, terms, sha256 in proof.annexes],
            "text_label": printable(proof.text_label),
            "text": _flow(proof.text_html),
            "attached": [
                {"name": file.name, "media_type": file.media_type, "description": printable(file.description)}
                for file in proof.attached
            ],
        },
        ensure_ascii=False,
    )


def _pairs(pairs: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [[printable(label), printable(value)] for label, value in pairs]


def _flow(html: str) -> Any:
    tree = tree_of(html)
    _set_levels(tree)
    return as_values(tree, printable)["inner"]


def _set_levels(tree: Node) -> None:
    """Give each heading a level that is at most one below the heading before it: an accessible file skips none."""
    before = 0
    for node in tree.inner:
        if isinstance(node, Node) and node.tag in _HEADINGS:
            before = min(_HEADINGS.index(node.tag) + 1, before + 1)
            node.attributes["level"] = str(before)
