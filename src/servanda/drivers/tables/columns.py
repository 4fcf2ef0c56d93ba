"""Does this CSV file hold the columns that are asked for, and a right value in each field?

A file is read whole or not at all: a person mends twenty problems in one go rather than meet them one by one,
and half an import is worse than none. A value that begins with `=`, `+`, `-` or `@` is text like any other
here; it becomes a formula only in a spreadsheet, so it is the export that must disarm it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from servanda.drivers.tables.lines import Line, TableProblems, open_lines
from servanda.ground.refusal import Refused, WrongDocument


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `read` makes a value of the text or raises `Refused`; what is required is never empty."""

    name: str
    required: bool
    read: Callable[[str], object]
    example: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row and the line it begins on; `values` has every column, `None` where nothing was given."""

    line: int
    values: Mapping[str, object]


class WrongTable(WrongDocument):
    """A table was refused as a whole; nothing of it may be imported."""


def read_table(content: bytes, *, file: str, columns: tuple[Column, ...]) -> tuple[Row, ...]:
    """Return the rows of a CSV file in UTF-8 with `;` or `,` between the fields, below the columns' names.

    Columns may stand in any order. Those that are not required may be missing, whole or in a row.
    """
    problems = TableProblems(file)
    rows = _rows(content, columns, problems)
    if problems.count:
        raise WrongTable(problems.listed)
    return rows


def _rows(content: bytes, columns: tuple[Column, ...], problems: TableProblems) -> tuple[Row, ...]:
    lines = open_lines(content, names=frozenset(column.name for column in columns), problems=problems)
    header = next(lines, None)
    if header is None:
        return ()
    names = tuple(field.strip() for field in header.fields)
    _check_header(names, line=header.number, columns=columns, problems=problems)
    places = {column: names.index(column.name) for column in columns if column.name in names}
    if not places:
        return ()  # Without one known column, each row would only repeat what the header already told.
    return tuple(_rows_of(lines, columns=columns, places=places, width=len(names), problems=problems))


def _check_header(names: tuple[str, ...], *, line: int, columns: tuple[Column, ...], problems: TableProblems) -> None:
    known = tuple(column.name for column in columns)
    for position, name in enumerate(names, 1):
        if not name:
            problems.add(line, f"Column {position} has no name.", f"Name it or delete it. {_known(known)}")
        elif name in names[: position - 1]:
            problems.add(line, "The column stands twice.", "Keep one of them.", field=name)
        elif name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"Did you mean {near[0]}?" if near else f"Delete it. {_known(known)}"
            problems.add(line, "The column is not known.", remedy, field=name)
    for column in columns:
        if column.required and column.name not in names:
            problems.add(
                line,
                f"The column is missing. It holds: {column.meaning}",
                f"Add it; an example of a value: {column.example}",
                field=column.name,
            )


def _known(names: tuple[str, ...]) -> str:
    return f"The columns are: {', '.join(names)}."


def _rows_of(
    lines: Iterator[Line],
    *,
    columns: tuple[Column, ...],
    places: Mapping[Column, int],
    width: int,
    problems: TableProblems,
) -> Iterator[Row]:
    for line in lines:
        if not any(field.strip() for field in line.fields):
            problems.add(line.number, "The line has separators but no values.", "Delete the line.")
        elif len(line.fields) != width:
            problems.add(
                line.number,
                f"The line has {len(line.fields)} fields; the first line names {width} columns.",
                "Add the missing fields, or put quotation marks around a value that has a separator in it.",
            )
        else:
            values = {
                column.name: _value(line, column=column, place=places.get(column), problems=problems)
                for column in columns
            }
            yield Row(line.number, MappingProxyType(values))


def _value(line: Line, *, column: Column, place: int | None, problems: TableProblems) -> object:
    written = "" if place is None else line.fields[place].strip()
    if not written:
        if column.required and place is not None:
            problems.add(
                line.number,
                f"The field is empty. It holds: {column.meaning}",
                f"An example: {column.example}",
                field=column.name,
            )
        return None
    try:
        return column.read(written)
    except Refused as refusal:
        problems.add(line.number, str(refusal), f"An example: {column.example}", field=column.name)
        return None
