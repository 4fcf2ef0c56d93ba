"""`servanda audit`: are the invariants of the house true of every row? 0 clean, 1 something is broken, 2 wrong usage."""

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from servanda.faces.cli.database import database, use_settings

if TYPE_CHECKING:  # its tables need Django to be set up, which only the run does
    from servanda.business.audit.facts import AuditReport, Finding


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("audit", help="check the invariants against every row", description=__doc__)
    parser.add_argument("--company", metavar="SLUG", help="one company; otherwise all")
    parser.add_argument("--only", type=_numbers, default=(), metavar="1,13", help="these invariants; otherwise all")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--lang", choices=("da", "en"), default="en", help="the language of the explanations")
    parser.add_argument("--reference", action="store_true", help="print the list of invariants as Markdown, and end")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the audit and print what it found."""
    if args.reference:
        return _print_reference()
    with database():
        from servanda.business.audit.queries import run_audit
        from servanda.business.companies.queries import company_named

        company_id = company_named(args.company).company_id if args.company else None
        report = run_audit(company_id=company_id, only=args.only, language=args.lang)
    print(_as_json(report) if args.json else _as_text(report, args.lang))
    return 0 if report.is_clean else 1


def _print_reference() -> int:
    import django

    use_settings()
    django.setup()
    from servanda.business.audit.queries import reference_page

    print(reference_page(), end="")
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers. Write them as in 1,13.") from None


def _as_json(report: "AuditReport") -> str:
    found = [{**asdict(finding), "seconds": round(finding.seconds, 3)} for finding in report.ran]
    return json.dumps({"is_clean": report.is_clean, "ran": found}, ensure_ascii=False, indent=2)


def _as_text(report: "AuditReport", language: str) -> str:
    blocks = [block for finding in report.violated for block in _lines(finding)]
    return "\n".join((*blocks, _summary(report, language)))


def _lines(finding: "Finding") -> tuple[str, ...]:
    shown = tuple(f"    {_row(row)}" for row in finding.rows)
    left = finding.violations - len(shown)
    more = (f"    … +{left}",) if left > 0 else ()
    return (f"{finding.number:>3}  {finding.name} ({finding.violations})", f"     {finding.explanation}", *shown, *more)


def _row(row: dict[str, object]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items())


def _summary(report: "AuditReport", language: str) -> str:
    checked, broken = len(report.ran), len(report.violated)
    seconds = sum(finding.seconds for finding in report.ran)
    if language == "da":
        return f"{checked} invarianter kontrolleret på {seconds:.1f} s; {broken} er brudt."
    return f"{checked} invariants checked in {seconds:.1f} s; {broken} broken."
