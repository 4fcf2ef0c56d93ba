"""Rules about the code that no linter knows: imports, names, docstrings, clocks and chance, migrations."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.architecture.sources import PACKAGE, ROOT, module_paths, modules, parsed, short

BANNED_WORDS = {"util", "utils", "helper", "helpers", "manager", "handler", "processor", "misc", "common"}
# Names that are not ours to choose: Django's, the standard library's, and those a library calls. And the helper of a node,
# which is a part with a socket, a folder and a log of its own (docs/glossary.md).
GIVEN_NAMES = re.compile(
    r"(?i:(run_)?helper(_socket|_folder|_seq|_unit|_capabilities|line)?)\Z|handle_[A-Z]+\Z|_default_manager\Z|\w*RedirectHandler\Z|handler(400|403|404|500)\Z"
)
CLOCKS_AND_CHANCE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.fromtimestamp", "date.today", "date.fromtimestamp",
    "timezone.now", "timezone.localdate", "timezone.localtime", "time.time", "time.time_ns", "time.monotonic",
    "time.localtime", "time.gmtime", "uuid.uuid1", "uuid.uuid4",
}  # fmt: skip
CHANCE_MODULES = {"random", "secrets", "uuid"}
MAY_READ_THE_CLOCK = ("faces", "wiring", "drivers", "simulation")


def test_every_import_contract_is_kept() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", module_paths(), ids=short)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(parsed(path)) or path.name in {"models.py", "apps.py"}, (
        "the first statement is no docstring"
    )


def test_no_name_says_nothing() -> None:
    found = [f"{short(path)}: {name}" for path, tree in modules() for name in _names(path, tree) if _says_nothing(name)]
    assert not found


@pytest.mark.parametrize("name", ["date_utils", "InvoiceManager", "handler", "commonThings", "_helper", "misc2"])
def test_a_name_that_says_nothing_is_seen(name: str) -> None:
    assert _says_nothing(name)


@pytest.mark.parametrize("name", ["invoice_due", "managed", "handle_RCPT", "Commonwealth", "hold_handled_on"])
def test_a_name_that_says_something_passes(name: str) -> None:
    assert not _says_nothing(name)


def test_only_faces_wiring_and_drivers_read_the_clock_or_take_chances() -> None:
    found = [
        f"{short(path)}:{line} {what}"
        for path, tree in modules()
        if path.relative_to(PACKAGE).parts[0] not in MAY_READ_THE_CLOCK
        for line, what in _clocks_and_chance(tree)
    ]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils import timezone\ntimezone.now()",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date as d\nd.today()",
        "from time import time\ntime()",
        "import random",
        "from secrets import token_hex",
    ],
)
def test_a_clock_or_chance_is_seen_under_any_name(source: str) -> None:
    assert list(_clocks_and_chance(ast.parse(source)))


def test_a_day_that_is_handed_in_passes() -> None:
    source = (
        "from datetime import date, datetime\ndef due(today: date, now: datetime): return date(2026, 1, 1), now.date()"
    )
    assert not list(_clocks_and_chance(ast.parse(source)))


def _says_nothing(name: str) -> bool:
    if GIVEN_NAMES.match(name):
        return False
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    return any(word.lower() in BANNED_WORDS for word in words)


def _names(path: Path, tree: ast.Module) -> Iterator[str]:
    """What a module defines: itself, its classes, functions, arguments and variables."""
    yield path.stem
    yield path.parent.name
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _clocks_and_chance(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines that read a clock or import chance, whatever name they give it."""
    origins = dict(_imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            for name in (module,) if module else (alias.name for alias in node.names):
                if name and name.split(".")[0] in CHANCE_MODULES:
                    yield node.lineno, f"import {name}"
        elif isinstance(node, ast.Attribute | ast.Name):
            origin = _origin(node, origins)
            if any(origin == clock or origin.endswith(f".{clock}") for clock in CLOCKS_AND_CHANCE):
                yield node.lineno, origin


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)


def _origin(node: ast.expr, origins: dict[str, str]) -> str:
    """Where a dotted name comes from, as in `datetime.date.today`; empty for anything else."""
    if isinstance(node, ast.Name):
        return origins.get(node.id, "")
    if isinstance(node, ast.Attribute):
        before = _origin(node.value, origins)
        return f"{before}.{node.attr}" if before else ""
    return ""
