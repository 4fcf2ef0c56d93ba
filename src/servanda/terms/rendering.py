"""How is a text of an agreement shown: with the figures of its rules in it, as Markdown or as safe HTML?

In HTML a figure that a rule stands behind is marked, so that a page can show where it comes from:
`<span class="figure" data-field="payment-term.days">14 dage</span>`. A figure that is only said (`{=24}`) is not.
"""

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from servanda.terms.document import Language, PlacedRule
from servanda.terms.figures import figure_text
from servanda.terms.prose import PLACEHOLDER, Found, NotFound, figure_for, marked_figure

# Letters for private use carry a figure through the Markdown, which lets no HTML in: number of the figure, its text.
_BEGIN, _SAID, _END = "\ue000", "\ue001", "\ue002"
_PRIVATE = re.compile("[\ue000-\ue00f]")
_CARRIED = re.compile(f"{_BEGIN}(\\d+){_SAID}([^{_END}]*){_END}")
_CARRIED_IN_ADDRESS = re.compile(r"%EE%80%80\d+%EE%80%81(.*?)%EE%80%82")


def filled(text: str, *, rules: tuple[PlacedRule, ...], language: Language) -> str:
    """Return the text with each placeholder replaced; one that stands for nothing is a bug, as the checker found it."""

    def figure(match: re.Match[str]) -> str:
        inner = match.group(1).strip()
        marked = marked_figure(inner)
        return marked if marked is not None else _text_of(_found(inner, rules), language)

    return PLACEHOLDER.sub(figure, text)


def marked_html(text: str, *, rules: tuple[PlacedRule, ...], language: Language) -> str:
    """Return the Markdown as safe HTML with the figures of the rules in it, each in a `<span class="figure">`."""
    carried, figures = _carried(text, rules=rules, language=language)
    html: str = _MARKDOWN.render(carried, {"figures": figures})
    return _CARRIED_IN_ADDRESS.sub(r"\1", _CARRIED.sub(r"\2", html))


def marked_line(text: str, *, rules: tuple[PlacedRule, ...], language: Language) -> str:
    """Return a line that is no Markdown, such as a heading, as safe HTML with its figures marked."""
    carried, figures = _carried(text, rules=rules, language=language)
    return _with_spans(escape(carried), figures)


def html_of_text(markdown: str) -> str:
    """Return Markdown without placeholders as safe HTML."""
    html: str = _MARKDOWN.render(markdown, {"figures": ()})
    return html


def anchor_of(number: str) -> str:
    """Return the name of a clause in addresses: `clause-14-5a`."""
    return "clause-" + number.replace(".", "-").lower()


def _found(inner: str, rules: tuple[PlacedRule, ...]) -> Found:
    found = figure_for(inner, rules)
    assert not isinstance(found, NotFound), f"{{{inner}}}: {found}"
    return found


def _text_of(found: Found, language: Language) -> str:
    return figure_text(found.placed.rule, found.field, language)


def _carried(text: str, *, rules: tuple[PlacedRule, ...], language: Language) -> tuple[str, tuple[Found, ...]]:
    """Return the text with its figures between the private letters, and the figures by their numbers."""
    figures: list[Found] = []

    def figure(match: re.Match[str]) -> str:
        inner = match.group(1).strip()
        marked = marked_figure(inner)
        if marked is not None:
            return marked
        figures.append(_found(inner, rules))
        return f"{_BEGIN}{len(figures) - 1}{_SAID}{_text_of(figures[-1], language)}{_END}"

    return PLACEHOLDER.sub(figure, _PRIVATE.sub("", text)), tuple(figures)


def _with_spans(html: str, figures: Sequence[Found]) -> str:
    return _CARRIED.sub(lambda match: f"{_opening(figures[int(match[1])])}{match[2]}</span>", html)


def _opening(figure: Found) -> str:
    placed = figure.placed
    name = f' data-rule="{escape(placed.name)}"' if placed.name else ""
    return f'<span class="figure" data-field="{escape(placed.rule.kind)}.{escape(figure.field)}"{name}>'


def _text_rule(_: Any, tokens: Sequence[Token], index: int, __: Any, env: MutableMapping[str, Any]) -> str:
    """Marks are made of plain text only: within an attribute or code they would break it."""
    return _with_spans(escape(tokens[index].content), env["figures"])


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.add_render_rule("text", _text_rule)
    return markdown


_MARKDOWN = _markdown()
