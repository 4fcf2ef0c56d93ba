"""A row is locked within a transaction: who locks one begins it, or is called by an action that has. Faces begin none."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parent.parent.parent / "src" / "servanda"


def functions(folder: Path) -> dict[str, ast.FunctionDef]:
    """The public functions of all modules below, by name of module and function."""
    return {
        f"{path.stem}.{node.name}": node
        for path in folder.rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def locking_without_a_transaction() -> set[str]:
    """The actions that lock a row in the transaction of their caller."""
    found = set()
    for name, node in functions(SOURCE / "business").items():
        text = ast.unparse(node)
        if "select_for_update" in text and "transaction.atomic" not in text:
            found.add(name.partition(".")[2])
    return found


def test_no_page_calls_an_action_that_locks_a_row_in_its_callers_transaction() -> None:
    locking = locking_without_a_transaction()
    assert {"place_holds", "lock_invoices"} <= locking
    called = []
    for path in sorted((SOURCE / "faces").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in locking:
                    called.append(f"{path.relative_to(SOURCE)}:{node.lineno} {name}")
    assert called == []
