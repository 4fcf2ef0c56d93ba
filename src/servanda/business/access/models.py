from django.conf import settings
from django.db import models
from django.db.models import Q

ROLES = ("holder", "technical", "billing")
PURPOSES = ("password", "e-mail", "undo e-mail")
MAIL_STATES = ("waiting", "sending", "accepted", "rejected", "uncertain")
TOPICS = ("newsletter", "news of products", "news of operation")


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


class Link(models.Model):
    """A link by which somebody proves that they read an address. Only the hash of its secret is kept; it works once."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    purpose = models.TextField()
    email = models.TextField()  # the new address; of an undoing the former one
    secret_sha256 = models.TextField(unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_link"
        constraints = [models.CheckConstraint(condition=Q(purpose__in=PURPOSES), name="a_link_is_for_a_known_purpose")]


class Mail(models.Model):
    """A mail about a login or a sign-up, to an address that may be nobody's yet. Its text is forgotten once it is sent."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    kind = models.TextField()
    recipient = models.TextField()
    language = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    asked_from = models.TextField(blank=True)  # the network that asked for it
    queued_at = models.DateTimeField()
    state = models.TextField(default="waiting", db_default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    claimed_until = models.DateTimeField(null=True)
    reply = models.TextField(default="", db_default="")

    class Meta:
        db_table = "access_mail"
        indexes = [
            models.Index(fields=["id"], name="mails_to_send", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["queued_at"], name="mails_by_moment"),
        ]
        constraints = [models.CheckConstraint(condition=Q(state__in=MAIL_STATES), name="a_mail_is_in_a_known_state")]


class Sitting(models.Model):
    """Somebody is signed in to the customers' pages, from one browser. Only the hash of the session's key is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    key_sha256 = models.TextField(unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    network = models.TextField()
    browser = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_sitting"


class Choice(models.Model):
    """A yes or a no to a kind of mail, with how and to which words it was said. Append-only; the newest counts."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    topic = models.TextField()
    is_yes = models.BooleanField()
    words = models.TextField()  # that stood beside the box, or on the page of the link
    how = models.TextField()  # portal, sign-up, link, one click
    at = models.DateTimeField()

    class Meta:
        db_table = "access_choice"
        indexes = [models.Index(fields=["customer", "user", "topic", "-id"], name="choices_of_a_member")]
        constraints = [models.CheckConstraint(condition=Q(topic__in=TOPICS), name="a_choice_is_of_a_known_topic")]
