"""`servanda import payments FILE.xml`: book what came in on the bank account, and tell what became of each payment.

The file is booked in one transaction: all of its statements, or nothing of it. The same file again changes nothing. The format
and the rules of matching stand in `docs/reference/imports.md`.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.database import database
from servanda.ground.money import Money
from servanda.ground.refusal import Problem, Refused, WrongDocument

if TYPE_CHECKING:  # the tables behind these need Django to be set up, which only the run does
    from servanda.business.billing.actions.receiving import ReceivedEntry
    from servanda.business.billing.facts import StatementDraft
    from servanda.business.companies.facts import CompanyFacts
    from servanda.business.dunning.actions.paying import Settlement

READ_MAX = 64 * 1024 * 1024  # bytes; the reader refuses far less, with the reason
TRIES_MAX = 5
COLLISIONS = frozenset({"40001", "40P01"})  # serialization failure, deadlock: another worker was at the same rows
TEXT_MAX = 60


@dataclass(frozen=True, slots=True)
class Paid:
    """What an entry gave to one invoice, and what is open on that after the file."""

    number: int
    amount: Money
    left: Money


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One new entry as the report shows it."""

    entry: "ReceivedEntry"
    paid: tuple[Paid, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What the file was, and what became of it."""

    file: str
    is_applied: bool
    statements: tuple[tuple["StatementDraft", "Settlement"], ...] = ()
    entries: tuple[EntryLine, ...] = ()
    reopened: tuple[tuple[str, str], ...] = ()  # service, customer number
    problems: tuple[Problem, ...] = ()

    @property
    def known(self) -> int:
        return sum(settled.received.entries_known for _, settled in self.statements)

    @property
    def changes_nothing(self) -> bool:
        return not self.problems and not self.entries


def add_to(nested: Any) -> None:
    """Add `import payments`."""
    parser = nested.add_parser("payments", help="read payments from a bank's CAMT.053 file", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.xml")
    parser.add_argument("--company", required=True, metavar="SLUG", help="whose account it is, as in safe-it")
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen, and book nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Book the file and print the report: 0 booked, 1 the file was refused."""
    if not parsed.file.is_file():
        print(f"{parsed.file} is not a file. Name the bank file to read.", file=sys.stderr)
        return 2
    with database():
        from servanda.business.companies.queries import company_named

        company = company_named(parsed.company)
        try:
            report = _booked(company, parsed.file, is_applied=not parsed.dry_run)
        except WrongDocument as wrong:
            report = Report(parsed.file.name, is_applied=False, problems=wrong.problems)
    print(_as_json(report) if parsed.json else _as_text(report))
    return 1 if report.problems else 0


def _booked(company: "CompanyFacts", file: Path, *, is_applied: bool) -> Report:
    from django.conf import settings
    from django.db import OperationalError

    with file.open("rb") as opened:
        content = opened.read(READ_MAX)
    drafts = import_module(settings.DRIVERS).bank_statements(content, file=file.name)
    for tries in range(TRIES_MAX):
        try:
            return _in_one_transaction(company, drafts, file.name, is_applied=is_applied)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in COLLISIONS or tries == TRIES_MAX - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _in_one_transaction(
    company: "CompanyFacts", drafts: Sequence["StatementDraft"], file: str, *, is_applied: bool
) -> Report:
    from django.db import transaction

    from servanda.business.companies.queries import moment_for, today_of

    now = datetime.now(UTC)
    today, at = today_of(company, now=now), moment_for(company, now=now)
    with transaction.atomic():
        settled = tuple((draft, _settled(company, draft, today=today, at=at)) for draft in drafts)
        report = _report(file, settled, is_applied=is_applied)
        transaction.set_rollback(not is_applied)
    return report


def _settled(company: "CompanyFacts", draft: "StatementDraft", *, today: date, at: datetime) -> "Settlement":
    from servanda.business.dunning.actions import receive_statement

    try:
        return receive_statement(company, draft, today=today, at=at)
    except Refused as refusal:  # the books say no to the file, so it is the file that is wrong
        place = f"statement {draft.statement_id}"
        raise WrongDocument((Problem(draft.file_name, 1, str(refusal), "", field=place),)) from refusal


def _report(file: str, settled: tuple[tuple["StatementDraft", "Settlement"], ...], *, is_applied: bool) -> Report:
    from servanda.business.billing.queries import invoices
    from servanda.business.customers.queries import customers
    from servanda.business.hosting.queries import services

    entries = [entry for _, one in settled for entry in one.received.entries]
    found = {one.invoice_id: one for one in invoices(part.invoice_id for entry in entries for part in entry.parts)}
    lines = tuple(
        EntryLine(
            entry,
            tuple(
                Paid(
                    found[part.invoice_id].number,
                    part.to_charges + part.to_principal,
                    found[part.invoice_id].open_total,
                )
                for part in entry.parts
            ),
        )
        for entry in entries
    )
    running = services([service_id for _, one in settled for service_id in one.reopened])
    people = customers({service.customer_id for service in running})
    reopened = tuple((service.name, people[service.customer_id].number) for service in running)
    return Report(file, is_applied, settled, lines, reopened)


def _as_json(report: Report) -> str:
    printed = {
        "file": report.file,
        "kind": "payments",
        "applied": report.is_applied,
        "changes_nothing": report.changes_nothing,
        "statements": [_statement_json(draft, settled) for draft, settled in report.statements],
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
        "opening_minor": draft.opening.minor,
        "closing_on": draft.closing_on.isoformat(),
        "closing_minor": draft.closing.minor,
        "new": settled.received.entries_new,
        "known": settled.received.entries_known,
        "empty": settled.received.entries_empty,
        "notes": list(draft.notes),
    }


def _entry_json(line: EntryLine) -> Mapping[str, object]:
    entry = line.entry
    return {
        "entry": entry.entry_id,
        "booked_on": entry.booked_on.isoformat(),
        "amount_minor": entry.amount.minor,
        "payer": entry.payer_name,
        "text": entry.text,
        "state": entry.state,
        "rule": entry.rule,
        "invoices": [
            {"invoice": one.number, "amount_minor": one.amount.minor, "left_minor": one.left.minor} for one in line.paid
        ],
        "credit_minor": entry.credit.minor if entry.credit is not None else 0,
        "takes_back": entry.takes_back,
    }


def _problem_json(problem: Problem) -> Mapping[str, object]:
    return {
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
        "remedy": problem.remedy,
        "clause": None,
    }


def _as_text(report: Report) -> str:
    return "\n".join(_refused(report) if report.problems else _told(report))


def _refused(report: Report) -> Iterable[str]:
    yield from map(str, report.problems)
    count = len(report.problems)
    yield f"{report.file}: {count} problem{'' if count == 1 else 's'}. Nothing was booked."


def _told(report: Report) -> Iterable[str]:
    for draft, _ in report.statements:
        yield (
            f"Statement {draft.statement_id}: {draft.opening_on} {draft.opening} to {draft.closing_on} {draft.closing}"
        )
        yield from (f"  {note}" for note in draft.notes)
    yield from map(_line, report.entries)
    yield from (f"Runs again: {name} of customer {number}" for name, number in report.reopened)
    yield f"{report.file}: {_sum(report)}"


def _line(line: EntryLine) -> str:
    entry = line.entry
    who = ", ".join(part for part in (entry.payer_name, " ".join(entry.text.split())[:TEXT_MAX]) if part)
    return f"{entry.booked_on}  {entry.amount}  {who or 'no text'}: {_became(line)}"


def _became(line: EntryLine) -> str:
    entry = line.entry
    if entry.state == "suspense":
        return f"waits for a person: {entry.rule}"
    if entry.takes_back is not None:
        return f"takes back entry {entry.takes_back}; what it had paid is open again"
    paid = [f"invoice {one.number}{f', {one.left} left open' if one.left else ', paid'}" for one in line.paid]
    credit = [f"{entry.credit} to the customer's credit"] if entry.credit is not None else []
    return f"{'; '.join((*paid, *credit))} (by {entry.rule})"


def _sum(report: Report) -> str:
    if report.changes_nothing:
        return f"all {report.known} entries were booked before. Nothing has changed." if report.known else "no entries."
    waiting = sum(line.entry.state == "suspense" for line in report.entries)
    done = "booked" if report.is_applied else "would be booked; leave out --dry-run to do it"
    return (
        f"{len(report.entries)} new entries {done}, {len(report.entries) - waiting} matched, {waiting} for a person; "
        f"{report.known} known from before."
    )
