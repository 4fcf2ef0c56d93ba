"""What a copy may have missed: reckoned from what was kept outside, what nodes say, and how far the bank's entries are known.

The worker reckons it, because pages cannot read what lies outside, and keeps it with the halt for a person to see.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from servanda.business.companies.queries import companies
from servanda.business.dunning.actions import look_again
from servanda.business.einvoices.queries import counts_of
from servanda.business.evidence.actions import keep_figures
from servanda.business.evidence.queries import halts
from servanda.business.letters.actions import record_outcomes
from servanda.business.letters.facts import Outcome
from servanda.business.letters.queries import letters_by_key
from servanda.business.nodes.queries import all_nodes, signed_until
from servanda.faces.clock.outside import Sent, is_same, unreconciled

SHOWN_MAX = 30
RETRY = timedelta(minutes=15)


def look_around(now: datetime) -> None:
    """Reckon what this copy may have missed, and keep it with the halt."""
    since = next((halt.since for halt in halts() if halt.cause == "copy"), now)
    found = {
        "letters": _letters(),
        "servers": _servers(since),
        "bank": _bank(),
        "e-invoices": _e_invoices(),
    }
    keep_figures("copy", {"missed": found, "looked_at": now.isoformat()})


def note_what_went(now: datetime) -> int:
    """Record as accepted the letters that went out and wait here, on the days that the mail servers took them."""
    noted = 0
    for company in unreconciled():
        sent = {one.key: one for one in company.waiting}
        for letter in letters_by_key(company.company_id, sent):
            one = sent[letter.key]
            if not is_same(letter, one):
                continue  # the same name, of something else: a person finds it in the list
            outcome = Outcome(letter.letter_id, "accepted", one.reply)
            with transaction.atomic():
                look_again(record_outcomes([outcome], at=one.at, today=one.on, retry_at=now + RETRY), today=one.on)
            noted += 1
    return noted


def _letters() -> dict[str, object]:
    found = unreconciled()
    unknown = [(company.slug, one) for company in found for one in company.unknown]
    return {
        "waiting": sum(len(company.waiting) for company in found),
        "unknown": len(unknown),
        "keys": [f"{slug}: {one.key}" for slug, one in unknown[:SHOWN_MAX]],
        "numbers": [_number(slug, one) for slug, one in unknown[:SHOWN_MAX] if one.number],
    }


def _number(slug: str, sent: Sent) -> str:
    return f"{slug}: {sent.number}"


def _servers(since: datetime) -> dict[str, object]:
    rows = [
        {
            "name": node.name,
            "accepted": node.accepted_seq,
            "signed": signed_until(node),
            "has_spoken": node.last_report_at is not None and node.last_report_at >= since,
        }
        for node in all_nodes()
        if node.is_trusted
    ]
    return {
        "nodes": rows[:SHOWN_MAX],
        "count": len(rows),
        "ahead": sum(row["accepted"] > row["signed"] for row in rows),  # type: ignore[operator]
        "silent": sum(not row["has_spoken"] for row in rows),
    }


def _bank() -> dict[str, object]:
    days = {company.slug: company.bank_checked_on for company in companies()}
    return {"known_until": {slug: day.isoformat() if day else "" for slug, day in days.items()}}


def _e_invoices() -> dict[str, object]:
    """What was handed over twice changes nothing: a carrier knows a document by its name and its content."""
    states: Counter[str] = Counter()
    for counts in counts_of(company.company_id for company in companies()).values():
        states.update(counts.by_state)
    return {"by_state": dict(states)}
