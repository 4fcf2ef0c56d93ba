"""`servanda vat report|check|one-stop-shop`: what is declared of a period, a number to be checked, whose VAT is charged.

The report comes from the documents of the period and is tied to the books. Exit code 1: it does not tie, and must not be
declared before somebody knows why.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.database import database
from servanda.ground.calendar import parse_day
from servanda.ground.law.vat_periods import vat_period
from servanda.ground.sheets import Cell

if TYPE_CHECKING:
    from servanda.faces.parts.vat_tables import VatTable

FILES = ("vat-return", "eu-sales", "one-stop-shop", "one-stop-shop-corrections", "tie")


def add_to(subparsers: Any) -> None:
    """Add `vat` and its steps."""
    parser = subparsers.add_parser("vat", help="VAT of a period, checks of VAT numbers", description=__doc__)
    nested = parser.add_subparsers(metavar="STEP", required=True)
    report = nested.add_parser("report", help="the VAT return, the EU sales list and the One Stop Shop of a period")
    report.add_argument("company", metavar="COMPANY", help="whose VAT it is, as in safe-it")
    report.add_argument("--period", required=True, metavar="PERIOD", help="2026Q4, 2026-11 or 2026H2")
    report.add_argument("--eur-rate", default="", metavar="RATE", help="kroner for one euro, for the One Stop Shop")
    report.add_argument("--lang", choices=("da", "en"), default="en", help="language of the tables; en when left out")
    form = report.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything for a program")
    form.add_argument("--csv", type=Path, metavar="DIR", help="write one CSV file for each table into a folder")
    report.set_defaults(run=_report)
    check = nested.add_parser("check", help="have a customer's VAT number asked about by the worker")
    check.add_argument("company", metavar="COMPANY", help="whose customer it is, as in safe-it")
    check.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    check.set_defaults(run=_check)
    shop = nested.add_parser(
        "one-stop-shop", help="tax consumers in other EU countries by their own country, or end that"
    )
    shop.add_argument("company", metavar="COMPANY", help="who chooses it, as in safe-it")
    shop.add_argument("choice", choices=("in", "out"), help="in: from the day on; out: no longer")
    shop.add_argument("--since", required=True, metavar="DAY", help="the first day, as in 2027-01-01")
    shop.add_argument("--reason", required=True, help="why; it is kept with the record")
    shop.set_defaults(run=_one_stop_shop)


def _report(parsed: argparse.Namespace) -> int:
    period = vat_period(parsed.period)
    with database():
        from servanda.business.billing.queries.vat_reports import vat_report_of
        from servanda.faces.parts.vat_tables import euro_rate, vat_sheets

        rate = euro_rate(parsed.eur_rate)
        company, _, _ = _company(parsed.company)
        report = vat_report_of(company.company_id, period)
        sheets = vat_sheets(report, parsed.lang, kroner_per_euro=rate)
        if parsed.json:
            print(
                json.dumps(_for_programs(parsed.period, sheets, is_tied=report.is_tied), ensure_ascii=False, indent=2)
            )
        elif parsed.csv is not None:
            _write(parsed.csv, f"{parsed.company}-{parsed.period}", sheets, language=parsed.lang)
        else:
            print("\n\n".join(_text(sheet, parsed.lang) for sheet in sheets))
    if not report.is_tied:
        print("The documents and the books do not agree. Run `servanda audit --only 2,79` first.", file=sys.stderr)
    return 0 if report.is_tied else 1


def _check(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.customers.actions.vat import wish_number_check
        from servanda.business.customers.queries import customer_numbered

        company, _, at = _company(parsed.company)
        customer = customer_numbered(company.company_id, parsed.customer)
        is_new = wish_number_check(customer.customer_id, by="operator", at=at)
    print("The worker will have the number checked." if is_new else "The number waits to be checked already.")
    return 0


def _one_stop_shop(parsed: argparse.Namespace) -> int:
    since = parse_day(parsed.since)
    with database():
        from servanda.business.billing.actions.vat import choose_one_stop_shop

        company, today, at = _company(parsed.company)
        is_new = choose_one_stop_shop(
            company,
            is_in=parsed.choice == "in",
            since=since,
            reason=parsed.reason,
            by="operator",
            today=today,
            at=at,
        )
    print("Noted." if is_new else "It is so on that day already; nothing was written.")
    return 0


def _for_programs(period: str, sheets: tuple["VatTable", ...], *, is_tied: bool) -> dict[str, object]:
    tables = {
        name: {"title": sheet.title, "headings": list(sheet.headings), "rows": [_plain(row) for row in sheet.rows]}
        for name, sheet in zip(FILES, sheets, strict=True)
    }
    return {"period": period, "is_tied": is_tied, **tables}


def _plain(row: tuple[Cell, ...]) -> list[str | int | None]:
    """Return the cells for JSON; amounts as text, so that no reader makes a fraction of them."""
    return [cell if isinstance(cell, int) or cell is None else _cell(cell) for cell in row]


def _write(folder: Path, name: str, tables: tuple["VatTable", ...], *, language: str) -> None:
    from servanda.faces.parts.sheets import sheet_file
    from servanda.faces.parts.vat_tables import as_sheets

    folder.mkdir(parents=True, exist_ok=True)
    for kind, sheet in zip(FILES, as_sheets(tables), strict=True):
        file = folder / f"{name}-{kind}.csv"
        file.write_bytes(sheet_file((sheet,), form="csv", language=language))
        print(file)


def _text(sheet: "VatTable", language: str) -> str:
    rows = [sheet.headings, *(tuple(_written(cell, language) for cell in row) for row in sheet.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(sheet.headings))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join((sheet.title, *sheet.notes, *lines))


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _written(cell: Cell, language: str) -> str:
    """Return a cell for a person: a figure with the decimal sign of the language."""
    text = _cell(cell)
    return text.replace(".", ",") if language == "da" and isinstance(cell, Decimal) else text


def _company(slug: str) -> Any:
    from servanda.business.companies.queries import company_named, moment_for, today_of

    company, now = company_named(slug), datetime.now(UTC)
    return company, today_of(company, now=now), moment_for(company, now=now)
