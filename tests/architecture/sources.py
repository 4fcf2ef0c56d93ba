"""The project's own files, as the tests of this folder read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "servanda"
NOT_OURS = {".git", ".venv", "var", "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__"}


@cache
def tracked_files() -> tuple[Path, ...]:
    """The files that are in the repository or would be added to it; without git, all but caches."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=30,
        )
    except (OSError, subprocess.CalledProcessError):
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and not NOT_OURS & set(path.parts))
    names = (name for name in listed.stdout.decode().split("\0") if name)
    return tuple(path for name in names if (path := ROOT / name).is_file())


def text_files() -> Iterator[tuple[Path, str]]:
    """The tracked files that are text, with their text."""
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield path, content.decode("utf-8", errors="replace")


@cache
def module_paths() -> tuple[Path, ...]:
    """The files of our modules without migrations and without those that are empty."""
    paths = (path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts)
    return tuple(path for path in paths if path.stat().st_size)


@cache
def parsed(path: Path) -> ast.Module:
    """One module, parsed. Only a test asks for it: whoever merely collects the tests need not wait for it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """Our modules, parsed."""
    return tuple((path, parsed(path)) for path in module_paths())


def documents() -> tuple[Path, ...]:
    """The README and everything under docs."""
    return tuple(path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if path.is_file())


def short(path: Path) -> str:
    """The path as a reader knows it."""
    return path.relative_to(ROOT).as_posix()
