"""Advance news from the bank (CAMT.054): kept when it comes, and used to explain the movement that a statement brings.

A notification moves no money in the books, so nothing can be booked twice, in whatever order files come. A movement that is told
on a statement takes from its notice what the statement leaves out: who paid, with which reference, and of which payments a sum
consists. Where the notice comes last, the entry that waits in suspense is looked at again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import Allocated, explain_as, record_act
from servanda.business.billing.actions.sources import AnotherAccount, source_named, take_turn
from servanda.business.billing.actions.splitting import divide
from servanda.business.billing.decisions.matching import Match
from servanda.business.billing.facts import BankMovement, NoticeDraft, NoticeLine
from servanda.business.billing.models import BankEntry, BankNotice
from servanda.business.companies.facts import CompanyFacts
from servanda.ground.calendar import parse_day
from servanda.ground.money import Money

Matcher = Callable[[CompanyFacts, BankEntry, date], Match]
DIVIDED = "divided by the bank's notification"
Key = tuple[str, date, int, str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice did for an entry in suspense. `found` is empty where it was divided."""

    found: Match | None
    allocated: tuple[Allocated, ...]


@dataclass(slots=True)
class News:
    """The notices of some movements, by what names those."""

    by_key: dict[Key, tuple[BankMovement, ...]] = field(default_factory=dict)

    def of(self, row: BankEntry) -> tuple[BankMovement, ...]:
        return self.by_key.get((row.account, row.booked_on, row.amount_minor, row.reference, row.ordinal), ())

    def fill_in(self, row: BankEntry) -> bool:
        """Put on an entry what its notice tells and the statement left out. False: there was nothing new."""
        parts = self.of(row)
        if len(parts) != 1:
            return False
        (part,) = parts
        told = {
            "text": part.text,
            "creditor_reference": part.creditor_reference,
            "payer_name": part.payer_name,
            "payer_account": part.payer_account,
            "fik_type": part.fik_type,
            "fik_creditor": part.fik_creditor,
        }
        new = {name: value for name, value in told.items() if value and not getattr(row, name)}
        for name, value in new.items():
            setattr(row, name, value)
        return bool(new)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What reading a notification did: lines new and known, entries explained by it, and the invoices that changed."""

    lines_new: int
    lines_known: int
    entries_explained: int
    changed: tuple[Allocated, ...]


@transaction.atomic
def receive_notice(
    company: CompanyFacts, draft: NoticeDraft, matcher: Matcher, *, today: date, at: datetime
) -> Noticed:
    """Keep a notification, and explain by it what lies in suspense already; the same file again changes nothing."""
    source = source_named(company, draft.account)
    if source is None:
        raise AnotherAccount(
            "%(file_name)s is a notification on account %(account)s, which is not %(name)s's (%(iban)s). Choose "
            "the company that the account belongs to.",
            {"file_name": draft.file_name, "account": draft.account, "name": company.name, "iban": company.iban},
        )
    take_turn(company)
    known = _keys_known(company, source.account, draft.lines)
    new = [
        line for line in draft.lines if (line.booked_on, line.amount.minor, line.reference, line.ordinal) not in known
    ]
    BankNotice.objects.bulk_create(
        (_notice(company, source.account, line, draft, at=at) for line in new), ignore_conflicts=True
    )
    rows = _waiting(company, source.account, new)
    news = notices_for(company, rows)
    for row in rows:
        if news.fill_in(row):
            row.save(
                update_fields=["text", "creditor_reference", "payer_name", "payer_account", "fik_type", "fik_creditor"]
            )
    told = explain_by_notices(company, rows, news, matcher, today=today, at=at, is_late=True)
    changed = tuple(one for each in told.values() for one in each.allocated)
    return Noticed(len(new), len(draft.lines) - len(new), len(told), changed)


def notices_for(company: CompanyFacts, rows: Sequence[BankEntry]) -> News:
    """Return what was announced of these movements."""
    if not rows:
        return News()
    days = [row.booked_on for row in rows]
    found = BankNotice.objects.filter(
        company_id=company.company_id, account=rows[0].account, booked_on__range=(min(days), max(days))
    )
    return News({_key_of(row): tuple(_part(part) for part in row.parts) for row in found})


def explain_by_notices(
    company: CompanyFacts,
    rows: Iterable[BankEntry],
    news: News,
    matcher: Matcher,
    *,
    today: date,
    at: datetime,
    is_late: bool = False,
) -> dict[int, Told]:
    """Explain entries in suspense by their notices: a sum is divided into its payments, and each of those matched.

    A single payment was matched with what its notice told; only a notice that came late (`is_late`) leads to another look.
    A sum in which something was taken back is nothing to divide: it waits whole.
    """
    told: dict[int, Told] = {}
    for row in rows:
        parts = news.of(row)
        if len(parts) > 1 and not row.is_reversal and all(part.amount.minor > 0 for part in parts):
            told[row.pk] = _divide(company, row, parts, matcher, today=today, at=at)
        elif is_late and len(parts) == 1 and row.amount_minor > 0 and not row.is_reversal:
            found = matcher(company, row, today)
            if found.customer_id is not None:
                allocated = explain_as(company, row, found, by="system", today=today, at=at)
                told[row.pk] = Told(found, allocated)
    return told


def _divide(
    company: CompanyFacts,
    row: BankEntry,
    parts: Sequence[BankMovement],
    matcher: Matcher,
    *,
    today: date,
    at: datetime,
) -> Told:
    children = divide(company, row, [part.amount for part in parts])
    row.because = DIVIDED
    row.save(update_fields=["because"])
    facts: dict[str, object] = {"parts": [child.pk for child in children], "amount_minor": row.amount_minor}
    record_act(company, row, "payment.split", facts, by="system", today=today, at=at)
    allocated: list[Allocated] = []
    for child, part in zip(children, parts, strict=True):
        child.text, child.creditor_reference = part.text, part.creditor_reference
        child.payer_name, child.payer_account = part.payer_name, part.payer_account
        child.fik_type, child.fik_creditor = part.fik_type, part.fik_creditor
        found = matcher(company, child, today)
        child.because = found.rule
        child.save()
        if found.customer_id is not None:
            allocated.extend(explain_as(company, child, found, by="system", today=today, at=at))
    return Told(None, tuple(allocated))


def _waiting(company: CompanyFacts, account: str, lines: Sequence[NoticeLine]) -> list[BankEntry]:
    """Return the entries in suspense that the lines announce, locked. Those of which nothing was announced are left."""
    if not lines:
        return []
    days = [line.booked_on for line in lines]
    rows = BankEntry.objects.filter(
        company_id=company.company_id,
        account=account,
        state="suspense",
        parent=None,
        booked_on__range=(min(days), max(days)),
    )
    wanted = {(line.booked_on, line.amount.minor, line.reference, line.ordinal) for line in lines}
    locked = rows.select_for_update().order_by("id")
    return [row for row in locked if (row.booked_on, row.amount_minor, row.reference, row.ordinal) in wanted]


def _keys_known(
    company: CompanyFacts, account: str, lines: Sequence[NoticeLine]
) -> frozenset[tuple[date, int, str, int]]:
    if not lines:
        return frozenset()
    days = [line.booked_on for line in lines]
    rows = BankNotice.objects.filter(
        company_id=company.company_id, account=account, booked_on__range=(min(days), max(days))
    )
    return frozenset(rows.values_list("booked_on", "amount_minor", "reference", "ordinal"))


def _notice(company: CompanyFacts, account: str, line: NoticeLine, draft: NoticeDraft, *, at: datetime) -> BankNotice:
    return BankNotice(
        company_id=company.company_id,
        account=account,
        reference=line.reference,
        ordinal=line.ordinal,
        amount_minor=line.amount.minor,
        currency=line.amount.currency,
        booked_on=line.booked_on,
        parts=[_part_json(part) for part in line.parts],
        notification_id=draft.notification_id,
        file_name=draft.file_name,
        sha256=draft.sha256,
        read_at=at,
    )


def _key_of(row: BankNotice) -> Key:
    return row.account, row.booked_on, row.amount_minor, row.reference, row.ordinal


def _part_json(part: BankMovement) -> dict[str, object]:
    return {
        "reference": part.reference,
        "amount_minor": part.amount.minor,
        "currency": part.amount.currency,
        "booked_on": part.booked_on.isoformat(),
        "value_on": part.value_on.isoformat(),
        "text": part.text,
        "creditor_reference": part.creditor_reference,
        "payer_name": part.payer_name,
        "payer_account": part.payer_account,
        "fik_type": part.fik_type,
        "fik_creditor": part.fik_creditor,
    }


def _part(stored: dict[str, object]) -> BankMovement:
    minor = stored["amount_minor"]
    assert isinstance(minor, int)
    return BankMovement(
        reference=str(stored["reference"]),
        ordinal=1,
        amount=Money(minor, str(stored["currency"])),
        booked_on=parse_day(str(stored["booked_on"])),
        value_on=parse_day(str(stored["value_on"])),
        text=str(stored["text"]),
        creditor_reference=str(stored["creditor_reference"]),
        payer_name=str(stored["payer_name"]),
        payer_account=str(stored["payer_account"]),
        is_reversal=False,
        fik_type=str(stored["fik_type"]),
        fik_creditor=str(stored["fik_creditor"]),
    )
