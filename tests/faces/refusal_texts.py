"""Every text by which the money side of the house says no: refusals, problems of a bank's file, and what hinders an act."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import servanda

ROOT = Path(servanda.__path__[0])
PLACES = (
    "business/access",
    "business/backups",
    "business/billing",
    "business/books",
    "business/collecting",
    "business/companies",
    "business/catalogue",
    "business/contracts",
    "business/customers",
    "business/dunning",
    "business/einvoices",
    "business/evidence",
    "business/hosting",
    "business/identity",
    "business/installation",
    "business/ledger",
    "business/letters",
    "business/library",
    "business/nodes",
    "business/payouts",
    "business/reports",
    "business/signups",
    "drivers/payments",
    "faces/parts",
    "ground/bank_layout.py",
    "ground/accounts.py",
    "ground/calendar.py",
    "ground/dated.py",
    "ground/holidays.py",
    "ground/law",
    "ground/money.py",
    "ground/periods.py",
)
BANK_FILES = ("drivers/payments", "faces/parts")  # where a problem has one language; elsewhere it has both by itself


@cache
def refusals() -> frozenset[str]:
    """Return the names of all refusals that there are."""
    bases: dict[str, set[str]] = {}
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(ast.unparse(base).rpartition(".")[2] for base in node.bases)
    found = {"Refused"}
    while more := {name for name, own in bases.items() if own & found} - found:
        found |= more
    return frozenset(found)


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls that make such a text, each with its place."""
    for place in PLACES:
        named = {"Message", *refusals()} | ({"Problem", "_refusal", "wrong"} if place in BANK_FILES else set())
        for file in (ROOT / place,) if place.endswith(".py") else sorted((ROOT / place).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in named:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def told_in(call: ast.Call) -> tuple[ast.expr, ...]:
    """Return what a call gives that people read: its first argument, or those of a problem that are sentences."""
    return (
        tuple(call.args)
        if ast.unparse(call.func).rpartition(".")[2] in {"Problem", "_refusal", "wrong"}
        else tuple(call.args[:1])
    )


def texts() -> frozenset[str]:
    """Return the texts as translations are looked up by."""
    given = (part.value for _, call in calls() for part in told_in(call) if isinstance(part, ast.Constant))
    return frozenset(text for text in given if isinstance(text, str) and " " in text)


def made_on_the_spot() -> tuple[str, ...]:
    """Return the places where such a text is put together, so that nobody could look it up."""
    return tuple(
        place
        for place, call in calls()
        for part in told_in(call)
        if isinstance(part, ast.JoinedStr | ast.BinOp)
        and isinstance(getattr(part, "left", part), ast.JoinedStr | ast.Constant)
    )
