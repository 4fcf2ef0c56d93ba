"""`servanda work`: a worker. Any number may run, on any number of machines, over the one database."""

import argparse
import asyncio
import sys

from servanda.faces.cli.database import database

COPIED = (
    "This installation is taken for a copy: nothing is sent and nothing happens by itself. See `servanda copy show`."
)


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("work", help="run jobs: rounds and letters", description=__doc__)
    parser.add_argument(
        "--until-idle", action="store_true", help="end when no job is left, instead of waiting for more"
    )
    parser.add_argument("--queue", choices=("default", "backups"), help="only these jobs; otherwise all")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run jobs until asked to stop; those at work are finished first."""
    with database():
        from django.utils import timezone

        from servanda.faces.clock.beating import may_work
        from servanda.faces.clock.worker import work  # its tables need Django to be set up

        if not may_work(timezone.now()):
            print(COPIED, file=sys.stderr, flush=True)

        asyncio.run(work(waits=not args.until_idle, queue=args.queue))
    return 0
