"""An agreement document as frozen values: front matter, chapters, clauses with their prose, rules and readings."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from servanda.ground.citation import Citation
from servanda.terms.clauses import Rule

Language = Literal["da", "en"]


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule, where it stands, and the name that placeholders use where a clause has two of its kind."""

    rule: Rule
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause: heading, prose with placeholders, rules, the requirements it covers and the reading it takes.

    `prose` is Markdown as written. `reading` tells how an ambiguity is read, and is shown to the customer as such.
    """

    number: str
    heading: str
    prose: str
    line: int
    rules: tuple[PlacedRule, ...] = ()
    requirements: tuple[str, ...] = ()
    reading: str = ""
    chapter: str = ""

    @property
    def is_house_choice(self) -> bool:
        """House choices are numbered H1, H2 …: they fill a silence of the terms and are no part of them."""
        return self.number.startswith("H")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of a provider's terms in one language. The Danish one is authoritative and carries the rules.

    `sha256` is the hash of the file's bytes; it is stored with each acceptance.
    """

    provider: str
    name: str
    version: str
    effective_on: date
    language: Language
    clauses: tuple[Clause, ...]
    sha256: str
    file: str
    until: date | None = None
    source_note: str = ""

    def __hash__(self) -> int:
        # The hash of the bytes stands for them: the resolver looks agreements up for each invoice.
        return hash((self.sha256, self.version, self.language))

    def cite(self, clause: Clause, rule: Rule | None = None) -> Citation:
        """Return the citation of a clause; a rule's own requirements are more exact than the clause's."""
        named = rule.requirements if rule is not None and rule.requirements else clause.requirements
        return Citation(self.provider, clause.number, self.version, named)
