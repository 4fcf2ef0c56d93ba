"""What left the house, kept outside the database: a database that was restored from before it does not know of it.

One file for each company, one line for each letter that a server took over. It names no person: the letter by its key, the
receiver by a digest. A restored database asks it before it sends a letter again, and a person sees what it never knew.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from servanda.business.billing.queries import invoices
from servanda.business.companies.queries import companies
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import letters_by_key

NUMBERED = frozenset({"invoice", "credit note"})
KEPT_MAX = 400_000  # lines that are read back at most: the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter that a mail server took over."""

    key: str
    to: str
    subject: str
    at: datetime
    on: date
    reply: str
    number: int = 0  # of the invoice or credit note, which this house gives only once


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a company's file says that the database does not: letters that wait although they went, and unknown ones."""

    company_id: int
    slug: str
    waiting: tuple[Sent, ...]
    unknown: tuple[Sent, ...]


def note_sent(slug: str, letter: LetterFacts, *, at: datetime, on: date, reply: str) -> None:
    """Keep outside that a server took the letter over. Written before the database is told."""
    file = _file(slug)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {
        "key": letter.key,
        "to": digest(letter.recipient),
        "subject": digest(letter.subject),
        "at": at.isoformat(),
        "on": on.isoformat(),
        "reply": reply[:200],
        "number": _number_of(letter),
    }
    with file.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps(told, ensure_ascii=False) + "\n")
        opened.flush()


def sent_of(slug: str) -> dict[str, Sent]:
    """Return what left a company's house, by the keys of the letters. A line that was cut off is passed over."""
    return {sent.key: sent for sent in _lines(slug)}


def is_same(letter: LetterFacts, sent: Sent) -> bool:
    """Tell whether this is the letter that went: to the same receiver, of the same thing."""
    return (sent.to, sent.subject) == (digest(letter.recipient), digest(letter.subject))


def digest(text: str) -> str:
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()[:20]


def unreconciled() -> tuple[Reconciled, ...]:
    """Return, company by company, what went out that the database does not know."""
    found = []
    for company in companies():
        sent = sent_of(company.slug)
        known = {letter.key: letter for letter in letters_by_key(company.company_id, sent)}
        waiting = tuple(
            one for key, one in sent.items() if key in known and known[key].state in {"waiting", "sending", "uncertain"}
        )
        unknown = tuple(one for key, one in sent.items() if key not in known)
        found.append(Reconciled(company_id=company.company_id, slug=company.slug, waiting=waiting, unknown=unknown))
    return tuple(found)


def _number_of(letter: LetterFacts) -> int:
    if letter.kind not in NUMBERED or letter.invoice_id is None:
        return 0
    (invoice,) = invoices([letter.invoice_id])
    return invoice.number


def _lines(slug: str) -> Iterator[Sent]:
    file = _file(slug)
    if not file.is_file():
        return
    with file.open(encoding="utf-8", errors="replace") as opened:
        lines = opened.readlines()[-KEPT_MAX:]
    for line in lines:
        try:
            told = json.loads(line)
            yield Sent(
                key=told["key"],
                to=told["to"],
                subject=told["subject"],
                at=datetime.fromisoformat(told["at"]),
                on=date.fromisoformat(told["on"]),
                reply=told["reply"],
                number=told.get("number", 0),
            )
        except (ValueError, KeyError, TypeError):
            continue


def _file(slug: str) -> Path:
    folder: Path = settings.OUTSIDE
    return folder / f"{slug}.jsonl"
