"""`servanda terms add-vendor FILE`: keep the terms of a vendor, which customers then accept with what they buy."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from servanda.faces.cli.database import database
from servanda.ground.refusal import Refused

BY = "operator"
MEDIA_TYPES = {".md": "text/markdown", ".txt": "text/plain", ".pdf": "application/pdf"}


def add_to(nested: Any) -> None:
    """Add the command to the parser of `terms`."""
    parser = nested.add_parser("add-vendor", help="keep the terms of a vendor for the products they belong to")
    parser.add_argument("file", type=Path, metavar="FILE", help="the vendor's own file: .pdf, .md or .txt")
    parser.add_argument("--company", required=True, metavar="SLUG", help="who sells for the vendor, as in vicevaert")
    parser.add_argument("--name", required=True, help="the vendor's name, as customers know it")
    parser.add_argument("--version", required=True, help="the version, as the vendor names it")
    parser.add_argument("--lang", default="en", help="the language of the text")
    parser.add_argument("--product", required=True, action="append", metavar="CODE", help="may be given several times")
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    if not parsed.file.is_file():
        raise Refused(f"{parsed.file} is not a file. Name the file with the vendor's terms.")
    media_type = MEDIA_TYPES.get(parsed.file.suffix.lower())
    if media_type is None:
        raise Refused(f"{parsed.file.name} is of no kind that can be kept. Give a .pdf, .md or .txt file.")
    with database():
        from servanda.business.catalogue.queries import prices_of
        from servanda.business.companies.queries import company_named, moment_for
        from servanda.business.library.actions import add_vendor_terms

        company = company_named(parsed.company)
        kept = add_vendor_terms(
            company.company_id,
            name=parsed.name,
            version=parsed.version,
            language=parsed.lang,
            media_type=media_type,
            content=parsed.file.read_bytes(),
            products=frozenset(parsed.product),
            catalogue=frozenset(prices_of(company.company_id).products),
            by=BY,
            at=moment_for(company, now=datetime.now(UTC)),
        )
    print(f"{kept} is kept for {', '.join(kept.products)}, with the SHA-256 {kept.sha256}.")
    print("From now on an order of these needs the customer's acceptance of this very text.")
    return 0
