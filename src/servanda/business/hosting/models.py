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


class Setup(models.Model):
    """Where a service lies and under which numbers. The row's id numbers the site and is allotted once, never again."""

    service = models.OneToOneField(Service, on_delete=models.PROTECT)
    node = models.ForeignKey("nodes.Node", on_delete=models.PROTECT, null=True)
    domain = models.TextField(blank=True)
    is_domain_proven = models.BooleanField(default=False)
    plan_code = models.TextField()
    package = models.JSONField()  # as it was sold (terms/packages.py)
    quantity = models.PositiveIntegerField(default=1)
    waits_because = models.TextField(default="", blank=True)  # no domain, domain taken, no node; empty: it is set up
    opened_at = models.DateTimeField()
    laid_out_at = models.DateTimeField(null=True)  # in real time: the node first told how it found a part of it
    erased_at = models.DateTimeField(null=True)  # the node said that nothing of it is left

    class Meta:
        db_table = "hosting_setup"
        indexes = [
            models.Index(fields=["domain"], name="setups_of_domain"),
            models.Index(fields=["service"], name="setups_that_wait", condition=~Q(waits_because="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(node__isnull=False) | ~Q(waits_because=""), name="what_lies_nowhere_waits_for_a_reason"
            )
        ]


class Part(models.Model):
    """One thing on a node that a service consists of. `body` is its statement (ground/nodes), served and without secrets."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    kind = models.TextField()
    key = models.TextField()
    body = models.TextField()
    state = models.TextField(default="kept")  # kept, quarantined (its owner removed it), purged
    removed_on = models.DateField(null=True)
    ordered_by = models.TextField(default="", blank=True)  # who changed it last
    facts = models.JSONField(default=dict)  # what only the node knows of it
    made_at = models.DateTimeField()

    class Meta:
        db_table = "hosting_part"
        indexes = [models.Index(fields=["service", "kind"], name="parts_of_service")]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(state="purged"), name="a_part_is_of_one_service"),
            models.CheckConstraint(
                condition=Q(state="kept", removed_on__isnull=True)
                | Q(state__in=("quarantined", "purged"), removed_on__isnull=False),
                name="what_was_removed_has_its_day",
            ),
        ]


class SiteName(models.Model):
    """A host name that a site answers to: it leads to one site."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT)
    name = models.TextField(unique=True)

    class Meta:
        db_table = "hosting_site_name"


class Secret(models.Model):
    """The hash of a password, sealed for the node of its service where it was made (ground/nodes/sealing.py)."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT)
    name = models.TextField(blank=True)  # of a database user; empty: the part's own
    hash = models.TextField()
    spare = models.TextField(blank=True, default="", db_default="")  # the same for the signer's spare key

    class Meta:
        db_table = "hosting_secret"
        constraints = [
            models.UniqueConstraint(fields=["part", "name"], name="one_password_per_login"),
            models.CheckConstraint(
                condition=Q(hash__startswith="hpke1:") & (Q(spare="") | Q(spare__startswith="hpke1:")),
                name="a_password_is_kept_sealed",
            ),
        ]


class BulkMail(models.Model):
    """A customer's wish to send much mail, and the leave for it, which ends by itself on its day."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    messages_a_week = models.PositiveIntegerField()
    asked_by = models.TextField()
    asked_on = models.DateField()
    state = models.TextField(default="asked")  # asked, granted, refused, ended
    way = models.TextField(default="", blank=True)  # bulk, dedicated
    until = models.DateField(null=True)  # the day on which it is over
    decided_by = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    because = models.JSONField(default=list)

    class Meta:
        db_table = "hosting_bulk_mail"
        constraints = [
            models.UniqueConstraint(fields=["service"], condition=Q(state="asked"), name="one_wish_for_bulk_at_a_time"),
            models.UniqueConstraint(
                fields=["service"], condition=Q(state="granted"), name="one_leave_for_bulk_at_a_time"
            ),
            models.CheckConstraint(condition=Q(messages_a_week__gt=0), name="a_wish_for_bulk_has_its_number"),
            models.CheckConstraint(
                condition=~Q(state="granted") | (Q(until__isnull=False) & Q(way__in=("bulk", "dedicated"))),
                name="a_leave_for_bulk_has_its_way_and_end",
            ),
        ]


class Task(models.Model):
    """Something about a service that a person must see to, with the figures or words that say so. Its key names it for ever."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    kind = models.TextField()  # load, use, complaint, restore
    key = models.TextField(unique=True)
    state = models.TextField(default="open")  # open, offered, agreed, done
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    by = models.TextField(default="system")
    because = models.JSONField(default=list)
    facts = models.JSONField(default=dict)  # figures and codes
    words = models.TextField(default="", blank=True)  # what somebody wrote; it may name people
    offer = models.JSONField(default=dict)  # what the customer was told it would become
    agreed_from = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", blank=True)
    outcome = models.TextField(default="", blank=True)

    class Meta:
        db_table = "hosting_task"
        indexes = [models.Index(fields=["service", "kind"], name="tasks_that_wait", condition=~Q(state="done"))]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind"],
                condition=Q(kind__in=("load", "use")) & ~Q(state="done"),
                name="one_open_task_about_a_use",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("load", "use", "complaint", "restore")), name="a_task_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "offered", "agreed", "done")), name="a_task_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="what_was_seen_to_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(agreed_from__isnull=False), name="what_was_agreed_has_its_day"
            ),
        ]


class Touched(models.Model):
    """A service of which something has changed since the nodes were told: written in the transaction of the change."""

    service = models.OneToOneField(Service, on_delete=models.PROTECT)

    class Meta:
        db_table = "hosting_touched"


class Errand(models.Model):
    """Work on a node that is done once: give back from a copy, hand everything out, take a site in."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    node = models.ForeignKey("nodes.Node", on_delete=models.PROTECT)
    errand = models.TextField(unique=True)
    kind = models.TextField()  # restore, preview, export, move-in, mail-import
    body = models.TextField()
    state = models.TextField(default="ordered")  # ordered, running, done, failed, undone
    step = models.TextField(default="", blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    by = models.TextField()
    ordered_at = models.DateTimeField()
    not_after = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hosting_errand"
        indexes = [models.Index(fields=["service", "ordered_at"], name="errands_of_service")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("ordered", "running", "done", "failed", "undone")),
                name="an_errand_is_in_a_known_state",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="an_errand_is_done_at_a_hundred"),
        ]


class Word(models.Model):
    """The password of an errand, sealed for its node alone (ground/nodes/words.py). It goes when the errand has ended."""

    errand = models.OneToOneField(Errand, on_delete=models.CASCADE)
    sealed = models.TextField()

    class Meta:
        db_table = "hosting_word"
        constraints = [models.CheckConstraint(condition=~Q(sealed=""), name="a_word_is_sealed")]


class Usage(models.Model):
    """What a part of a service used by one day, as its node measured it."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    key = models.TextField()
    day = models.DateField()
    figures = models.JSONField()

    class Meta:
        db_table = "hosting_usage"
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_measurement_a_day")]
        indexes = [models.Index(fields=["service", "day"], name="usage_of_service")]
