"""Is every requirement that the agreements cover accounted for by clause, code and test? Reads docs/coverage.csv.

Columns: requirement, provider, topic, status, clause, code, test, note. A clause is written as it is cited, `safe-it 3.2`; a
pointer is `path::name` from the root of the repository. A cell may hold several, parted by `;`. Names are looked up in the
syntax tree: nothing is imported.

The status is `done` (the house carries it out, and a test shows it), `clause` (the clause stands; the note says what carries
it out later) or `text` (shown and citable, carried out by people).
"""

import argparse
import ast
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import package_folder, read_shelf

_COLUMNS = ("requirement", "provider", "topic", "status", "clause", "code", "test", "note")
# What a row of a status cannot do without.
_NEEDED = {"done": ("clause", "code", "test"), "clause": ("clause", "note"), "text": ("clause", "note")}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table and where it stands."""

    line: int
    cells: dict[str, str]

    def listed(self, column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.cells[column].split(";") if part.strip())


def add_to(subparsers: Any) -> None:
    """Add `terms coverage`."""
    parser = subparsers.add_parser("coverage", help="check that requirements have clause, code and test")
    parser.add_argument("--root", type=Path, default=Path(), help="the repository, by default this folder")
    parser.add_argument("--file", type=Path, default=Path("docs/coverage.csv"), help="the table within it")
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    path = parsed.root / parsed.file
    if not path.is_file():
        print(f"{path} does not exist. Run this in the repository, or name it with --root.", file=sys.stderr)
        return 2
    with path.open(encoding="utf-8", newline="") as table:
        reader = csv.DictReader(table, strict=True)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            print(f"{path}:1: The columns must be {', '.join(_COLUMNS)}.", file=sys.stderr)
            return 1
        rows = [Row(reader.line_num, {name: cells.get(name) or "" for name in _COLUMNS}) for cells in reader]
    problems = list(problems_in(rows, covered=covered_requirements(), root=parsed.root))
    for line, problem in problems:
        print(f"{path}:{line}: {problem}")
    print(_counts(rows))
    return 1 if problems else 0


def covered_requirements() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, by provider, the clauses that cover each requirement in the newest installed version."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for provider in PROVIDERS:
        library = read_shelf(package_folder(provider), shown_as=provider, provider=provider).library
        newest = library.find(library.versions[-1]) if library.versions else None
        clauses = found.setdefault(provider, {})
        for clause in newest.clauses if newest is not None else ():
            for name in clause.requirements:
                clauses[name] = (*clauses.get(name, ()), clause.number)
    return found


def problems_in(
    rows: list[Row], *, covered: dict[str, dict[str, tuple[str, ...]]], root: Path
) -> Iterator[tuple[int, str]]:
    """Give each line that is wrong and why; line 1 stands for rows that are missing."""
    named = Counter(row.cells["requirement"] for row in rows)
    for provider, clauses in covered.items():
        for name in clauses:
            if name not in named:
                yield 1, f"{name} is covered by {provider} {', '.join(clauses[name])}, but has no row. Add one."
    for row in rows:
        name = row.cells["requirement"]
        if named[name] > 1:
            yield row.line, f"{name} has {named[name]} rows. Keep one."
        yield from ((row.line, message) for message in (*_clause_problems(row, covered), *_status_problems(row)))
        for column in ("code", "test"):
            for pointer in row.listed(column):
                reason = broken_pointer(root, pointer)
                if reason is not None:
                    yield row.line, f"{name}: {column} {pointer}: {reason}"


def broken_pointer(root: Path, pointer: str) -> str | None:
    """Return why `path::name` leads nowhere, or None when it does lead to something."""
    path, _, name = pointer.partition("::")
    if not (root / path).is_file():
        return "there is no such file."
    if not name:
        return None if not path.endswith(".py") else "a pointer into Python names a function or class: path::name."
    return None if name.replace("::", ".") in _names_in(root / path) else "the file defines no such name."


def _clause_problems(row: Row, covered: dict[str, dict[str, tuple[str, ...]]]) -> Iterator[str]:
    name, provider = row.cells["requirement"], row.cells["provider"]
    if provider not in covered:
        yield f"{name}: there is no provider {provider!r}. Write one of {', '.join(covered)}."
        return
    cited = tuple(f"{provider} {number}" for number in covered[provider].get(name, ()))
    for clause in row.listed("clause"):
        if clause not in cited:
            yield f"{name}: clause {clause} does not cover it. It is covered by {', '.join(cited) or 'none'}."
    if cited and not row.listed("clause"):
        yield f"{name}: the clause is missing. Write {'; '.join(cited)}."


def _status_problems(row: Row) -> Iterator[str]:
    name, status = row.cells["requirement"], row.cells["status"]
    if status not in _NEEDED:
        yield f"{name}: {status!r} is no status. Write one of {', '.join(_NEEDED)}."
        return
    for column in _NEEDED[status]:
        if column != "clause" and not row.cells[column].strip():
            yield f"{name}: the {column} is missing, which a row of status {status} has."


@cache
def _names_in(path: Path) -> frozenset[str]:
    return frozenset(_defined(ast.parse(path.read_text(encoding="utf-8")), ""))


def _defined(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name
        elif isinstance(child, ast.ClassDef):
            yield prefix + child.name
            yield from _defined(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.Assign | ast.AnnAssign):
            targets = child.targets if isinstance(child, ast.Assign) else [child.target]
            yield from (prefix + target.id for target in targets if isinstance(target, ast.Name))


def _counts(rows: list[Row]) -> str:
    """Return a line for each provider and one for all: how many requirements stand where."""
    providers = dict.fromkeys(row.cells["provider"] for row in rows)
    lines = [_count(provider, [row for row in rows if row.cells["provider"] == provider]) for provider in providers]
    return "\n".join((*lines, _count("in all", rows)))


def _count(name: str, rows: list[Row]) -> str:
    by_status = Counter(row.cells["status"] for row in rows)
    shown = ", ".join(f"{by_status[status]} {status}" for status in _NEEDED)
    return f"{name}: {len(rows)} requirement{'' if len(rows) == 1 else 's'}: {shown}"
