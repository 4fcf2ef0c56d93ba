"""What stands in the margin of a clause: how far the program carries it out by itself.

A closed set. A rule that is only shown is not automated, whoever decides on it: the program does nothing with it.
Measured is what a kind says of itself (`measured = True`), because a promise is measured or not wherever it stands.
"""

from dataclasses import dataclass
from typing import Literal

from servanda.terms.clauses import Rule, ShownRule
from servanda.terms.document import Language, PlacedRule

Mark = Literal["automatic", "by hand", "measured", "not automated"]


@dataclass(frozen=True, slots=True)
class MarginMark:
    """A mark in a reader's language. The symbol never stands alone; `explanation` is a sentence for the legend."""

    name: Mark
    text: str
    symbol: str
    explanation: str


def marks_of(rules: tuple[PlacedRule, ...]) -> tuple[Mark, ...]:
    """Return how far the program carries a clause with these rules out by itself."""
    kept = tuple(placed.rule for placed in rules)
    acting = {rule.decided_by for rule in kept if not isinstance(rule, ShownRule)}
    marks: tuple[Mark, ...] = ("automatic",) if "system" in acting else ()
    marks += ("by hand",) if "person" in acting else ()
    marks += ("measured",) if any(is_measured(type(rule)) for rule in kept) else ()
    return marks or ("not automated",)


def is_measured(kind: type[Rule]) -> bool:
    """Tell whether the program measures what rules of the kind promise."""
    return bool(getattr(kind, "measured", False))


def margin_mark(mark: Mark, language: Language) -> MarginMark:
    """Return the mark as a reader of the language sees it."""
    text, explanation = _WORDS[language][mark]
    return MarginMark(mark, text, _SYMBOLS[mark], explanation)


# The sign after the symbol asks for it as text: as a picture it would have colours of its own.
_SYMBOLS: dict[Mark, str] = {
    "automatic": "⚙\N{VARIATION SELECTOR-15}",
    "by hand": "✍\N{VARIATION SELECTOR-15}",
    "measured": "◉",
    "not automated": "○",
}
_WORDS: dict[Language, dict[Mark, tuple[str, str]]] = {
    "da": {
        "automatic": ("Sker automatisk", "Programmet gør det, punktet siger, af sig selv."),
        "by hand": ("Et menneske beslutter", "Programmet forbereder det, og et menneske siger ja eller nej."),
        "measured": ("Måles", "Programmet måler, om løftet bliver holdt."),
        "not automated": ("Ikke automatiseret", "Punktet gælder, men programmet gør ikke noget ved det."),
    },
    "en": {
        "automatic": ("Automatic", "The program does by itself what the clause says."),
        "by hand": ("A person decides", "The program prepares it, and a person says yes or no."),
        "measured": ("Measured", "The program measures whether the promise is kept."),
        "not automated": ("Not automated", "The clause holds, but the program does nothing about it."),
    },
}
