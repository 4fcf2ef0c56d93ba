"""What a node found means for services: keys go into zones, measurements become usage, errands come on, data are erased."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from django.db.models import QuerySet

from servanda.business.companies.queries import company
from servanda.business.customers.queries import customer
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json, because_to_json
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.hosting import wording
from servanda.business.hosting.actions.changing import forget_password
from servanda.business.hosting.actions.complaints import take_refused_mail
from servanda.business.hosting.actions.load import take_loads
from servanda.business.hosting.actions.sizing import warn_of_space
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.decisions.deletion import erased_in
from servanda.business.hosting.decisions.zones import with_node_records
from servanda.business.hosting.facts import Plain
from servanda.business.hosting.models import Errand, Part, Service, Setup, SiteName, Usage, Word
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.business.nodes.actions.wishing import leave_place
from servanda.business.nodes.facts import NodeFacts
from servanda.business.nodes.queries import subjects_of, wished_state
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.wanted import ErrandNews, Finding, Measurement, Report, decode_statement, encode

_ENDED = ("done", "failed")


def take_in(node: NodeFacts, report: Report, *, today: date, at: datetime) -> None:
    """Take in what a report says of services. Runs in the transaction that keeps the report."""
    _note_laid_out(node, report)
    _take_findings(node, report.findings, today=today, at=at)
    _take_measurements(node, report.measurements, today=today, at=at)
    for news in report.errands:
        _take_errand(node, news, today=today, at=at)


def _take_findings(node: NodeFacts, findings: Iterable[Finding], *, today: date, at: datetime) -> None:
    found = {one.key: one for one in findings}
    rows = Part.objects.filter(key__in=found, service__setup__node_id=node.node_id).exclude(state="purged")
    erased = set[int]()
    for part in rows.select_related("service").order_by("id"):
        finding = found[part.key]
        if finding.facts and dict(finding.facts) != part.facts:
            part.facts = dict(finding.facts)
            part.save(update_fields=["facts"])
            _put_into_zone(part, finding.facts)
        is_gone = finding.state == "as wanted" and wished_state(node.node_id, part.key, finding.fingerprint) == "purged"
        if is_gone and part.service.state == "purged":
            _note_erased(part, finding, today=today, at=at)
            erased.add(part.service_id)
    for service_id in sorted(erased):
        _finish_erasure(service_id, today=today, at=at)


def _note_laid_out(node: NodeFacts, report: Report) -> None:
    """Keep when a node first told how it found a service: from there on copies are owed, in real time."""
    keys = [one.key for one in report.findings]
    fresh = Setup.objects.filter(node_id=node.node_id, laid_out_at__isnull=True, service__part__key__in=keys)
    Setup.objects.filter(pk__in=fresh.values("pk")).update(laid_out_at=report.at)


def _put_into_zone(part: Part, facts: Mapping[str, Plain]) -> None:
    """Put what others must read about mail into the wanted records of the zone, where we keep it."""
    if part.kind != "mail-domain":
        return
    domain = part.key.partition("/")[2]
    zone = Part.objects.select_for_update().filter(key=f"zone/{domain}", state="kept").first()
    if zone is None:
        return
    before = decode_statement(zone.body.encode())
    assert isinstance(before, Zone)
    after = with_node_records(before, facts)
    if after != before:
        zone.body = encode(after).decode()
        zone.save(update_fields=["body"])
        touch([zone.service_id])


def _note_erased(part: Part, finding: Finding, *, today: date, at: datetime) -> None:
    part.state, part.removed_on = "purged", today
    part.save(update_fields=["state", "removed_on"])
    SiteName.objects.filter(part=part).delete()
    forget_password(part.pk, name=None)
    record(
        company_id=part.service.company_id,
        key=f"part.erased:{part.pk}",
        what="part.erased",
        subject=f"service:{part.service_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"kind": part.kind, "part": part.pk, **{name: str(value) for name, value in finding.facts.items()}},
        customer_id=part.service.customer_id,
    )


def _finish_erasure(service_id: int, *, today: date, at: datetime) -> None:
    """Note that nothing of a service is left on its node, once that is so."""
    if Part.objects.filter(service_id=service_id).exclude(state="purged").exists():
        return
    setup = Setup.objects.select_for_update().get(service_id=service_id)
    if setup.erased_at is not None:
        return
    setup.erased_at = at
    setup.save(update_fields=["erased_at"])
    if setup.node_id is not None:
        leave_place(setup.node_id)
    service = Service.objects.get(pk=service_id)
    record(
        company_id=service.company_id,
        key=f"service.erased:{service_id}",
        what="service.erased",
        subject=f"service:{service_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"name": service.name, "node": setup.node_id, "parts": Part.objects.filter(service=service).count()},
        customer_id=service.customer_id,
    )
    write_letters([_certificate(service, today=today, at=at)])


def _certificate(service: Service, *, today: date, at: datetime) -> LetterDraft:
    """Write the certificate of erasure from what the machine told of its own work."""
    to, provider = customer(service.customer_id), company(service.company_id)
    told = [one.facts for one in events_of_subjects([f"service:{service.pk}"]) if one.what == "part.erased"]
    subject = wording.erasure_subject(service.name, to.language)
    paragraphs = wording.erasure_paragraphs(
        service.name, provider.name, today, len(told), erased_in(told), _copies_days(service), to.language
    )
    because = because_from_json(service.purge_because)
    return LetterDraft(
        company_id=service.company_id,
        customer_id=service.customer_id,
        key=f"erasure:{service.pk}",
        kind="erasure",
        language=to.language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(because)},
    )


def _copies_days(service: Service) -> int:
    """Return for how many days the copies of a service are kept; 0 when it had no plan of copies."""
    rows = Part.objects.filter(service=service, kind="backup")
    plans = [decode_statement(row.body.encode()) for row in rows]
    return max((one.keep_daily for one in plans if isinstance(one, BackupPlan)), default=0)


def _take_measurements(node: NodeFacts, measurements: Sequence[Measurement], *, today: date, at: datetime) -> None:
    """Keep what was measured. Figures of one day may come apart: traffic is known a day after the space of that day."""
    came: dict[tuple[str, date], dict[str, int]] = {}
    for one in measurements:
        came.setdefault((one.key, date.fromisoformat(one.day)), {}).update(one.figures)
    keys = {key for key, _ in came}
    subjects = subjects_of(node.node_id, keys)
    before = Usage.objects.filter(key__in=keys, day__in={day for _, day in came}) if came else ()
    known: dict[tuple[str, date], dict[str, int]] = {(row.key, row.day): row.figures for row in before}
    rows = []
    for (key, day), figures in sorted(came.items()):
        service_id = _service_of(subjects.get(key, ""))
        if service_id is not None:
            merged = {**known.get((key, day), {}), **figures}
            rows.append(Usage(service_id=service_id, key=key, day=day, figures=merged))
    Usage.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key", "day"], update_fields=["figures", "service"]
    )
    provider = company(node.company_id)
    warn_of_space(provider, rows, today=today, at=at)
    loads = {row.key: row.service_id for row in rows if row.key.startswith("site/")}
    told = ((loads[one.key], one.figures) for one in measurements if one.key in loads)
    take_loads(provider, told, today=today, at=at)
    take_refused_mail(provider, [row for row in rows if row.key.startswith("mailbox/")], today=today, at=at)


def _take_errand(node: NodeFacts, news: ErrandNews, *, today: date, at: datetime) -> None:
    rows: QuerySet[Errand] = Errand.objects.select_for_update(of=("self",)).select_related("service")
    errand = rows.filter(node_id=node.node_id, errand=news.key.partition("/")[2]).first()
    if errand is None or (errand.state in _ENDED and news.state == "running"):
        return
    errand.state, errand.step, errand.percent = news.state, news.step[:100], min(max(news.percent, 0), 100)
    if news.state in _ENDED:
        errand.ended_at = at
        errand.result = msgspec.to_builtins(news.result)
    errand.save()
    if news.state not in _ENDED:
        return
    touch([errand.service_id])
    Word.objects.filter(errand=errand).delete()
    record(
        company_id=errand.service.company_id,
        key=f"errand.{news.state}:{errand.errand}:{at.isoformat()}",
        what=f"errand.{news.state}",
        subject=f"service:{errand.service_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"kind": errand.kind, "errand": errand.errand, **errand.result},
        customer_id=errand.service.customer_id,
    )


def _service_of(subject: str) -> int | None:
    kind, _, number = subject.partition(":")
    return int(number) if kind == "service" and number.isdigit() else None
