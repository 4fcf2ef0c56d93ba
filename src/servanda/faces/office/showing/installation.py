"""The installation for the office: is it a copy, what may it have missed, is the time right, and can it be put back?"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.companies.queries import companies
from servanda.business.evidence.facts import Event, Halt
from servanda.business.evidence.queries import events_of_company, halts, newest_of
from servanda.business.installation.decisions import STEPS
from servanda.business.installation.queries import incarnation, places, steps_done
from servanda.faces.office.people import names_of
from servanda.faces.office.sentences import sentence_of
from servanda.faces.office.shown import Link, Sentence, Stamp
from servanda.faces.office.shown_guard import BackupShown, HaltShown, InstallationShown, Pair, StepShown
from servanda.faces.office.words import language, word
from servanda.ground.calendar import moment_text

BECAUSE: Mapping[str, str] = {
    "the database never had a beat": gettext_noop("The database is not the one that this folder worked with."),
    "this place is unknown": gettext_noop("The database does not know this folder."),
    "another incarnation": gettext_noop("The database has taken over elsewhere since."),
    "another machine": gettext_noop("This folder was copied from another machine."),
    "the database is older": gettext_noop("The database is older than what this folder has seen: it was restored."),
    "the place is older": gettext_noop(
        "This folder is older than the database: it was restored, or there are two of it."
    ),
    "the clocks disagree": gettext_noop("The database's clock and the machine's clock disagree."),
    "the record is from the future": gettext_noop("The newest evidence is of a moment that has not come yet."),
    "time went back": gettext_noop("The clock was set back."),
    "nobody was here": gettext_noop("Nothing has run here for more than a day and a half."),
}
FIGURES: Mapping[str, str] = {
    "behind_seconds": gettext_noop("Behind by"),
    "records_behind": gettext_noop("Records that are missing"),
    "seconds": gettext_noop("By"),
}
NAMES: Mapping[str, tuple[str, str]] = {
    "letters": (
        gettext_noop("Letters that went out"),
        gettext_noop("Letters that went and wait here are noted as sent. For those that are unknown, see the mail server's log."),
    ),
    "servers": (
        gettext_noop("What the servers were told"),
        gettext_noop("A server that is ahead is told everything anew; nothing that it has is removed."),
    ),
    "bank": (
        gettext_noop("The bank"),
        gettext_noop("Read the bank's files up to today before anybody is reminded. Look for payouts that were ordered since."),
    ),
    "e-invoices": (
        gettext_noop("E-invoices and collections"),
        gettext_noop("Compare with the access point and the folders of files. What is handed over twice changes nothing."),
    ),
}  # fmt: skip
HISTORY = (
    "copy.suspected", "copy.reconciled", "copy.confirmed", "time.suspected", "time.acknowledged", "place.joined",
    "backup.made", "backup.failed", "backup.drilled",
)  # fmt: skip


def installation_shown() -> InstallationShown:
    found = {halt.cause: halt for halt in halts()}
    copy = found.get("copy")
    steps = _steps(copy) if copy is not None else ()
    return InstallationShown(
        incarnation=incarnation(),
        copy=_halt(copy) if copy is not None else None,
        time=_halt(found["time"]) if "time" in found else None,
        steps=steps,
        may_confirm=bool(steps) and all(step.at is not None for step in steps),
        places=tuple(Pair(name=one.place, value=moment_text(one.beat_at, language())) for one in places()),
        backup=backup_shown(),
        history=_history(),
    )


def _halt(halt: Halt) -> HaltShown:
    named = ((name, halt.figures.get(name)) for name in FIGURES)
    return HaltShown(
        cause=halt.cause,
        text=word(BECAUSE, str(halt.figures.get("because", ""))),
        since=halt.since,
        figures=tuple(Pair(name=_(FIGURES[name]), value=_figure(name, value)) for name, value in named if value),
    )


def _figure(name: str, value: object) -> str:
    return duration_text(value) if name.endswith("seconds") and isinstance(value, int) else str(value)


def duration_text(seconds: float) -> str:
    """Return a length of time in the largest units that say enough."""
    whole = int(seconds)
    if whole < 120:
        return _("%(count)s s") % {"count": whole}
    if whole < 7200:
        return _("%(count)s min") % {"count": whole // 60}
    return _("%(count)s h") % {"count": whole // 3600}


def _steps(copy: Halt) -> tuple[StepShown, ...]:
    done = {step.name: step for step in steps_done()}
    staff = names_of(step.by for step in done.values())
    missed = copy.figures.get("missed")
    found = missed if isinstance(missed, Mapping) else {}
    return tuple(
        StepShown(
            name=name,
            text=_(NAMES[name][0]),
            what=_(NAMES[name][1]),
            figures=_missed(name, found.get(name)),
            by=staff.get(done[name].by, done[name].by) if name in done else "",
            at=done[name].at if name in done else None,
        )
        for name in STEPS
    )


def _missed(name: str, figures: object) -> tuple[str, ...]:
    if not isinstance(figures, Mapping):
        return (_("It is being looked at. Reload the page in a minute."),)
    if name == "letters":
        counted = _("%(waiting)s went and wait here; %(unknown)s are unknown here.") % figures
        numbers = figures["numbers"]
        used = _("Numbers of invoices that went out and are unknown here: %(numbers)s") % {
            "numbers": ", ".join(numbers)
        }
        return (counted, *figures["keys"], *((used,) if numbers else ()))
    if name == "servers":
        counted = (
            _("%(count)s servers: %(ahead)s are ahead of this database, %(silent)s have not spoken yet.") % figures
        )
        rows = (f"{row['name']}: {row['accepted']} / {row['signed']}" for row in figures["nodes"])
        return (counted, *rows)
    if name == "bank":
        return tuple(f"{slug}: {day or '–'}" for slug, day in figures["known_until"].items())
    return tuple(f"{state}: {count}" for state, count in figures["by_state"].items()) or (_("There are none."),)


def backup_shown() -> BackupShown:
    """Return the last backup and the last drill, as the first company's evidence has them: all have the same."""
    first = next(iter(companies()), None)
    made = newest_of(first.company_id, "backup.made") if first else None
    drilled = newest_of(first.company_id, "backup.drilled") if first else None
    return BackupShown(
        made_at=_moment(made),
        made=_made(made),
        is_elsewhere=made is None or bool(made.facts.get("is_elsewhere")),
        drilled_at=_moment(drilled),
        drilled=_drilled(drilled),
        stamp=_stamp(made, drilled),
    )


