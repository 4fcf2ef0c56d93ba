"""Gathers the page of a service: parts, how they were found, copies, work, and use."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from servanda.business.backups.facts import CopyFacts
from servanda.business.backups.queries import copies_of_service, promise_of_service
from servanda.business.companies.queries import company
from servanda.business.hosting.facts import BulkMailFacts, ErrandFacts, PartFacts, ServiceFacts, SetupFacts, UsageFacts
from servanda.business.hosting.queries import (
    allowances,
    errands_of_service,
    parts_of_service,
    setup_of,
    usage_of,
)
from servanda.business.hosting.queries.mail import bulk_of_service, mail_service_of
from servanda.business.hosting.queries.restoring import restore_way_of
from servanda.business.hosting.queries.services import company_id_of
from servanda.business.hosting.queries.terms import own_risks
from servanda.business.nodes.facts import FoundResource
from servanda.business.nodes.queries import found_of
from servanda.faces.parts.hosting import words
from servanda.faces.parts.hosting.copies import calendar_of
from servanda.faces.parts.hosting.offering import offers_of
from servanda.faces.parts.hosting.proving import proof_asked
from servanda.faces.parts.hosting.shown import (
    CopyRow,
    ErrandRow,
    HoldRow,
    HostingPage,
    PartRow,
    RecordRow,
    Stamp,
    UsageRow,
)
from servanda.ground.calendar import day_text, moment_text
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.backups import Restore
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted

USAGE_DAYS = 14
COPIES_SHOWN = 40


def hosting_page(service: ServiceFacts, *, contact: str, today: date, now: datetime) -> HostingPage:
    """Return the page of a service. `now` is the real time, by which nodes and copies go; `contact` answers its owner."""
    setup = setup_of(service.service_id)
    parts = parts_of_service(service.service_id) if setup is not None else ()
    found = {one.key: one for one in found_of([f"service:{service.service_id}"])} if parts else {}
    rows = {part.key: _part_row(part, found.get(part.key)) for part in parts}
    by_kind = {kind: tuple(rows[one.key] for one in parts if one.kind == kind) for kind in {one.kind for one in parts}}
    errands = errands_of_service(service.service_id) if setup is not None else ()
    names, usage = _usage(usage_of(service.service_id, since=today - timedelta(days=USAGE_DAYS)) if parts else ())
    promise, tone, clauses = _promise(service, now) if setup is not None else ("", "note", ())
    bulk = bulk_of_service(mail_service_of(service.service_id) or service.service_id) if parts else None
    provider = company(company_id_of(service.service_id))
    way = restore_way_of(provider, service, today=today)
    sentence, colour = _sentence(service, setup, tuple(found.values()), len(parts), now)
    return HostingPage(
        service_id=service.service_id,
        name=service.name,
        domain=setup.domain if setup is not None else "",
        node=setup.node if setup is not None else "",
        address=next((f"https://{one.statement.names[0]}/" for one in parts if isinstance(one.statement, Site)), ""),
        sentence=sentence,
        tone=colour,
        holds=_holds(service, contact),
        is_laid_out=bool(parts),
        may_change=service.state == "running" and bool(parts),
        sites=by_kind.get("site", ()),
        databases=by_kind.get("database", ()),
        mail=by_kind.get("mail-domain", ()),
        mailboxes=by_kind.get("mailbox", ()),
        aliases=by_kind.get("mail-alias", ()),
        zones=by_kind.get("zone", ()),
        records=_records(parts),
        certificates=by_kind.get("certificate", ()),
        logins=by_kind.get("login", ()),
        copies=tuple(_copy_row(one) for one in copies_of_service(service.service_id, limit=COPIES_SHOWN)),
        copy_promise=promise,
        copy_tone=tone,
        copy_clauses=clauses,
        errands=tuple(_errand_row(one, now) for one in errands),
        usage_names=names,
        usage=usage,
        allowances=allowances(service.service_id) if setup is not None else {},
        is_at_work=any(one.state in {"ordered", "running"} for one in errands),
        may_open_databases=setup is not None and setup.package.has_database_access,
        bulk=_bulk(bulk),
        may_ask_for_bulk="mail-domain" in by_kind and (bulk is None or bulk.state != "asked"),
        proof=proof_asked(setup, customer_id=service.customer_id)
        if setup is not None and "mail-domain" in by_kind
        else None,
        contact=contact,
        own_risks=own_risks(provider, service, today=today),
        calendar=calendar_of(copies_of_service(service.service_id)),
        offers=offers_of(service.service_id),
        restore_is_asked=not way.is_by_customer,
        restore_may_cost=way.may_cost,
        restore_clauses=way.because,
        is_moved_in=any(one.kind == "move-in" and one.state == "done" for one in errands),
    )


def _holds(service: ServiceFacts, contact: str) -> tuple[HoldRow, ...]:
    stop = (service.sending_stop,) if service.sending_stop is not None else ()
    return tuple(
        HoldRow(
            text=words.cause_text(one.cause),
            because=one.because,
            ends_at=one.ends_at,
            contact=contact,
            hold_id=one.hold_id,
            may_lift=one.cause != "payment",
        )
        for one in (*service.open_holds, *stop)
    )


def _bulk(found: BulkMailFacts | None) -> str:
    if found is None or found.state == "ended":
        return ""
    if found.state == "granted" and found.until is not None:
        return _("%(count)s mails a week may be sent until %(day)s.") % {
            "count": found.messages_a_week,
            "day": day_text(found.until, _language()),
        }
    if found.state == "asked":
        return _("You asked to send %(count)s mails a week. We answer by mail.") % {"count": found.messages_a_week}
    return _("The answer was no: %(reason)s") % {"reason": found.reason}


def _sentence(
    service: ServiceFacts, setup: SetupFacts | None, found: tuple[FoundResource, ...], parts: int, now: datetime
) -> tuple[str, str]:
    if service.state == "quarantined":
        return _("It is closed. The data are kept, and can be had."), "stop"
    if service.open_holds:
        return _("It is paused. Nothing is lost."), "stop"
    if setup is None:
        return _("It runs. Its server is not managed here."), "calm"
    if setup.waits_because:
        return _(words.WAITS.get(setup.waits_because, words.WAITS["no node"])), "warn"
    current = tuple(one for one in found if one.is_current)
    if len(current) < parts:
        return _("It is being set up: %(done)s of %(all)s parts are ready.") % {
            "done": len(current),
            "all": parts,
        }, "note"
    wrong = [one for one in current if one.state != "as wanted"]
    if wrong:
        return _("It runs, but %(count)s parts are not as ordered; it is being mended.") % {"count": len(wrong)}, "warn"
    latest = max((one.found_at for one in current), default=now)
    return _("All is as ordered. Looked at %(moment)s.") % {"moment": moment_text(latest, _language())}, "calm"


def _part_row(part: PartFacts, found: FoundResource | None) -> PartRow:
    drift: tuple[str, ...] = ()
    stamp: Stamp | None = Stamp(_("Being set up"), "note")
    if part.state != "kept":
        stamp = Stamp(_("Removed; can be put back"), "warn")
    elif found is not None and found.is_current:
        drift = tuple(words.drift_text(*one) for one in found.differences)
        stamp = {
            "as wanted": None,
            "differs": Stamp(_("Not as ordered"), "warn"),
            "failed": Stamp(_("Failed; tried again"), "warn"),
            "parked": Stamp(_("Waits for a person"), "stop"),
        }.get(found.state, Stamp(found.state, "warn"))
    name, notes, items = _described(part)
    return PartRow(
        key=part.key, name=name, notes=notes, stamp=stamp, drift=drift, is_removed=part.state != "kept", items=items
    )


def _described(part: PartFacts) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return a part's name, what is said of it, and what it holds."""
    one = part.statement
    if isinstance(one, Site):
        others = (_("also %(names)s") % {"names": ", ".join(one.names[1:])},) if len(one.names) > 1 else ()
        php = f"PHP {one.php}" if one.php else _("without PHP")
        return one.names[0], (php, *others), (("php", one.php or ""), *(("name", name) for name in one.names[1:]))
    if isinstance(one, Database):
        where = _reached(one, str(part.facts.get("address", "")))
        users = tuple(("user", user.name) for user in one.users)
        return one.name, where, (*users, *(("network", network) for network in one.allow))
    if isinstance(one, Mailbox):
        return f"{one.local}@{one.domain}", (words.size_text(one.quota_bytes),), ()
    if isinstance(one, MailAlias):
        return f"{one.local or '*'}@{one.domain}", (_("to %(addresses)s") % {"addresses": ", ".join(one.to)},), ()
    if isinstance(one, MailDomain):
        return one.domain, _mail_notes(one), ()
    if isinstance(one, Login):
        keys = (_("%(count)s keys") % {"count": len(one.keys)},) if one.keys else ()
        return one.name, keys, ()
    if isinstance(one, Zone):
        signed = _("signed (DNSSEC)") if one.has_dnssec else _("not signed")
        return one.domain, (signed, *_facts(part.facts, ("ds",))), ()
    return part.key.partition("/")[2], _valid_until(part.facts), ()


