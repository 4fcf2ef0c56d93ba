"""What does an agreement document say, and what is wrong with it? Every problem is found in one pass.

Markdown gives the structure, TOML the rules. The text is not altered: prose is kept as it is written, and the hash
is that of the bytes.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from servanda.ground.refusal import Problem
from servanda.terms.document import Agreement, Clause, PlacedRule
from servanda.terms.front_matter import Head, read_head
from servanda.terms.plain_text import SIZE_MAX, lines_of, oddities_in, refusal_of
from servanda.terms.prose import mistakes_in
from servanda.terms.rule_blocks import read_rule
from servanda.terms.unshown import Finding, definitions_in, is_closed, unshown_in

__all__ = ["SIZE_MAX", "Parsed", "parse", "parse_bytes"]

_NUMBER = r"(?P<number>H?(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*[a-z]?)"
_NUMBERED = re.compile(rf"{_NUMBER}\.?\s+(?P<heading>\S.*)")
_CLAUSE_LIKE = re.compile(rf"{_NUMBER}\.?\s*\Z")
_COMMENT = re.compile(r"<!--(.*?)-->\s*\Z", re.DOTALL)
_COVERS = re.compile(r"covers:\s*([a-z]+-\d{3}[a-z]?(?:\s*,\s*[a-z]+-\d{3}[a-z]?)*)\Z")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read. `draft` is what could be read in spite of problems: to be compared, never to be relied on."""

    draft: Agreement | None
    problems: tuple[Problem, ...]

    @property
    def agreement(self) -> Agreement | None:
        """The agreement of a document without any problem."""
        return None if self.problems else self.draft


@dataclass(slots=True)
class _Draft:
    """A clause while its blocks are gathered. Lines are (number in the file, text)."""

    number: str
    heading: str
    line: int
    chapter: str
    prose: list[list[tuple[int, str]]] = field(default_factory=list)
    reading: list[list[tuple[int, str]]] = field(default_factory=list)
    rules: list[PlacedRule] = field(default_factory=list)
    fences: int = 0
    requirements: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[tuple[int, str]]:
        yield self.line, self.heading
        for blocks in (self.prose, self.reading):
            for block in blocks:
                yield from block


def parse(text: str, *, file: str) -> Parsed:
    """Return the agreement that the text holds, or every problem in it."""
    return parse_bytes(text.encode("utf-8", "surrogatepass"), file=file)


def parse_bytes(content: bytes, *, file: str) -> Parsed:
    """Return the agreement that the bytes of a file hold, or every problem in them."""
    refused = refusal_of(content, file=file)
    if refused is not None:
        return Parsed(None, (refused,))
    lines = lines_of(content.decode("utf-8-sig"))
    oddities = oddities_in(lines, file=file)
    if oddities:
        return Parsed(None, oddities)  # nothing that is said about the rest of such a text could be relied on
    head = read_head(lines, file=file)
    drafts, problems = _Reader(file, lines, head.language).read(head.lines)
    found = sorted((*head.problems, *problems), key=lambda problem: problem.line)
    if not drafts and not found:
        found = [Problem(file, head.lines, "The document has no clause.", "Add one: ## 1.1 Heading.")]
    return Parsed(_agreement(head, drafts, content, file), tuple(found))


def _agreement(head: Head, drafts: list[_Draft], content: bytes, file: str) -> Agreement | None:
    matter = head.matter
    if matter is None:
        return None
    return Agreement(
        provider=matter.provider,
        name=matter.name,
        version=matter.version,
        effective_on=matter.effective_on,
        language=matter.language,
        clauses=tuple(map(_clause, drafts)),
        sha256=hashlib.sha256(content).hexdigest(),
        file=file,
        until=matter.until,
        source_note=matter.source_note,
    )


def _clause(draft: _Draft) -> Clause:
    return Clause(
        number=draft.number,
        heading=draft.heading,
        prose=_joined(draft.prose),
        line=draft.line,
        rules=tuple(draft.rules),
        requirements=tuple(draft.requirements),
        reading=_joined(draft.reading),
        chapter=draft.chapter,
    )


def _joined(blocks: list[list[tuple[int, str]]]) -> str:
    return "\n\n".join("\n".join(text for _, text in block) for block in blocks)


