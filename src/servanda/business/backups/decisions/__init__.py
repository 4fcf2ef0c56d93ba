"""What is promised of copies, and is it kept? Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from servanda.business.backups.facts import CopyFacts, CopyPromise, Promised, PromiseFound, PromiseState
from servanda.ground.citation import Citation
from servanda.terms.clauses import Backup
from servanda.terms.packages import HostingPackage
from servanda.terms.resolving import Answer

# A copy is late when it is missing for the time between two, and this much more for the work itself: whoever promised a copy
# each day hears of a missing one before 26 hours have passed (servicepoint-080).
SLACK = timedelta(hours=1, minutes=30)
# A copy that nobody has read back for so long proves little.
READ_BACK_DAYS = 30


def promised_by(answer: Answer[Backup], package: HostingPackage, *, source: Citation | None) -> Promised:
    """Return what is promised of copies, by the clauses and by what the plan was sold with: the better of both.

    Several generations are at least two (compusoft-025); what is copied continuously is copied each day at least (024).
    """
    found = [
        link
        for link in answer.chain
        if isinstance(link.rule, Backup) and link.rule.by == "provider" and link.rule.included
    ]
    rules = [link.rule for link in found if isinstance(link.rule, Backup)]
    generations = 2 if any(rule.many_generations for rule in rules) else int(bool(rules))
    is_daily = any(rule.rhythm in ("daily", "continuously") for rule in rules)
    cited = tuple(dict.fromkeys(link.citation for link in found))
    return Promised(
        generations=max(generations, package.copies_daily),
        every_hours=min(24, package.copies_every_hours) if is_daily else package.copies_every_hours,
        because=cited or ((source,) if source is not None else ()),
    )


def promise_found(promise: CopyPromise, copies: Sequence[CopyFacts], *, now: datetime) -> PromiseFound:
    """Return whether the copies are as promised: fresh, in so many generations as there can be by now, in the country.

    Without a promise it is said so, and the copies are shown all the same. A service that was laid out just now has the time
    between two copies for its first one.
    """
    there = sorted((copy for copy in copies if copy.is_there), key=lambda copy: copy.made_at, reverse=True)
    lacks = tuple(_lacks(promise, there, copies, now=now))
    read_back = max((copy.read_back_at for copy in there if copy.read_back_at is not None), default=None)
    return PromiseFound(
        promise=promise,
        state=_state(promise, lacks, copies),
        newest_at=there[0].made_at if there else None,
        generations=len({copy.made_at.date() for copy in there}),
        read_back_at=read_back,
        lacks=lacks,
    )


def _state(promise: CopyPromise, lacks: tuple[str, ...], copies: Sequence[CopyFacts]) -> PromiseState:
    if not promise.generations:
        return "not promised"
    if not copies and "no copy lately" not in lacks:
        return "not measured"
    if {"no copy lately", "too few generations", "wrong country"} & set(lacks):
        return "broken"
    return "at risk" if lacks else "kept"


def _lacks(
    promise: CopyPromise, there: Sequence[CopyFacts], copies: Sequence[CopyFacts], *, now: datetime
) -> list[str]:
    lacks = []
    late = timedelta(hours=promise.every_hours) + SLACK
    since = promise.since if promise.since is not None else now
    age_days = (now - since).days
    newest = there[0].made_at if there else since
    if now - newest > late:
        lacks.append("no copy lately")
    possible = min(promise.generations, max(age_days - 1, 0))
    if len({copy.made_at.date() for copy in there}) < possible:
        lacks.append("too few generations")
    if any(copy.country != promise.country for copy in there):
        lacks.append("wrong country")
    if there and age_days > READ_BACK_DAYS and not _is_read_back(there, now=now):
        lacks.append("never read back")
    if any(copy.broken_at is not None and copy.forgotten_at is None for copy in copies):
        lacks.append("broken copy")
    return lacks


def _is_read_back(there: Sequence[CopyFacts], *, now: datetime) -> bool:
    since = now - timedelta(days=READ_BACK_DAYS)
    return any(copy.read_back_at is not None and copy.read_back_at >= since for copy in there)
