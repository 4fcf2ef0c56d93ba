"""The reference page of the clause kinds is what the kinds say, and its examples are rules that can be read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.terms.clauses import KINDS, CustomerKind, Reminder, ReminderFee, Rule, ShownRule
from servanda.terms.describing import clauses_page, examples_in, toml_of
from servanda.terms.document import Agreement
from servanda.terms.fields import fields_of
from servanda.terms.rule_blocks import read_rule

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "clauses.md"


def shipped() -> tuple[Agreement, ...]:
    libraries = (library_of(provider) for provider in PROVIDERS)
    return tuple(library.version(library.versions[-1]) for library in libraries)


def rules() -> Iterator[Rule]:
    return (placed.rule for agreement in shipped() for clause in agreement.clauses for placed in clause.rules)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == clauses_page(shipped()), "run: python tools/write_references.py"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_described_with_all_its_fields(kind: type[Rule]) -> None:
    section = clauses_page(shipped()).partition(f"## `{kind.kind}`\n")[2].partition("\n## ")[0]
    own = set(fields_of(kind)) - set(fields_of(Rule))
    assert all(f"| `{name}` |" in section for name in own)
    assert (kind.__doc__ or "").strip().partition("\n")[0] in section


def test_a_kind_is_called_only_shown_while_nothing_above_the_terms_reads_it() -> None:
    read = {
        alias.name
        for floor in ("business", "faces")
        for path in (ROOT / "src" / "servanda" / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "servanda.terms.clauses"
        for alias in node.names
    }
    assert {name for name, kind in KINDS.items() if kind.__name__ not in read} == {
        name for name, kind in KINDS.items() if issubclass(kind, ShownRule)
    }


def test_a_rule_written_as_toml_reads_as_the_same_rule() -> None:
    for rule in rules():
        read = read_rule(f"toml {rule.kind}", toml_of(rule), file="example", line=0)
        assert read.placed is not None, read.problems
        assert read.placed.rule == rule


def test_an_example_is_the_rule_that_says_most() -> None:
    found = examples_in(shipped())
    assert set(found) <= set(KINDS)
    assert found["reminder"].rule.kind == "reminder"
    lengths = [len(toml_of(rule).splitlines()) for rule in rules() if isinstance(rule, ReminderFee)]
    assert len(toml_of(found["reminder-fee"].rule).splitlines()) == max(lengths)


def test_what_is_left_at_its_default_is_not_written() -> None:
    rule = Reminder(
        step=1,
        sent_after="due",
        wait_days=0,
        deadline_days=10,
        deadline_from="sending",
        customers=(CustomerKind.CONSUMER,),
    )
    assert toml_of(rule) == (
        'step = 1\nsent_after = "due"\nwait_days = 0\ndeadline_days = 10\ndeadline_from = "sending"\n'
        'customers = ["consumer"]\n'
    )