def _reached(database: Database, address: str) -> tuple[str, ...]:
    """Return from where a database is reached and at which address; nothing when nobody from outside may."""
    if not database.allow:
        return ()
    networks = _("from %(networks)s") % {"networks": ", ".join(database.allow)}
    return (networks, _("at %(address)s, over TLS") % {"address": address}) if address else (networks,)


def _mail_notes(domain: MailDomain) -> tuple[str, ...]:
    proven = _("delivered here") if domain.is_proven else _("not delivered here before control of the domain is proven")
    if domain.outbound_block is None:
        return (proven,)
    return (proven, _("sending is stopped: %(clause)s") % {"clause": domain.outbound_block.clause})


def _facts(facts: Mapping[str, object], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{name}: {facts[name]}" for name in names if facts.get(name))


def _valid_until(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Return until when a certificate is valid, as a day with its weekday; nothing where the server has not told."""
    told = str(facts.get("until") or facts.get("not_after") or "")
    try:
        day = datetime.fromisoformat(told).date()
    except ValueError:
        return ()
    return (_("valid until %(day)s") % {"day": day_text(day, _language())},)


def _records(parts: Iterable[PartFacts]) -> tuple[RecordRow, ...]:
    return tuple(
        RecordRow(
            name=record.name,
            type=record.type,
            ttl=record.ttl,
            content=record.content,
            value="\t".join((record.name, record.type, str(record.ttl), record.content)),
        )
        for part in parts
        if isinstance(part.statement, Zone)
        for record in part.statement.records
    )


def _copy_row(copy: CopyFacts) -> CopyRow:
    if copy.broken_at is not None:
        stamp = Stamp(_("Broken"), "stop")
    elif copy.forgotten_at is not None:
        stamp = Stamp(_("Past its time"), "note")
    elif copy.read_back_at is not None:
        stamp = Stamp(_("Given back as a trial"), "calm")
    else:
        stamp = Stamp(_("Made"), "note")
    return CopyRow(
        snapshot=copy.snapshot if copy.is_there else "",
        made_at=copy.made_at,
        country=copy.country,
        size=words.size_text(copy.size_bytes),
        stamp=stamp,
    )


def _promise(service: ServiceFacts, now: datetime) -> tuple[str, str, tuple]:  # type: ignore[type-arg]
    found = promise_of_service(service.service_id, now=now)
    if found is None:
        return "", "note", ()
    text, tone = words.PROMISE[found.state]
    lacks = ", ".join(_(words.LACKS[one]) if one in words.LACKS else one for one in found.lacks)
    return f"{_(text)} {lacks}".strip(), tone, found.promise.because


def _errand_row(errand: ErrandFacts, now: datetime) -> ErrandRow:
    text, tone = words.STATES.get(errand.state, (errand.state, "note"))
    one = errand.statement
    may_undo = (
        isinstance(one, Restore)
        and (one.into, errand.state, one.is_undone) == ("in place", "done", False)
        and errand.not_after > now
    )
    name = _(words.ERRANDS.get(errand.kind, errand.kind))
    if isinstance(one, Restore):
        name = f"{name}: {one.path or one.database or one.domain or _('everything')}"
    return ErrandRow(
        errand=errand.errand,
        name=name,
        step=_(words.STEPS.get(errand.step, errand.step)) if errand.state == "running" and errand.step else "",
        percent=errand.percent,
        ordered_at=errand.ordered_at,
        stamp=Stamp(_(text), tone),
        result=words.result_texts(errand.result),
        may_undo=may_undo,
        is_at_work=errand.state in {"ordered", "running"},
        fields=_previewed(one) if errand.kind == "preview" and errand.state == "done" else (),
    )


def _previewed(one: Wanted) -> tuple[tuple[str, str], ...]:
    """Return the fields of a form that gives back what was looked at."""
    assert isinstance(one, Restore)
    named = {"path": one.path, "database": one.database, "domain": one.domain}
    given = tuple((name, value) for name, value in named.items() if value)
    return (("snapshot", one.snapshot), ("what", one.what), *given)


def _usage(found: tuple[UsageFacts, ...]) -> tuple[tuple[str, ...], tuple[UsageRow, ...]]:
    """Return one row for each day, the newest first, with one figure for each thing that was measured."""
    days: dict[date, dict[str, int]] = {}
    for one in found:
        sums = days.setdefault(one.day, {})
        for name, count in one.figures.items():
            sums[name] = sums.get(name, 0) + count
    names = tuple(name for name in words.FIGURES if any(name in sums for sums in days.values()))
    rows = tuple(
        UsageRow(day=day, figures=tuple(words.figure_text(name, sums[name]) if name in sums else "–" for name in names))
        for day, sums in sorted(days.items(), reverse=True)
    )
    return tuple(_(words.FIGURES[name]) for name in names), rows


def _language() -> str:
    return "en" if (get_language() or "da").startswith("en") else "da"
