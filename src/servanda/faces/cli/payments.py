"""`servanda import payments FILE…`: book what came in on the bank account, and tell what became of each payment.

The files are booked in one transaction: all that they hold, or nothing. The same files again, in whatever order, change nothing.
The formats and the rules of matching stand in `docs/reference/imports.md`.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.database import database
from servanda.ground.refusal import Problem, WrongDocument

if TYPE_CHECKING:  # the tables behind these need Django to be set up, which only the run does
    from servanda.business.billing.actions.noticing import Noticed
    from servanda.business.billing.facts import NoticeDraft, StatementDraft
    from servanda.business.dunning.actions.paying import Settlement
    from servanda.faces.parts.bankfiles import EntryLine, Report

READ_MAX = 64 * 1024 * 1024  # bytes; the reader refuses far less, with the reason
TEXT_MAX = 60


def add_to(nested: Any) -> None:
    """Add `import payments`."""
    parser = nested.add_parser("payments", help="read payments from the bank's files", description=__doc__)
    parser.add_argument("files", type=Path, metavar="FILE", nargs="+", help="CAMT.053, CAMT.054 or CSV")
    parser.add_argument("--company", required=True, metavar="SLUG", help="whose account it is, as in safe-it")
    parser.add_argument("--mapping", metavar="NAME", help="the layout by which CSV files are read")
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen, and book nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Book the files and print the report: 0 booked, 1 a file was refused."""
    missing = [file for file in parsed.files if not file.is_file()]
    if missing:
        print(f"{missing[0]} is not a file. Name the bank file to read.", file=sys.stderr)
        return 2
    with database():
        report = _report(parsed)
    print(_as_json(report) if parsed.json else _as_text(report))
    return 1 if report.problems else 0


def _report(parsed: argparse.Namespace) -> "Report":
    from servanda.business.companies.queries import company_named
    from servanda.faces.parts.bankfiles import BankFile, Report, take_in

    company = company_named(parsed.company)
    files = [_read(file, parsed.mapping or "", BankFile) for file in parsed.files]
    try:
        return take_in(company, files, now=datetime.now(UTC), is_applied=not parsed.dry_run)
    except WrongDocument as wrong:
        name = ", ".join(file.name for file in files)
        return Report(name, is_applied=False, problems=wrong.problems)


def _read(file: Path, mapping: str, made: Any) -> Any:
    with file.open("rb") as opened:
        content = opened.read(READ_MAX)
    is_xml = file.suffix.casefold() == ".xml" or content.lstrip()[:1] == b"<"
    return made(file.name, content, "" if is_xml else mapping)


def _as_json(report: "Report") -> str:
    printed = {
        "file": report.file,
        "kind": "payments",
        "applied": report.is_applied,
        "changes_nothing": report.changes_nothing,
        "statements": [_statement_json(draft, settled) for draft, settled in report.statements],
        "notifications": [_notice_json(draft, noticed) for draft, noticed in report.notices],
        "entries": [_entry_json(line) for line in report.entries],
        "reopened": [{"service": name, "customer": number} for name, number in report.reopened],
        "problems": [_problem_json(problem) for problem in report.problems],
    }
    return json.dumps(printed, ensure_ascii=False, indent=2)


def _statement_json(draft: "StatementDraft", settled: "Settlement") -> Mapping[str, object]:
    return {
        "statement": draft.statement_id,
        "account": draft.account,
        "opening_on": draft.opening_on.isoformat(),
        "opening_minor": draft.opening.minor if draft.has_balances else None,
        "closing_on": draft.closing_on.isoformat(),
        "closing_minor": draft.closing.minor if draft.has_balances else None,
        "new": settled.received.entries_new,
        "known": settled.received.entries_known,
        "empty": settled.received.entries_empty,
        "notes": list(draft.notes),
    }


def _notice_json(draft: "NoticeDraft", noticed: "Noticed") -> Mapping[str, object]:
    return {
        "notification": draft.notification_id,
        "account": draft.account,
        "new": noticed.lines_new,
        "known": noticed.lines_known,
        "explained": noticed.entries_explained,
        "notes": list(draft.notes),
    }


def _entry_json(line: "EntryLine") -> Mapping[str, object]:
    entry = line.entry
    return {
        "entry": entry.entry_id,
        "booked_on": entry.booked_on.isoformat(),
        "amount_minor": entry.amount.minor,
        "payer": entry.payer_name,
        "text": entry.text,
        "state": entry.state,
        "rule": entry.rule,
        "score": entry.score,
        "invoices": [
            {"invoice": one.number, "amount_minor": one.amount.minor, "left_minor": one.left.minor} for one in line.paid
        ],
        "credit_minor": entry.credit.minor if entry.credit is not None else 0,
        "written_off_minor": entry.written_off.minor if entry.written_off is not None else 0,
        "takes_back": entry.takes_back,
    }


def _problem_json(problem: Problem) -> Mapping[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
        "remedy": problem.remedy,
        "clause": None,
    }


def _as_text(report: "Report") -> str:
    return "\n".join(_refused(report) if report.problems else _told(report))


def _refused(report: "Report") -> Iterable[str]:
    yield from map(str, report.problems)
    count = len(report.problems)
    yield f"{report.file}: {count} problem{'' if count == 1 else 's'}. Nothing was booked."


def _told(report: "Report") -> Iterable[str]:
    for draft, _ in report.statements:
        opening, closing = (f" {draft.opening}", f" {draft.closing}") if draft.has_balances else ("", "")
        yield f"Statement {draft.statement_id}: {draft.opening_on}{opening} to {draft.closing_on}{closing}"
        yield from (f"  {note}" for note in draft.notes)
    for notice, noticed in report.notices:
        yield (
            f"Notification {notice.notification_id}: {noticed.lines_new} new lines, {noticed.lines_known} known; "
            f"{noticed.entries_explained} waiting entries explained by it"
        )
        yield from (f"  {note}" for note in notice.notes)
    yield from map(_line, report.entries)
    yield from (f"Runs again: {name} of customer {number}" for name, number in report.reopened)
    yield f"{report.file}: {_sum(report)}"


def _line(line: "EntryLine") -> str:
    entry = line.entry
    who = ", ".join(part for part in (entry.payer_name, " ".join(entry.text.split())[:TEXT_MAX]) if part)
    return f"{entry.booked_on}  {entry.amount}  {who or 'no text'}: {_became(line)}"


def _became(line: "EntryLine") -> str:
    entry = line.entry
    if entry.state == "suspense":
        return f"waits for a person: {entry.rule}"
    if entry.state == "split":
        return "divided into its payments by the bank's notification"
    if entry.takes_back is not None:
        return f"takes back entry {entry.takes_back}; what it had paid is open again"
    paid = [f"invoice {one.number}{f', {one.left} left open' if one.left else ', paid'}" for one in line.paid]
    paid += [f"{entry.written_off} written off"] if entry.written_off is not None else []
    credit = [f"{entry.credit} to the customer's credit"] if entry.credit is not None else []
    return f"{'; '.join((*paid, *credit))} (by {entry.rule}, {entry.score} of 100)"


def _sum(report: "Report") -> str:
    if report.changes_nothing:
        return f"all {report.known} entries were booked before. Nothing has changed." if report.known else "no entries."
    waiting = report.waiting
    done = "booked" if report.is_applied else "would be booked; leave out --dry-run to do it"
    return (
        f"{len(report.entries)} new entries {done}, {len(report.entries) - waiting} matched, {waiting} for a person; "
        f"{report.known} known from before."
    )
