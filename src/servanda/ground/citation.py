"""Where a figure or a decision comes from: a clause of an agreement, or a provision of law."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A clause at its version (`safe-it 3.2`, version 2025-01) or a provision of law (`Renteloven § 9 b, stk. 2`)."""

    source: str
    clause: str
    version: str = ""
    requirements: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.source} {self.clause}"


def texts_of(citations: tuple[Citation, ...]) -> tuple[str, ...]:
    """Return the citations as a person would write them, each once, in their order."""
    return tuple(dict.fromkeys(str(citation) for citation in citations))


def requirements_of(citations: tuple[Citation, ...]) -> tuple[str, ...]:
    """Return the requirement ids behind the citations, each once, in their order."""
    return tuple(dict.fromkeys(name for citation in citations for name in citation.requirements))
