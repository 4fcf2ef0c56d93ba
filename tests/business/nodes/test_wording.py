"""Each reason for which something waits has its sentence in both languages."""

import ast
from pathlib import Path

import pytest

from servanda.business.nodes import wording
from servanda.business.nodes.decisions import batching
from servanda.business.nodes.wording import parked_text
from servanda.ground.nodes import documents

ITSELF = {"old", "gap", "future", "expired", "foreign"}  # what trying again mends


def reasons_of_signer() -> set[str]:
    tree = ast.parse(Path(batching.__file__).read_text(encoding="utf-8"))
    return {
        str(word.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Parked"
        for word in node.keywords
        if word.arg == "reason" and isinstance(word.value, ast.Constant)
    }


def reasons_of_nodes() -> set[str]:
    tree = ast.parse(Path(documents.__file__).read_text(encoding="utf-8"))
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DocumentRefused"
        if isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("reason", sorted(reasons_of_signer() | (reasons_of_nodes() - ITSELF)))
def test_each_reason_is_told_in_both_languages(reason: str) -> None:
    english, danish = parked_text(reason, "en"), parked_text(reason, "da")
    assert len({reason, english, danish}) == 3
    assert english.endswith(".")
    assert danish.endswith(".")


def test_the_reasons_are_those_that_are_used() -> None:
    assert len(reasons_of_signer()) >= 9
    assert set(wording._PARKED) == reasons_of_signer() | (reasons_of_nodes() - ITSELF)


def test_a_reason_that_is_not_known_here_is_shown_as_the_server_wrote_it() -> None:
    assert parked_text("a new reason", "da") == parked_text("a new reason", "en") == "a new reason"
