"""What the database knows of itself, of the places that work with it, and of the time."""

from datetime import datetime

from django.db import connection

from servanda.business.companies.queries import companies
from servanda.business.evidence.queries import is_halted
from servanda.business.installation.decisions import copy_doubt
from servanda.business.installation.facts import Clocks, Known, KnownPlace, Mark, PlaceFacts, Step
from servanda.business.installation.models import Incarnation, Place, ReconciledStep

RECORDS_LOOKED_AT = 200  # the newest evidence of a company on the real clock is looked for among so many

_NEWEST_EVIDENCE = """
select max(r.at) from (select at, company_id from evidence_record order by id desc limit %s) r
  join company c on c.id = r.company_id where c.clock_on is null
"""


def known_of(mark: Mark | None, *, newest: int = 0) -> Known:
    """Return what the database knows, of itself and of the place that a mark names."""
    row = Place.objects.filter(place=mark.place).first() if mark is not None else None
    return Known(
        incarnation=incarnation(),
        has_companies=bool(companies()),
        place=KnownPlace(number=row.number, beat_at=row.beat_at) if row is not None else None,
        newest_record=newest,
    )


def incarnation() -> str:
    """Return which life of the database this is; empty before its first beat."""
    return Incarnation.objects.order_by("-id").values_list("name", flat=True).first() or ""


def has_taken_over() -> bool:
    """Tell whether this database was a copy once: it may not know of everything that left the house."""
    return Incarnation.objects.count() > 1


def newest_record() -> int:
    """Return the number of the newest evidence."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from evidence_record")
        return int(cursor.fetchone()[0])


def clocks_of(place: str, *, now: datetime) -> Clocks:
    """Return what the clocks say, beside the last beat of a place."""
    row = Place.objects.filter(place=place).first()
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        database = cursor.fetchone()[0]
        cursor.execute(_NEWEST_EVIDENCE, [RECORDS_LOOKED_AT])
        newest = cursor.fetchone()[0]
    return Clocks(
        host=now,
        database=database,
        newest_evidence=newest,
        last_beat=row.beat_at if row is not None else None,
        accepted_until=row.accepted_until if row is not None else None,
    )


def is_copy() -> bool:
    """Tell whether this installation is taken for a copy: it sends nothing, and nothing happens by itself."""
    return is_halted("copy")


def seems_copied(mark: Mark | None, *, machine: str) -> bool:
    """Tell, without writing anything, whether this is a copy or looks like one. Before the first beat, nobody can tell."""
    known = known_of(mark)
    return is_copy() or (bool(known.incarnation) and copy_doubt(mark, known, machine=machine) is not None)


def places() -> tuple[PlaceFacts, ...]:
    """Return the places that work with this database, the last one heard first."""
    return tuple(
        PlaceFacts(place=row.place, beat_at=row.beat_at, joined_at=row.joined_at, by=row.by)
        for row in Place.objects.order_by("-beat_at")
    )


def steps_done() -> tuple[Step, ...]:
    """Return what was reconciled since the installation was taken for a copy."""
    return tuple(
        Step(name=row.step, by=row.by, at=row.at, figures=row.figures) for row in ReconciledStep.objects.order_by("id")
    )
