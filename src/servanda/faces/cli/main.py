"""The command `servanda`: which subcommand is meant, and which module of this folder carries it out?

Each module here offers `add_to(subparsers)` and sets the default `run`, a function of the parsed arguments that
returns the exit code: 0 success, 1 a check found something, 2 wrong usage. Only the module of the chosen subcommand
is imported, so a command without a database needs none.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ProgrammingError

from servanda import __version__
from servanda.ground.refusal import Refused, WrongDocument

# Subcommand → module in this folder. A module that is not installed is left out.
COMMANDS = {
    "up": "up",
    "terms": "terms",
    "import": "imports",
    "day": "day",
    "work": "work",
    "simulate": "simulate",
    "audit": "audit",
    "books": "books",
    "report": "report",
    "deviations": "deviations",
    "agree": "agreeing",
    "prices": "prices",
    "invoice": "invoice",
    "vat": "vat",
    "payouts": "payouts",
    "collect": "collect",
    "refund": "refunds",
    "bench": "bench",
    "node": "node",
    "nodes": "nodes",
    "backup": "backup",
    "copy": "copies",
    "doctor": "doctor",
}


def main(argv: list[str] | None = None) -> int:
    """Carry out the command and return its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    parser = _parser(_wanted_modules(arguments))
    try:
        parsed = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has printed usage or help
        return stop.code if isinstance(stop.code, int) else 2
    run: Callable[[argparse.Namespace], int] | None = getattr(parsed, "run", None)
    if run is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        return run(parsed)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1 if isinstance(refusal, WrongDocument) else 2
    except (ImproperlyConfigured, OSError, ProgrammingError) as failure:
        if isinstance(failure, BrokenPipeError):  # the reader, such as `head`, has seen enough
            sys.stderr.close()
            return 0
        print(_told(failure), file=sys.stderr)
        return 2


def _told(failure: Exception) -> str:
    """Return what an outside failure means for who typed the command, and what to do."""
    if isinstance(failure, ProgrammingError):
        what = str(failure).splitlines()[0]
        return (
            f"The database is not set up: {what}. Start it once with `servanda up`, or name the folder of the "
            "installation in SERVANDA_HOME."
        )
    return f"{failure}"


def installed_commands() -> tuple[str, ...]:
    """Return the subcommands whose module is there."""
    return tuple(name for name, module in COMMANDS.items() if find_spec(_path_of(module)) is not None)


def _wanted_modules(arguments: Sequence[str]) -> tuple[str, ...]:
    named = next((argument for argument in arguments if not argument.startswith("-")), None)
    installed = installed_commands()
    return (named,) if named in installed else installed


def _parser(names: tuple[str, ...]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="servanda", description="Runs a hosting company by its own terms.")
    parser.add_argument("--version", action="version", version=f"servanda {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for name in names:
        import_module(_path_of(COMMANDS[name])).add_to(subparsers)
    return parser


def _path_of(module: str) -> str:
    return f"servanda.faces.cli.{module}"


if __name__ == "__main__":
    sys.exit(main())
