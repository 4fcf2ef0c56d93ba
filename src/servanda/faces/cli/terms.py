"""`servanda terms …`: check, show, explain, compare and account for agreements, without a database."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import package_folder, read_shelf
from servanda.ground.refusal import Problem
from servanda.terms.checking import check_document
from servanda.terms.parsing import parse_bytes


def add_to(subparsers: Any) -> None:
    """Add `terms` and its own subcommands."""
    terms = subparsers.add_parser("terms", help="check, show and explain agreements")
    nested = terms.add_subparsers(metavar="ACTION", required=True)
    _add_check(nested)


def _add_check(nested: Any) -> None:
    parser = nested.add_parser("check", help="report every problem in agreement documents")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a document or a provider's folder")
    parser.add_argument("--json", action="store_true", help="print the problems as JSON")
    parser.set_defaults(run=_check)


def _check(parsed: argparse.Namespace) -> int:
    missing = [path for path in parsed.paths if not path.exists()]
    for path in missing:
        print(f"{path} does not exist. Name a document or a provider's folder.", file=sys.stderr)
    if missing:
        return 2
    problems = [problem for path in parsed.paths for problem in _problems_at(path)]
    if not parsed.paths:
        problems = [problem for provider in PROVIDERS for problem in _problems_of_installed(provider)]
    if parsed.json:
        print(json.dumps([_as_json(problem) for problem in problems], ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            print(problem)
        print(f"{len(problems)} problem{'' if len(problems) == 1 else 's'} found.")
    return 1 if problems else 0


def _problems_of_installed(provider: str) -> tuple[Problem, ...]:
    return read_shelf(package_folder(provider), shown_as=provider, provider=provider).problems


def _problems_at(path: Path) -> tuple[Problem, ...]:
    if path.is_dir():
        folders = [
            folder for folder in (path, *sorted(path.rglob("*"))) if folder.is_dir() and any(folder.glob("*.md"))
        ]
        return tuple(
            problem for folder in folders or [path] for problem in read_shelf(folder, shown_as=str(folder)).problems
        )
    read = parse_bytes(path.read_bytes(), file=str(path))
    return read.problems or (check_document(read.agreement) if read.agreement else ())


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
        "remedy": problem.remedy,
    }
