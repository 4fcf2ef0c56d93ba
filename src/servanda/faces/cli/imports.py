"""`servanda import customers|contracts FILE.csv`: what would a file of another system add, and is it right?

Without `--apply` nothing is written: the report says what would be created, and what a person should look at. With it
the whole file is written in one transaction, or nothing of it. The columns stand in `docs/reference/imports.md`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from servanda.faces.cli.database import database
from servanda.ground.refusal import Problem, WrongDocument

BY = "operator"


@dataclass(frozen=True, slots=True)
class Given:
    """What the command was given: the file's bytes, and the company with its day and moment."""

    content: bytes
    file: str
    company_id: int
    today: date
    at: datetime
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What was or would be created, row by row, and what a person should look at."""

    created: tuple[Mapping[str, object], ...]
    warnings: tuple[Problem, ...] = ()


def add_to(subparsers: Any) -> None:
    """Add `import` and its kinds of file to the parser."""
    parser = subparsers.add_parser("import", help="read customers, contracts or payments", description=__doc__)
    nested = parser.add_subparsers(metavar="KIND", required=True)
    for name, read in (("customers", _customers), ("contracts", _contracts)):
        _add(nested, name, read)
    for module in ("payments", "layouts", "opening"):
        if find_spec(f"servanda.faces.cli.{module}") is not None:
            import_module(f"servanda.faces.cli.{module}").add_to(nested)


def _add(nested: Any, name: str, read: Callable[[Given], Report]) -> None:
    parser = nested.add_parser(name, help=f"read {name} from a CSV file")
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--company", required=True, metavar="SLUG", help="whose they are, as in safe-it")
    parser.add_argument("--apply", action="store_true", help="write them; without it the file is only checked")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=lambda parsed: _run(parsed, name, read))


def _run(parsed: argparse.Namespace, name: str, read: Callable[[Given], Report]) -> int:
    if not parsed.file.is_file():
        print(f"{parsed.file} is not a file. Name the CSV file to read.", file=sys.stderr)
        return 2
    show = _show_json if parsed.json else _show_text
    with database():
        given = _given(parsed)
        try:
            report = read(given)
        except WrongDocument as wrong:
            show(name, given, Report(()), wrong.problems)
            return 1
    show(name, given, report, ())
    return 0


def _given(parsed: argparse.Namespace) -> Given:
    from servanda.business.companies.queries import company_named, moment_for, today_of

    company = company_named(parsed.company)
    now = datetime.now(UTC)
    return Given(
        content=parsed.file.read_bytes(),
        file=parsed.file.name,
        company_id=company.company_id,
        today=today_of(company, now=now),
        at=moment_for(company, now=now),
        is_applied=parsed.apply,
    )


def _customers(given: Given) -> Report:
    from servanda.business.customers.actions import import_customers
    from servanda.business.customers.queries import plan_of_import

    rows = _drivers().customer_rows(given.content, file=given.file, today=given.today)
    if given.is_applied:
        plan = import_customers(given.company_id, rows, file=given.file, today=given.today, at=given.at, by=BY)
    else:
        plan = plan_of_import(given.company_id, rows, file=given.file)
    if plan.problems:
        raise WrongDocument(plan.problems)
    created = tuple(
        {"line": one.line, "customer": one.details.number, "kind": one.details.kind.value} for one in plan.customers
    )
    return Report(created, plan.warnings)


def _contracts(given: Given) -> Report:
    from servanda.business.contracts.actions import import_contracts
    from servanda.business.contracts.queries import plan_of_import

    rows = _drivers().contract_rows(given.content, file=given.file)
    if given.is_applied:
        plan = import_contracts(given.company_id, rows, file=given.file, today=given.today, at=given.at, by=BY)
    else:
        plan = plan_of_import(given.company_id, rows, file=given.file, today=given.today)
    if plan.problems:
        raise WrongDocument(plan.problems)
    return Report(tuple({"line": one.line, "contract": one.number, "lines": len(one.lines)} for one in plan.contracts))


def _drivers() -> Any:
    from django.conf import settings

    return import_module(settings.DRIVERS)


def _show_json(name: str, given: Given, report: Report, problems: Sequence[Problem]) -> None:
    printed = {
        "file": given.file,
        "kind": name,
        "applied": given.is_applied and not problems,
        "created": list(report.created),
        "warnings": [_as_json(warning) for warning in report.warnings],
        "problems": [_as_json(problem) for problem in problems],
    }
    print(json.dumps(printed, ensure_ascii=False, indent=2))


def _show_text(name: str, given: Given, report: Report, problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(problem)
    if problems:
        print(f"{given.file}: {_count(len(problems), 'problem')}. Nothing was imported.")
        return
    for row in report.created:
        print(", ".join(f"{field} {value}" for field, value in row.items()))
    for warning in report.warnings:
        print(f"Look at {warning}")
    done = "imported" if given.is_applied else "would be imported; write them with --apply"
    print(f"{given.file}: {len(report.created)} {name} {done}. {_count(len(report.warnings), 'warning')}.")


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
        "remedy": problem.remedy,
        "clause": str(problem.because) if problem.because is not None else None,
    }


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
