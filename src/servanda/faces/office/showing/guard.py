"""The brake of a company, and its audit, for the office."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from servanda.business.audit.facts import BrokenInvariant, Invariant
from servanda.business.audit.queries import INVARIANTS
from servanda.business.audit.queries.kept import last_run
from servanda.business.audit.queries.scope import Scope
from servanda.business.billing.queries import invoice_heads
from servanda.business.customers.queries import customers
from servanda.business.dunning.queries import claims_parked
from servanda.business.evidence.facts import Event
from servanda.business.evidence.queries import brake_of, day_count, events_of_company
from servanda.business.nodes.queries import parked_statements
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.sentences import cause_text, sentence_of
from servanda.faces.office.showing.naming import Names
from servanda.faces.office.shown import BrakeShown, Link, Sentence, Stamp
from servanda.faces.office.shown_guard import AuditShown, GuardShown, InvariantRow, ParkedAct
from servanda.faces.office.words import language
from servanda.ground.calendar import legal_day

PARKED_MAX = 200
BRAKE_HISTORY = ("brake.engaged", "brake.released")


def brake_shown(company_id: int) -> BrakeShown | None:
    """Return who or what pulled the brake, when and why."""
    found = brake_of(company_id)
    if found is None:
        return None
    by, at, figures = str(found["by"]), found["at"], found["figures"]
    assert isinstance(figures, Mapping)
    name = _("The system") if by == "system" else names_of([by]).get(by, by)
    return BrakeShown(_reason(str(found["cause"]), str(found["reason"]), figures), name, at)  # type: ignore[arg-type]


def _reason(cause: str, reason: str, figures: Mapping[str, object]) -> str:
    if cause == "range":
        return _("%(done)s adverse acts today, and %(most)s are normal.") % {
            "done": figures.get("done"),
            "most": figures.get("most"),
        }
    if cause == "audit":
        return _("The audit found something newly broken: invariant %(numbers)s.") % {"numbers": figures.get("numbers")}
    return reason


def guard_shown(here: Visit) -> GuardShown:
    company_id = here.company.company_id
    parked = tuple(_parked(here))
    count = day_count(company_id, today=here.today)
    brake = brake_shown(company_id)
    return GuardShown(
        brake=brake,
        stamp=Stamp(_("The brake is on"), "stop") if brake else Stamp(_("The automatic part is running"), "calm"),
        done=count.done if count else 0,
        most=count.most if count else 0,
        middle=count.range.middle if count else 0,
        greatest=count.range.greatest if count else 0,
        is_watched=count is not None,
        parked=parked,
        parked_count=len(parked),
        waiting_servers=len(parked_statements(company_id)),
        history=_history(company_id),
    )


def _parked(here: Visit) -> Iterator[ParkedAct]:
    claims = claims_parked(here.company.company_id, limit=PARKED_MAX)
    heads = {one.invoice_id: one for one in invoice_heads({claim.invoice_id for claim in claims})}
    names = Names(here.company.slug, heads, customers({one.customer_id for one in heads.values()}))
    for claim in claims:
        links = names.links(invoice_id=claim.invoice_id, customer_id=claim.customer_id)
        sentence = Sentence(cause_text(claim.waits_for) + ".", tone="warn", links=links)
        yield ParkedAct(sentence=sentence, again_on=claim.look_again_on)


def _history(company_id: int) -> tuple[Sentence, ...]:
    events = events_of_company(company_id, what=BRAKE_HISTORY, limit=20)
    staff = names_of(event.by for event in events)
    return tuple(sentence_of(event, links=_no_links, names=staff) for event in events)


def audit_shown(here: Visit) -> AuditShown:
    """Return the last audit that was kept, with the first rows of what is broken."""
    run = last_run(here.company.company_id)
    if run is None:
        others = tuple(_row(invariant, None, stamp=Stamp(_("Not looked at"), "note")) for invariant in INVARIANTS)
        return AuditShown(
            began_at=None, seconds="", checked=0, days=0, was_ever_violated=False, broken=(), others=others
        )
    found = {one.number: one for one in run.findings}
    return AuditShown(
        began_at=run.began_at,
        seconds=f"{run.seconds:.1f}".replace(".", "," if language() == "da" else "."),
        checked=run.checked,
        days=(legal_day(run.began_at) - run.clean_since).days if not run.violations else 0,
        was_ever_violated=run.was_ever_violated,
        broken=tuple(
            _row(one, found[one.number], stamp=_broken_stamp(found[one.number]))
            for one in INVARIANTS
            if one.number in found
        ),
        others=tuple(_row(one, None, stamp=Stamp(_("True"), "calm")) for one in INVARIANTS if one.number not in found),
    )


def _broken_stamp(found: BrokenInvariant) -> Stamp:
    return Stamp(_("Broken in %(count)s rows") % {"count": found.violations}, "stop")


def _row(invariant: Invariant[Scope], found: BrokenInvariant | None, *, stamp: Stamp) -> InvariantRow:
    rows = found.rows if found is not None else ()
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return InvariantRow(
        number=invariant.number,
        name=invariant.name,
        explanation=invariant.explanation(language()),
        stamp=stamp,
        columns=tuple(name.replace("_", " ") for name in columns),
        rows=tuple(tuple(str(row.get(name, "")) for name in columns) for row in rows),
        more=found.violations - len(rows) if found is not None else 0,
    )


def _no_links(_event: Event) -> tuple[Link, ...]:
    return ()
