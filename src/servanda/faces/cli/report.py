"""`servanda report`: a company's figures on the command line, as text, JSON, CSV or a spreadsheet.

The same reports as in the office, with the same figures and the same checks against the books. 0 printed, 1 a check against the
books failed, 2 wrong usage.
"""

import argparse
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.faces.cli.database import database
from servanda.ground.calendar import NotADay, parse_day
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

if TYPE_CHECKING:  # what they show needs Django to be set up, which only the run does
    from servanda.faces.office.showing.reports.asking import Asked
    from servanda.faces.office.shown_reports import ReportShown, ReportTable
    from servanda.ground.sheets import Cell

NAMES = ("revenue", "arrears", "expected", "churn", "vat", "products", "payments")


class NoSuchTable(Refused):
    """The report has no table of that name."""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("report", help="print a report of a company", description=__doc__)
    parser.add_argument("name", choices=NAMES, metavar="NAME", help="which report")
    parser.add_argument("company", metavar="COMPANY", help="the short name of the company")
    parser.add_argument("--stretch", metavar="NAME", help="which days, as in last-month; otherwise 12 months")
    parser.add_argument("--since", type=_day, metavar="DAY", help="the first day, with --until")
    parser.add_argument("--until", type=_day, metavar="DAY", help="the last day, which belongs")
    parser.add_argument("--as-of", type=_day, metavar="DAY", help="of arrears: the day at whose end; otherwise today")
    parser.add_argument("--accrued", action="store_true", help="of revenue: by the days that lines are for")
    parser.add_argument("--lang", choices=("da", "en"), default="en", help="the language of headings and sentences")
    parser.add_argument("--table", metavar="TABLE", help="of --csv: which table; otherwise the first")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    files = parser.add_mutually_exclusive_group()
    files.add_argument("--csv", type=Path, metavar="FILE", help="write one table as CSV")
    files.add_argument("--xlsx", type=Path, metavar="FILE", help="write all tables as a spreadsheet")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print or write the report; return 1 when one of its sums differs from the books."""
    if (args.since is None) != (args.until is None):
        raise Refused("--since and --until belong together. Give both days, or a --stretch.")
    with database():
        from django.utils.translation import override

        from servanda.faces.office.showing.reports.registry import REPORTS, told

        with override(args.lang):
            shown = told(REPORTS[args.name].show(_asked(args)))
            _give(args, shown)
    return 0 if all(check.is_right for check in shown.checks) else 1


def _asked(args: argparse.Namespace) -> "Asked":
    from django.utils import timezone

    from servanda.business.companies.queries import company_named, moment_for, today_of
    from servanda.faces.office.places import Visit
    from servanda.faces.office.showing.reports.asking import asked_of

    now = timezone.now()
    company = company_named(args.company)
    asked = asked_of(
        Visit(company, today_of(company, now=now), moment_for(company, now=now)),
        stretch=args.stretch or "",
        since=str(args.since or ""),
        until=str(args.until or ""),
        as_of=str(args.as_of or ""),
        basis="accrued" if args.accrued else "",
        is_whole=True,
    )
    if asked.wrong:
        raise Refused(asked.wrong)
    return asked


def _give(args: argparse.Namespace, shown: "ReportShown") -> None:
    from servanda.faces.office.showing.reports.files import sheet_of, sheets_of
    from servanda.faces.parts.sheets import sheet_file

    if args.xlsx is not None:
        args.xlsx.write_bytes(sheet_file(sheets_of(shown), form="xlsx", language=args.lang))
    elif args.csv is not None:
        sheet = sheet_of(_table(shown, args.table or ""))
        args.csv.write_bytes(sheet_file((sheet,), form="csv", language=args.lang))
    elif args.json:
        print(json.dumps(_as_json(shown), ensure_ascii=False, indent=2))
        return
    written = args.xlsx or args.csv
    print("\n".join(shown.sentences) + f"\n{written}" if written is not None else _as_text(shown))


def _table(shown: "ReportShown", name: str) -> "ReportTable":
    found = next((table for table in shown.tables if not name or table.name == name), None)
    if found is None:
        known = ", ".join(table.name for table in shown.tables)
        raise NoSuchTable(f"The report {shown.name} has no table {name!r}. Choose one of: {known}.")
    return found


def _as_json(shown: "ReportShown") -> dict[str, object]:
    """Return the report as JSON has it: amounts in whole units as text, days as ISO 8601, shares as fractions."""
    return {
        "name": shown.name,
        "sentences": list(shown.sentences),
        "agrees": all(check.is_right for check in shown.checks),
        "checks": [{"text": check.text, "is_right": check.is_right} for check in shown.checks],
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "columns": [{"label": column.label, "kind": column.kind} for column in table.columns],
                "rows": [[_plain(cell.value) for cell in row] for row in table.rows],
                "total": [_plain(cell.value) for cell in table.total] if table.total is not None else None,
            }
            for table in shown.tables
        ],
    }


def _plain(value: "Cell") -> object:
    if isinstance(value, Money):
        return str(value.decimal)
    if isinstance(value, Decimal | date):
        return str(value)
    return value


def _as_text(shown: "ReportShown") -> str:
    blocks = ["\n".join(shown.sentences)]
    blocks += [f"{figure.label}: {figure.text} {figure.note}".rstrip() for figure in shown.figures]
    blocks += [_table_text(table) for table in shown.tables]
    blocks += [check.text for check in shown.checks]
    return "\n\n".join(blocks).replace("\u00a0", " ")


def _table_text(table: "ReportTable") -> str:
    rows = [[column.label for column in table.columns], *([cell.text for cell in row] for row in table.rows)]
    if table.total is not None and table.rows:
        rows.append([cell.text for cell in table.total])
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    lines = [
        "  ".join(
            text.rjust(width) if column.is_figure else text.ljust(width)
            for text, width, column in zip(row, widths, table.columns, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join((f"{table.title} ({table.name})", *lines))


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except NotADay as refusal:
        raise argparse.ArgumentTypeError(str(refusal)) from None
