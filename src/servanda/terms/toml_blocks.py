"""Where in a document does a TOML key stand, and what is wrong with TOML that cannot be read?

Used for front matter, rules, catalogue and company alike; line numbers are those of the whole file.
"""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from servanda.ground.refusal import Problem

Path = tuple[str | int, ...]  # keys, and the places in lists of tables

_PLACE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """TOML text, its file and the line before its first one."""

    text: str
    file: str
    line: int

    def line_of(self, key: str) -> int:
        """Return the line of the key in the file, or the line above the block when it is not to be found."""
        lines = self.text.split("\n")
        place = next((index for index, line in enumerate(lines, start=1) if _has_key(line, key)), None)
        return max(self.line, 1) if place is None else self.line + place

    def line_at(self, path: Path) -> int:
        """Return the line of what stands at the path, as ("product", 2, "kind"), or the nearest line above it."""
        lines = self.text.split("\n")
        first, end, dotted = 0, len(lines), ""
        for part, index in pairwise((*path, "")):
            if isinstance(index, int):
                dotted = f"{dotted}.{part}" if dotted else str(part)
                headers = [place for place in range(first, end) if _is_header(lines[place], dotted)]
                if index >= len(headers):  # written as a list in one line
                    place = _place_of(str(part), lines, first, end)
                    return self.line + (first if place is None else place) + 1
                first, end = headers[index], ([*headers, end])[index + 1]
            elif isinstance(part, str):
                place = _place_of(part, lines, first, end)
                return self.line + (first if place is None else place) + 1
        return self.line + first + 1

    def problem(self, key: str, message: str, remedy: str) -> Problem:
        return Problem(self.file, self.line_of(key), message, remedy, key)


@dataclass(frozen=True, slots=True)
class Table:
    """What a block says, or the one problem for which it cannot be read."""

    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def table_of(block: Block) -> Table:
    """Return the block's values; unreadable TOML becomes a problem at its line."""
    try:
        return Table(tomllib.loads(block.text, parse_float=Decimal))
    except (ValueError, RecursionError) as error:
        return Table({}, (_unreadable(block, error),))


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Return a remedy that names the nearest known word, or all of them where none is near."""
    found = get_close_matches(word, known, n=1)
    return f'Did you mean "{found[0]}"?' if found else f"Known are: {', '.join(known)}."


def _has_key(line: str, key: str) -> bool:
    return bool(re.match(rf"\s*(?:\[\[?\s*)?(\"?|'?){re.escape(key)}\1\s*[=.\]]", line))


def _is_header(line: str, dotted: str) -> bool:
    return bool(re.match(rf"\s*\[\[\s*{re.escape(dotted)}\s*\]\]", line))


def _place_of(key: str, lines: list[str], first: int, end: int) -> int | None:
    """Return the place of the key among the lines of one table, which ends where the next one begins."""
    for place in range(first, end):
        if place > first and lines[place].lstrip().startswith("[["):
            return None
        if not lines[place].lstrip().startswith("[[") and _has_key(lines[place], key):
            return place
    return None


def _unreadable(block: Block, error: Exception) -> Problem:
    if isinstance(error, RecursionError):
        return Problem(block.file, block.line, "The TOML is nested too deeply.", "Write plain keys and lists.")
    said = str(error)
    place = _PLACE.search(said)
    within = int(place.group(1)) if place and place.group(1) else _last_line(block.text)
    if place is None:  # a whole number that is too long to be read: nothing else comes without its place
        within = max(enumerate(block.text.split("\n"), start=1), key=lambda line: len(line[1]))[0]
    reason = _PLACE.sub("", said)
    if "date or datetime" in reason:
        return Problem(block.file, block.line + within, "The date does not exist.", "Write a day as 2025-01-31.")
    return Problem(
        block.file,
        block.line + within,
        f"The TOML cannot be read: {reason}.",
        'Write one `key = value` on each line, texts in "quotes".',
    )


def _last_line(text: str) -> int:
    return text.rstrip("\n").count("\n") + 1
