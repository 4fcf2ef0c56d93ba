from django.db import models
from django.db.models import Q


class Signup(models.Model):
    """Somebody who proves an address and says who they are. Goes away by itself in a month, unless they become a customer."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    email = models.TextField()
    language = models.TextField()
    secret_sha256 = models.TextField(unique=True)
    token = models.TextField(unique=True)  # of the order: pressed twice it orders once
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answers = models.JSONField(default=dict)
    wish = models.JSONField(default=dict)
    password = models.TextField(blank=True)  # its hash
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT)
    user_id = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signup"
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(customer__isnull=False),
                name="a_finished_signup_has_its_customer",
            )
        ]


class Guardian(models.Model):
    """A guardian who was asked about one order. Only the hash of their link's secret is kept."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    signup = models.ForeignKey(Signup, on_delete=models.PROTECT)
    minor_until = models.DateField()
    name = models.TextField()
    email = models.TextField()
    plan_code = models.TextField()
    domain = models.TextField()
    secret_sha256 = models.TextField(unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    is_yes = models.BooleanField(null=True)
    signed_name = models.TextField(blank=True)
    words = models.TextField(blank=True)  # that stood above the button
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True)
    is_approved = models.BooleanField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "signup_guardian"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_yes__isnull=True) | Q(answered_at__isnull=False),
                name="a_guardians_answer_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(is_approved__isnull=True) | (Q(is_yes=True) & ~Q(decided_by="")),
                name="only_a_guardians_yes_is_decided_on",
            ),
        ]
