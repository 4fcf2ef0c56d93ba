"""How a rule says no, and how a wrong document is reported: with the place, the reason and the remedy."""

from collections.abc import Mapping
from dataclasses import dataclass

from servanda.ground.citation import Citation
from servanda.ground.message import Message


class Refused(Exception):
    """A rule says no. The message tells what happened, why, and what to do next; `values` stands in its named places."""

    def __init__(
        self, text: str, values: Mapping[str, object] | None = None, *, because: Citation | None = None
    ) -> None:
        self.message = text if isinstance(text, Message) else Message(text, values)
        super().__init__(self.message)
        self.because = because


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a document: where, what, and how to mend it. Problems come all at once."""

    file: str
    line: int
    message: str
    remedy: str
    field: str = ""
    because: Citation | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f": {self.field}" if self.field else "")
        return f"{place}: {self.message} {self.remedy}".rstrip()


class WrongDocument(Refused):
    """A document was refused as a whole; `problems` has everything that was found, in the order of its lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
