"""A rule as it applies to one case: what decisions take, whichever context they belong to."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from servanda.ground.citation import Citation
from servanda.terms.clauses import Rule
from servanda.terms.resolving import Answer

A = TypeVar("A", bound=Rule)
R = TypeVar("R", bound=Rule, covariant=True)


@dataclass(frozen=True, slots=True)
class Ruled(Generic[R]):
    """A rule that holds in this case, and all that it rests on: the clause, and the law where it stands above."""

    rule: R
    because: tuple[Citation, ...]

    @property
    def decided_by(self) -> str:
        return self.rule.decided_by


def ruled(answer: Answer[A]) -> Ruled[A] | None:
    """Return an answer as a rule to go by; None where the terms are silent or the law forbids what they say."""
    return Ruled(answer.rule, answer.because) if answer.rule is not None else None
