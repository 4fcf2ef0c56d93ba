"""The book laid out for readers: as Markdown, as one safe `<article>`, and as a page that stands alone.

Every layout shows the same: number and heading, the text, what stands beside it, and the marks as words.
"""

from html import escape

from servanda.terms.book import Aside, Book, BookChapter, BookClause
from servanda.terms.book_style import STYLE
from servanda.terms.document import Language
from servanda.terms.margin import MarginMark


def markdown_of(book: Book) -> str:
    """Return the book as Markdown for a reader: figures filled in, rules left out."""
    parts = [f"# {book.name}", f"{book.subtitle}. {book.dated}"]
    for chapter in book.chapters:
        parts += [f"## {chapter.title}"] if chapter.title else []
        parts += [chapter.intro] if chapter.intro else []
        for clause in chapter.clauses:
            parts += _clause_markdown(clause)
    return "\n\n".join(parts) + "\n"


def article_of(book: Book) -> str:
    """Return the book as one safe `<article>`, with an anchor at each clause."""
    words = _WORDS[book.language]
    chapters = "\n".join(_chapter(chapter) for chapter in book.chapters)
    legend = "".join(f"<dt>{_mark(mark)}</dt><dd>{escape(mark.explanation)}</dd>\n" for mark in book.marks)
    note = f'<p class="imprint">{escape(book.source_note)}</p>\n' if book.source_note else ""
    imprint = "<br>".join(escape(line) for line in book.imprint)
    return (
        f'<article class="agreement page" lang="{book.language}">\n'
        f'<header>\n<h1>{escape(book.name)}</h1>\n<p class="lead">{escape(book.subtitle)}. {escape(book.dated)}</p>\n'
        f"{_contents(book)}</header>\n{chapters}\n"
        f'<footer>\n<dl class="legend" aria-label="{words["legend"]}">\n{legend}</dl>\n{note}'
        f'<p class="imprint">{imprint}</p>\n</footer>\n</article>\n'
    )


def html_page_of(book: Book) -> str:
    """Return the book as a page that stands alone: no script, no font and no picture from elsewhere."""
    return (
        f'<!doctype html>\n<html lang="{book.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(book.name)} – {escape(book.subtitle)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{article_of(book)}</body>\n</html>\n"
    )


def _contents(book: Book) -> str:
    titled = tuple(chapter for chapter in book.chapters if chapter.title)
    if len(titled) < 2:
        return ""
    links = "".join(f'<li><a href="#{chapter.anchor}">{escape(chapter.title)}</a></li>\n' for chapter in titled)
    return f'<nav aria-label="{_WORDS[book.language]["contents"]}">\n<ul>\n{links}</ul>\n</nav>\n'


def _chapter(chapter: BookChapter) -> str:
    title = f'<h2 id="{chapter.anchor}">{escape(chapter.title)}</h2>\n' if chapter.title else ""
    intro = f'<div class="intro">{chapter.intro_html}</div>\n' if chapter.intro else ""
    level = 3 if chapter.title else 2
    return title + intro + "\n".join(_clause(clause, level=level) for clause in chapter.clauses)


def _clause(clause: BookClause, *, level: int) -> str:
    marks = "".join(f"<li>{_mark(mark)}</li>" for mark in clause.marks)
    label = _WORDS[clause.language]["marks"]
    listed = f'\n<ul class="marks" aria-label="{label}">{marks}</ul>' if marks else ""
    number = f'<span class="number"><a href="#{clause.anchor}">{escape(clause.number)}</a></span>'
    heading = f'<h{level} class="clause-heading" id="heading-{clause.anchor}">{number} {clause.heading_html}</h{level}>'
    asides = "".join(_aside(aside) for aside in clause.asides)
    return (
        f'<section class="clause" id="{clause.anchor}" aria-labelledby="heading-{clause.anchor}">\n'
        f'<div class="text">\n{heading}\n{clause.html}{asides}</div>{listed}\n</section>'
    )


def _aside(aside: Aside) -> str:
    label = escape(aside.label)
    shown = f'<p class="aside-label" aria-hidden="true">{label}</p>\n' if aside.is_label_shown else ""
    return f'<div class="aside {aside.kind}" role="note" aria-label="{label}">\n{shown}{aside.html}</div>\n'


def _mark(mark: MarginMark) -> str:
    return f'<span class="symbol" aria-hidden="true">{mark.symbol}</span>{escape(mark.text)}'


def _clause_markdown(clause: BookClause) -> list[str]:
    words = _WORDS[clause.language]
    reading = f"> {_quoted(clause.reading)}" if clause.reading else ""
    notes = tuple(f"> **{words['law']}:** {_quoted(str(note))}" for note in clause.notes)
    meaning = tuple(f"> **{words['meaning']}:** {_quoted(sentence)}" for sentence in clause.meaning)
    marks = f"*{', '.join(mark.text for mark in clause.marks)}*" if clause.marks else ""
    parts = (f"### {clause.number} {clause.heading}", clause.prose, *meaning, reading, *notes, marks)
    return [part for part in parts if part]


def _quoted(text: str) -> str:
    return text.replace("\n", "\n> ")


_WORDS: dict[Language, dict[str, str]] = {
    "da": {
        "contents": "Indhold",
        "legend": "Mærkerne i margenen",
        "marks": "Sådan bliver punktet ført ud i livet",
        "law": "Det siger loven",
        "meaning": "Det betyder for dig",
    },
    "en": {
        "contents": "Contents",
        "legend": "The marks in the margin",
        "marks": "How the clause is carried out",
        "law": "What the law says",
        "meaning": "What it means for you",
    },
}
