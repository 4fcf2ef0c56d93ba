"""`servanda terms …`: check, show, explain, compare and account for agreements, without a database."""

import argparse
import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from servanda.agreements.named import library_named
from servanda.faces.cli import checking, explaining, reading
from servanda.terms.comparing import differences
from servanda.terms.document import Agreement


def add_to(subparsers: Any) -> None:
    """Add `terms` and its own subcommands; `coverage` and `timeline` live in modules of their own."""
    terms = subparsers.add_parser("terms", help="check, show and explain agreements")
    nested = terms.add_subparsers(metavar="ACTION", required=True)
    checking.add_to(nested)
    reading.add_to(nested)
    explaining.add_to(nested)
    _add_diff(nested)
    for module in ("beginning", "coverage", "timeline", "vendors", "verifying", "whatif"):
        if find_spec(f"servanda.faces.cli.{module}") is not None:
            import_module(f"servanda.faces.cli.{module}").add_to(nested)


def _add_diff(nested: Any) -> None:
    parser = nested.add_parser("diff", help="tell what changed between two versions")
    parser.add_argument("provider", metavar="PROVIDER")
    parser.add_argument("old", metavar="OLD", help="a version, or the path of a document")
    parser.add_argument("new", metavar="NEW", help="a version, or the path of a document")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_diff)


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
        return library_named(provider).version(named)
    return reading.document_at(Path(named))
