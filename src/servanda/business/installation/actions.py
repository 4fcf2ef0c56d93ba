"""The beat, by which a copy and a wrong clock are noticed; and what a person does about them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction

from servanda.business.evidence.actions import NotReleased, end_halt, halt, record_in_all
from servanda.business.evidence.queries import is_halted
from servanda.business.installation.decisions import STEPS, copy_doubt, missing_steps, time_doubt
from servanda.business.installation.facts import Beat, Mark
from servanda.business.installation.models import Incarnation, Place, ReconciledStep
from servanda.business.installation.queries import clocks_of, incarnation, known_of, newest_record, steps_done
from servanda.ground.refusal import Refused

BEAT_LOCK = 20_262  # names the lock on the beats among all advisory locks


class NotReconciled(Refused):
    """A copy may not take over before a person has looked at what it may have missed."""


class NotToJoin(Refused):
    """A place joins a database that is known to be the real one, and only where it has no mark yet."""


@transaction.atomic
def beat(mark: Mark | None, *, machine: str, fresh: str, now: datetime) -> Beat:
    """Compare the mark with the database and the clocks with each other, halt what is in doubt, and count on.

    `fresh` is a name never used before, for a first start. The mark that is returned is to be kept outside only once this
    is committed: a database that is ahead by one beat is well, one that is behind is a copy.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [BEAT_LOCK])
    if is_halted("copy"):
        return Beat(mark=None, is_copy=True, is_time_in_doubt=is_halted("time"))
    doubt = copy_doubt(mark, known_of(mark, newest=newest_record()), machine=machine)
    if doubt is not None:
        halt("copy", figures=asdict(doubt), now=now)
        return Beat(mark=None, is_copy=True, is_time_in_doubt=is_halted("time"))
    if not incarnation():
        mark = None  # an empty database in an old place: both begin anew
        Incarnation.objects.create(name=fresh, since=now, by="system", reason="the first start")
    place = mark.place if mark is not None else _new_place(fresh, by="system", now=now)
    _look_at_clocks(place, now=now)
    return Beat(mark=_counted(place, machine=machine, now=now), is_copy=False, is_time_in_doubt=is_halted("time"))


def _look_at_clocks(place: str, *, now: datetime) -> None:
    doubt = time_doubt(clocks_of(place, now=now))
    if doubt is not None:
        halt("time", figures={**asdict(doubt), "place": place}, now=now)


def _counted(place: str, *, machine: str, now: datetime) -> Mark:
    row = Place.objects.select_for_update().get(place=place)
    row.number, row.beat_at = row.number + 1, now
    row.save(update_fields=["number", "beat_at"])
    return Mark(
        incarnation=incarnation(),
        place=place,
        machine=machine,
        number=row.number,
        beat_at=now,
        newest_record=newest_record(),
    )


def _new_place(name: str, *, by: str, now: datetime) -> str:
    Place.objects.create(place=name, beat_at=now, joined_at=now, by=by)
    return name


@transaction.atomic
def join(mark: Mark | None, *, machine: str, fresh: str, by: str, reason: str, now: datetime) -> Mark:
    """Let a further machine work with this database, on a person's word, and return the mark that it is to keep."""
    if is_halted("copy"):
        raise NotToJoin("This installation is taken for a copy. Confirm it first, and let the machine join then.")
    if not incarnation():
        raise NotToJoin("This database was never worked with. Start it on its first machine.")
    if mark is not None and mark.incarnation == incarnation():
        raise NotToJoin("This place works with this database already. There is nothing to do.")
    if not reason.strip():
        raise NotToJoin("Say why. The reason is kept with the record.")
    record_in_all("place.joined", key=fresh, facts={"place": fresh, "reason": reason}, now=now, by=by)
    return _counted(_new_place(fresh, by=by, now=now), machine=machine, now=now)


@transaction.atomic
def acknowledge_time(*, by: str, reason: str, now: datetime) -> None:
    """Let a person say that the time is right now; adverse acts go on. What is still wrong is noticed at the next beat."""
    newest = clocks_of("", now=now).newest_evidence
    end_halt("time", by=by, reason=reason, seen={"acknowledged_at": now.isoformat()}, now=now)
    Place.objects.update(accepted_until=max(now, newest) if newest is not None else now)


@transaction.atomic
def note_step(step: str, *, figures: Mapping[str, object], by: str, now: datetime) -> None:
    """Note that a person has reconciled one thing, with the figures that were shown."""
    assert step in STEPS, step
    if not is_halted("copy"):
        raise NotReleased("There is nothing to confirm: somebody was here before. Reload the page.")
    ReconciledStep.objects.update_or_create(step=step, defaults={"by": by, "at": now, "figures": dict(figures)})
    facts = {"act": step, **figures}
    record_in_all("copy.reconciled", key=f"{step}:{now.isoformat()}", facts=facts, now=now, by=by)


def refuse_unreconciled(reason: str) -> None:
    """Refuse a copy to take over while something is not reconciled, or without a reason."""
    if not is_halted("copy"):
        raise NotReleased("There is nothing to confirm: somebody was here before. Reload the page.")
    if not reason.strip():
        raise NotReleased("Say why. The reason is kept with the record.")
    missing = missing_steps(frozenset(step.name for step in steps_done()))
    if missing:
        raise NotReconciled(
            "%(step)s is not reconciled yet. Look at it first, and note what you found.", {"step": missing[0]}
        )


@transaction.atomic
def confirm_copy(*, machine: str, fresh: str, by: str, reason: str, now: datetime) -> Mark:
    """Let this database take over on a person's word, as a new incarnation; return the mark that this place is to keep.

    Refused while something is not reconciled. All other places must join anew.
    """
    refuse_unreconciled(reason)
    done = steps_done()
    seen = {"incarnation": fresh, "before": incarnation(), "steps": {step.name: step.figures for step in done}}
    end_halt("copy", by=by, reason=reason, seen=seen, now=now)
    ReconciledStep.objects.all().delete()
    Place.objects.all().delete()
    Incarnation.objects.create(name=fresh, since=now, by=by, reason=reason)
    place = _new_place(fresh, by=by, now=now)
    return _counted(place, machine=machine, now=now)
