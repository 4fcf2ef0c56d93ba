"""`servanda simulate`: years of business in minutes, with faults, by the product's own decisions and without a database.

Each customer of a world has a chance of their own, so a violated invariant is replayed with that customer alone. The same seed gives
the same lines, to the byte. Exit code 1: an invariant did not hold.
"""

import argparse
from importlib import import_module
from typing import Any

COMMAND = "servanda.simulation.command"  # beside the wiring, and so named here as the wiring names a driver


def add_to(subparsers: Any) -> None:
    """Add `simulate`."""
    parser = subparsers.add_parser("simulate", help="years of business with faults, in memory", description=__doc__)
    import_module(COMMAND).add_arguments(parser)
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    code: int = import_module(COMMAND).run(parsed)
    return code
