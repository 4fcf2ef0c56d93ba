"""Taking in files from the bank, whoever hands them in: statements, advance news and CSV files, whole or not at all.

Files may come several at once, in whatever order and however often: their statements are taken in the order of their days, so that
the books are the same by whichever way the files came. All of them are booked in one transaction, or none; a single movement that
cannot be booked waits for a person with its reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import import_module
from types import ModuleType
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError, transaction

from servanda.business.billing.actions.noticing import Noticed
from servanda.business.billing.actions.receiving import ReceivedEntry
from servanda.business.billing.facts import NoticeDraft, StatementDraft
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.mappings import mapping_named
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import moment_for, today_of
from servanda.business.customers.queries import customers
from servanda.business.dunning.actions import receive_notice, receive_statement
from servanda.business.dunning.actions.paying import Settlement
from servanda.business.hosting.queries import services
from servanda.ground.money import Money
from servanda.ground.refusal import Problem, Refused, WrongDocument

T = TypeVar("T")
TRIES_MAX = 5
COLLISIONS = frozenset({"40001", "40P01"})  # serialization failure, deadlock: another worker was at the same rows


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file as it was handed in, with the name of the layout to read it by, if it is CSV."""

    name: str
    content: bytes
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """What an entry gave to one invoice, and what is open on that after the file."""

    number: int
    amount: Money
    left: Money


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One new entry as the report shows it."""

    entry: ReceivedEntry
    paid: tuple[Paid, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What the files were, and what became of them."""

    file: str
    is_applied: bool
    statements: tuple[tuple[StatementDraft, Settlement], ...] = ()
    notices: tuple[tuple[NoticeDraft, Noticed], ...] = ()
    entries: tuple[EntryLine, ...] = ()
    reopened: tuple[tuple[str, str], ...] = ()  # service, customer number
    problems: tuple[Problem, ...] = ()

    @property
    def known(self) -> int:
        return sum(settled.received.entries_known for _, settled in self.statements)

    @property
    def announced(self) -> int:
        """How many movements were announced that had not been before."""
        return sum(noticed.lines_new for _, noticed in self.notices)

    @property
    def changes_nothing(self) -> bool:
        return not self.problems and not self.entries and not self.announced

    @property
    def waiting(self) -> int:
        """How many new entries wait for a person."""
        return sum(line.entry.state == "suspense" for line in self.entries)


def take_in(company: CompanyFacts, files: Sequence[BankFile], *, now: datetime, is_applied: bool = True) -> Report:
    """Book the files in one transaction and report what became of each entry; without `is_applied` nothing is kept.

    Raises `WrongDocument` with the problems of all files; then nothing of any of them is booked.
    """
    drivers = import_module(settings.DRIVERS)
    statements, notices = _read(company, files, drivers)
    name = ", ".join(file.name for file in files)
    for tries in range(TRIES_MAX):
        try:
            return _in_one_transaction(company, statements, notices, name, now=now, is_applied=is_applied)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in COLLISIONS or tries == TRIES_MAX - 1:
                raise
    raise AssertionError("the last try returns or raises")


def is_csv(file: BankFile) -> bool:
    """Tell whether a file is to be read by a layout: because one is named, or by the end of its name."""
    return bool(file.mapping) or file.name.casefold().endswith((".csv", ".txt"))


def _read(
    company: CompanyFacts, files: Sequence[BankFile], drivers: ModuleType
) -> tuple[list[StatementDraft], list[NoticeDraft]]:
    statements: list[StatementDraft] = []
    notices: list[NoticeDraft] = []
    problems: list[Problem] = []
    for file in files:
        try:
            if is_csv(file):
                statements.extend(_read_csv(company, file, drivers))
            elif drivers.is_bank_notice(file.content):
                notices.extend(drivers.bank_notices(file.content, file=file.name))
            else:
                statements.extend(drivers.bank_statements(file.content, file=file.name))
        except WrongDocument as wrong:
            problems.extend(wrong.problems)
    if problems:
        raise WrongDocument(tuple(problems))
    return in_order(statements), notices


