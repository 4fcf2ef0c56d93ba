"""Keeping what an audit found, and pulling the brake where something is newly broken."""

from datetime import datetime

from django.db import transaction

from servanda.business.audit.decisions import news_in
from servanda.business.audit.facts import AuditReport
from servanda.business.audit.models import AuditRun
from servanda.business.audit.queries.kept import last_run
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import moment_for, today_of
from servanda.business.evidence.actions import pull_brake, record


@transaction.atomic
def keep_run(company: CompanyFacts, report: AuditReport, *, by: str, began_at: datetime, now: datetime) -> bool:
    """Keep an audit of one company with its evidence; True: something was newly broken, and the brake is on."""
    before = last_run(company.company_id)
    broken = {finding.number: finding.violations for finding in report.violated}
    today, at = today_of(company, now=now), moment_for(company, now=now)
    seconds = round((now - began_at).total_seconds(), 2)
    row = AuditRun.objects.create(
        company_id=company.company_id,
        on_day=today,
        began_at=began_at,
        milliseconds=int(seconds * 1000),
        checked=len(report.ran),
        violations=sum(broken.values()),
        findings=[
            {"number": finding.number, "violations": finding.violations, "rows": list(finding.rows)}
            for finding in report.violated
        ],
        by=by,
    )
    record(
        company_id=company.company_id,
        key=f"audit.ran:{row.pk}",
        what="audit.ran",
        subject=f"company:{company.company_id}",
        on_day=today,
        at=at,
        because=(),
        facts={
            "act": "broken" if broken else "clean",
            "checked": len(report.ran),
            "violations": sum(broken.values()),
            "broken": sorted(broken),
            "seconds": seconds,
        },
        by=by,
    )
    news = news_in(broken, before.broken if before is not None else {})
    if not news:
        return False
    pull_brake(
        company.company_id,
        cause="audit",
        reason="The audit found something broken.",
        figures={"numbers": ", ".join(map(str, news)), "audit": row.pk},
        at=at,
        today=today,
    )
    return True
