"""The rules that a contract line follows, as they apply to this customer on this day."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from servanda.ground.citation import Citation
from servanda.terms.clauses import Notice, NoticeChannel, Renewal, Rule

R = TypeVar("R", bound=Rule, covariant=True)


@dataclass(frozen=True, slots=True)
class Ruled(Generic[R]):
    """A rule as it applies to this case, and all that it rests on."""

    rule: R
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingTerms:
    """What the terms say about ending a line. What is None is not specified."""

    notice: Ruled[Notice] | None = None
    renewal: Ruled[Renewal] | None = None
    channels: Ruled[NoticeChannel] | None = None


def because_of(*rules: Ruled[Rule] | None) -> tuple[Citation, ...]:
    """Return what the rules rest on, each citation once."""
    return tuple(dict.fromkeys(citation for ruled in rules if ruled is not None for citation in ruled.because))
