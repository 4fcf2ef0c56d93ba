"""A whole agreement as a file: what every maker shows of it, and what the PDF is beyond that."""

import io
import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import pikepdf
import pytest

from servanda.drivers.documents import DocumentMaker
from servanda.drivers.documents.books import plain_text, tree_of
from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.documents.typst_maker import TypstMaker


@dataclass(frozen=True)
class Mark:
    text: str = "Sker automatisk"
    explanation: str = "Programmet gør det."


@dataclass(frozen=True)
class Aside:
    kind: str
    label: str
    html: str
    is_label_shown: bool = True


@dataclass(frozen=True)
class Clause:
    number: str
    heading_html: str
    html: str
    marks: tuple[Mark, ...] = (Mark(),)
    asides: tuple[Aside, ...] = ()


@dataclass(frozen=True)
class Chapter:
    title: str
    clauses: tuple[Clause, ...]
    intro_html: str = ""


@dataclass(frozen=True)
class Book:
    chapters: tuple[Chapter, ...]
    name: str = "Nordlys Hosting"
    subtitle: str = "Version 2026-01"
    language: Literal["da", "en"] = "da"
    effective_on: date = date(2026, 1, 1)
    dated: str = "Gælder nye aftaler fra torsdag den 1. januar 2026."
    source_note: str = ""
    imprint: tuple[str, ...] = ("Nordlys Hosting · 2026-01", f"SHA-256 {'ab' * 32}")
    marks: tuple[Mark, ...] = field(default=(Mark(),))


FIGURE = '<span class="figure" data-field="payment-term.days">14 dage</span>'
EVERYTHING = f"""<p>Betal inden {FIGURE}, og <em>ikke</em> <strong>senere</strong>.<br />
Se <a href="https://nordlys.example/x">her</a> og <a href="/inde">der</a>.</p>
<ol start="3"><li>Tre</li><li><p>Fire</p><ul><li>Inde</li></ul></li></ol>
<blockquote><p>Citat</p></blockquote><hr />
<table><thead><tr><th>Ydelse</th><th>Pris</th></tr></thead><tbody><tr><td>Mail</td><td>9 kr.</td></tr></tbody></table>
<pre><code>a  b
c</code></pre>
<p><del><span class="said">[fjernet: </span>gammel</del> <ins>ny</ins> &amp; &lt;b&gt;</p>"""
BOOK = Book(
    (
        Chapter(
            "1. Betaling",
            (
                Clause("1.1", f"Frist på {FIGURE}", EVERYTHING),
                Clause(
                    "1.2",
                    "Loven",
                    "<p>Tekst.</p>",
                    asides=(
                        Aside("reading", "Sådan læser vi punktet", "<p>Læses sådan.</p>", False),
                        Aside("law", "Det siger loven", "<p>Renteloven § 3</p>"),
                        Aside("meaning", "Det betyder for dig", "<p>Du har 14 dage.</p>"),
                    ),
                ),
            ),
        ),
        Chapter("2. Valg", (Clause("H1", "Valg", "<p>Vi vælger.</p>"),), "<p>Her tier vilkårene.</p>"),
    )
)


@pytest.fixture(params=[TypstMaker, TextMaker], ids=["typst", "text"])
def maker(request: pytest.FixtureRequest) -> DocumentMaker:
    made: DocumentMaker = request.param()
    return made


def test_the_same_book_gives_the_same_bytes(maker: DocumentMaker) -> None:
    assert maker.render_book(BOOK) == maker.render_book(replace(BOOK))


@pytest.mark.parametrize("change", [{"subtitle": "Version 2"}, {"dated": "Nu."}, {"imprint": ("Nordlys · 2",)}])
def test_another_book_gives_other_bytes(maker: DocumentMaker, change: dict[str, Any]) -> None:
    assert maker.render_book(BOOK) != maker.render_book(replace(BOOK, **change))


@pytest.mark.parametrize(("language", "foot"), [("da", "Side 1 af"), ("en", "Page 1 of")])
def test_the_words_of_the_maker_are_in_the_readers_language(language: Literal["da", "en"], foot: str) -> None:
    assert foot in texts_of(TypstMaker().render_book(replace(BOOK, language=language)))


def texts_of(file: bytes) -> str:
    """Return what stands on the pages, decoded by the fonts' own tables."""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        return " ".join(page_text(pdf, page) for page in pdf.pages)


