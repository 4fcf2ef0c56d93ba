"""The reference pages say what the code says: commands, settings, and what the database itself refuses."""

import ast
import dataclasses
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from servanda.faces.cli.bench.billing import BillingBench
from servanda.faces.cli.bench.rounds import RoundBench, RoundsBench
from servanda.faces.cli.main import main
from tests.architecture.sources import PACKAGE, ROOT
from tools.write_references import blocks, named_in, renewed

REFERENCE = ROOT / "docs" / "reference"
READERS = {"text_of", "flag_of", "number_of", "directory_of", "choice_of"}


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def test_the_page_of_commands_is_up_to_date() -> None:
    assert page("commands.md") == renewed(page("commands.md")), "run: python tools/write_references.py"


def test_every_command_has_its_place_and_no_other_is_named() -> None:
    assert named_in(page("commands.md")) == set(blocks())


def test_a_change_of_a_command_is_seen_and_the_sentences_around_it_are_kept() -> None:
    old = "Before.\n<!-- servanda work -->\nsomething else\n<!-- end -->\nAfter.\n"
    new = renewed(old)
    assert new.startswith(f"Before.\n<!-- servanda work -->\n{blocks()['servanda work']}<!-- end -->\nAfter.\n")
    assert "## servanda terms check\n" in new  # it had no place yet


@pytest.mark.parametrize(
    "command",
    [
        "terms explain compusoft interest --customer consumer --on 2026-11-30",
        "terms timeline safe-it --scenario unpaid --product webhosting --from 2026-11-30",
        "terms timeline safe-it --scenario terminate --product webhosting --from 2026-01-01 --notice 2026-11-10",
        "terms diff {simsoft} {simsoft_without_a_clause}",
        "terms check {broken}",
        "terms check {simsoft} --on 2026-12-31",
    ],
)
def test_every_field_of_the_json_is_named(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    simsoft = PACKAGE / "agreements" / "simsoft" / "2024-01.da.md"
    text = simsoft.read_text(encoding="utf-8")
    (tmp_path / "shorter.md").write_text(text[: text.rindex("\n## ")] + "\n", encoding="utf-8")
    (tmp_path / "broken.md").write_text("## 1.1 Uden hoved\n", encoding="utf-8")
    paths = {"simsoft": simsoft, "simsoft_without_a_clause": tmp_path / "shorter.md", "broken": tmp_path / "broken.md"}
    words = command.format(**paths).replace("terms diff", "terms diff simsoft").split()
    main([*words, "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert printed
    described = page("commands.md")
    rows = [printed, *(row for part in printed.values() for row in part)] if isinstance(printed, dict) else printed
    assert [name for each in rows for name in each if f"`{name}`" not in described] == []


@pytest.mark.parametrize("module", ["payments", "imports", "audit"])
def test_every_field_that_a_module_prints_is_named(module: str) -> None:
    tree = ast.parse((PACKAGE / "faces" / "cli" / f"{module}.py").read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and "json" in node.name]
    printed = {
        key.value
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }
    assert printed
    assert [name for name in sorted(map(str, printed)) if f"`{name}`" not in page("commands.md")] == []


@pytest.mark.parametrize("measured", [BillingBench, RoundsBench, RoundBench])
def test_every_figure_of_the_bench_is_named(measured: type) -> None:
    assert [field.name for field in dataclasses.fields(measured) if f"`{field.name}`" not in page("commands.md")] == []


def test_every_variable_of_the_environment_is_described_and_no_other() -> None:
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", page("settings.md"), re.MULTILINE))
    assert described == _variables() | {"DJANGO_SETTINGS_MODULE"}


@pytest.mark.django_db
def test_what_the_database_refuses_is_listed_by_name() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = text.partition("## What the database itself refuses\n")[2].partition("\n## ")[0]
    tables = [model._meta.db_table for model in apps.get_models() if model.__module__.startswith("servanda.")]
    with connection.cursor() as cursor:
        cursor.execute(
            """select t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
                where not t.tgisinternal and c.relname = any(%s)
                union select k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid
                where k.contype = 'x' and c.relname = any(%s)""",
            [tables, tables],
        )
        kept = {name for (name,) in cursor.fetchall()}
    kept |= {
        constraint.name
        for model in apps.get_models()
        if model.__module__.startswith("servanda.")
        for constraint in model._meta.constraints
    }
    assert kept
    assert sorted(name for name in kept if f"`{name}`" not in listed) == []


def _variables() -> set[str]:
    """The variables that the settings read."""
    tree = ast.parse((PACKAGE / "wiring" / "settings.py").read_text(encoding="utf-8"))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }
