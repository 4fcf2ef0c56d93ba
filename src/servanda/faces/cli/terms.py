"""`servanda terms …`: check, show, explain, compare and account for agreements, without a database."""

import argparse
import json
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of, package_folder, read_shelf
from servanda.faces.cli import explaining
from servanda.ground.refusal import Problem, Refused, WrongDocument
from servanda.terms.checking import check_document
from servanda.terms.comparing import differences
from servanda.terms.document import Agreement
from servanda.terms.parsing import parse_bytes
from servanda.terms.rendering import html_page_of, markdown_of


def add_to(subparsers: Any) -> None:
    """Add `terms` and its own subcommands; `coverage` and `timeline` live in modules of their own."""
    terms = subparsers.add_parser("terms", help="check, show and explain agreements")
    nested = terms.add_subparsers(metavar="ACTION", required=True)
    _add_check(nested)
    _add_show(nested)
    explaining.add_to(nested)
    _add_diff(nested)
    for module in ("coverage", "timeline"):
        if find_spec(f"servanda.faces.cli.{module}") is not None:
            import_module(f"servanda.faces.cli.{module}").add_to(nested)


def _add_check(nested: Any) -> None:
    parser = nested.add_parser("check", help="report every problem in agreement documents")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a document or a provider's folder")
    parser.add_argument("--json", action="store_true", help="print the problems as JSON")
    parser.set_defaults(run=_check)


def _add_show(nested: Any) -> None:
    parser = nested.add_parser("show", help="print the terms with their figures filled in")
    parser.add_argument("provider", metavar="PROVIDER")
    parser.add_argument("--lang", choices=("da", "en"), default="da")
    parser.add_argument("--format", choices=("md", "html"), default="md")
    parser.add_argument("--version", help="by default the newest")
    parser.set_defaults(run=_show)


def _add_diff(nested: Any) -> None:
    parser = nested.add_parser("diff", help="tell what changed between two versions")
    parser.add_argument("provider", metavar="PROVIDER")
    parser.add_argument("old", metavar="OLD", help="a version, or the path of a document")
    parser.add_argument("new", metavar="NEW", help="a version, or the path of a document")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_diff)


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


def _show(parsed: argparse.Namespace) -> int:
    library = library_of(parsed.provider)
    version = parsed.version or library.versions[-1]
    agreement, danish = library.version(version, parsed.lang), library.version(version)
    write = html_page_of if parsed.format == "html" else markdown_of
    print(write(agreement, danish), end="")
    return 0


def _diff(parsed: argparse.Namespace) -> int:
    changes = differences(_version(parsed.provider, parsed.old), _version(parsed.provider, parsed.new))
    if parsed.json:
        names = ("kind", "number", "field", "before", "after")
        print(json.dumps([{name: getattr(change, name) for name in names} for change in changes], ensure_ascii=False))
    else:
        for change in changes:
            print(change)
        print(f"{len(changes)} difference{'' if len(changes) == 1 else 's'}.")
    return 0


def _version(provider: str, named: str) -> Agreement:
    if not named.endswith(".md"):
        return library_of(provider).version(named)
    path = Path(named)
    if not path.is_file():
        raise Refused(f"{path} does not exist. Name a version or a document.")
    read = parse_bytes(path.read_bytes(), file=named)
    if read.agreement is None:
        raise WrongDocument(read.problems)
    return read.agreement


def _problems_of_installed(provider: str) -> tuple[Problem, ...]:
    return read_shelf(package_folder(provider), shown_as=provider, provider=provider).problems


def _problems_at(path: Path) -> tuple[Problem, ...]:
    if path.is_dir():
        inner = (folder for folder in sorted(path.rglob("*")) if folder.is_dir())
        folders = [folder for folder in (path, *inner) if any(folder.glob("*.md"))]
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
