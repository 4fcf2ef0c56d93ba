from django.db import models
from django.db.models import Q


class Copy(models.Model):
    """A copy as its node told of it. It is kept here when the store has forgotten it: it was there."""

    service = models.ForeignKey("hosting.Service", on_delete=models.PROTECT)
    node = models.ForeignKey("nodes.Node", on_delete=models.PROTECT)
    key = models.TextField()  # backup/12
    snapshot = models.TextField()
    country = models.TextField()  # where it lies
    target = models.TextField()
    made_at = models.DateTimeField()
    size_bytes = models.BigIntegerField(default=0)
    read_back_at = models.DateTimeField(null=True)  # restored and compared, the last time
    broken_at = models.DateTimeField(null=True)
    broken_because = models.TextField(default="", blank=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "backup_copy"
        constraints = [
            models.UniqueConstraint(fields=["node", "key", "snapshot"], name="a_copy_is_told_once"),
            models.CheckConstraint(condition=~Q(snapshot=""), name="a_copy_has_its_name"),
        ]
        indexes = [models.Index(fields=["service", "made_at"], name="copies_of_service")]
