"""What must not be in the repository: paths of somebody's machine, registry hosts, and what drifts from its source."""

import gettext
import io
import os
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.architecture.sources import PACKAGE, ROOT, short, text_files, tracked_files

# Put together here, so that this file does not contain what it looks for.
HOMES = "|".join(("/" + "root/", "/" + "home/[a-z]", "/" + "Users/[A-Za-z]", "/" + "work/", "C:" + r"\\\\?Users"))
HOSTS = "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "file:" + "///(?!etc/)"))
MACHINE = re.compile(rf"(?<![\w.])({HOMES})|({HOSTS})")


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{short(path)}:{number} {match[0]}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := MACHINE.search(line))
    ]
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "--find-links " + "/" + "root/wheels",
        "see " + "/" + "home/eva/x",
        "file:" + "///opt",
        "https://pypi" + ".org/simple",
    ],
)
def test_a_machine_or_registry_is_seen(line: str) -> None:
    assert MACHINE.search(line)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_everything_that_is_installed_has_a_hash(name: str) -> None:
    requirements = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    assert requirements
    assert [line for line in requirements if "--hash=sha256:" not in line or "==" not in line] == []


def test_both_locks_agree() -> None:
    runtime, development = (_pinned(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert runtime.items() <= development.items()


def test_every_dependency_is_locked() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = text[text.index("\ndependencies = [") : text.index("[dependency-groups]")]
    named = {name.lower() for name in re.findall(r'^ +"([A-Za-z0-9-]+)', project, re.MULTILINE)}
    assert named
    assert named <= _pinned(ROOT / "requirements.lock").keys()


def test_ci_runs_the_test_command_of_the_readme_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines == ["#!/usr/bin/env bash", "set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("source", [pytest.param(path, id=short(path)) for path in PACKAGE.rglob("*.po")])
def test_a_translation_is_compiled_from_what_stands_beside_it(source: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    fresh = io.BytesIO()
    write_mo(fresh, catalogue)
    fresh.seek(0)
    with source.with_suffix(".mo").open("rb") as compiled:
        assert _texts(gettext.GNUTranslations(compiled)) == _texts(gettext.GNUTranslations(fresh)), "run: make messages"


def test_nothing_that_is_made_is_tracked() -> None:
    ignored = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ignored.stdout == ""
    assert not [short(path) for path in tracked_files() if path.suffix in {".pyc", ".log", ".sqlite3"}]


def _pinned(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def _texts(translations: gettext.GNUTranslations) -> dict[object, str]:
    catalogue: dict[object, str] = translations._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key != ""}
