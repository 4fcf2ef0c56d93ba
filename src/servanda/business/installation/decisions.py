"""Is this a copy, and is the time in doubt? From what was kept outside, what the database says, and the clocks."""

from datetime import timedelta

from servanda.business.installation.facts import Clocks, CopyDoubt, Known, Mark, TimeDoubt

DISAGREE_MAX = timedelta(minutes=5)
AWAY_MAX = timedelta(hours=36)
STEPS = ("letters", "servers", "bank", "e-invoices")  # what must be reconciled before a copy may take over


def copy_doubt(mark: Mark | None, known: Known, *, machine: str) -> CopyDoubt | None:
    """Return why this may be a copy, if it may be one.

    A database without any beat and a place without a mark are a first start; so is an empty database in an old place.
    """
    if not known.incarnation:
        return None if mark is None or not known.has_companies else CopyDoubt(because="the database never had a beat")
    if mark is None:
        return CopyDoubt(because="this place is unknown")
    if mark.incarnation != known.incarnation:
        return CopyDoubt(because="another incarnation")
    if mark.machine and machine and mark.machine != machine:
        return CopyDoubt(because="another machine")
    if known.place is None:
        return CopyDoubt(
            because="the database is older", records_behind=max(0, mark.newest_record - known.newest_record)
        )
    if known.place.number < mark.number:
        return CopyDoubt(
            because="the database is older",
            behind_seconds=int((mark.beat_at - known.place.beat_at).total_seconds()),
            records_behind=max(0, mark.newest_record - known.newest_record),
        )
    if known.place.number > mark.number + 1:  # one: the beat before was cut off between the database and the mark
        return CopyDoubt(
            because="the place is older", behind_seconds=int((known.place.beat_at - mark.beat_at).total_seconds())
        )
    return None


def time_doubt(clocks: Clocks) -> TimeDoubt | None:
    """Return why the time is in doubt: clocks disagree, time went back, or too much of it passed since the last beat."""
    apart = abs(clocks.database - clocks.host)
    if apart > DISAGREE_MAX:
        return _doubt("the clocks disagree", apart)
    newest = clocks.newest_evidence
    is_accepted = newest is not None and clocks.accepted_until is not None and newest <= clocks.accepted_until
    if newest is not None and newest - clocks.host > DISAGREE_MAX and not is_accepted:
        return _doubt("the record is from the future", newest - clocks.host)
    if clocks.last_beat is None:
        return None
    if clocks.last_beat - clocks.host > DISAGREE_MAX:
        return _doubt("time went back", clocks.last_beat - clocks.host)
    if clocks.host - clocks.last_beat > AWAY_MAX:
        return _doubt("nobody was here", clocks.host - clocks.last_beat)
    return None


def _doubt(because: str, by: timedelta) -> TimeDoubt:
    return TimeDoubt(because=because, seconds=int(by.total_seconds()))


def missing_steps(done: frozenset[str]) -> tuple[str, ...]:
    """Return what is still to be reconciled, in its order."""
    return tuple(step for step in STEPS if step not in done)
