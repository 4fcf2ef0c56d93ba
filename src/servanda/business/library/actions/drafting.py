"""Writing a draft of the next version: begun from the version in force, changed figure by figure or as a text."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.library.decisions import draft_problems
from servanda.business.library.facts import DraftFacts, fingerprint_of
from servanda.business.library.models import Draft, DraftApproval
from servanda.business.library.queries import draft, is_taken, library_of, source_of
from servanda.ground.calendar import legal_day
from servanda.ground.refusal import Refused, WrongDocument
from servanda.terms.editing import with_figure
from servanda.terms.parsing import parse_bytes

VERSION_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,19}")
CHANGES = ("material", "ordinary", "larger", "worsening", "favourable", "minor")


class NotADraft(Refused):
    """A draft cannot be written or changed as asked."""


@transaction.atomic
def start_draft(
    company: CompanyFacts, *, base_version: str, version: str, effective_on: date, change: str, by: str, at: datetime
) -> DraftFacts:
    """Begin the next version as a copy of one in force; refuses a version name that is taken or cannot be one."""
    if not VERSION_NAME.fullmatch(version):
        raise NotADraft(
            "“%(version)s” cannot name a version. Use digits, letters, full stops and hyphens.", {"version": version}
        )
    is_open = Draft.objects.filter(company_id=company.company_id, version=version, state="open").exists()
    if is_open or is_taken(company.slug, version):
        raise NotADraft("There is a version %(version)s already. Choose another name.", {"version": version})
    _refuse_odd_change(change)
    row = Draft.objects.create(
        company_id=company.company_id,
        version=version,
        base_version=base_version,
        change=change,
        danish=_next_version(source_of(company.slug, base_version, "da"), version, effective_on),
        english=_next_version(source_of(company.slug, base_version, "en"), version, effective_on),
        written_by=by,
        written_at=at,
    )
    return draft(row.pk)


@transaction.atomic
def rewrite_draft(
    draft_id: int,
    *,
    by: str,
    at: datetime,
    danish: str | None = None,
    english: str | None = None,
    change: str | None = None,
    reason: str | None = None,
) -> DraftFacts:
    """Change what is given of an open draft. Its forecast and its approvals count no longer once the texts differ.

    Texts with problems are kept too: a draft may be half-written, and only its publishing needs it to be sound.
    """
    row = _locked(draft_id)
    if change is not None:
        _refuse_odd_change(change)
    given = {"danish": danish, "english": english, "change": change, "reason": reason}
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value.replace("\r\n", "\n"))
    row.written_by, row.written_at = by, at
    row.save()
    return draft(draft_id)


def change_figure(
    draft_id: int, *, clause: str, rule: int, field: str, written: str, by: str, at: datetime
) -> DraftFacts:
    """Change one figure of an open draft; refuses one that its kind does not allow, and leaves all else as it was."""
    current = draft(draft_id)
    read = parse_bytes(current.danish.encode("utf-8"), file="draft.da.md")
    if read.draft is None:
        raise NotADraft("The draft cannot be read as a document just now. Mend its text first.")
    danish = with_figure(current.danish, read.draft, clause=clause, rule=rule, field=field, written=written)
    return rewrite_draft(draft_id, danish=danish, by=by, at=at)


@transaction.atomic
def keep_forecast(draft_id: int, forecast: Mapping[str, object], *, fingerprint: str) -> DraftFacts:
    """Keep what a draft would do to the customers; `fingerprint` is the draft's as it was when this was computed."""
    row = _locked(draft_id)
    is_of_now = fingerprint == fingerprint_of(row.danish, row.english, row.change, row.reason)
    row.forecast = dict(forecast)
    row.forecast_of = fingerprint_of(row.danish, row.english, row.change) if is_of_now else fingerprint
    row.save(update_fields=["forecast", "forecast_of"])
    return draft(draft_id)


@transaction.atomic
def approve_draft(draft_id: int, *, fingerprint: str, by: str, at: datetime) -> DraftFacts:
    """Note one person's yes; refuses it for texts that were changed meanwhile, and without a forecast of them.

    Refuses too what could not be published afterwards: see `draft_problems`.
    """
    row = _locked(draft_id)
    now = fingerprint_of(row.danish, row.english, row.change, row.reason)
    if fingerprint != now:
        raise NotADraft("The draft was changed after you opened it. Read it again, then say yes.")
    if row.forecast is None or row.forecast_of != fingerprint_of(row.danish, row.english, row.change):
        raise NotADraft("Nobody has looked at who is hit by these texts. Run the forecast first.")
    if not row.reason.strip():
        raise NotADraft("The draft gives no reason for the change. Write one: the customers are told.")
    refuse_unfit(row.company.slug, draft(draft_id), today=legal_day(at))
    DraftApproval.objects.get_or_create(draft=row, by=by, fingerprint=now, defaults={"at": at})
    record(
        company_id=row.company_id,
        key=f"terms.approved:{row.pk}:{now}:{by}",
        what="terms.approved",
        subject=f"terms:{row.version}",
        on_day=legal_day(at),
        at=at,
        because=(),
        facts={"version": row.version, "fingerprint": now},
        by=by,
    )
    return draft(draft_id)


@transaction.atomic
def drop_draft(draft_id: int) -> None:
    """Give a draft up. It stays readable, and its version's name is free again."""
    row = _locked(draft_id)
    row.state = "dropped"
    row.save(update_fields=["state"])


def refuse_unfit(slug: str, facts: DraftFacts, *, today: date) -> None:
    """Refuse a draft that has another name, a day that has passed, nothing new, or a class that hides what is worse."""
    read = parse_bytes(facts.danish.encode("utf-8"), file="draft.da.md")
    if read.agreement is None:
        raise WrongDocument(read.problems)
    problems = draft_problems(facts, read.agreement, library_of(slug).find(facts.base_version), today=today)
    if problems:
        raise WrongDocument(problems)


def _locked(draft_id: int) -> Draft:
    row = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None:
        raise NotADraft("There is no draft %(draft_id)s.", {"draft_id": draft_id})
    if row.state != "open":
        raise NotADraft(
            "The draft of version %(version)s was published or dropped already. Begin a new one.",
            {"version": row.version},
        )
    return row


def _refuse_odd_change(change: str) -> None:
    if change not in CHANGES:
        raise NotADraft(
            "“%(change)s” is no class of change. Choose one of %(classes)s.",
            {"change": change, "classes": ", ".join(CHANGES)},
        )


def _next_version(text: str, version: str, effective_on: date) -> str:
    """Return the text with the front matter of the next version; everything else stays as it was written."""
    head, fence, body = text.removeprefix("---\n").partition("\n---\n")
    kept = [line for line in head.splitlines() if not re.match(r"(version|effective_on|until)\s*=", line)]
    place = next((index + 1 for index, line in enumerate(kept) if re.match(r"name\s*=", line)), len(kept))
    kept[place:place] = [f'version = "{version}"', f"effective_on = {effective_on.isoformat()}"]
    return "---\n" + "\n".join(kept) + fence + body
