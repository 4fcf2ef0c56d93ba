"""Writes the reference pages that are made from the code: the clause kinds, and the tables in the page of commands.

    python tools/write_references.py

Tests compare the pages with what this would write. In `docs/reference/commands.md` only the blocks between the marks
are written; the sentences around them are kept. A command that has no block yet gets one at the end of the page.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.faces.cli import main as cli
from servanda.terms.describing import clauses_page

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
COMMANDS = REFERENCE / "commands.md"
CLAUSES = REFERENCE / "clauses.md"


def main() -> None:
    """Write both pages."""
    libraries = (library_of(provider) for provider in PROVIDERS)
    CLAUSES.write_text(clauses_page(library.version(library.versions[-1]) for library in libraries), encoding="utf-8")
    COMMANDS.write_text(renewed(COMMANDS.read_text(encoding="utf-8")), encoding="utf-8")


def renewed(page: str) -> str:
    """Return the page of commands with its blocks as the parser has them now."""
    for name, block in blocks().items():
        begin, end = f"<!-- {name} -->\n", "<!-- end -->\n"
        written = f"{begin}{block}{end}"
        found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if found.search(page):
            page = found.sub(written.replace("\\", r"\\"), page)
        else:
            page += f"\n## {name}\n\n{written}"
    return page


def named_in(page: str) -> set[str]:
    """Return the commands that have a block in the page."""
    return set(re.findall(r"<!-- (servanda [^>]+) -->", page))


def blocks() -> dict[str, str]:
    """Return for each command, by its full name, its usage and a table of what it takes."""
    parser = cli._parser(cli.installed_commands())
    return {name: _block(name, command) for name, command in _commands(parser, "servanda")}


def _commands(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Give the commands that do something; one that only holds others is left out."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        yield name, parser
    for action in nested:
        for word, inner in action.choices.items():
            yield from _commands(inner, f"{name} {word}")


def _block(name: str, parser: argparse.ArgumentParser) -> str:
    taken = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    usage = " ".join((name, *(_in_usage(action) for action in taken)))
    rows = [f"| `{_named(action)}` | {_about(action)} |" for action in taken]
    table = ["", "| Takes | Which is |", "| --- | --- |", *rows] if rows else []
    return "\n".join(("```", usage, "```", *table)) + "\n"


def _in_usage(action: argparse.Action) -> str:
    if action.option_strings:
        written = f"{action.option_strings[-1]}{_value(action)}"
        return written if action.required else f"[{written}]"
    many = {"*": "[{} …]", "+": "{} [{} …]", "?": "[{}]"}.get(str(action.nargs), "{}")
    return many.replace("{}", _place(action))


def _named(action: argparse.Action) -> str:
    return f"{action.option_strings[-1]}{_value(action)}" if action.option_strings else _place(action)


def _place(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    return f" {action.metavar}" if action.metavar else f" {action.dest.upper()}"


def _about(action: argparse.Action) -> str:
    said = [action.help or ""]
    if action.choices:
        said.append("one of " + ", ".join(f"`{choice}`" for choice in action.choices))
    if _is_written_as_it_is(action):
        said.append(f"`{action.default}` when left out")
    return "; ".join(part for part in said if part) or "–"


def _is_written_as_it_is(action: argparse.Action) -> bool:
    """Tell whether the default can be shown: a person who wrote it so would get the same."""
    if action.default in (None, False, (), []) or action.default is argparse.SUPPRESS:
        return False
    try:
        return bool(action.default == (action.type or str)(str(action.default)))  # type: ignore[operator]
    except (argparse.ArgumentTypeError, ValueError):
        return False


if __name__ == "__main__":
    main()
