"""`servanda node store` and `servanda node keep`: the machine on which copies lie. Needs no database and no node."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from servanda.faces.node import keeper, keeping
from servanda.faces.node.parts import wiring

FOLDER, KEEPER = Path("/var/lib/servanda-store"), Path("/etc/servanda-keeper")


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two commands to those of `servanda node`."""
    text = "be the store of copies on a machine of its own until stopped"
    store = parts.add_parser("store", help=text, description=text)
    store.add_argument("--folder", type=Path, default=FOLDER, metavar="FOLDER", help="where copies lie")
    store.add_argument("--port", type=int, default=8082, help="the port on which nodes and keeper ask")
    store.add_argument("--address", default="127.0.0.1", help="the address on which it listens")
    store.add_argument("--certificate", type=Path, metavar="FILE", help="its certificate; without one it speaks no TLS")
    store.add_argument("--key", type=Path, metavar="FILE", help="the key of the certificate")
    store.add_argument("--reserve-bytes", type=int, default=1 << 30, metavar="BYTES", help="room that stays free")
    store.add_argument("--country", default="DK", help="where this machine stands, by its two letters")
    store.add_argument("--user", type=int, metavar="NUMBER", help="the account it becomes when root starts it")
    store.add_argument("--keeper", type=Path, default=KEEPER, metavar="FOLDER", help="the keeper's folder, for --units")
    store.add_argument("--units", action="store_true", help="print units for systemd and do nothing else")
    store.set_defaults(run=_store)
    text = "forget the copies in a store whose time is over, once, as the timer does each night"
    keep = parts.add_parser("keep", help=text, description=text)
    keep.add_argument(
        "--keeper", type=Path, default=KEEPER, metavar="FOLDER", help="the folder with keeper.json and rules.json"
    )
    keep.add_argument("--token", help="enrol once as the keeper of a control plane, which says the rules from then on")
    keep.add_argument("--name", default="keeper1", help="what the control plane calls this keeper; with --token")
    keep.add_argument("--url", default="", help="where the control plane answers; with --token")
    keep.add_argument("--roots", metavar="FILE", help="roots that vouch for the control plane; with --token")
    keep.add_argument("--json", action="store_true", help="print one JSON value")
    keep.set_defaults(run=_keep)


def _store(args: argparse.Namespace) -> int:
    words = _words(args)
    if not args.units:
        return wiring().serve_store(words)
    program = (sys.executable, "-m", "servanda", "node")
    units = keeping.store_units(
        store=(*program, "store", *words),
        keep=(*program, "keep", "--keeper", str(args.keeper)),
        folder=args.folder,
        keeper=args.keeper,
    )
    print("\n".join(f"# /etc/systemd/system/{name}\n{content}" for name, content in units.items()))
    return 0


def _words(args: argparse.Namespace) -> tuple[str, ...]:
    given = {
        "--folder": args.folder, "--port": args.port, "--address": args.address, "--certificate": args.certificate,
        "--key": args.key, "--reserve-bytes": args.reserve_bytes, "--country": args.country, "--user": args.user,
    }  # fmt: skip
    return tuple(word for name, value in given.items() if value is not None for word in (name, str(value)))


def _keep(args: argparse.Namespace) -> int:
    if args.token:
        done = keeper.enrol(args.keeper, name=args.name, url=args.url, token=args.token, roots=args.roots)
        assert done.enrolled is not None
        print(f"{done.name} is enrolled, incarnation {done.enrolled.incarnation}. It is told how long copies are kept.")
        return 0
    told = keeping.keep_once(args.keeper, datetime.now(UTC))
    if args.json:
        print(json.dumps(told))
    else:
        for repository, what in told.items():
            print(f"{repository}: {what}")
    return 1 if any(what.startswith("not done") for what in told.values()) else 0
