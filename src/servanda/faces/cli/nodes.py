"""`servanda nodes`: the servers of the companies here, the key that documents are signed with, and the signer."""

import argparse
import json
import secrets
import sys
import time
from datetime import date, datetime
from importlib import import_module
from typing import Any

from django.conf import settings

from servanda.faces.cli.database import database
from servanda.ground.calendar import legal_day
from servanda.ground.nodes.sealing import public_text, spare_key

BY = "command line"
PAUSE_SECONDS = 0.5
FULL_SECONDS = 60.0  # so often all that is wished is compared with all that was signed


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts to the parser."""
    parser = subparsers.add_parser("nodes", help="servers that run the services, and the signer", description=__doc__)
    parts = parser.add_subparsers(metavar="PART", required=True)
    shown = _part(parts, "list", "the servers, how far each has come, and what waits for a person", _list)
    shown.add_argument("--json", action="store_true", help="print one JSON value")
    add = _part(parts, "add", "add a server of a company and print the token with which it enrols", _add)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--company", required=True, metavar="SLUG")
    add.add_argument("--country", default="DK", help="where it stands, in two capitals")
    add.add_argument("--room", type=int, default=1000, help="for so many services")
    add.add_argument("--address", action="append", default=[], help="under which the world reaches it; may be repeated")
    add.add_argument("--host", default="", help="its own full name, for mail and name servers")
    token = _part(parts, "token", "print a new token: a server enrols anew, with an empty memory", _token)
    token.add_argument("name", metavar="NAME")
    revoke = _part(parts, "revoke", "listen to a server no more", _revoke)
    revoke.add_argument("name", metavar="NAME")
    revoke.add_argument("--because", required=True, metavar="REASON")
    _part(parts, "key", "make the key that documents are signed with, once", _key)
    anew = _part(parts, "reseal", "seal all passwords for the key that a server has now", _reseal)
    anew.add_argument("name", metavar="NAME")
    anew.add_argument("--key", required=True, metavar="MARK", help="the mark of its key, read off the server itself")
    sign = _part(parts, "sign", "sign what is wished, again and again", _sign)
    sign.add_argument("--once", action="store_true", help="sign what waits, and end")


def _part(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]", word: str, what: str, run: Any
) -> argparse.ArgumentParser:
    parser = parts.add_parser(word, help=what, description=what)
    parser.set_defaults(run=run)
    return parser


def _list(args: argparse.Namespace) -> int:
    with database():
        from servanda.business.companies.queries import companies
        from servanda.business.nodes.queries import all_nodes, parked_statements

        nodes = all_nodes()
        parked = [one for company in companies() for one in parked_statements(company.company_id)]
    if args.json:
        print(
            json.dumps(
                {
                    "nodes": [
                        {
                            "name": node.name,
                            "incarnation": node.incarnation,
                            "is_trusted": node.is_trusted,
                            "accepted": node.accepted_seq,
                            "services": node.services,
                            "room": node.services_max,
                        }
                        for node in nodes
                    ],
                    "parked": [{"node": one.node, "key": one.key, "reason": one.reason} for one in parked],
                }
            )
        )
        return 1 if parked else 0
    for node in nodes:
        trust = "trusted" if node.is_trusted else "revoked" if node.revoked_at else "not enrolled"
        last = node.last_report_at.isoformat(timespec="seconds") if node.last_report_at else "never"
        print(
            f"{node.name:<20} {trust:<12} {node.services}/{node.services_max} services, document {node.accepted_seq}, "
            f"last heard {last}"
        )
    for one in parked:
        print(f"  waits: {one.key} on {one.node}: {one.reason} {one.detail}".rstrip())
    return 1 if parked else 0


def _add(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.companies.queries import company_named, today_of
        from servanda.business.nodes.actions.enrolling import add_node

        now = timezone.now()
        company = company_named(args.company)
        today = today_of(company, now=now)
        add_node(
            company.company_id,
            args.name,
            country=args.country,
            services_max=args.room,
            addresses=tuple(args.address),
            host_name=args.host,
            by=BY,
            today=today,
            at=now,
        )
        print(_new_token(args.name, today=today, at=now))
    print("The token lives for 15 minutes and lets this server enrol once.", file=sys.stderr)
    return 0


def _token(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        now = timezone.now()
        print(_new_token(args.name, today=legal_day(now), at=now))
    return 0


def _new_token(name: str, *, today: date, at: datetime) -> str:
    from servanda.business.nodes.actions.enrolling import keep_token

    token = secrets.token_urlsafe(32)
    keep_token(name, token, by=BY, today=today, at=at)
    return token


def _revoke(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.nodes.actions.enrolling import revoke_node

        now = timezone.now()
        revoke_node(args.name, because=args.because, by=BY, today=legal_day(now), at=now)
    print(f"{args.name} is not listened to any more. What it serves goes on until it is switched off.")
    return 0


def _key(_: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.nodes.actions.keys import keep_key

        key = import_module(settings.DRIVERS).node_key(is_made=True)
        install = keep_key(
            key.public_key().public_bytes_raw(),
            spare_key=public_text(spare_key(key)),
            install=secrets.token_hex(16),
            at=timezone.now(),
        )
    print(f"The key is at {settings.NODE_KEY}, for the signer's account alone. Installation {install}.")
    return 0


def _reseal(args: argparse.Namespace) -> int:
    with database():
        from django.utils import timezone

        from servanda.business.hosting.actions.resealing import reseal

        now = timezone.now()
        spare = spare_key(import_module(settings.DRIVERS).node_key())
        done = reseal(args.name, mark=args.key, spare=spare, by=BY, today=legal_day(now), at=now)
    print(f"{done.count} passwords are sealed for {args.name} now.")
    for key in done.lost:
        print(f"  lost: {key}: its password must be given anew", file=sys.stderr)
    return 1 if done.lost else 0


def _sign(args: argparse.Namespace) -> int:
    with database():
        from django.db import OperationalError, connections
        from django.utils import timezone

        from servanda.business.nodes.actions.keys import install_of, tell_spare_key
        from servanda.business.nodes.actions.signing import Seal
        from servanda.faces.clock.signing import sign_round

        key = import_module(settings.DRIVERS).node_key()
        public = key.public_key().public_bytes_raw()
        seal = Seal(install=install_of(public), key=key)
        tell_spare_key(public, spare_key=public_text(spare_key(key)))
        if args.once:
            print(f"Signed: {sign_round(seal, timezone.now, is_full=True)}.")
            return 0
        full_at = 0.0
        while True:
            is_full = time.monotonic() >= full_at
            try:
                sign_round(seal, timezone.now, is_full=is_full)
            except OperationalError as error:
                print(f"The signer lost its database: {error}".strip(), file=sys.stderr, flush=True)
                connections.close_all()
            if is_full:
                full_at = time.monotonic() + FULL_SECONDS
            time.sleep(PAUSE_SECONDS)
