"""What is new in the words between two versions, clause by clause, with the figures filled in?

Words are compared, not lines: how the source is wrapped is no change. Kept and removed runs together are the old text,
kept and added ones the new. A redline is shown as a book, so that it is laid out like any agreement.
"""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from html import escape
from itertools import groupby
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from servanda.terms.book import Book, BookChapter, BookClause, book_of
from servanda.terms.document import Agreement, Language

RunKind = Literal["kept", "removed", "added"]
ClauseChange = Literal["unchanged", "changed", "added", "removed"]

_PIECE = re.compile(r"\n|[^\S\n]+|[^\s]+")
_BLOCK_START = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6}|>)[ \t]+|\|[ \t]*)")
_NEW_BLOCK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)]|>|\|)(?:\s|\|)")
_IS_SAID = re.compile(r"\w|[^\s|:*_>#-]")


@dataclass(frozen=True, slots=True)
class Run:
    """Some text that both versions have, or only one."""

    kind: RunKind
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run within one line; white space, and the sign of a list or a row, stand outside of what is marked."""

    kind: RunKind
    start: str
    said: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRedline:
    """One clause in both versions. Prose and reading are runs of Markdown, the heading of plain text."""

    number: str
    change: ClauseChange
    heading: tuple[Run, ...]
    prose: tuple[Run, ...]
    reading: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redline:
    """Two versions in one language. Clauses stand in the new version's order; a removed one where it stood."""

    old: Book
    new: Book
    clauses: tuple[ClauseRedline, ...]

    @property
    def changed(self) -> tuple[ClauseRedline, ...]:
        return tuple(clause for clause in self.clauses if clause.change != "unchanged")


def redline_of(
    old: Agreement,
    new: Agreement,
    *,
    old_rules: Agreement | None = None,
    new_rules: Agreement | None = None,
) -> Redline:
    """Return what is new in the words; English versions need the Danish ones for their figures."""
    before, after = book_of(old, old_rules), book_of(new, new_rules)
    was = {clause.number: clause for clause in before.clauses}
    becomes = {clause.number: clause for clause in after.clauses}
    clauses = tuple(_of_clause(was.get(number), becomes.get(number)) for number in _numbers(before, after))
    return Redline(old=before, new=after, clauses=clauses)


