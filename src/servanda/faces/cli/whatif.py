"""`servanda terms what-if`: who is hit if a draft of the terms holds? Over the last twelve months and the next twelve.

Needs the company's database and writes nothing. 0 when it has answered, 1 when the draft has problems, 2 on wrong usage.
"""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from servanda.faces.cli.database import database
from servanda.faces.cli.whatif_text import text_of
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import Refused, WrongDocument
from servanda.terms.document import Agreement
from servanda.terms.parsing import parse_bytes

SHOWN_MAX = 200


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("what-if", help="who is hit if a draft of the terms holds", description=__doc__)
    parser.add_argument("company", metavar="COMPANY", help="the company's short name, as in safe-it")
    parser.add_argument("draft", metavar="DRAFT", help="the path of a Danish document, or the name of a version")
    parser.add_argument("--on", metavar="DAY", help="the day to stand on; otherwise the company's today")
    parser.add_argument(
        "--limit", type=_limit, default=10, metavar="N", help="so many customers one by one, the hardest hit"
    )
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")
    parser.add_argument("--lang", choices=("da", "en"), default="en", help="of what is printed")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print who is hit; a document with problems is refused with each of them."""
    document = _document(args.draft) if args.draft.endswith(".md") else None
    on = parse_day(args.on) if args.on else None
    with database():
        from servanda.business.companies.queries import company_named, today_of
        from servanda.business.dunning.queries.whatif import who_would_be_hit
        from servanda.business.library.queries import version_of

        company = company_named(args.company)
        draft = document or version_of(company.slug, args.draft)
        today = on or today_of(company, now=datetime.now(UTC))
        found = who_would_be_hit(company, draft, today=today, most=args.limit)
    print(json.dumps(found.as_json(), ensure_ascii=False, indent=2) if args.json else text_of(found, args.lang))
    return 0


def _document(path: str) -> Agreement:
    file = Path(path)
    if not file.is_file():
        raise Refused(f"{file} does not exist. Name a document that ends in .da.md, or a version.")
    read = parse_bytes(file.read_bytes(), file=path)
    if read.agreement is None:
        raise WrongDocument(read.problems)
    return read.agreement


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= SHOWN_MAX):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {SHOWN_MAX}.")
    return int(text)
