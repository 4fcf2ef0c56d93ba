"""Who offers these terms, in which version, from which day and in which language? The head of a document."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from servanda.ground.refusal import Problem
from servanda.terms.document import Language
from servanda.terms.toml_blocks import Block, nearest, table_of

_REQUIRED = ("provider", "name", "version", "effective_on", "language")
_KNOWN = (*_REQUIRED, "until", "source_note")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_VERSION = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*\Z")
_EXAMPLE = "Begin the file with a line `---`, the keys provider, name, version, effective_on, language, and `---`."


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head of a document."""

    provider: str
    name: str
    version: str
    effective_on: date
    language: Language
    until: date | None = None
    source_note: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The front matter if it is sound, how many lines it takes, and what is wrong with it."""

    matter: FrontMatter | None
    lines: int
    language: str
    problems: tuple[Problem, ...] = ()


def is_slug(text: str) -> bool:
    """Tell whether the text can name a provider: small letters, digits and single hyphens."""
    return bool(_SLUG.match(text))


def is_version(text: str) -> bool:
    """Tell whether the text can be a version."""
    return bool(_VERSION.match(text))


def read_head(lines: list[str], *, file: str) -> Head:
    """Return the front matter and every problem in it."""
    if not lines or lines[0].rstrip() != "---":
        return Head(None, 0, "da", (Problem(file, 1, "There is no front matter.", _EXAMPLE),))
    end = next((index for index in range(1, len(lines)) if lines[index].rstrip() == "---"), None)
    if end is None:
        return Head(None, len(lines), "da", (Problem(file, 1, "The front matter has no end.", _EXAMPLE),))
    block = Block("\n".join(lines[1:end]), file, 1)
    table = table_of(block)
    problems = table.problems or _problems_of(block, table.values)
    language = "en" if table.values.get("language") == "en" else "da"
    return Head(None if problems else FrontMatter(**table.values), end + 1, language, problems)


def _problems_of(block: Block, values: dict[str, Any]) -> tuple[Problem, ...]:
    unknown = tuple(
        block.problem(key, f'Front matter has no key "{key}".', nearest(key, _KNOWN))
        for key in values
        if key not in _KNOWN
    )
    missing = tuple(
        block.problem(key, f'Front matter lacks "{key}".', f"Add a line `{key} = …`.")
        for key in _REQUIRED
        if key not in values
    )
    wrong = tuple(
        block.problem(key, f"{key} = {_shown(values[key])} cannot stand here.", _REMEDIES[key])
        for key in _KNOWN
        if key in values and not _is_sound(key, values[key])
    )
    return unknown + missing + wrong or _order_of_days(block, values)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
        return "this"
    return text if len(text) <= 60 else text[:57] + "…"


def _is_sound(key: str, value: object) -> bool:
    if key in ("effective_on", "until"):
        return isinstance(value, date) and not isinstance(value, datetime)
    if not isinstance(value, str):
        return False
    match key:
        case "provider":
            return is_slug(value)
        case "version":
            return is_version(value)
        case "language":
            return value in ("da", "en")
    return bool(value.strip())


def _order_of_days(block: Block, values: dict[str, Any]) -> tuple[Problem, ...]:
    until = values.get("until")
    if until is None or until > values["effective_on"]:
        return ()
    message = "The version ends before it begins."
    return (block.problem("until", message, "`until` is the first day on which it no longer holds."),)


_REMEDIES = {
    "provider": 'Write small letters, digits and hyphens in quotes, as in "safe-it".',
    "name": "Write the provider's name in quotes.",
    "version": 'Write the version in quotes, as in "2025-01".',
    "effective_on": "Write a day without quotes, as in 2025-01-01.",
    "until": "Write a day without quotes, as in 2025-01-01.",
    "language": 'Write "da" or "en".',
    "source_note": "Write a text in quotes.",
}
