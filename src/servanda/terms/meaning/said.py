"""What sentences about a rule are made of: its figures in both languages, and words put in a row."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Figure = Callable[[str], str]  # the name of a field → its figure with the unit
Said = tuple[str, str]  # Danish, English
Words = Mapping[str, Said]  # what a field may hold → how it is said
Sayer = Callable[[Any, Figure, Figure], Said | None]  # None where a rule gives the customer nothing to go by


def length(rule: Any, figure: Figure) -> str:
    """Return the time that a rule counts in days, months or another unit; empty where it counts none."""
    units = ("days", "months", "fiscal_years", "hours")
    return next((figure(name) for name in units if getattr(rule, name, None) is not None), "")


def in_a_row(values: Iterable[str], words: Words, *, last: Said = ("og", "and")) -> Said:
    """Return the words for the values in a row: `a, b og c`."""
    said = tuple(words[value] for value in values)
    return _row(tuple(one[0] for one in said), last[0]), _row(tuple(one[1] for one in said), last[1])


def together(*sentences: Said | None) -> Said:
    """Return several sentences as one text."""
    given = tuple(sentence for sentence in sentences if sentence is not None)
    return " ".join(sentence[0] for sentence in given), " ".join(sentence[1] for sentence in given)


def if_so(is_so: object, danish: str, english: str) -> Said | None:
    """Return the sentence where it holds, to be put together with others."""
    return (danish, english) if is_so else None


def _row(said: tuple[str, ...], last: str) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {last} {said[-1]}"
