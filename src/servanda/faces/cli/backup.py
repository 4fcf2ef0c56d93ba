"""`servanda backup`: keeps this whole installation, encrypted, and proves that it can be put back.

Without a part, a backup is made now: the database, what lies beside it, and the keys. `list` names what is kept; `check`
reads a part of the archive; `restore --drill` puts the last backup into an empty place, holds every table against what was
counted and runs the audit on it; `restore --into FOLDER` puts it back in earnest. Exit code 1: a drill or a check failed.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from servanda.faces.cli.database import database, use_settings
from servanda.ground.refusal import Refused


class WhichWay(Refused):
    """A restore is a drill, or goes into a folder."""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts to the parser."""
    parser = subparsers.add_parser("backup", help="keep this installation, and prove it", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.set_defaults(run=_make)
    parts = parser.add_subparsers(metavar="PART")
    _part(parts, "list", "what is kept, the newest last", _list)
    check = _part(parts, "check", "read a part of the archive whole, to find damage", _check)
    check.add_argument("--part", type=_part_of, default=(1, 30), metavar="1/30", help="which part of how many")
    restore = _part(parts, "restore", "put a backup back", _restore)
    restore.add_argument("--drill", action="store_true", help="into an empty place, to prove that it can be done")
    restore.add_argument("--into", type=Path, metavar="FOLDER", help="in earnest, into the home of a new installation")
    restore.add_argument("--snapshot", default="", metavar="NAME", help="one of the list; otherwise the newest")


def _part(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]", word: str, what: str, run: Any
) -> argparse.ArgumentParser:
    parser = parts.add_parser(word, help=what, description=what)
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.set_defaults(run=run)
    return parser


def _part_of(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part. Write it as in 1/30.")
    return int(part), int(parts)


def _make(args: argparse.Namespace) -> int:
    with database():
        from django.conf import settings
        from django.utils import timezone

        from servanda.faces.clock.keeping import make_backup

        made = make_backup(timezone.now())
        key, is_elsewhere = settings.BACKUP_KEY, made["is_elsewhere"]
    if args.json:
        print(json.dumps(made))
        return 0
    print(
        f"Kept as {made['snapshot']}: {made['tables']} tables with {made['rows']} rows, {made['bytes']} bytes of which "
        f"{made['bytes_added']} are new, in {made['seconds']} s. The key is at {key}: keep a copy of it elsewhere."
    )
    if not is_elsewhere:
        print("The backups lie on the same disk as the installation. Name another place in SERVANDA_BACKUP_STORE.")
    return 0


def _list(args: argparse.Namespace) -> int:
    _set_up()
    from servanda.faces.clock.keeping import backups

    kept = backups()
    if args.json:
        print(json.dumps([{"snapshot": one.snapshot, "made_at": one.made_at.isoformat()} for one in kept]))
        return 0
    for one in kept:
        print(f"{one.snapshot}  {one.made_at.isoformat(sep=' ', timespec='seconds')}")
    return 0


def _check(args: argparse.Namespace) -> int:
    _set_up()
    from servanda.faces.clock.keeping import check_part

    part, parts = args.part
    try:
        check_part(part=part, parts=parts)
    except Refused as refusal:
        print(json.dumps({"is_good": False, "reason": str(refusal)}) if args.json else str(refusal))
        return 1
    print(json.dumps({"is_good": True}) if args.json else f"Part {part} of {parts} is what was put there.")
    return 0


def _restore(args: argparse.Namespace) -> int:
    if args.drill == (args.into is not None):
        raise WhichWay("Say either --drill, to prove that it can be done, or --into FOLDER, to do it in earnest.")
    return _drill(args) if args.drill else _put_back(args)


def _drill(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.faces.clock.keeping import drill

        found = drill(timezone.now(), snapshot=args.snapshot)
    if args.json:
        print(json.dumps(found))
        return 0 if found["is_good"] else 1
    if "tables" not in found:
        print(f"The drill failed after {found['seconds']} s: {found['reason']}")
        return 1
    print(
        f"Backup {found['snapshot']} was put back in {found['seconds']} s. Lost would have been {found['loss_seconds']} s, "
        f"{found['loss_records']} records. {found['tables']} tables, {found['rows']} rows; {found['checked']} invariants, "
        f"{found['violations']} broken."
    )
    for name in ("differing", "missing"):
        if found[name]:
            print(f"{name}: {', '.join(map(str, found[name]))}")  # type: ignore[call-overload]
    return 0 if found["is_good"] else 1


def _put_back(args: argparse.Namespace) -> int:
    _set_up()
    from servanda.faces.clock.keeping import restore

    home = args.into.expanduser().absolute()
    kept = restore(home, snapshot=args.snapshot)
    print(
        f"Backup {kept.snapshot} of {kept.made_at.isoformat(sep=' ', timespec='seconds')} is in {home}.\n"
        f"Start it with SERVANDA_HOME={home} servanda up. It is taken for a copy, and sends nothing, until a person has "
        "reconciled and confirmed it: `servanda copy show`."
    )
    return 0


def _set_up() -> None:
    """Set Django up without the database, which may be what is to be put back."""
    import django

    use_settings()
    django.setup()