def page_text(pdf: pikepdf.Pdf, page: pikepdf.Page) -> str:
    tables = {name: unicode_table(font) for name, font in page.resources["/Font"].items()}
    current: dict[str, str] = {}
    words: list[str] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator == "Tf":
            current = tables[str(instruction.operands[0])]
        elif operator in ("Tj", "TJ"):
            operand = instruction.operands[0]
            parts = operand if operator == "TJ" else [operand]
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String)).hex()
            words.append("".join(current.get(codes[at : at + 4], "") for at in range(0, len(codes), 4)))
    return "".join(words).replace("\N{NO-BREAK SPACE}", " ")


def unicode_table(font: Any) -> dict[str, str]:
    """Return the font's codes and what they stand for (PDF 32000-1, 9.10.3)."""
    table: dict[str, str] = {}
    text = font["/ToUnicode"].read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, stands_for in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            table[code.lower()] = bytes.fromhex(stands_for).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, begin in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                table[f"{int(first, 16) + step:04x}"] = chr(int(begin, 16) + step)
    return table


@pytest.mark.parametrize(
    "text",
    [
        *("1.1", "1.2", "H1", "Frist på", "14 dage", "Inde", "Citat", "Ydelse", "9 kr.", "gammel", "<b>"),
        *("Sker automatisk", "Programmet gør det.", "Læses sådan.", "Renteloven § 3", "Du har 14 dage."),
        *("Det siger loven", "Her tier vilkårene.", "ab" * 32, "Nordlys Hosting · 2026-01"),
    ],
)
def test_everything_of_a_clause_stands_in_the_pdf(text: str) -> None:
    assert text in texts_of(TypstMaker().render_book(BOOK))


def test_everything_of_a_clause_stands_in_the_text() -> None:
    text = TextMaker().render_book(BOOK).decode()
    for said in ("1.1 Frist på 14 dage", "[Sker automatisk]", "Det siger loven: Renteloven § 3", "2. Valg", "ab" * 32):
        assert said in text


def test_the_pdf_is_accessible_archivable_and_has_its_language() -> None:
    with pikepdf.open(io.BytesIO(TypstMaker().render_book(BOOK))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).lower().startswith("da")
        meta = pdf.open_metadata()
        assert (meta.get("pdfuaid:part"), meta.get("pdfaid:part")) == ("1", "3")
        assert str(pdf.docinfo["/Title"]) == "Nordlys Hosting – Version 2026-01"
        outline = pdf.Root.Outlines
        assert "1. Betaling" in str(outline.First.get("/Title")) or str(outline.First.First.get("/Title"))


@pytest.mark.parametrize(
    "clause",
    [
        Clause("1", "Titel", ""),
        Clause("1", "", "<p></p>"),
        Clause("1", "Titel", "<p>#panic(1) $x$ *b* @ref &lt;label&gt;</p>", marks=()),
        Clause("1", "Titel", "<ul></ul><ol></ol><table></table>"),
        Clause("1", "Titel", "<p>løs <b>ukendt</b> <p>åben"),
        Clause("1", "Titel", '<p><a href="javascript:x">x</a><span>y</span></p>'),
        Clause("1", "Ø" * 200, f"<p>{'Æ' * 500} \N{FOX FACE}</p>"),
        Clause("1", "Titel", "<table><tbody><tr><td>en</td></tr></tbody></table>"),
        Clause("1", "Titel", '<ol start="0"><li>nul</li></ol>'),
    ],
)
@pytest.mark.parametrize("title", ["", "1. Kapitel"])
def test_odd_clauses_are_set_all_the_same(maker: DocumentMaker, clause: Clause, title: str) -> None:
    assert maker.render_book(Book((Chapter(title, (clause, clause)),)))


def test_a_book_without_chapters_is_set() -> None:
    assert TypstMaker().render_book(Book((), marks=())).startswith(b"%PDF-")


def test_a_folder_with_only_a_paper_of_its_own_takes_the_shipped_book(tmp_path: Any) -> None:
    assert TypstMaker(tmp_path).render_book(BOOK) == TypstMaker().render_book(BOOK)


def test_text_is_read_block_by_block() -> None:
    lines = plain_text(EVERYTHING).splitlines()
    assert lines[0] == "Betal inden 14 dage, og ikke senere."
    assert lines[2:6] == ["Tre", "Fire", "Inde", "Citat"]
    assert lines[-1] == "[fjernet: gammel ny & <b>"


def test_white_space_between_blocks_is_no_text() -> None:
    inner = tree_of("<ul>\n<li>a</li>\n</ul>\n").inner
    assert [getattr(node, "tag", node) for node in inner] == ["ul"]