def _made(event: Event | None) -> str:
    if event is None:
        return ""
    return _("%(tables)s tables, %(rows)s rows, kept in %(seconds)s s") % event.facts


def _drilled(event: Event | None) -> str:
    if event is None:
        return ""
    if "loss_seconds" not in event.facts:
        return str(event.facts.get("reason", ""))
    values = {**event.facts, "loss": duration_text(float(str(event.facts["loss_seconds"])))}
    text = _("Put back in %(seconds)s s. Lost would have been %(loss)s. %(checked)s invariants, %(violations)s broken.")
    return text % values


def _stamp(made: Event | None, drilled: Event | None) -> Stamp:
    if made is None:
        return Stamp(_("No backup yet"), "warn")
    if drilled is None:
        return Stamp(_("Never tried out"), "warn")
    if not drilled.facts.get("is_good"):
        return Stamp(_("The last drill failed"), "stop")
    return Stamp(_("Kept, and put back"), "calm")


def _moment(event: Event | None) -> datetime | None:
    """Return the real moment, which the key of the record names: a company on a test clock has another day."""
    if event is None:
        return None
    return datetime.fromisoformat(event.key.split(":", 2)[2])


def _history() -> tuple[Sentence, ...]:
    first = next(iter(companies()), None)
    events = events_of_company(first.company_id, what=HISTORY, limit=20) if first else ()
    staff = names_of(event.by for event in events)
    return tuple(sentence_of(event, links=_no_links, names=staff) for event in events)


def _no_links(_event: Event) -> tuple[Link, ...]:
    return ()
