"""`servanda import company FOLDER`: open a company that runs on terms of its own, from a folder as `terms new` makes it.

All or nothing: the company, what it sells and every version of its terms, published by the two persons who are named. The folder
is read once; from then on the terms live in the database, where nobody can change them.
"""

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import Shelf, read_shelf
from servanda.faces.cli.database import database
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import Refused, WrongDocument


class NotOpened(Refused):
    """A company cannot be opened from what was given."""


def add_to(nested: Any) -> None:
    """Add `company` to the kinds of import."""
    parser = nested.add_parser("company", help="open a company from a folder with its terms")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="agreement, catalogue.toml and company.toml")
    parser.add_argument("--by", nargs=2, required=True, metavar="NAME", help="the two persons who publish the terms")
    parser.add_argument("--test-clock", metavar="DAY", help="run on a test clock that begins on this day")
    parser.add_argument("--apply", action="store_true", help="open it; without it the folder is only checked")
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    if not parsed.folder.is_dir():
        print(f"{parsed.folder} is not a folder. Begin one with: servanda terms new NAME.", file=sys.stderr)
        return 2
    clock_on = parse_day(parsed.test_clock) if parsed.test_clock else None
    shelf = _sound(parsed.folder)
    assert shelf.company is not None
    first, second = parsed.by
    if parsed.apply:
        with database():
            _open(shelf, _texts(parsed.folder, shelf), by=(first, second), clock_on=clock_on)
    done = "is open" if parsed.apply else "can be opened; nothing was written. Add --apply to open it"
    versions = ", ".join(shelf.library.versions)
    print(f"{shelf.company.name} ({shelf.library.provider}) with version {versions} {done}.")
    return 0


def _sound(folder: Path) -> Shelf:
    """Return what the folder holds; raises `WrongDocument` with all that is wrong, refuses an installed provider's name."""
    shelf = read_shelf(folder, shown_as=folder.name, provider=folder.resolve().name)
    if shelf.problems:
        raise WrongDocument(shelf.problems)
    assert shelf.company is not None, "a folder without problems has a company"
    if shelf.library.provider in PROVIDERS:
        raise NotOpened(f"{shelf.library.provider} comes with the program. Give the folder a name of its own.")
    if shelf.company.slug != shelf.library.provider:
        raise NotOpened(
            f'company.toml says slug = "{shelf.company.slug}", the agreement is of "{shelf.library.provider}". '
            "Write the same in both."
        )
    return shelf


def _texts(folder: Path, shelf: Shelf) -> tuple[tuple[str, str], ...]:
    """Return the Danish and English text of each version, in the order in which they hold."""
    return tuple(
        (
            (folder / f"{version}.da.md").read_bytes().decode("utf-8"),
            (folder / f"{version}.en.md").read_bytes().decode("utf-8"),
        )
        for version in shelf.library.versions
    )


def _open(shelf: Shelf, texts: tuple[tuple[str, str], ...], *, by: tuple[str, str], clock_on: date | None) -> None:
    from django.db import transaction

    from servanda.business.catalogue.actions import load_catalogue
    from servanda.business.companies.actions import add_company
    from servanda.business.companies.queries import companies, moment_for, today_of
    from servanda.business.library.actions import publish_terms

    card, catalogue = shelf.company, shelf.catalogue
    assert card is not None
    assert catalogue is not None
    if card.slug in {company.slug for company in companies()}:
        raise NotOpened(f"There is a company {card.slug} already. Its terms are changed in the office.")
    now = datetime.now(UTC)
    with transaction.atomic():
        company = add_company(
            slug=card.slug,
            name=card.name,
            legal_name=card.legal_name,
            cvr=card.cvr,
            address_lines=card.address_lines,
            email=card.email,
            phone=card.phone,
            web=card.web,
            bank_registration=card.bank_registration,
            bank_account=card.bank_account,
            iban=card.iban,
            fik_creditor=card.fik_creditor,
            colour=card.colour,
            language=card.language,
            fiscal_year_starts_month=card.fiscal_year_starts_month,
            clock_on=clock_on,
        )
        today, at = today_of(company, now=now), moment_for(company, now=now)
        load_catalogue(company.company_id, catalogue, today=today, at=at, by=by[1])
        for danish, english in texts:
            publish_terms(company, danish=danish, english=english, products=catalogue.codes, by=by, at=at)
