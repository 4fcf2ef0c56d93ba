"""The audits that were kept: the last one, and how long nothing has been broken."""

from servanda.business.audit.facts import BrokenInvariant, KeptRun, Row
from servanda.business.audit.models import AuditRun
from servanda.ground.calendar import legal_day


def last_run(company_id: int) -> KeptRun | None:
    """Return the last audit of a company that was kept."""
    row = AuditRun.objects.filter(company_id=company_id).order_by("-id").first()
    if row is None:
        return None
    runs = AuditRun.objects.filter(company_id=company_id)
    first = runs.order_by("id").values_list("began_at", flat=True).first()
    violated = runs.filter(violations__gt=0).order_by("-id").values_list("began_at", flat=True).first()
    assert first is not None, "there is at least the last one"
    return KeptRun(
        run_id=row.pk,
        began_at=row.began_at,
        seconds=row.milliseconds / 1000,
        checked=row.checked,
        violations=row.violations,
        findings=tuple(
            BrokenInvariant(number=one["number"], violations=one["violations"], rows=_rows(one["rows"]))
            for one in row.findings
        ),
        clean_since=legal_day(violated or first),
        was_ever_violated=violated is not None,
        by=row.by,
    )


def _rows(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(dict(row) for row in rows)
