"""Which lines does a CSV file have, and is it text at all? What cannot be read is noted with its line."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from servanda.ground.refusal import Problem

SIZE_MAX = 20 * 1024 * 1024
ROWS_MAX = 100_000
FIELD_MAX = 4_000
LISTED_MAX = 200

_SEPARATORS = (";", ",")
_OTHER_FORMATS = (
    (b"PK", "a spreadsheet or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel spreadsheet"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)
_SAVE_AS = "In the spreadsheet, choose Save as, then CSV UTF-8."
# Control characters, line and paragraph separators, and the signs that turn the rest of a line around.
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


class Line(NamedTuple):
    """The fields of one row, and the number of the line that it begins on."""

    number: int
    fields: list[str]


@dataclass(slots=True)
class TableProblems:
    """Gathers the problems of one table; the first two hundred are listed, the others counted."""

    file: str
    found: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, message: str, remedy: str, *, field: str = "") -> None:
        """Note one problem."""
        self.count += 1
        if self.count <= LISTED_MAX:
            self.found.append(Problem(self.file, line, message, remedy, field=field[:80]))

    @property
    def listed(self) -> tuple[Problem, ...]:
        """The problems to show, in the order of their lines, ending with how many more there are."""
        left = self.count - len(self.found)
        if not left:
            return tuple(self.found)
        last = self.found[-1].line
        return (*self.found, Problem(self.file, last, f"{left:,} more problems follow.", "Mend these first."))


def open_lines(content: bytes, *, names: frozenset[str], problems: TableProblems) -> Iterator[Line]:
    """Yield the lines that are not blank, the header first; note a problem and stop where reading fails."""
    text = _text(content, problems)
    if text is None:
        return
    if not text.strip():
        problems.add(1, "The file is empty.", "Its first line must name the columns.")
        return
    yield from _checked(_lines(text, _separator(text, names), problems), problems)


def _text(content: bytes, problems: TableProblems) -> str | None:
    if len(content) > SIZE_MAX:
        problems.add(1, f"The file has {len(content):,} bytes; at most {SIZE_MAX:,} are read.", "Divide the file.")
        return None
    for magic, name in _OTHER_FORMATS:
        if content.startswith(magic):
            problems.add(1, f"The file is {name}, not CSV in UTF-8.", _SAVE_AS)
            return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.add(line, "The file is not UTF-8; it has another encoding from this line on.", _SAVE_AS)
        return None


def _separator(text: str, names: frozenset[str]) -> str:
    """Return the separator by which the header has the most known names, or else the most names."""
    first = text.lstrip("\r\n").splitlines()[0]

    def fit(separator: str) -> tuple[int, int]:
        fields = [name.strip(' "') for name in first.split(separator)]
        return len(names.intersection(fields)), len(fields)

    return max(_SEPARATORS, key=fit)


def _lines(text: str, separator: str, problems: TableProblems) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        begins_on = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            problems.add(
                begins_on,
                "The row that begins here does not end properly: its quotation marks do not match, or a field"
                " is far too long. Nothing after it was read.",
                'Close each quoted value, and write a quotation mark inside one twice: "".',
            )
            return
        if fields:
            yield Line(begins_on, fields)


def _checked(lines: Iterator[Line], problems: TableProblems) -> Iterator[Line]:
    """Yield the lines whose fields are plain text of a sane length, and no more of them than the limit."""
    names: list[str] = []
    for position, line in enumerate(lines):
        if position > ROWS_MAX:
            problems.add(line.number, f"The file has more than {ROWS_MAX:,} rows.", "Divide the file.")
            return
        if _is_plain(line, names, problems):
            yield line
        elif position == 0:
            return  # Without its header the next line would be taken for one.
        if position == 0:
            names = line.fields


def _is_plain(line: Line, names: list[str], problems: TableProblems) -> bool:
    is_plain = True
    for place, value in enumerate(line.fields):
        if reason := _wrong_with(value):
            is_plain = False
            name = names[place].strip() if place < len(names) else f"field {place + 1}"
            problems.add(line.number, reason, "Delete the value and write it anew.", field=name)
    return is_plain


def _wrong_with(value: str) -> str:
    if unwanted := _UNWANTED.search(value):
        code = ord(unwanted.group())
        name = {0: "NUL", 9: "a tab", 10: "a line break", 13: "a line break"}.get(code, f"U+{code:04X}")
        return f"The value has {name} in it, which no value may have."
    if len(value) > FIELD_MAX:
        return f"The value has {len(value):,} characters; at most {FIELD_MAX:,} are read."
    return ""
