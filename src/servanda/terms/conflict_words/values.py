"""What is told of a conflict between a clause and the law, and how its figures are filled in."""

from dataclasses import dataclass
from typing import Literal

from servanda.ground.citation import Citation
from servanda.ground.law.sentences import Language, Sentence
from servanda.terms.clauses import Rule
from servanda.terms.figures import figure_text

Letter = Literal["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"]
Severity = Literal["void", "limited", "beside"]
Way = Literal["forbidden", "replaced", "warned", "beside", "ladder"]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one kind of conflict, which letter it has, and whether the decisions carry it out."""

    letter: Letter
    severity: Severity
    why: Sentence
    instead: Sentence
    is_overridden: bool = True


Table = dict[tuple[type[Rule], Way, Citation], Words]


def filled(sentence: Sentence, *, written: Rule, by_law: Rule) -> Sentence:
    """Return the sentence with the figures of the rule as it is written, and as the law has it."""
    return Sentence(
        sentence.da.format(written=_Figures(written, "da"), law=_Figures(by_law, "da")),
        sentence.en.format(written=_Figures(written, "en"), law=_Figures(by_law, "en")),
    )


class _Figures:
    """The figures of a rule by the names of its fields, as a sentence asks for them."""

    def __init__(self, rule: Rule, language: Language) -> None:
        self._rule, self._language = rule, language

    def __getattr__(self, name: str) -> str:
        if name == "length":
            name = "days" if getattr(self._rule, "days", None) is not None else "months"
        return figure_text(self._rule, name, self._language)
