"""What every maker of documents promises, and what the PDF of the typst maker is beyond that."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from servanda.drivers.documents import CarriedFile, DocumentMaker, IncompletePaper, Paper, Sender, Table, Total
from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.documents.printable import covered_signs, printable
from servanda.drivers.documents.typst_maker import TEMPLATES, NotALogo, NotCarried, TypstMaker, readable_on_white

EVERY_PAPER = ("invoice of one line", "invoice of forty lines", "credit note", "reminder", "long names")

HOSTILE_TEXTS = (
    '#panic("x")',
    "*bold* _leaning_ `raw`",
    "$x^2$ #{1 + 1} @reference <label> ~ -- ...",
    "\\ \\u{41} \\n",
    'quote " brace } bracket ]',
    "Ø" * 300,
    "Fox \N{FOX FACE} \N{WAVING WHITE FLAG}\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}\N{RAINBOW}",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnitseretni\N{NULL}\N{BELL}",
    "שלום עולם 12",
    "مرحبا بالعالم",
    "李小龙",
    "Ελλάδα, Україна, Łódź, İzmir",
    "",
    " ",
)


@pytest.fixture(params=[TypstMaker, TextMaker], ids=["typst", "text"])
def maker(request: pytest.FixtureRequest) -> DocumentMaker:
    made: DocumentMaker = request.param()
    return made


# Every maker.


@pytest.mark.parametrize("name", EVERY_PAPER)
def test_the_same_paper_gives_the_same_bytes(maker: DocumentMaker, papers: Mapping[str, Paper], name: str) -> None:
    first = maker.render(papers[name])
    assert len(first) > 200
    assert maker.render(replace(papers[name])) == first


def test_another_paper_gives_other_bytes(maker: DocumentMaker, papers: Mapping[str, Paper]) -> None:
    invoice = papers["invoice of one line"]
    files = {
        maker.render(invoice),
        maker.render(replace(invoice, number="1002")),
        maker.render(replace(invoice, language="en")),
        maker.render(replace(invoice, issued_on=date(2026, 1, 3))),
    }
    assert len(files) == 4


def no_payment(paper: Paper) -> Paper:
    return replace(paper, payment=None)


def payment_with(paper: Paper, **changes: Any) -> Paper:
    assert paper.payment is not None
    return replace(paper, payment=replace(paper.payment, **changes))


@pytest.mark.clause("safeit-014")
@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (no_payment, "payment details"),
        (lambda paper: payment_with(paper, account_lines=()), "payment account"),
        (lambda paper: payment_with(paper, account_lines=(("Kontonr.", " "),)), "payment account (Kontonr.)"),
        (lambda paper: payment_with(paper, fik_line="", reference=" "), "payment reference"),
        (lambda paper: payment_with(paper, amount_text=""), "amount to pay"),
        (lambda paper: payment_with(paper, due_text=""), "day of payment"),
        (lambda paper: replace(paper, number=" "), "number"),
        (lambda paper: replace(paper, table=None), "lines"),
        (lambda paper: replace(paper, totals=()), "totals"),
        (lambda paper: replace(paper, recipient_lines=("", " ")), "recipient"),
        (lambda paper: replace(paper, sender=replace(paper.sender, cvr="")), "sender's CVR number"),
        (lambda paper: replace(paper, sender=replace(paper.sender, accent_colour="red")), "accent colour"),
        (lambda paper: replace(paper, table=Table(paper.table.columns, (("x",),))), "row 1"),
    ],
)
def test_an_invoice_that_lacks_something_is_refused_by_name(
    maker: DocumentMaker, papers: Mapping[str, Paper], change: Any, missing: str
) -> None:
    with pytest.raises(IncompletePaper, match=re.escape(missing)):
        maker.render(change(papers["invoice of one line"]))


def test_everything_that_is_missing_is_named_at_once(maker: DocumentMaker, papers: Mapping[str, Paper]) -> None:
    empty = payment_with(papers["invoice of one line"], account_lines=(), fik_line="", due_text="")
    with pytest.raises(IncompletePaper, match="day of payment, payment account, payment reference"):
        maker.render(empty)


def test_a_credit_note_names_the_invoice_that_it_changes(maker: DocumentMaker, papers: Mapping[str, Paper]) -> None:
    with pytest.raises(IncompletePaper, match="number of the invoice that is credited"):
        maker.render(replace(papers["credit note"], refers_to=""))


def test_a_letter_needs_no_payment_but_never_shows_half_of_one(
    maker: DocumentMaker, papers: Mapping[str, Paper]
) -> None:
    letter = papers["reminder"]
    assert maker.render(no_payment(letter))
    with pytest.raises(IncompletePaper, match="payment account"):
        maker.render(payment_with(letter, account_lines=()))


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_text_is_printed_and_never_obeyed(maker: DocumentMaker, papers: Mapping[str, Paper], text: str) -> None:
    invoice = papers["invoice of one line"]
    assert invoice.table is not None
    hostile = replace(
        invoice,
        title="Faktura " + text,
        sender=replace(invoice.sender, name="Nordlys " + text),
        recipient_lines=("Alma", text),
        facts=((text, text),),
        paragraphs=(text,),
        table=Table(invoice.table.columns, ((text, "1", "1,00", "25 %", "1,00"),)),
        totals=(Total(text, text, is_strong=True),),
        notes=(text,),
        clauses=((text, text),),
        footer=text,
    )
    assert len(maker.render(hostile)) > 200


# The PDF.


def pdf_of(paper: Paper) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(TypstMaker().render(paper)))


@pytest.mark.parametrize("name", EVERY_PAPER)
def test_a_pdf_is_tagged_titled_and_in_its_language(papers: Mapping[str, Paper], name: str) -> None:
    paper = papers[name]
    with pdf_of(paper) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).lower() == {"da": "da-dk", "en": "en-gb"}[paper.language]
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        title = f"{paper.title} {paper.number}".strip() + " – Nordlys Hosting ApS"
        with pdf.open_metadata() as metadata:
            assert str(metadata["dc:title"]) == title
            assert str(metadata["pdfuaid:part"]) == "1"
            assert str(metadata["pdfaid:part"]) == "3"


def test_the_only_date_in_a_pdf_is_the_papers_own(papers: Mapping[str, Paper]) -> None:
    with pdf_of(papers["invoice of one line"]) as pdf:
        described = pdf.Root.Metadata.read_bytes().decode()
        assert str(pdf.docinfo.CreationDate).startswith("D:20260102")
    assert set(re.findall(r"20\d\d-\d\d-\d\dT", described)) == {"2026-01-02T"}


def fonts_in(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for page in pdf.pages:
        for font in page.Resources.Font.values():
            yield font.DescendantFonts[0]


def test_all_fonts_are_ours_and_embedded(papers: Mapping[str, Paper]) -> None:
    paper = replace(papers["invoice of one line"], recipient_lines=("שלום", "مرحبا"))
    with pdf_of(paper) as pdf:
        fonts = list(fonts_in(pdf))
        names = {str(font.BaseFont).split("+")[-1] for font in fonts}
        embedded = [{"/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys()) for font in fonts]
    assert all(embedded)
    assert names
    assert all(name.startswith(("Inter-", "NotoSansHebrew-", "NotoSansArabic-")) for name in names), names
    assert any("Hebrew" in name for name in names)


def tags_in(node: Any) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from tags_in(kid)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from tags_in(node.K)


def test_the_lines_are_a_table_with_a_header_and_the_logo_has_a_text(papers: Mapping[str, Paper]) -> None:
    with pdf_of(papers["invoice of forty lines"]) as pdf:
        tags = list(tags_in(pdf.Root.StructTreeRoot.K))
    assert tags.count("/TH") == 5
    assert tags.count("/TD") == 200
    assert "/H1" in tags
    assert "/Figure" in tags


def text_of(page: pikepdf.Page) -> str:
    """Return the page's text as a reader copies it, by way of each font's own map to Unicode."""
    maps = {str(name): unicode_map(font) for name, font in page.Resources.Font.items()}
    shown: list[str] = []
    current: dict[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        assert isinstance(instruction, pikepdf.ContentStreamInstruction)
        if str(instruction.operator) == "Tf":
            current = maps[str(instruction.operands[0])]
        elif str(instruction.operator) in {"Tj", "TJ"}:
            shown.extend(decoded(instruction.operands[0], current))
    return "".join(shown)


def decoded(shown: Any, signs: Mapping[bytes, str]) -> Iterator[str]:
    for piece in shown if isinstance(shown, pikepdf.Array) else [shown]:
        if isinstance(piece, pikepdf.String):
            codes = bytes(piece)
            yield from (signs.get(codes[at : at + 2], "") for at in range(0, len(codes), 2))


def unicode_map(font: pikepdf.Object) -> dict[bytes, str]:
    source = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", source)
    return {bytes.fromhex(code): bytes.fromhex(sign).decode("utf-16-be") for code, sign in pairs}


@pytest.mark.clause("safeit-014")
def test_account_and_payment_line_can_be_copied_from_an_invoice(papers: Mapping[str, Paper]) -> None:
    with pdf_of(papers["invoice of one line"]) as pdf:
        text = text_of(pdf.pages[0])
    for needed in ("1001", "0440116243", "+71<000000202600011+81234567<", "16. januar 2026", "1.561,25 kr."):
        assert needed in text
    assert "Side 1 af 1" in text
    assert "Grundlag" in text


def test_each_page_of_a_long_invoice_repeats_the_header_and_counts(papers: Mapping[str, Paper]) -> None:
    with pdf_of(papers["invoice of forty lines"]) as pdf:
        texts = [text_of(page) for page in pdf.pages]
    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        assert f"Page {number} of 3" in text
        assert "Unit price" in text
    assert all("Invoice 2026-000417" in text for text in texts)


def test_a_long_basis_goes_on_over_the_page_and_nothing_is_cut_off(papers: Mapping[str, Paper]) -> None:
    clauses = tuple((f"Nordlys {number}.1", f"Vilkår nummer {number} gælder her.") for number in range(1, 121))
    with pdf_of(replace(papers["invoice of one line"], clauses=clauses)) as pdf:
        texts = [text_of(page) for page in pdf.pages]
    assert len(texts) > 1
    for number in range(1, 121):
        assert sum(f"Vilkår nummer {number} gælder her." in text for text in texts) == 1


def test_markup_in_a_name_is_shown_as_it_was_written(papers: Mapping[str, Paper]) -> None:
    name = '#panic("x") *b* $x$ \\'
    with pdf_of(replace(papers["invoice of one line"], recipient_lines=(name,))) as pdf:
        assert name in text_of(pdf.pages[0])


def test_a_logo_that_is_not_svg_is_refused(papers: Mapping[str, Paper]) -> None:
    invoice = papers["invoice of one line"]
    sender: Sender = replace(invoice.sender, logo_svg="<html>not a logo</html>")
    with pytest.raises(NotALogo, match="plain SVG"):
        TypstMaker().render(replace(invoice, sender=sender))


# Signs and colours.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ærø Å", "Ærø Å"),
        ("A\N{COMBINING RING ABOVE}ge", "Åge"),
        ("fox \N{FOX FACE}", "fox \N{WHITE SQUARE}"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}evil\N{NULL}", "evil"),
        ("one\r\ntwo", "one\ntwo"),
        ("a\tb\N{NO-BREAK SPACE}c", "a b\N{NO-BREAK SPACE}c"),
        ("+71<000000202600011+81234567<", "+71<000000202600011+81234567<"),
        ("x" * 41, "x" * 20 + "\N{ZERO WIDTH SPACE}" + "x" * 20 + "\N{ZERO WIDTH SPACE}x"),
    ],
)
def test_a_text_becomes_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_the_shipped_fonts_have_the_signs_of_our_customers() -> None:
    assert set("æøåÆØÅäöüßéłğğİŽ€§–„“1234567890αΩжЇשم") <= covered_signs()


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("#000000", "#000000"), ("#0f6b5c", "#0f6b5c"), ("#FFFFFF", None), ("#ffd400", None)],
)
def test_an_accent_is_darkened_until_it_can_be_read(colour: str, expected: str | None) -> None:
    readable = readable_on_white(colour)
    if expected is not None:
        assert readable == expected
    else:
        assert readable < colour.lower()
        assert readable_on_white(readable) == readable


# Files that a paper carries within itself.

E_INVOICE = CarriedFile(
    name="faktura-1001.xml",
    media_type="text/xml",
    content='<?xml version="1.0"?><Invoice>æøå\r\n\N{FOX FACE}</Invoice>'.encode() + bytes(range(256)),
    description="E-faktura",
)


def test_a_hybrid_paper_carries_its_e_invoice_byte_for_byte(papers: Mapping[str, Paper]) -> None:
    notes = CarriedFile(
        name="note.txt", media_type="text/plain", content=b"x", description="Note", relation="supplement"
    )
    file = TypstMaker().render(replace(papers["invoice of one line"], carried=(E_INVOICE, notes)))
    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert pdf.attachments["faktura-1001.xml"].get_file().read_bytes() == E_INVOICE.content
        relations = {str(one.UF): str(one.AFRelationship) for one in pdf.Root.AF}  # type: ignore[attr-defined]
        assert relations == {"faktura-1001.xml": "/Alternative", "note.txt": "/Supplement"}
        (carried,) = (one for one in pdf.Root.AF if str(one.UF) == "faktura-1001.xml")  # type: ignore[attr-defined]
        assert str(carried.EF.F.Subtype) == "/text/xml"
        assert str(carried.Desc) == "E-faktura"
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert pdf.Root.MarkInfo.Marked


def test_a_paper_without_files_has_none(papers: Mapping[str, Paper]) -> None:
    with pikepdf.open(io.BytesIO(TypstMaker().render(papers["invoice of one line"]))) as pdf:
        assert len(pdf.attachments) == 0
        assert "/AF" not in pdf.Root


def test_the_same_hybrid_paper_gives_the_same_bytes(maker: DocumentMaker, papers: Mapping[str, Paper]) -> None:
    paper = replace(papers["invoice of one line"], carried=(E_INVOICE,))
    assert maker.render(paper) == maker.render(replace(paper))
    assert maker.render(paper) != maker.render(papers["invoice of one line"])


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"name": "../faktura.xml"}, "a file name"),
        ({"media_type": "xml"}, "the media type"),
        ({"content": b""}, "content of the carried file"),
        ({"description": " "}, "a description"),
    ],
)
def test_a_file_that_cannot_be_carried_is_named(
    maker: DocumentMaker, papers: Mapping[str, Paper], change: dict[str, Any], missing: str
) -> None:
    with pytest.raises(IncompletePaper, match=missing):
        maker.render(replace(papers["invoice of one line"], carried=(replace(E_INVOICE, **change),)))


def test_two_files_of_one_name_are_refused(maker: DocumentMaker, papers: Mapping[str, Paper]) -> None:
    with pytest.raises(IncompletePaper, match="a name of its own"):
        maker.render(replace(papers["invoice of one line"], carried=(E_INVOICE, E_INVOICE)))


def test_a_template_that_loses_the_files_is_refused(papers: Mapping[str, Paper], tmp_path: Path) -> None:
    shipped = (TEMPLATES / "paper.typ").read_text(encoding="utf-8")
    (tmp_path / "paper.typ").write_text(shipped.replace('paper.at("carried", default: ())', "()"), encoding="utf-8")
    assert TypstMaker(tmp_path).render(papers["invoice of one line"])
    with pytest.raises(NotCarried, match=r"paper\.carried"):
        TypstMaker(tmp_path).render(replace(papers["invoice of one line"], carried=(E_INVOICE,)))
