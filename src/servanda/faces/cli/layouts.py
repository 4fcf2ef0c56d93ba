"""`servanda import layout SAMPLE.csv`: try how a bank's CSV file is read, and keep that under a name.

The layout is a TOML file with the fields of `docs/reference/imports.md`, or one that is kept already. The first lines are shown as
they were understood, with every problem of the others. With `--keep NAME` it is kept, if nothing is wrong.
"""

import argparse
import json
import sys
import tomllib
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.database import database
from servanda.ground.bank_layout import BankLayout, check_layout, layout_from_json
from servanda.ground.refusal import Problem, WrongDocument

if TYPE_CHECKING:  # the facts behind it need Django to be set up, which only the run does
    from servanda.business.billing.facts import CsvPreview
    from servanda.business.companies.facts import CompanyFacts

READ_MAX = 64 * 1024 * 1024  # bytes; the reader refuses far less, with the reason
LINES = 20


def add_to(nested: Any) -> None:
    """Add `import layout`."""
    parser = nested.add_parser("layout", help="try and keep how a bank's CSV file is read", description=__doc__)
    parser.add_argument("sample", type=Path, metavar="SAMPLE.csv")
    parser.add_argument("--company", required=True, metavar="SLUG", help="whose file it is, as in safe-it")
    parser.add_argument(
        "--layout", required=True, metavar="LAYOUT", help="a TOML file, or the name of one that is kept"
    )
    parser.add_argument("--keep", metavar="NAME", help="keep the layout under this name")
    parser.add_argument("--by", default="operator", metavar="NAME", help="who keeps it")
    parser.add_argument("--json", action="store_true", help="print what was read as JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Show how the sample is read, and keep the layout if that is asked for: 0 read, 1 something is wrong with it."""
    if not parsed.sample.is_file():
        print(f"{parsed.sample} is not a file. Name a CSV file of the bank's.", file=sys.stderr)
        return 2
    with parsed.sample.open("rb") as opened:
        content = opened.read(READ_MAX)
    with database():
        from django.conf import settings

        from servanda.business.companies.queries import company_named

        company = company_named(parsed.company)
        layout = _layout(company, parsed.layout)
        check_layout(layout)
        drivers = import_module(settings.DRIVERS)
        seen: CsvPreview = drivers.bank_csv_preview(content, layout, file=parsed.sample.name, most=LINES)
        is_kept = bool(parsed.keep) and not seen.problems
        if is_kept:
            _keep(company, parsed.keep, layout, by=parsed.by)
    print(_as_json(parsed.sample.name, seen, is_kept) if parsed.json else _as_text(parsed.sample.name, seen, is_kept))
    return 1 if seen.problems else 0


def _layout(company: "CompanyFacts", name: str) -> BankLayout:
    from servanda.business.billing.queries.mappings import mapping_named

    file = Path(name)
    if file.suffix != ".toml":
        return mapping_named(company.company_id, name).layout
    try:
        return layout_from_json(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongDocument(
            (Problem(name, 1, f"The layout is no TOML: {error}.", "Write it as field = value."),)
        ) from error


def _keep(company: "CompanyFacts", name: str, layout: BankLayout, *, by: str) -> None:
    from servanda.business.billing.actions.mapping import keep_mapping
    from servanda.business.companies.queries import moment_for, today_of

    now = datetime.now(UTC)
    keep_mapping(company, name, layout, by=by, today=today_of(company, now=now), at=moment_for(company, now=now))


def _as_json(file: str, seen: "CsvPreview", is_kept: bool) -> str:
    printed = {
        "file": file,
        "kept": is_kept,
        "header": list(seen.header),
        "count": seen.count,
        "lines": [
            {
                "line": one.line,
                "booked_on": one.booked_on.isoformat(),
                "amount_minor": one.amount.minor,
                "text": one.text,
                "payer": one.payer_name,
                "reference": one.reference,
                "payment_reference": one.payment_reference,
                "balance_minor": one.balance.minor if one.balance is not None else None,
            }
            for one in seen.lines
        ],
        "problems": [
            {"line": one.line, "field": one.field, "message": one.message, "remedy": one.remedy}
            for one in seen.problems
        ],
    }
    return json.dumps(printed, ensure_ascii=False, indent=2)


def _as_text(file: str, seen: "CsvPreview", is_kept: bool) -> str:
    lines = [
        f"{file}:{one.line}  {one.booked_on}  {one.amount}  {one.payer_name} {' '.join(one.text.split())}"
        f"{f'  [{one.payment_reference}]' if one.payment_reference else ''}"
        f"{f'  balance {one.balance}' if one.balance is not None else ''}"
        for one in seen.lines
    ]
    problems = [str(problem) for problem in seen.problems]
    kept = "The layout is kept." if is_kept else "Nothing was kept."
    return "\n".join(
        (*lines, *problems, f"{file}: {seen.count} lines were understood, {len(problems)} problems. {kept}")
    )
