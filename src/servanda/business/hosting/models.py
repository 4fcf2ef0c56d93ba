from django.db import models
from django.db.models import Q


class Service(models.Model):
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    line = models.OneToOneField("contracts.Line", on_delete=models.PROTECT)
    product_code = models.TextField()
    name = models.TextField()
    state = models.TextField(default="running")  # running, quarantined, purged
    began_on = models.DateField()
    quarantined_on = models.DateField(null=True)
    purge_on = models.DateField(null=True)  # hint: the day the data may go, while it is quarantined
    purge_because = models.JSONField(default=list)
    purge_decided_by = models.TextField(default="person")
    purged_on = models.DateField(null=True)

    class Meta:
        db_table = "service"
        indexes = [
            models.Index(fields=["company", "purge_on"], name="services_to_purge", condition=Q(state="quarantined"))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", quarantined_on__isnull=True, purged_on__isnull=True)
                | Q(state="quarantined", quarantined_on__isnull=False, purged_on__isnull=True)
                | Q(state="purged", quarantined_on__isnull=False, purged_on__isnull=False),
                name="a_purge_follows_a_quarantine",
            )
        ]


class Hold(models.Model):
    """A reason why a service does not run now. Lifted holds stay as history."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    cause = models.TextField()  # payment, abuse, load, breach
    invoice_id = models.BigIntegerField(null=True)
    warrant_key = models.TextField()
    because = models.JSONField()
    placed_on = models.DateField()
    placed_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # a hold for load ends by itself
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.JSONField(null=True)

    class Meta:
        db_table = "service_hold"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "cause", "invoice_id"],
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
                name="one_open_hold_per_cause",
            )
        ]
