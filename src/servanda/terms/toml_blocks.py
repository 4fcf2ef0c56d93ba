"""Where in a document does a TOML key stand, and what is wrong with TOML that cannot be read?

Used for front matter, rules, catalogue and company alike; line numbers are those of the whole file.
"""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from servanda.ground.refusal import Problem

_PLACE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """TOML text, its file and the line before its first one."""

    text: str
    file: str
    line: int

    def line_of(self, key: str) -> int:
        """Return the line of the key in the file, or the line above the block when it is not to be found."""
        pattern = re.compile(rf"\s*(\"?){re.escape(key)}\1\s*=")
        for index, line in enumerate(self.text.split("\n"), start=1):
            if pattern.match(line):
                return self.line + index
        return max(self.line, 1)

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


def _unreadable(block: Block, error: Exception) -> Problem:
    if isinstance(error, RecursionError):
        return Problem(block.file, block.line, "The TOML is nested too deeply.", "Write plain keys and lists.")
    said = str(error)
    place = _PLACE.search(said)
    within = int(place.group(1)) if place and place.group(1) else block.text.count("\n") or 1
    reason = _PLACE.sub("", said)
    if "date or datetime" in reason:
        return Problem(block.file, block.line + within, "The date does not exist.", "Write a day as 2025-01-31.")
    return Problem(
        block.file,
        block.line + within,
        f"The TOML cannot be read: {reason}.",
        'Write one `key = value` on each line, texts in "quotes".',
    )
