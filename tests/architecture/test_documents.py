"""What the documents say is true: pointers into the code resolve, and commands are commands that we have."""

import ast
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from servanda.faces.cli.main import main
from tests.architecture.sources import ROOT, documents, short

POINTER = re.compile(r"`([\w./-]+\.(?:py|md|toml))::([\w.]+)`")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def pointers() -> list[tuple[str, str, str]]:
    return [(short(doc), *found) for doc in documents() for found in POINTER.findall(doc.read_text(encoding="utf-8"))]


def commands() -> list[tuple[str, str]]:
    """The lines after `$ ` in console blocks; a line that ends in a backslash goes on."""
    found = []
    for doc in documents():
        for block in BLOCK.findall(doc.read_text(encoding="utf-8")):
            lines = block.replace("\\\n", " ").splitlines()
            found += [(short(doc), line[2:].strip()) for line in lines if line.startswith("$ ")]
    return found


@pytest.mark.parametrize(("document", "path", "name"), pointers())
def test_a_pointer_into_the_code_resolves(document: str, path: str, name: str) -> None:
    found = next((file for file in (ROOT / path, ROOT / "src" / "servanda" / path) if file.is_file()), None)
    assert found, f"{document} names {path}, which is no file"
    if found.suffix == ".py":
        assert name in _definitions(found), f"{document} names {name}, which {path} does not define"
    else:
        assert name in found.read_text(encoding="utf-8")


def test_every_link_between_documents_leads_somewhere() -> None:
    dead = [
        f"{short(doc)}: {target}"
        for doc in documents()
        for target in LINK.findall(doc.read_text(encoding="utf-8"))
        if not (doc.parent / target).exists()
    ]
    assert not dead


@pytest.mark.parametrize(("document", "line"), commands())
def test_a_command_in_a_document_is_one_that_we_have(document: str, line: str) -> None:
    words = [word for word in shlex.split(line, comments=True) if not re.fullmatch(r"[A-Z_]+=\S*", word)]
    if words[0] == "make":
        assert all(target in _targets() for target in words[1:]), f"{document}: {line}"
    elif Path(words[0]).name == "servanda":
        _assert_is_understood(words[1:], line)
    else:
        assert words[0] in {"git", "cd", "psql", "pg_dump", "export"}, (
            f"{document}: {line} is not ours; explain it in prose"
        )


def _assert_is_understood(words: list[str], line: str) -> None:
    """Let the parser read the subcommand and the options, and stop before anything is done."""
    options = {word.split("=")[0] for word in words if word.startswith("--")}
    chain: list[str] = []
    for word in words:
        shown = _help((*chain, word))
        if word.startswith("-") or shown is None:
            break
        chain.append(word)
    assert chain, f"{line}: there is no such subcommand"
    shown = _help(tuple(chain))
    missing = [option for option in options if shown and option not in shown]
    assert not missing, f"{line}: {' '.join(chain)} knows no {missing}"


@cache
def _help(chain: tuple[str, ...]) -> str | None:
    """What `--help` of a subcommand prints; nothing when there is no such subcommand."""
    shown = StringIO()
    with redirect_stdout(shown), redirect_stderr(StringIO()):
        code = main([*chain, "--help"])
    is_known = code == 0 and f"servanda {' '.join(chain)}" in shown.getvalue()
    return shown.getvalue() if is_known else None


def _targets() -> set[str]:
    return set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def _definitions(path: Path) -> set[str]:
    """All that a module defines, methods and fields as `Class.name`."""
    names: set[str] = set()

    def collect(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(prefix + node.name)
                if isinstance(node, ast.ClassDef):
                    collect(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign):
                names.update(prefix + target.id for target in node.targets if isinstance(target, ast.Name))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(prefix + node.target.id)

    collect(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return names
