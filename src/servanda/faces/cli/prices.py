"""`servanda prices load|announce`: bring a new catalogue in, and tell the customers whom a dearer price concerns.

A price that rises binds only who was told, in time, by a letter that was delivered; loading a catalogue tells nobody. Without
`--apply` both commands say what they would do, and write nothing.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from servanda.faces.cli.database import database
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import WrongDocument
from servanda.terms.catalogue import read_catalogue

CLASSES = ("material", "ordinary", "larger")


def add_to(subparsers: Any) -> None:
    """Add `prices` and its two steps."""
    parser = subparsers.add_parser("prices", help="load a catalogue, announce a dearer price", description=__doc__)
    nested = parser.add_subparsers(metavar="STEP", required=True)
    load = nested.add_parser("load", help="add the products, plans and prices of a catalogue")
    load.add_argument("company", metavar="COMPANY", help="whose catalogue it is, as in safe-it")
    load.add_argument("file", type=Path, metavar="CATALOGUE.toml")
    load.add_argument("--apply", action="store_true", help="write it; without it the file is only checked")
    load.set_defaults(run=_load)
    announce = nested.add_parser("announce", help="write to the customers who would pay more")
    announce.add_argument("company", metavar="COMPANY", help="whose price it is, as in safe-it")
    announce.add_argument("plan", metavar="PLAN", help="the plan's code in the catalogue")
    announce.add_argument("--since", required=True, metavar="DAY", help="the day of the new price in the catalogue")
    announce.add_argument("--reason", required=True, help="why the price rises; the customers read it")
    announce.add_argument("--by", required=True, metavar="NAME", help="who approves it")
    announce.add_argument("--change", choices=CLASSES, default="", help="its class, where a person names it")
    announce.add_argument("--apply", action="store_true", help="write the letters; without it they are only counted")
    announce.set_defaults(run=_announce)


def _load(parsed: argparse.Namespace) -> int:
    if not parsed.file.is_file():
        print(f"{parsed.file} is not a file. Name the catalogue to load.", file=sys.stderr)
        return 2
    read = read_catalogue(parsed.file.read_bytes().decode("utf-8", errors="replace"), file=parsed.file.name)
    if read.value is None or read.problems:
        raise WrongDocument(read.problems)
    with database():
        from django.db import transaction

        from servanda.business.catalogue.actions import load_catalogue

        company, today, at = _company(parsed.company)
        with transaction.atomic():
            new = load_catalogue(company.company_id, read.value, today=today, at=at, by="operator")
            transaction.set_rollback(not parsed.apply)
    print(f"{new} new plans and prices{_done(parsed.apply)}")
    return 0


def _announce(parsed: argparse.Namespace) -> int:
    since = parse_day(parsed.since)
    with database():
        from django.db import transaction

        from servanda.business.contracts.actions import announce_price

        company, today, at = _company(parsed.company)
        with transaction.atomic():
            told = announce_price(
                company,
                parsed.plan,
                since=since,
                reason=parsed.reason,
                approved_by=parsed.by,
                today=today,
                at=at,
                by=parsed.by,
                change=parsed.change,
            )
            transaction.set_rollback(not parsed.apply)
    print(
        f"letters: {told.letters}; lines told: {told.told}; lines that pay it without a notice: {told.free}; lines that keep "
        f"the old price, because their terms know no change of it: {told.kept}{_done(parsed.apply)}"
    )
    return 0


def _company(slug: str) -> Any:
    from servanda.business.companies.queries import company_named, moment_for, today_of

    company, now = company_named(slug), datetime.now(UTC)
    return company, today_of(company, now=now), moment_for(company, now=now)


def _done(is_applied: bool) -> str:
    return "." if is_applied else "; nothing was written. Add --apply."
