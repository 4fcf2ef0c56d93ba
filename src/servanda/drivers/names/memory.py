"""Names in memory: what stands at them, and which of them nobody can tell."""

from dataclasses import dataclass, field

from servanda.drivers.names import NamesUnavailable


@dataclass(slots=True)
class MemoryNames:
    """Answers from a table."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unavailable: set[str] = field(default_factory=set)

    def texts(self, name: str) -> tuple[str, ...]:
        if name in self.unavailable:
            raise NamesUnavailable(f"no answer for {name}")
        return self.known.get(name, ())