class _Reader:
    """Goes through the blocks of one document and gathers clauses and problems as it goes."""

    def __init__(self, file: str, lines: list[str], language: str) -> None:
        self.file = file
        self.source = lines
        self.language = language
        self.chapter = ""
        self.empty_chapter: Token | None = None  # its heading, while no clause stands below it
        self.draft: _Draft | None = None  # the clause that is read; none between a chapter's heading and its first one
        self.drafts: list[_Draft] = []
        self.problems: list[Problem] = []
        self.numbers: dict[str, int] = {}

    def read(self, head_lines: int) -> tuple[list[_Draft], list[Problem]]:
        # Blank lines in place of the front matter keep the line numbers of Markdown those of the file.
        body = [""] * head_lines + self.source[head_lines:]
        environment: dict[str, Any] = {}
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse("\n".join(body), environment)
        for index, token in enumerate(tokens):
            if token.level == 0 and token.map is not None:
                self._block(token, tokens[index + 1 : index + 2])
            elif token.type in ("fence", "code_block"):
                self._say(token, "A fence within a list or quotation is not read.", "Move it to the margin.")
            elif token.type in ("heading_open", "html_block") and token.level:
                self._say(token, "A heading or HTML cannot stand here.", "Move it to the margin.")
            if token.type == "inline" and token.map is not None:
                self._report(unshown_in(token, self.source))
        self._report(definitions_in(environment))
        if self.drafts:
            self._refuse_empty_chapter()
        for draft in self.drafts:
            # Where a rule could not be read, its placeholders cannot be told from wrong ones.
            is_resolvable = self.language == "da" and draft.fences == len(draft.rules)
            rules = tuple(draft.rules) if is_resolvable else None
            for line, text in draft.lines():
                self._report((line, *wrong) for wrong in mistakes_in(text, rules=rules))
        return self.drafts, self.problems

    def _block(self, token: Token, following: Sequence[Token]) -> None:
        match token.type:
            case "heading_open":
                self._heading(token, following[0].content.strip())
            case "fence":
                self._fence(token)
            case "html_block":
                self._comment(token)
            case "code_block":
                self._say(token, "An indented block is not read.", "Begin the line at the margin.")
            case "hr":
                pass
            case _:
                self._text(token)

    def _heading(self, token: Token, text: str) -> None:
        line = _line(token)
        if token.markup in ("=", "-"):
            message = "The line below makes a heading of the text."
            self._say(token, message, "Put an empty line between, or write the heading with #.")
            return
        if token.tag == "h1":
            self._begin_chapter(token, text)
            return
        if token.tag != "h2":
            self._say(token, "A heading of the third level is no clause.", "Write ## and a number, or bold text.")
            return
        numbered = _NUMBERED.match(text)
        if numbered is None:
            lone = _CLAUSE_LIKE.match(text)
            message = f"Clause {lone['number']} has no heading." if lone else "The heading has no number."
            self._say(token, message, "Write a number and a heading: ## 2.1 Payment.")
        number = numbered["number"] if numbered else ""
        if number and number in self.numbers:
            remedy = f"It stands in line {self.numbers[number]} too; give one of them a number of its own."
            self._say(token, f"The number {number} is used twice.", remedy)
        self.numbers.setdefault(number, line)
        self.draft = _Draft(number, numbered["heading"] if numbered else text, line, self.chapter)
        self.drafts.append(self.draft)
        self.empty_chapter = None

    def _begin_chapter(self, token: Token, text: str) -> None:
        self._refuse_empty_chapter()
        self.chapter, self.empty_chapter, self.draft = text, token, None
        if "{" in text or "}" in text:
            self._say(token, "The heading of a chapter has no rules.", "Write it without {figures}.")

    def _refuse_empty_chapter(self) -> None:
        if self.empty_chapter is not None:
            self._say(self.empty_chapter, "The chapter has no clause.", "Write one below it, or take the heading out.")

    def _fence(self, token: Token) -> None:
        draft = self.draft
        if draft is None:
            self._say(token, f"The rule stands before {self._first_clause}.", "Move it below its clause.")
            return
        draft.fences += 1
        if not is_closed(token, self.source):
            self._say(token, "The fence has no end.", "Close it with a line of as many backticks.")
            return
        if token.markup[0] != "`" or not self.source[_line(token) - 1].startswith("`"):
            self._say(token, "The fence of a rule is written otherwise.", "Write ```toml KIND at the margin.")
            return
        if self.language == "en":
            self._say(token, "The English document carries no rules.", "Keep the rule in the Danish document.")
            return
        read = read_rule(token.info, token.content, file=self.file, line=_line(token))
        self.problems += read.problems
        if read.placed is None:
            return
        self._place(draft, read.placed)

    def _place(self, draft: _Draft, placed: PlacedRule) -> None:
        kinds = {other.rule.kind for other in draft.rules} | {placed.rule.kind}
        if placed.name and placed.name in kinds | {other.name for other in draft.rules}:
            message = f'The name "{placed.name}" is taken in this clause.'
            self.problems.append(Problem(self.file, placed.line, message, "Give the rule another name."))
        uncovered = [name for name in placed.rule.requirements if name not in draft.requirements]
        for name in uncovered:
            message = f"The rule carries {name}, which clause {draft.number} does not cover."
            remedy = "Name it in the clause's `<!-- covers: … -->` above the rule."
            self.problems.append(Problem(self.file, placed.line, message, remedy, "requirements"))
        draft.rules.append(placed)

    def _comment(self, token: Token) -> None:
        comment = _COMMENT.match(token.content.strip())
        if comment is None:
            self._say(token, "HTML is not shown.", "Write Markdown; a comment stands alone on its line.")
            return
        inner = comment.group(1).strip()
        if not inner.lower().startswith("cover"):
            return
        covers, draft = _COVERS.match(inner), self.draft
        remedy = "Write <!-- covers: safeit-005, safeit-006 --> right below the heading of a clause."
        if covers is None or draft is None:
            self._say(token, "The comment does not name requirements of a clause.", remedy)
            return
        if draft.prose or draft.reading or draft.fences:
            self._say(token, "The requirements stand below the text of the clause.", remedy)
        for name in re.split(r"\s*,\s*", covers.group(1)):
            if name in draft.requirements:
                self._say(token, f"{name} is named twice.", "Name each requirement once.")
            draft.requirements.append(name)

    def _text(self, token: Token) -> None:
        assert token.map is not None
        first, end = token.map
        block = [(index + 1, self.source[index]) for index in range(first, min(end, len(self.source)))]
        while block and not block[-1][1].strip():
            block.pop()
        if self.draft is None:
            self._say(token, f"The text stands before {self._first_clause}.", "Move it into a numbered clause.")
        elif token.type == "blockquote_open":
            self.draft.reading.append([(line, re.sub(r"^ {0,3}> ?", "", text)) for line, text in block])
        else:
            self.draft.prose.append(block)

    @property
    def _first_clause(self) -> str:
        return "the first clause of its chapter" if self.drafts else "the first clause"

    def _report(self, findings: Iterable[Finding]) -> None:
        self.problems += [Problem(self.file, *finding) for finding in findings]

    def _say(self, token: Token, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, _line(token), message, remedy))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map is not None else 1