def in_order(statements: Sequence[StatementDraft]) -> list[StatementDraft]:
    """Return statements in the order of their days, whatever order they came in; each is checked against the ones before.

    Where a bank makes several of a day, the balances say which of them goes on from the other.
    """
    ordered: list[StatementDraft] = []
    waiting = sorted(
        statements, key=lambda one: (one.opening_on, one.closing_on, not one.has_balances, one.statement_id)
    )
    balance: Money | None = None
    while waiting:
        day = waiting[0].opening_on, waiting[0].closing_on
        same = [one for one in waiting if (one.opening_on, one.closing_on) == day]
        closings = {one.closing for one in same}
        first = next((one for one in same if one.opening == balance), None)
        first = first or next((one for one in same if one.opening not in closings), same[0])
        ordered.append(first)
        waiting.remove(first)
        balance = first.closing
    return ordered


def _read_csv(company: CompanyFacts, file: BankFile, drivers: ModuleType) -> tuple[StatementDraft, ...]:
    if not file.mapping:
        problem = Problem(file.name, 1, "A CSV file says nothing of its columns.", "Name the layout to read it by.")
        raise WrongDocument((problem,))
    layout = mapping_named(company.company_id, file.mapping).layout
    drafts: tuple[StatementDraft, ...] = drivers.bank_csv(file.content, layout, file=file.name)
    return tuple(replace(draft, account=draft.account or company.iban) for draft in drafts)


def _in_one_transaction(
    company: CompanyFacts,
    statements: Sequence[StatementDraft],
    notices: Sequence[NoticeDraft],
    name: str,
    *,
    now: datetime,
    is_applied: bool,
) -> Report:
    today, at = today_of(company, now=now), moment_for(company, now=now)
    with transaction.atomic():
        noticed = tuple((draft, _noticed(company, draft, today=today, at=at)) for draft in notices)
        settled = tuple((draft, _settled(company, draft, today=today, at=at)) for draft in statements)
        report = _report(name, settled, noticed, is_applied=is_applied)
        transaction.set_rollback(not is_applied)
    return report


def _settled(company: CompanyFacts, draft: StatementDraft, *, today: date, at: datetime) -> Settlement:
    return _wrong_file(
        lambda: receive_statement(company, draft, today=today, at=at),
        draft.file_name,
        f"statement {draft.statement_id}",
    )


def _noticed(company: CompanyFacts, draft: NoticeDraft, *, today: date, at: datetime) -> Noticed:
    place = f"notification {draft.notification_id}"
    return _wrong_file(lambda: receive_notice(company, draft, today=today, at=at), draft.file_name, place)


def _wrong_file(act: Callable[[], T], file: str, place: str) -> T:
    """Do something; if the books say no to it, it is the file that is wrong."""
    try:
        return act()
    except Refused as refusal:
        raise WrongDocument((Problem(file, 1, refusal.message, "", field=place),)) from refusal


def _report(
    file: str,
    settled: tuple[tuple[StatementDraft, Settlement], ...],
    noticed: tuple[tuple[NoticeDraft, Noticed], ...],
    *,
    is_applied: bool,
) -> Report:
    entries = [entry for _, one in settled for entry in one.received.entries]
    found = {one.invoice_id: one for one in invoices(part.invoice_id for entry in entries for part in entry.parts)}
    lines = tuple(
        EntryLine(
            entry,
            tuple(
                Paid(found[part.invoice_id].number, part.amount, found[part.invoice_id].open_total)
                for part in entry.parts
            ),
        )
        for entry in entries
    )
    running = services([service_id for _, one in settled for service_id in one.reopened])
    people = customers({service.customer_id for service in running})
    reopened = tuple((service.name, people[service.customer_id].number) for service in running)
    return Report(file, is_applied, settled, noticed, lines, reopened)
