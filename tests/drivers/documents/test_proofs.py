"""Proofs of agreement as PDF: tagged and archivable, readable as text, and with what was accepted in it byte for byte."""

from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from servanda.drivers.documents import Language
from servanda.drivers.documents.typst_proofs import TypstProofs
from tests.drivers.documents.test_documents import text_of


@dataclass(frozen=True, slots=True)
class Side:
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    description: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    language: Language = "da"
    title: str = "Aftalebevis"
    dated_on: date = date(2026, 11, 30)
    parties: tuple[tuple[str, Side], ...] = (
        ("Leverandør", Side("Safe (eksempel) ApS", ("Eksempelvej 1", "CVR 99005203"))),
        ("Kunde", Side("#panic() \U0001f600 $x$", ("Prøvevej 1",))),
    )
    facts: tuple[tuple[str, str], ...] = (("Accepteret", "mandag den 30. november 2026 kl. 14.05"),)
    sentences: tuple[str, ...] = ("Teksten er accepteret.",)
    sha256_label: str = "SHA-256 af den nøjagtige tekst"
    sha256: str = "ab" * 32
    annexes_label: str = "Bilag"
    annexes: tuple[tuple[str, str, str], ...] = (("Bilag 1", "Datto, version 3.2", "cd" * 32),)
    text_label: str = "Teksten"
    text_html: str = (
        "<h1>Vilkår</h1><h3>1.1 Betaling</h3><p>Betal <strong>straks</strong> &lt;b&gt;.</p><ul><li>en</li><li>to</li></ul>"
        "<blockquote><h2>I et citat</h2><p>Læses sådan.</p></blockquote>"
        "<table><thead><tr><th>Hvad</th></tr></thead><tbody><tr><td>Pris</td></tr></tbody></table>"
    )
    attached: tuple[File, ...] = (
        File("terms.md", "text/markdown", "Teksten", "# Vilkår\n\t\u200b\U0001f600  \n".encode()),
        File("annex-1.pdf", "application/pdf", "Datto", bytes(range(256)) * 50),
    )


def test_what_was_accepted_is_in_the_file_byte_for_byte() -> None:
    with pikepdf.open(BytesIO(TypstProofs().render_proof(Sample()))) as pdf:
        carried = {name: spec.get_file() for name, spec in pdf.attachments.items()}
        assert {name: bytes(file.read_bytes()) for name, file in carried.items()} == {
            file.name: file.content for file in Sample().attached
        }
        assert carried["terms.md"].mime_type == "text/markdown"


def test_a_proof_is_tagged_archivable_and_dated_by_the_acceptance() -> None:
    with pikepdf.open(BytesIO(TypstProofs().render_proof(Sample()))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "da-DK"
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("3", "A", "1")
            assert about["xmp:CreateDate"].startswith("2026-11-30")
            assert about["dc:description"] == f"SHA-256 {'ab' * 32}"


def test_the_same_proof_gives_the_same_bytes() -> None:
    assert TypstProofs().render_proof(Sample()) == TypstProofs().render_proof(Sample())


@pytest.mark.parametrize("html", ["", "<p></p>", "<h4>Dybt</h4><h1>Op</h1><h6>Ned</h6>", Sample().text_html])
def test_any_order_of_headings_makes_an_accessible_file(html: str) -> None:
    assert TypstProofs().render_proof(replace(Sample(), text_html=html)).startswith(b"%PDF-")


def test_hashes_sides_and_the_whole_text_are_printed() -> None:
    with pikepdf.open(BytesIO(TypstProofs().render_proof(Sample()))) as pdf:
        first, *others = ("".join(text_of(page).split()) for page in pdf.pages)
    assert {"ab" * 32, "cd" * 32} <= {word for word in ("ab" * 32, "cd" * 32) if word in first}
    for said in ("Safe(eksempel)ApS", "#panic()", "$x$", "mandagden30.november2026kl.14.05", "Bilag1:Datto,version3.2"):
        assert said in first
    for said in ("Vilkår", "1.1Betaling", "Betalstraks<b>.", "Læsessådan.", "Hvad", "Pris"):
        assert said in "".join(others)
