from django.db import models


class AuditRun(models.Model):
    """An audit of a company that was kept: how much was broken, and the first rows of that."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    on_day = models.DateField()
    began_at = models.DateTimeField()  # of the real clock, also for a company on a test clock
    milliseconds = models.PositiveIntegerField()
    checked = models.PositiveIntegerField()  # invariants
    violations = models.PositiveIntegerField()
    findings = models.JSONField()  # of the broken ones: number, violations, rows
    by = models.TextField()

    class Meta:
        db_table = "audit_run"
        indexes = [models.Index(fields=["company", "-id"], name="audits_of_company")]
