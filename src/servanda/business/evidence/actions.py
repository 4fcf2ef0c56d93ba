"""Recording what happened, issuing warrants, and the brake."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.evidence.decisions import NoWarrant, check_premises
from servanda.business.evidence.facts import Event, WarrantRequest, because_to_json
from servanda.business.evidence.models import Brake, Record, Warrant
from servanda.business.evidence.queries import is_braked, is_recorded
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused


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
        at=event.at,
        because=because_to_json(event.because),
        facts=dict(event.facts),
        by=event.by,
    )


def issue_warrant(request: WarrantRequest, *, today: date, at: datetime) -> None:
    """Issue leave for one adverse act, in the transaction that carries it out; refuse it when a premise does not hold."""
    refuse_unwarranted(request, today=today)
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
    """Refuse an adverse act of which a premise does not hold today, by the brake and the evidence as they stand."""
    missing = tuple(key for key in request.evidence_keys if not is_recorded(key))
    check_premises(request, is_braked=is_braked(request.company_id), missing=missing, today=today)


@transaction.atomic
def set_brake(company_id: int, *, is_engaged: bool, by: str, reason: str, at: datetime, today: date) -> None:
    """Engage or release the brake; who did it and why is kept."""
    if not reason.strip():
        raise Refused("Say why. The reason is kept with the record.")
    Brake.objects.update_or_create(
        company_id=company_id, defaults={"is_engaged": is_engaged, "reason": reason, "by": by, "at": at}
    )
    what = "brake.engaged" if is_engaged else "brake.released"
    record(
        company_id=company_id,
        key=f"{what}:{company_id}:{at.isoformat()}",
        what=what,
        subject=f"company:{company_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"reason": reason},
        by=by,
    )


__all__ = [
    "NoWarrant",
    "issue_warrant",
    "record",
    "record_all",
    "refuse_unwarranted",
    "row_of",
    "set_brake",
]
