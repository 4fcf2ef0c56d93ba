"""`servanda node`: make, run and look at a node. Needs no database."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from servanda.faces.cli import node_store
from servanda.faces.node import enrolling, installed, private, shown, units
from servanda.faces.node.parts import wiring
from servanda.faces.node.processes import Place

ROOT = Path("/var/lib/servanda/node")


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts to the parser."""
    parser = subparsers.add_parser("node", help="a server that carries out what is signed", description=__doc__)
    parts = parser.add_subparsers(metavar="PART", required=True)
    _add(parts, "run", "run a private node below a folder until stopped", _run, url=True, name=True)
    status = _add(parts, "status", "how a node stands", _status)
    enrol = _add(parts, "enrol", "introduce the node to its control plane", _enrol, url=True)
    enrol.add_argument("--token", required=True, help="the one-time token from the office's page")
    install = _add(parts, "install", "make this server a node, under systemd", _install, url=True, name=True)
    install.add_argument("--token", help="enrol at once with this one-time token")
    install.add_argument("--apply", action="store_true", help="write the files; without it they are only shown")
    install.add_argument("--units", type=Path, default=units.UNITS, help="where units are written")
    look = _add(parts, "look", "compare what is found with what is wanted, and change nothing", _look)
    look.add_argument("key", nargs="?", default="", metavar="KEY", help="one resource, as in site/7; all when left out")
    show = _add(parts, "show", "the latest statement on a resource, and how it stands", _show)
    show.add_argument("key", metavar="KEY", help="the resource, as in site/7")
    node_store.add_to(parts)
    for one in (status, install, look, show):
        one.add_argument("--json", action="store_true", help="print one JSON value")


def _add(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]",
    word: str,
    what: str,
    run: Any,
    *,
    url: bool = False,
    name: bool = False,
) -> argparse.ArgumentParser:
    parser = parts.add_parser(word, help=what, description=what)
    parser.add_argument("--root", type=Path, default=ROOT, metavar="FOLDER", help="where the node lives")
    if url:
        parser.add_argument("--url", default="", help="where the control plane answers")
    if name:
        parser.add_argument("--name", default="node1", help="what the control plane calls this node")
    parser.set_defaults(run=run)
    return parser


def _run(args: argparse.Namespace) -> int:
    place = Place(root=args.root)
    private.make(args.root, name=args.name, url=args.url)
    return private.run(place)


def _status(args: argparse.Namespace) -> int:
    found = shown.status(args.root)
    if args.json:
        print(json.dumps(found))
    else:
        _print_status(found)
    return 0 if found["is_well"] else 1


def _print_status(found: dict[str, Any]) -> None:
    run = {True: "running", False: "not running", None: "under systemd"}[found["is_running"]]
    print(f"{found['node']} below {found['root']}: {run}, document {found['accepted']}, {found['resources']} resources")
    for one in found["parts"]:
        again = f", started {one['restarts']} times anew ({one['ending']})" if one["restarts"] else ""
        print(f"  {one['name']:<20} {one['state']}{again}")
    for name in ("failed", "parked", "differs"):
        for key in found[name]:
            print(f"  {name}: {key}")
    if found["clock"]:
        print(f"  The clock is doubted, so adverse acts wait: {found['clock']}")
    if found["sealing_key"]:
        print(f"  Secrets are sealed for it by the key {found['sealing_key']}.")
    if not found["enrolled"]:
        print("  It belongs to no control plane yet: servanda node enrol --token TOKEN")


def _enrol(args: argparse.Namespace) -> int:
    installation = installed.read(args.root)
    if args.url:
        installation = installed.with_url(installation, args.url)
    door = wiring().door(installation.url, installation.url_roots)
    result = enrolling.enrol(installation, door, args.token)
    assert result.enrolled is not None
    print(f"{result.name} is enrolled, incarnation {result.enrolled.incarnation}.")
    return 0


def _install(args: argparse.Namespace) -> int:
    plan = units.plan(args.root, name=args.name, url=args.url, units=args.units)
    if args.json:
        print(json.dumps(plan.shown()))
    elif not args.apply:
        print(plan.as_text())
    if plan.problems:
        for problem in plan.problems:
            print(problem, file=sys.stderr)
        return 1
    if args.apply:
        units.apply(plan, token=args.token)
    return 0


def _look(args: argparse.Namespace) -> int:
    done = private.as_agent(Place(root=args.root), "look", args.key)
    if done.returncode:
        print(done.stderr.strip(), file=sys.stderr)
        return 2
    found = [json.loads(line) for line in done.stdout.splitlines()]
    different = [one for one in found if one["differences"]]
    if args.json:
        print(json.dumps({"looked_at": len(found), "different": different}))
    else:
        for one in different:
            for what in one["differences"]:
                print(
                    f"{one['key']}: {what['code']}: wanted {what.get('wanted', '')!r}, found {what.get('found', '')!r}"
                )
        print(f"{len(found)} looked at, {len(different)} not as wanted.")
    return 1 if different else 0


def _show(args: argparse.Namespace) -> int:
    found = shown.show(args.root, args.key)
    if args.json:
        print(json.dumps(found))
    else:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0
