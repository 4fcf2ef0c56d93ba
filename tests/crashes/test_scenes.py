"""Every action of the product is crashed somewhere; one that is new, or whose test is gone, is red here."""

import ast
import inspect
from collections import Counter
from pathlib import Path

import pytest

from tests.crashes.actions import actions
from tests.crashes.scenes import scenes
from tests.crashes.uncrashed import UNCRASHED

ROOT = Path(__file__).parent.parent.parent
ANEW = {"anew", "fails"}


def test_every_action_has_a_scene_in_which_it_is_crashed() -> None:
    named = {scene.action for scene in scenes()} | UNCRASHED
    assert set(actions()) - named == set(), "choose scenes for new actions: tests/crashes/choosing.py"
    assert named - set(actions()) == set(), "these actions are gone"


def test_an_action_is_crashed_in_one_scene_or_known_to_lack_one() -> None:
    counted = Counter(scene.action for scene in scenes())
    assert {action: count for action, count in counted.items() if count > 1} == {}
    assert UNCRASHED & set(counted) == set(), "these have a scene now: take them from the list"


def test_every_scene_is_a_test_that_is_there() -> None:
    missing = []
    for scene in scenes():
        path, _, name = scene.test.partition("::")
        function = name.split("[")[0]
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8")) if (ROOT / path).exists() else ast.Module([], [])
        if function not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{scene.action}: {scene.test}")
    assert missing == []


def test_an_order_that_does_more_when_it_is_given_again_says_why_that_is_right() -> None:
    assert [scene.action for scene in scenes() if scene.again in ANEW and not scene.reason] == []


@pytest.mark.parametrize("name", ["billing.issuing.issue_due_invoices", "dunning.paying.receive_statement"])
def test_actions_are_found_by_looking(name: str) -> None:
    assert inspect.isfunction(actions()[name])
    assert not any(one.rpartition(".")[2].startswith("_") for one in actions())
