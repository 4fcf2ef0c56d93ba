"""`servanda terms new`: the first documents of a provider who has none, from the template that comes with Servanda.

They are written and checked in a folder of their own beside the place where they are to stand, and moved there as a whole
at the end: nothing is ever overwritten, and a full disk leaves nothing behind.
"""

import argparse
import os
import shlex
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from servanda.agreements.beginning import Beginning, begun_by, documents_for
from servanda.agreements.reading import read_shelf
from servanda.ground.calendar import COPENHAGEN, parse_day
from servanda.ground.refusal import Refused, WrongDocument


class NotWritten(Refused):
    """There is something in the way, or the folder cannot be written to; nothing was changed."""


def add_to(nested: Any) -> None:
    """Add `terms new`."""
    parser = nested.add_parser("new", help="begin with terms of your own, from a lawful template")
    parser.add_argument("slug", metavar="NAME", help="the folder and the provider's short name, as in nordlys-hosting")
    parser.add_argument("--into", type=Path, default=Path(), metavar="FOLDER", help="where the folder is made")
    parser.add_argument("--name", metavar="SHOWN", help="the name that customers see; made from NAME when left out")
    parser.add_argument("--version", help="the version; the month it begins in when left out")
    parser.add_argument("--effective-on", metavar="DATE", help="the first day it holds; today when left out")
    parser.set_defaults(run=_begin)


def _begin(parsed: argparse.Namespace) -> int:
    effective_on = parse_day(parsed.effective_on) if parsed.effective_on else _today()
    beginning = begun_by(parsed.slug, name=parsed.name, version=parsed.version, effective_on=effective_on)
    target = parsed.into / beginning.slug
    _write(beginning, target)
    print(_next_steps(beginning, target))
    return 0


def _write(beginning: Beginning, target: Path) -> None:
    if os.path.lexists(target):
        raise NotWritten(f"{target} is there already, and nothing is overwritten. Choose another name, or --into.")
    if not target.parent.is_dir():
        raise NotWritten(f"{target.parent} is no folder. Make it first, or choose another one with --into.")
    try:
        with TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as apart:
            made = Path(apart) / target.name
            made.mkdir()
            for name, text in documents_for(beginning).items():
                (made / name).write_text(text, encoding="utf-8", newline="\n")
            problems = read_shelf(made, shown_as=str(target), provider=beginning.slug).problems
            if problems:
                raise WrongDocument(problems)
            made.rename(target)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise NotWritten(
            f"{target} could not be written: {reason}. Nothing was left behind. Make room there, or choose another "
            "folder with --into."
        ) from failure


def _next_steps(beginning: Beginning, target: Path) -> str:
    folder = shlex.quote(str(target))
    asked = f"--product webhosting --customer consumer --from {beginning.effective_on.isoformat()}"
    return "\n".join(
        (
            f"{beginning.name} has terms of its own, version {beginning.version}, in {target}.",
            "",
            "What to do next:",
            "1. company.toml: put your own details in place of each line marked EXAMPLE.",
            "2. catalogue.toml: put in your products and prices, without VAT.",
            f"3. {beginning.version}.da.md: read it whole, and change what you do otherwise. The figures stand in the rules.",
            f"   {beginning.version}.en.md is its translation: the same clauses and {{figures}}, no rules.",
            "4. Let it be checked after each change, and see what it does:",
            f"   servanda terms check {folder}",
            f"   servanda terms timeline {folder} --scenario unpaid {asked}",
            f"   servanda terms explain {folder} notice --customer consumer --on {beginning.effective_on.isoformat()}",
            f"   servanda terms show {folder} --lang en",
            "5. Let a lawyer read it before the first customer says yes. A version that was accepted is never edited.",
        )
    )


def _today() -> date:
    return datetime.now(COPENHAGEN).date()
