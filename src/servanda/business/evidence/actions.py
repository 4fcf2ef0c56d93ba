"""Recording what happened, issuing warrants, and the brake."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from django.db import transaction

from servanda.business.companies.queries import companies, moment_for, today_of
from servanda.business.companies.queries import company as company_of
from servanda.business.evidence.decisions import MILD, NoWarrant, check_premises, is_out_of_range, normal_range
from servanda.business.evidence.facts import Event, WarrantRequest, because_to_json
from servanda.business.evidence.models import Brake, Halt, Range, Record, Warrant
from servanda.business.evidence.queries import (
    adverse_counts,
    adverse_today,
    count_recorded,
    day_count,
    halts,
    is_braked,
    is_recorded,
    range_facts,
)
from servanda.ground.calendar import legal_day
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused


class NotReleased(Refused):
    """A release needs a person, a reason, and something to release."""


def record(
    *,
    company_id: int,
    key: str,
    what: str,
    subject: str,
    on_day: date,
    at: datetime,
    because: tuple[Citation, ...],
    facts: Mapping[str, object],
    customer_id: int | None = None,
    by: str = "system",
) -> bool:
    """Record one thing that happened. False: its key is there already, and nothing was written."""
    event = Event(
        company_id=company_id,
        key=key,
        what=what,
        subject=subject,
        on_day=on_day,
        at=at,
        because=because,
        facts=facts,
        customer_id=customer_id,
        by=by,
    )
    return record_all([event]) == 1


def record_all(events: Iterable[Event]) -> int:
    """Record what happened and return how many records are new; keys that are taken are left as they are."""
    rows = [row_of(event) for event in events]
    before = set(Record.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    new = [row for row in rows if row.key not in before]
    Record.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def row_of(event: Event) -> Record:
    return Record(
        company_id=event.company_id,
        key=event.key,
        what=event.what,
        subject=event.subject,
        customer_id=event.customer_id,
        on_day=event.on_day,
        at=_own_moment(event),
        because=because_to_json(event.because),
        facts=dict(event.facts),
        by=event.by,
    )


def _own_moment(event: Event) -> datetime:
    """Return the moment of the company's own time, which the order of its records follows.

    On a test clock much is done by the real one, such as what a token or a link lives by: that may lie months ahead of the
    company's day.
    """
    if legal_day(event.at) <= event.on_day:
        return event.at
    company = company_of(event.company_id)
    return min(event.at, moment_for(company, now=event.at))


def issue_warrant(request: WarrantRequest, *, today: date, at: datetime) -> None:
    """Issue leave for one adverse act, in the transaction that carries it out; refuse it when a premise does not hold."""
    refuse_unwarranted(request, today=today)
    _refuse_out_of_range(request, today=today, at=at)
    Warrant.objects.create(
        company_id=request.company_id,
        key=request.key,
        act=request.act,
        subject=request.subject,
        customer_id=request.customer_id,
        fingerprint=request.fingerprint,
        because=because_to_json(request.because),
        parameters=dict(request.parameters),
        evidence_keys=list(request.evidence_keys),
        approvals=[
            {"by": approval.by, "at": approval.at.isoformat(), "reason": approval.reason}
            for approval in request.approvals
        ],
        not_before=request.not_before,
        expires_on=request.expires_on,
        issued_at=at,
    )


def refuse_unwarranted(request: WarrantRequest, *, today: date) -> None:
    """Refuse an adverse act of which a premise does not hold today.

    Nothing may halt the installation; what else must hold is asked of the brake and the evidence as they stand.
    """
    _refuse_halted(request)
    missing = tuple(key for key in request.evidence_keys if not is_recorded(key))
    check_premises(request, is_braked=is_braked(request.company_id), missing=missing, today=today)


def _refuse_halted(request: WarrantRequest) -> None:
    """Refuse while the installation may be a copy, or its time is in doubt. A test clock has a rule of its own for time."""
    named = {"act": request.act, "subject": request.subject}
    causes = {halt.cause for halt in halts()}
    if "copy" in causes:
        raise NoWarrant("%(act)s on %(subject)s is parked: this installation may be a copy.", named)
    company = company_of(request.company_id)
    if company.clock_on is None:
        if "time" in causes:
            raise NoWarrant("%(act)s on %(subject)s is parked: what time it is is in doubt.", named)
    elif company.rounded_on is not None and company.rounded_on > company.clock_on:
        raise NoWarrant("%(act)s on %(subject)s is parked: the test clock has gone back.", named)


def _refuse_out_of_range(request: WarrantRequest, *, today: date, at: datetime) -> None:
    """Refuse the act that would leave the normal range of the day, and pull the brake; what is mild is not counted."""
    row = Range.objects.filter(company_id=request.company_id).first()
    if row is None or request.act in MILD:
        return
    if row.day != today:
        row = watch_range(request.company_id, today=today)
    named: dict[str, object] = {"act": request.act, "subject": request.subject}
    on_subject = adverse_today(request.company_id, today=today, subject=request.subject)
    if is_out_of_range(on_subject, row.most_per_subject):
        raise NoWarrant(
            "%(act)s on %(subject)s is parked: %(done)s adverse acts have met it today already.",
            {**named, "done": on_subject},
        )
    done, most = adverse_today(request.company_id, today=today), max(row.most, row.released_to)
    if not is_out_of_range(done, most):
        return
    pull_brake(
        request.company_id,
        cause="range",
        reason="Today's adverse acts have left the normal range.",
        figures={**_plain(asdict(range_facts(row))), "done": done, "most": most, "refused": request.act},
        at=at,
        today=today,
    )
    raise NoWarrant(
        "%(act)s on %(subject)s is parked: %(done)s adverse acts were done today, and %(most)s are normal.",
        {**named, "done": done, "most": most},
    )


def watch_range(company_id: int, *, today: date) -> Range:
    """Reckon how many adverse acts are normal today, once a day, and keep it; from then on the range is watched."""
    row = Range.objects.filter(company_id=company_id).first()
    if row is not None and row.day == today:
        return row
    found = normal_range(adverse_counts(company_id, today=today), today=today)
    kept, _ = Range.objects.update_or_create(company_id=company_id, defaults={**asdict(found), "released_to": 0})
    return kept


def pull_brake(
    company_id: int,
    *,
    cause: Literal["range", "audit"],
    reason: str,
    figures: Mapping[str, object],
    at: datetime,
    today: date,
) -> bool:
    """Let the system pull the brake, with the figures that it saw. False: it is on already, and stays as it is."""
    if is_braked(company_id):
        return False
    _keep_brake(
        company_id, is_engaged=True, cause=cause, reason=reason, figures=figures, by="system", at=at, today=today
    )
    return True


@transaction.atomic
def set_brake(
    company_id: int,
    *,
    is_engaged: bool,
    by: str,
    reason: str,
    at: datetime,
    today: date,
    parked: int = 0,
) -> None:
    """Let a person engage or release the brake; who, why, and the figures that were seen are kept.

    A release lets as many more acts pass today as were parked when the person looked, beside what is normal.
    """
    if not reason.strip():
        raise Refused("Say why. The reason is kept with the record.")
    count = day_count(company_id, today=today)
    seen: dict[str, object] = {"parked": parked}
    if count is not None:
        seen |= {"done": count.done, "most": count.most}
        if not is_engaged:
            to = count.done + max(count.range.most, parked)
            Range.objects.filter(company_id=company_id).update(day=today, released_to=to)
            seen["released_to"] = to
    _keep_brake(
        company_id, is_engaged=is_engaged, cause="person", reason=reason, figures=seen, by=by, at=at, today=today
    )


def _keep_brake(
    company_id: int,
    *,
    is_engaged: bool,
    cause: str,
    reason: str,
    figures: Mapping[str, object],
    by: str,
    at: datetime,
    today: date,
) -> None:
    Brake.objects.update_or_create(
        company_id=company_id,
        defaults={
            "is_engaged": is_engaged,
            "reason": reason,
            "by": by,
            "at": at,
            "cause": cause,
            "figures": dict(figures),
        },
    )
    what, subject = "brake.engaged" if is_engaged else "brake.released", f"company:{company_id}"
    number = count_recorded(subject, what)  # on a test clock, a whole day is one moment
    record(
        company_id=company_id,
        key=f"{what}:{company_id}:{at.isoformat()}:{number}",
        what=what,
        subject=subject,
        on_day=today,
        at=at,
        because=(),
        facts={"reason": reason, "act": cause, **figures},
        by=by,
    )


def record_in_all(
    what: str, *, key: str, facts: Mapping[str, object], now: datetime, by: str = "system", only: str = ""
) -> None:
    """Record what happened to the installation with each of its companies, on its own day, or with the one of a slug."""
    record_all(
        Event(
            company_id=company.company_id,
            key=f"{what}:{company.company_id}:{key}",
            what=what,
            subject=f"company:{company.company_id}",
            on_day=today_of(company, now=now),
            at=moment_for(company, now=now),
            facts=facts,
            by=by,
        )
        for company in companies()
        if not only or company.slug == only
    )


@transaction.atomic
def halt(cause: Literal["copy", "time"], *, figures: Mapping[str, object], now: datetime) -> bool:
    """Stop the adverse acts of the whole installation, with the figures. False: that is so already."""
    _, is_new = Halt.objects.get_or_create(cause=cause, defaults={"since": now, "figures": dict(figures)})
    if is_new:
        record_in_all(f"{cause}.suspected", key=now.isoformat(), facts=figures, now=now)
    return is_new


def keep_figures(cause: Literal["copy", "time"], figures: Mapping[str, object]) -> None:
    """Keep with a halt what was reckoned just now, for whoever looks at it."""
    for row in Halt.objects.filter(cause=cause):
        row.figures = {**row.figures, **figures}
        row.save(update_fields=["figures"])


@transaction.atomic
def end_halt(
    cause: Literal["copy", "time"], *, by: str, reason: str, seen: Mapping[str, object], now: datetime
) -> None:
    """Let a person end a halt; who, why, and the figures that were seen are kept."""
    if not reason.strip():
        raise NotReleased("Say why. The reason is kept with the record.")
    row = Halt.objects.select_for_update().filter(cause=cause).first()
    if row is None:
        raise NotReleased("There is nothing to confirm: somebody was here before. Reload the page.")
    what = "copy.confirmed" if cause == "copy" else "time.acknowledged"
    facts = {"reason": reason, "since": row.since.isoformat(), **row.figures, **seen}
    record_in_all(what, key=now.isoformat(), facts=facts, now=now, by=by)
    row.delete()


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


__all__ = [
    "NoWarrant",
    "NotReleased",
    "end_halt",
    "halt",
    "issue_warrant",
    "keep_figures",
    "pull_brake",
    "record",
    "record_all",
    "record_in_all",
    "refuse_unwarranted",
    "row_of",
    "set_brake",
    "watch_range",
]
