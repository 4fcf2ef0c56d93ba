"""What stands in the Markdown of a document and would not reach its reader, or not as it is written?

HTML and pictures are not shown, a definition of an address is swallowed, and a fence without an end takes the rest of the
document with it. Each is found at its own line.
"""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from markdown_it.token import Token

Finding = tuple[int, str, str]  # line, message, remedy

_HTML = ("HTML is not shown.", "Write Markdown; a comment stands alone on its line.")
_PICTURE = ("A picture is not shown.", "Say it in words, or link to it: [text](https://…).")


def unshown_in(token: Token, source: list[str]) -> Iterator[Finding]:
    """Give each line of a paragraph, heading or cell that has something in it which is not shown."""
    assert token.map is not None
    first, end = token.map
    looked_until = first
    told: set[Finding] = set()
    for child in _all(token):
        if child.type not in ("html_inline", "image"):
            continue
        # A child knows no line of its own; the text it begins with stands in one of the lines not yet passed.
        needle = "![" if child.type == "image" else child.content.split("\n")[0]
        looked_until = next((index for index in range(looked_until, end) if needle in source[index]), looked_until)
        finding = (looked_until + 1, *(_HTML if child.type == "html_inline" else _PICTURE))
        if finding not in told:
            told.add(finding)
            yield finding


def definitions_in(environment: MutableMapping[str, Any]) -> Iterator[Finding]:
    """Give each line on which an address is defined (`[name]: https://…`), which nobody would see."""
    references = environment.get("references", {}).values()
    for found in (*references, *environment.get("duplicate_refs", ())):
        message = "The definition of an address is not shown, nor used."
        yield found["map"][0] + 1, message, "Write the address where it is needed: [text](https://…)."


def is_closed(fence: Token, source: list[str]) -> bool:
    """Tell whether a fence has its closing line."""
    assert fence.map is not None
    first, end = fence.map
    last = source[min(end, len(source)) - 1].strip()
    return end - first > 1 and bool(re.fullmatch(rf"{re.escape(fence.markup[0])}{{{len(fence.markup)},}}", last))


def _all(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        yield child
        yield from _all(child)
