"""What has happened, and whether the brake is on."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import connection

from servanda.business.companies.queries import Tally
from servanda.business.evidence.decisions import LOOK_BACK_DAYS, MILD
from servanda.business.evidence.facts import DayCount, Event, Halt, NormalRange, WarrantFacts, because_from_json
from servanda.business.evidence.models import Brake, Range, Record, Warrant
from servanda.business.evidence.models import Halt as HaltRow
from servanda.ground.calendar import moment_of


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
    if row is None:
        return None
    return {"reason": row.reason, "by": row.by, "at": row.at, "cause": row.cause, "figures": row.figures}


def halts() -> tuple[Halt, ...]:
    """Return what stops the adverse acts of the whole installation; nothing, when all is well."""
    return tuple(Halt(row.cause, row.since, row.figures) for row in HaltRow.objects.order_by("cause"))


def is_halted(cause: str) -> bool:
    """Tell whether the installation is halted for this cause: copy or time."""
    return HaltRow.objects.filter(cause=cause).exists()


def adverse_counts(company_id: int, *, today: date) -> Mapping[date, int]:
    """Return how many adverse acts a company was given leave for on each of the days that its range looks back on.

    Each adverse act has a warrant, so the warrants are what is counted, by the legal day they were issued on.
    """
    since = moment_of(today - timedelta(days=LOOK_BACK_DAYS), 0)
    until = moment_of(today + timedelta(days=1), 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "select (issued_at at time zone 'Europe/Copenhagen')::date, count(*) from evidence_warrant"
            " where company_id = %s and issued_at >= %s and issued_at < %s and not act = any(%s) group by 1",
            [company_id, since, until, sorted(MILD)],
        )
        return dict(cursor.fetchall())


def adverse_today(company_id: int, *, today: date, subject: str = "") -> int:
    """Return how many adverse acts a company was given leave for today, on one subject or in all."""
    rows = Warrant.objects.filter(
        company_id=company_id,
        issued_at__gte=moment_of(today, 0),
        issued_at__lt=moment_of(today + timedelta(days=1), 0),
    ).exclude(act__in=MILD)
    return (rows.filter(subject=subject) if subject else rows).count()


def day_count(company_id: int, *, today: date) -> DayCount | None:
    """Return where a company stands in its range today; None while its range is not watched."""
    row = Range.objects.filter(company_id=company_id).first()
    if row is None:
        return None
    most = max(row.most, row.released_to if row.day == today else 0)
    return DayCount(range=range_facts(row), done=adverse_today(company_id, today=today), most=most)


def range_facts(row: Range) -> NormalRange:
    return NormalRange(
        day=row.day,
        most=row.most,
        most_per_subject=row.most_per_subject,
        middle=row.middle,
        greatest=row.greatest,
    )


def newest_of(company_id: int, what: str) -> Event | None:
    """Return the newest record of a kind that happened in a company."""
    row = (
        Record.objects.filter(company_id=company_id, what=what, subject=f"company:{company_id}").order_by("-id").first()
    )
    return _event(row) if row is not None else None


def events_of_company(company_id: int, *, what: tuple[str, ...], limit: int = 50) -> tuple[Event, ...]:
    """Return what happened of the named kinds to the company itself, the newest first."""
    rows = Record.objects.filter(company_id=company_id, what__in=what, subject=f"company:{company_id}")
    return tuple(_event(row) for row in rows.order_by("-id")[:limit])


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
