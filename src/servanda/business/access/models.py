from django.conf import settings
from django.db import models
from django.db.models import Q

ROLES = ("holder", "technical", "billing")


class Membership(models.Model):
    """Somebody who signs in acts for a customer. Ended ones stay as history."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    role = models.TextField()
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_membership"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "customer"], condition=Q(ended_at__isnull=True), name="one_membership_at_a_time"
            ),
            models.CheckConstraint(condition=Q(role__in=ROLES), name="a_member_has_a_known_role"),
        ]


class Invitation(models.Model):
    """A link that was sent to an address. Only the hash of its secret is kept; it works once and for some days."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    email = models.TextField()
    role = models.TextField()
    secret_sha256 = models.TextField(unique=True)
    invited_by = models.TextField()
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_invitation"
        constraints = [models.CheckConstraint(condition=Q(role__in=ROLES), name="an_invitation_has_a_known_role")]
