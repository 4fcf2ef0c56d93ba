"""`servanda work`: a worker. Any number may run, on any number of machines, over the one database."""

import argparse
import asyncio

from servanda.faces.cli.database import database


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("work", help="run jobs: rounds and letters", description=__doc__)
    parser.add_argument(
        "--until-idle", action="store_true", help="end when no job is left, instead of waiting for more"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run jobs until asked to stop; those at work are finished first."""
    with database():
        from servanda.faces.clock.worker import work  # its tables need Django to be set up

        asyncio.run(work(waits=not args.until_idle))
    return 0
