"""What has happened, and whether the brake is on."""

from collections.abc import Iterable
from datetime import date

from servanda.business.companies.queries import Tally
from servanda.business.evidence.facts import Event, WarrantFacts, because_from_json
from servanda.business.evidence.models import Brake, Record, Warrant


def is_recorded(key: str) -> bool:
    """Tell whether the thing named by the key has happened."""
    return Record.objects.filter(key=key).exists()


def recorded_among(keys: Iterable[str]) -> frozenset[str]:
    """Return which of the keys name something that has happened, in one question."""
    return frozenset(Record.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def unrecorded_tally(keys: Iterable[tuple[int, str]]) -> Tally:
    """Return how to count the keys of companies that name nothing that has happened."""
    asked = tuple(keys)
    sql = (
        "select asked.company_id, count(*) from unnest(%s::bigint[], %s::text[]) as asked (company_id, key)"
        " where not exists (select 1 from evidence_record r where r.key = asked.key) group by 1"
    )
    return Tally(sql, ([company_id for company_id, _ in asked], [key for _, key in asked]))


def events_among(keys: Iterable[str]) -> tuple[Event, ...]:
    """Return those of the named things that have happened."""
    return tuple(_event(row) for row in Record.objects.filter(key__in=list(keys)))


def count_recorded(subject: str, what: str) -> int:
    """Return how often a thing of this kind has happened to the subject."""
    return Record.objects.filter(subject=subject, what=what).count()


def is_braked(company_id: int) -> bool:
    """Tell whether all adverse acts of the company are stopped."""
    return Brake.objects.filter(company_id=company_id, is_engaged=True).exists()


def braked_companies() -> frozenset[int]:
    """Return the companies in which all adverse acts are stopped."""
    return frozenset(Brake.objects.filter(is_engaged=True).values_list("company_id", flat=True))


def brake_of(company_id: int) -> dict[str, object] | None:
    """Return who engaged the brake, when and why; None when it is released."""
    row = Brake.objects.filter(company_id=company_id, is_engaged=True).first()
    return {"reason": row.reason, "by": row.by, "at": row.at} if row is not None else None


def events_of_subjects(subjects: Iterable[str]) -> tuple[Event, ...]:
    """Return all that happened to the subjects, in the order in which it was recorded."""
    return tuple(_event(row) for row in Record.objects.filter(subject__in=list(subjects)).order_by("id"))


def events_of_customer(customer_id: int) -> tuple[Event, ...]:
    """Return all that happened with a customer, in the order of its legal days."""
    return tuple(_event(row) for row in Record.objects.filter(customer_id=customer_id).order_by("on_day", "id"))


def events_of_customers(customer_ids: Iterable[int], *, what: tuple[str, ...]) -> tuple[Event, ...]:
    """Return what happened of the named kinds with any of the customers, in the order of its legal days."""
    rows = Record.objects.filter(customer_id__in=list(customer_ids), what__in=what)
    return tuple(_event(row) for row in rows.order_by("on_day", "id"))


def events_of_day(company_id: int, *, day: date, limit: int = 500) -> tuple[Event, ...]:
    """Return what happened on a legal day, the newest first."""
    rows = Record.objects.filter(company_id=company_id, on_day=day).order_by("-id")[:limit]
    return tuple(_event(row) for row in rows)


def warrant_of(key: str) -> dict[str, object] | None:
    """Return the warrant of an act, for people to read."""
    row = Warrant.objects.filter(key=key).first()
    if row is None:
        return None
    return {
        "act": row.act,
        "subject": row.subject,
        "fingerprint": row.fingerprint,
        "because": because_from_json(row.because),
        "parameters": row.parameters,
        "evidence_keys": tuple(row.evidence_keys),
        "approvals": tuple(row.approvals),
        "not_before": row.not_before,
        "expires_on": row.expires_on,
        "issued_at": row.issued_at,
    }


def _event(row: Record) -> Event:
    return Event(
        company_id=row.company_id,
        key=row.key,
        what=row.what,
        subject=row.subject,
        on_day=row.on_day,
        at=row.at,
        because=because_from_json(row.because),
        facts=row.facts,
        customer_id=row.customer_id,
        by=row.by,
    )


def leaves_of(company_id: int, keys: Iterable[str]) -> tuple[WarrantFacts, ...]:
    """Return those of a company's warrants that have one of the keys."""
    rows = Warrant.objects.filter(company_id=company_id, key__in=list(keys))
    columns = rows.values_list("key", "act", "subject", "because", "not_before", "expires_on")
    return tuple(
        WarrantFacts(
            key=key,
            act=act,
            subject=subject,
            because=because_from_json(because),
            not_before=not_before,
            expires_on=expires_on,
        )
        for key, act, subject, because, not_before, expires_on in columns
    )


def newest_warrant_of(subject: str, *, act: str) -> str:
    """Return the key of the newest warrant for an act on a subject; empty when there is none."""
    rows = Warrant.objects.filter(subject=subject, act=act).order_by("-issued_at", "-id")
    return rows.values_list("key", flat=True).first() or ""
