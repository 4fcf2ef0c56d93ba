from django.conf import settings
from django.db import models
from django.db.models import Q

from servanda.business.identity.facts import StaffRole

KINDS = ("code", "passkey")


class StaffPost(models.Model):
    """Somebody works here in a role. Ended ones stay as history."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    role = models.TextField()
    since = models.DateTimeField()
    given_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True)

    class Meta:
        db_table = "identity_staff_post"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(ended_at__isnull=True), name="one_post_of_a_role_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in StaffRole]), name="a_post_is_of_a_known_role"
            ),
        ]


class SecondFactor(models.Model):
    """A second proof of who somebody is. Ended ones stay, so that it can be seen when each was there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    kind = models.TextField()
    name = models.TextField()
    material = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_second_factor"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="a_second_factor_is_of_a_known_kind"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind="code", ended_at__isnull=True),
                name="one_source_of_codes_at_a_time",
            ),
        ]


class RecoveryCode(models.Model):
    """A code on paper that stands in once for a lost second factor; only its hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    code_sha256 = models.TextField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_recovery_code"
        constraints = [
            models.UniqueConstraint(fields=["user", "code_sha256"], name="a_recovery_code_stands_once"),
        ]
