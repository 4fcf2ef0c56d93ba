"""A book for the printer: what a maker must be handed to set an agreement, and its HTML as a tree.

The floor above has values of its own for a book; a maker takes whatever has these fields. The HTML is the safe one that
Markdown gives: a closed set of tags, which the tree keeps, and nothing that a browser would run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Literal, Protocol

_VOID = frozenset({"br", "hr"})
_HOLDS_NO_TEXT = frozenset({"", "ul", "ol", "table", "thead", "tbody", "tr", "blockquote"})
_ATTRIBUTES = frozenset({"href", "class", "start"})
_NO_BREAK = "\N{NO-BREAK SPACE}"


class MarkText(Protocol):
    """A mark of the margin, in words."""

    @property
    def text(self) -> str: ...
    @property
    def explanation(self) -> str: ...


class AsideText(Protocol):
    """What stands beside the text under its label; `kind` chooses its colour."""

    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def is_label_shown(self) -> bool: ...
    @property
    def html(self) -> str: ...


class ClauseText(Protocol):
    """A clause: number, heading and text, with marks and asides."""

    @property
    def number(self) -> str: ...
    @property
    def heading_html(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def marks(self) -> tuple[MarkText, ...]: ...
    @property
    def asides(self) -> tuple[AsideText, ...]: ...


class ChapterText(Protocol):
    """A chapter; without a title its clauses stand directly under the book's."""

    @property
    def title(self) -> str: ...
    @property
    def intro_html(self) -> str: ...
    @property
    def clauses(self) -> tuple[ClauseText, ...]: ...


class BookText(Protocol):
    """A whole book. `imprint` stands at the foot of each page; `effective_on` dates the file."""

    @property
    def name(self) -> str: ...
    @property
    def subtitle(self) -> str: ...
    @property
    def language(self) -> Literal["da", "en"]: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def dated(self) -> str: ...
    @property
    def source_note(self) -> str: ...
    @property
    def imprint(self) -> tuple[str, ...]: ...
    @property
    def marks(self) -> tuple[MarkText, ...]: ...
    @property
    def chapters(self) -> tuple[ChapterText, ...]: ...


@dataclass(slots=True)
class Node:
    """An element of the HTML with what it holds, in order; the root has no tag."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inner: "list[Node | str]" = field(default_factory=list)


def tree_of(html: str) -> Node:
    """Return the HTML as a tree; white space is as a browser shows it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def plain_text(html: str) -> str:
    """Return what a reader reads of the HTML, each block on a line of its own."""
    return "\n".join(line.strip() for line in _said(tree_of(html)).splitlines() if line.strip())


def as_values(node: Node, change: Callable[[str], str]) -> dict[str, object]:
    """Return the tree as plain values for a template, with each text changed; addresses stay as they are."""
    texts = (as_values(one, change) if isinstance(one, Node) else change(one) for one in node.inner)
    inner = list(texts)
    if "figure" in node.attributes.get("class", "").split():
        inner = [one.replace(" ", _NO_BREAK) if isinstance(one, str) else one for one in inner]
    return {"tag": node.tag, "inner": inner, **node.attributes}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs if name in _ATTRIBUTES})
        self._open[-1].inner.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inner.append(Node(tag))

    def handle_endtag(self, tag: str) -> None:
        if tag in {node.tag for node in self._open[1:]}:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1]
        is_kept_as_it_is = any(node.tag == "pre" for node in self._open)
        text = data if is_kept_as_it_is else re.sub(r"[ \t\r\n]+", " ", data)
        if text.strip() or "\n" not in data or inside.tag not in _HOLDS_NO_TEXT:
            inside.inner.append(text)


def _said(node: Node) -> str:
    inner = "".join(one if isinstance(one, str) else _said(one) for one in node.inner)
    return f"\n{inner}\n" if node.tag in _BLOCKS else inner


_BLOCKS = frozenset(
    {"p", "ul", "ol", "li", "pre", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr", "br"}
)