def runs_between(old: str, new: str) -> tuple[Run, ...]:
    """Return the runs of words and white space that lead from the old text to the new one; removed before added."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    runs: list[Run] = []
    for operation, start, end, new_start, new_end in SequenceMatcher(None, before, after, False).get_opcodes():
        if operation == "equal":
            runs.append(Run("kept", "".join(before[start:end])))
        else:
            runs += _changed("".join(before[start:end]), "".join(after[new_start:new_end]))
    return _readable(runs)


def markdown_of_runs(runs: Sequence[Run]) -> str:
    """Return the runs as Markdown: ~~removed~~ **added**."""
    around: dict[RunKind, str] = {"kept": "", "removed": "~~", "added": "**"}
    return "".join(
        f"{piece.start}{around[piece.kind]}{piece.said}{around[piece.kind]}{piece.end}" for piece in _pieces(runs)
    )


def html_of_runs(runs: Sequence[Run], language: Language) -> str:
    """Return runs of Markdown as safe HTML with `<ins>` and `<del>`, each with a word for those who only hear it."""
    pieces = _pieces([replace(run, text=_LETTERS.sub("", run.text)) for run in runs])
    carried = "".join(f"{piece.start}{_between(piece)}{piece.end}" for piece in pieces)
    html: str = _MARKDOWN.render(carried, {"kind": _KEPT, "language": language})
    return _LETTERS_IN_ADDRESS.sub("", _LETTERS.sub("", html))


def line_of_runs(runs: Sequence[Run], language: Language) -> str:
    """Return runs of plain text, such as a heading, as safe HTML."""
    return "".join(
        piece.start + _spoken(piece.kind, escape(piece.said), language) + piece.end
        for piece in _pieces(runs, is_line=True)
    )


def redline_as_book(redline: Redline, *, changed_only: bool = True) -> Book:
    """Return the redline as a book whose clauses show both versions; without changes it has no chapters."""
    language = redline.new.language
    words = _WORDS[language]
    shown = redline.changed if changed_only else redline.clauses
    by_number = {clause.number: clause for clause in (*redline.old.clauses, *redline.new.clauses)}
    chapter_of = {
        clause.number: chapter.title
        for book in (redline.old, redline.new)
        for chapter in book.chapters
        for clause in chapter.clauses
    }
    clauses = tuple((chapter_of[one.number], _as_clause(one, by_number[one.number], language)) for one in shown)
    return replace(
        redline.new,
        subtitle=f"{words['changes']} {redline.old.version} → {redline.new.version}",
        version=f"{redline.old.version} → {redline.new.version}",
        dated=f"{redline.new.dated} {_counted(redline, language)}",
        source_note="",
        chapters=tuple(
            BookChapter(title, tuple(clause for _, clause in group))
            for title, group in groupby(clauses, key=lambda pair: pair[0])
        ),
    )


def _numbers(before: Book, after: Book) -> tuple[str, ...]:
    """Return the numbers in the new order; each removed one follows the clause that it followed."""
    numbers = [clause.number for clause in after.clauses]
    known = set(numbers)
    place = 0
    for clause in before.clauses:
        if clause.number in known:
            place = numbers.index(clause.number) + 1
        else:
            numbers.insert(place, clause.number)
            place += 1
    return tuple(numbers)


def _of_clause(old: BookClause | None, new: BookClause | None) -> ClauseRedline:
    here = new or old
    assert here is not None, "a number comes from one of the versions"
    texts = [_runs_of(old, new, name) for name in ("heading", "prose", "reading")]
    is_same = all(run.kind == "kept" for runs in texts for run in runs)
    change: ClauseChange = "added" if old is None else "removed" if new is None else "changed"
    heading, prose, reading = texts
    return ClauseRedline(
        number=here.number,
        change="unchanged" if is_same and old is not None and new is not None else change,
        heading=heading,
        prose=prose,
        reading=reading,
    )


def _runs_of(old: BookClause | None, new: BookClause | None, name: str) -> tuple[Run, ...]:
    return runs_between(*(unwrapped(getattr(clause, name)) if clause is not None else "" for clause in (old, new)))


def unwrapped(text: str) -> str:
    """Return Markdown with each paragraph, list item and row of a table on one line."""
    lines: list[str] = []
    for line in text.splitlines():
        goes_on = bool(lines and lines[-1].strip() and line.strip()) and not _NEW_BLOCK.match(line)
        if goes_on:
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line.rstrip())
    return "\n".join(lines)


def _changed(removed: str, added: str) -> list[Run]:
    runs = (Run("removed", removed), Run("added", added))
    return [run for run in runs if run.text]


def _readable(runs: list[Run]) -> tuple[Run, ...]:
    """Let the white space between two changes go with them: three changed words are read as one change, not as three."""
    joined: list[Run] = []
    for index, run in enumerate(runs):
        is_between = 0 < index < len(runs) - 1
        if run.kind == "kept" and is_between and not run.text.strip() and "\n" not in run.text:
            joined += [replace(run, kind="removed"), replace(run, kind="added")]
        else:
            joined.append(run)
    return tuple(_merged(joined))


def _merged(runs: list[Run]) -> Iterator[Run]:
    for is_kept, group in groupby(runs, key=lambda run: run.kind == "kept"):
        together = tuple(group)
        if is_kept:
            yield from together
        else:
            yield from _changed(
                *("".join(run.text for run in together if run.kind == kind) for kind in ("removed", "added"))
            )


def _pieces(runs: Sequence[Run], *, is_line: bool = False) -> Iterator[_Piece]:
    """Give each run line by line; a removed and an added word are set apart, and a new block begins on its own line."""
    before, has_line_begun, was_removed_from_start = "", is_line, False
    for run in runs:
        if run.kind == "added" and was_removed_from_start and _BLOCK_START.match(run.text):
            yield _Piece("kept", "\n\n", "", "")
            before, has_line_begun = "\n", False
        was_removed_from_start = run.kind == "removed" and not has_line_begun
        for line in run.text.splitlines(keepends=True):
            piece = _piece_of(run.kind, line, may_open=not has_line_begun)
            is_glued = run.kind == "added" and bool(before) and not before[-1].isspace() and not piece.start
            yield replace(piece, start=" " + piece.start) if is_glued and piece.said else piece
            before, has_line_begun = line, is_line or not line.endswith("\n")


def _between(piece: _Piece) -> str:
    """Return what is said between the letters of its kind; only what is marked has letters, which no block begins with."""
    if piece.kind == "kept":
        return piece.said
    return f"{_REMOVED if piece.kind == 'removed' else _ADDED}{piece.said}{_KEPT}"


def _piece_of(kind: RunKind, line: str, *, may_open: bool) -> _Piece:
    opening = _BLOCK_START.match(line) if may_open else None
    start = opening.group() if opening else line[: len(line) - len(line.lstrip())]
    said = line[len(start) :].rstrip()
    is_text = _IS_SAID.search(said) is not None
    return _Piece(kind if is_text else "kept", start, said, line[len(start) + len(said) :])


def _as_clause(redline: ClauseRedline, clause: BookClause, language: Language) -> BookClause:
    words = _WORDS[language]
    mark = {"added": words["clause added"], "removed": words["clause removed"]}.get(redline.change, "")
    prefix = f'<span class="change">{escape(mark)}</span> ' if mark else ""
    return replace(
        clause,
        heading=f"{mark} {markdown_of_runs(redline.heading)}".strip(),
        heading_html=prefix + line_of_runs(redline.heading, language),
        prose=markdown_of_runs(redline.prose),
        html=html_of_runs(redline.prose, language),
        reading=markdown_of_runs(redline.reading),
        reading_html=html_of_runs(redline.reading, language) if redline.reading else "",
        marks=(),
    )


def _counted(redline: Redline, language: Language) -> str:
    words = _WORDS[language]
    counts = ((kind, sum(clause.change == kind for clause in redline.clauses)) for kind in _COUNTED)
    said = ", ".join(f"{count} {words[kind if count != 1 else f'one {kind}']}" for kind, count in counts if count)
    return f"{said}." if said else words["nothing"]


def _spoken(kind: RunKind, html: str, language: Language) -> str:
    if kind == "kept" or not html:
        return html
    tag = "ins" if kind == "added" else "del"
    return f'<{tag}><span class="said">[{_SPOKEN[language, kind]}: </span>{html}<span class="said">]</span></{tag}>'


def _text_rule(_: Any, tokens: Sequence[Token], index: int, __: Any, env: MutableMapping[str, Any]) -> str:
    """The kind lasts from token to token, so that a run across emphasis or cells opens and closes within each."""
    parts: list[str] = []
    for part in _LETTERS_KEPT.split(tokens[index].content):
        if part in _KINDS:
            env["kind"] = part
        else:
            parts.append(_spoken(_KINDS[env["kind"]], escape(part), env["language"]))
    return "".join(parts)


# Letters for private use carry the kinds of runs through the Markdown.
_KEPT, _REMOVED, _ADDED = "\ue003", "\ue004", "\ue005"
_KINDS: dict[str, RunKind] = {_KEPT: "kept", _REMOVED: "removed", _ADDED: "added"}
_LETTERS = re.compile("[\ue000-\ue00f]")
_LETTERS_KEPT = re.compile(f"([{_KEPT}{_REMOVED}{_ADDED}])")
_LETTERS_IN_ADDRESS = re.compile(r"%EE%80%8[3-5]")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_MARKDOWN.add_render_rule("text", _text_rule)
_SPOKEN: dict[tuple[Language, RunKind], str] = {
    ("da", "added"): "tilføjet",
    ("da", "removed"): "fjernet",
    ("en", "added"): "added",
    ("en", "removed"): "removed",
}
_COUNTED: tuple[ClauseChange, ...] = ("changed", "added", "removed")
_WORDS: dict[Language, dict[str, str]] = {
    "da": {
        "changes": "Ændringer fra version",
        "clause added": "Nyt punkt:",
        "clause removed": "Punktet er udgået:",
        "one changed": "punkt er ændret",
        "changed": "punkter er ændret",
        "one added": "punkt er nyt",
        "added": "punkter er nye",
        "one removed": "punkt er udgået",
        "removed": "punkter er udgået",
        "nothing": "Ordene er de samme.",
    },
    "en": {
        "changes": "Changes from version",
        "clause added": "New clause:",
        "clause removed": "Clause removed:",
        "one changed": "clause changed",
        "changed": "clauses changed",
        "one added": "clause added",
        "added": "clauses added",
        "one removed": "clause removed",
        "removed": "clauses removed",
        "nothing": "The words are the same.",
    },
}
