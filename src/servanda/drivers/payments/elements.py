"""The elements of a bank file, each knowing where it stands, and what was found wrong on the way."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from lxml import etree

from servanda.ground.message import Message
from servanda.ground.refusal import Problem

LISTED_MAX = 200


@dataclass(slots=True)
class Findings:
    """Gathers the problems of one file while it is read, so that they are told all at once."""

    file: str
    found: list[Problem] = field(default_factory=list)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems in the order of their lines; beyond a number that anybody reads, only their count."""
        ordered = sorted(self.found, key=lambda problem: problem.line)
        left = len(ordered) - LISTED_MAX
        if left <= 0:
            return tuple(ordered)
        more = Problem(
            self.file,
            ordered[LISTED_MAX].line,
            Message("%(left)s more problems follow.", {"left": f"{left:,}"}),
            "Mend these first.",
        )
        return (*ordered[:LISTED_MAX], more)


@dataclass(frozen=True, slots=True)
class Element:
    """One element; `where` is how a person finds it in a file that is often one single line."""

    xml: etree._Element
    where: str
    findings: Findings

    def first(self, path: str) -> "Element | None":
        """Return the first element at the path below this one, if any."""
        found = self.xml.find(_qualified(path, _namespace(self.xml)))
        return None if found is None else Element(found, f"{self.where}/{path}", self.findings)

    def all(self, path: str) -> tuple["Element", ...]:
        """Return the elements at the path below this one, numbered from 1 in `where`."""
        found = self.xml.iterfind(_qualified(path, _namespace(self.xml)))
        return tuple(
            Element(xml, f"{self.where}/{path} {number}", self.findings) for number, xml in enumerate(found, 1)
        )

    def texts(self, path: str) -> tuple[str, ...]:
        """Return the texts at the path that are not blank, without the space around them."""
        found = self.xml.iterfind(_qualified(path, _namespace(self.xml)))
        return tuple(text for xml in found if (text := (xml.text or "").strip()))

    def text(self, *paths: str) -> str:
        """Return the first text that is not blank, trying the paths in turn; else the empty text."""
        return next((text for path in paths for text in self.texts(path)), "")

    @property
    def own_text(self) -> str:
        """The element's own text, without the space around it."""
        return (self.xml.text or "").strip()

    def wrong(self, message: str, remedy: str) -> None:
        """Note a problem at this element, and read on."""
        line = cast(int | None, self.xml.sourceline) or 1  # the stubs leave its type open
        self.findings.found.append(Problem(self.findings.file, line, message, remedy, field=self.where))


def _namespace(xml: etree._Element) -> str:
    return str(xml.tag).partition("}")[0] + "}"


@lru_cache(maxsize=256)
def _qualified(path: str, namespace: str) -> str:
    return "/".join(namespace + name for name in path.split("/"))
