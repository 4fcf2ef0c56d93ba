"""`servanda copy`: is this installation a copy, what may it have missed, and who says that it takes over?

A copy sends nothing and harms nobody. `show` tells why it is taken for one and what it may have missed; `reconcile` notes
that a person has looked at one of the steps; `confirm` lets it take over. `join` is for a further machine that works with
the same database, and `time` says that the time is right again. Exit code 1: something waits for a person.
"""

import argparse
import json
from typing import Any

from servanda.faces.cli.database import database
from servanda.ground.refusal import Refused

STEPS = ("letters", "servers", "bank", "e-invoices")


class NobodyOfThatName(Refused):
    """What a person confirms is kept with a name, which must be one of the staff."""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts to the parser."""
    parser = subparsers.add_parser(
        "copy", help="a restored or cloned database, and time that is in doubt", description=__doc__
    )
    parts = parser.add_subparsers(metavar="PART", required=True)
    shown = _part(parts, "show", "why everything stands still, and what may have been missed", _show)
    shown.add_argument("--json", action="store_true", help="print one JSON value")
    step = _part(parts, "reconcile", "note that you have looked at one of the steps", _reconcile)
    step.add_argument("step", choices=STEPS)
    step.add_argument("--by", required=True, metavar="NAME", help="who looked: one of the staff")
    for word, what, run in (
        ("confirm", "let this copy take over, as the one and only installation", _confirm),
        ("join", "let this further machine work with the database", _join),
        ("time", "say that the time is right now, so that adverse acts go on", _time),
    ):
        made = _part(parts, word, what, run)
        made.add_argument("--by", required=True, metavar="NAME", help="who says so: one of the staff")
        made.add_argument("--because", required=True, metavar="REASON")


def _part(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]", word: str, what: str, run: Any
) -> argparse.ArgumentParser:
    parser = parts.add_parser(word, help=what, description=what)
    parser.set_defaults(run=run)
    return parser


def _show(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.evidence.queries import halts
        from servanda.business.installation.queries import incarnation, is_copy, steps_done
        from servanda.faces.clock.beating import may_work
        from servanda.faces.clock.reconciling import look_around

        may_work(timezone.now())
        if is_copy():
            look_around(timezone.now())
        found, done = halts(), {step.name for step in steps_done()}
        told = {
            "incarnation": incarnation(),
            "halts": [
                {"cause": halt.cause, "since": halt.since.isoformat(), "figures": dict(halt.figures)} for halt in found
            ],
            "reconciled": [step for step in STEPS if step in done],
        }
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 1 if found else 0
    if not found:
        print(f"This is the installation itself, incarnation {told['incarnation']}. Nothing is in doubt.")
        return 0
    for halt in found:
        print(f"{halt.cause} since {halt.since.isoformat(timespec='seconds')}: {halt.figures.get('because', '')}")
        for name, value in halt.figures.items():
            if name not in {"because", "missed"}:
                print(f"  {name}: {value}")
        missed = halt.figures.get("missed")
        for step, figures in missed.items() if isinstance(missed, dict) else ():
            print(f"  {'done' if step in done else 'to do'}  {step}: {json.dumps(figures, ensure_ascii=False)}")
    return 1


def _reconcile(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.evidence.queries import halts
        from servanda.business.installation.actions import note_step
        from servanda.faces.clock.reconciling import look_around

        look_around(timezone.now())
        missed = next((halt.figures.get("missed") for halt in halts() if halt.cause == "copy"), None)
        figures = missed[args.step] if isinstance(missed, dict) else {}
        note_step(args.step, figures=figures, by=_named(args.by), now=timezone.now())
    print(f"It is kept that {args.by} has looked at the {args.step}.")
    return 0


def _confirm(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.installation.queries import incarnation
        from servanda.faces.clock.beating import take_over

        take_over(by=_named(args.by), reason=args.because, now=timezone.now())
        print(f"This installation goes on, as incarnation {incarnation()}. Make sure that the one before does not run.")
    return 0


def _join(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.faces.clock.beating import join_as_further_machine

        join_as_further_machine(by=_named(args.by), reason=args.because, now=timezone.now())
    print("This machine works with the database from now on.")
    return 0


def _time(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.installation.actions import acknowledge_time

        acknowledge_time(by=_named(args.by), reason=args.because, now=timezone.now())
    print("Adverse acts go on. What is still wrong is noticed within a minute.")
    return 0


def _named(name: str) -> str:
    """Return how the record names one of the staff; refuses anybody else."""
    from django.contrib.auth import get_user_model

    found = get_user_model()._default_manager.filter(username=name, is_staff=True, is_active=True).first()
    if found is None:
        raise NobodyOfThatName(f"{name!r} is none of the staff who may sign in. Name the person who decides this.")
    return f"staff:{found.pk}"
