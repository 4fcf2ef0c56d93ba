from django.db import models


class Record(models.Model):
    """One thing that happened. Never changed, never deleted (migration 0002 makes the database refuse it)."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    key = models.TextField(unique=True)
    what = models.TextField()  # past tense: invoice.issued, hold.placed
    subject = models.TextField()  # kind:id, as in invoice:42
    customer_id = models.BigIntegerField(null=True)
    on_day = models.DateField()
    at = models.DateTimeField()
    because = models.JSONField()  # the citations
    facts = models.JSONField()
    by = models.TextField(default="system")  # system, or staff:ID

    class Meta:
        db_table = "evidence_record"
        indexes = [
            models.Index(fields=["subject"], name="evidence_of_subject"),
            models.Index(fields=["customer_id", "on_day"], name="evidence_of_customer"),
        ]


class Warrant(models.Model):
    """Leave to do one adverse act to one target: checked in the transaction that acts, and later again on the node."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    key = models.TextField(unique=True)  # the order's key
    act = models.TextField()  # the evidence that the act will leave, as in hold.placed
    subject = models.TextField()
    customer_id = models.BigIntegerField(null=True)
    fingerprint = models.TextField()  # what the target was when the warrant was issued
    because = models.JSONField()
    parameters = models.JSONField()
    evidence_keys = models.JSONField()  # the records that the right to act rests on
    approvals = models.JSONField(default=list)  # who approved, when, why; empty where the system may decide
    not_before = models.DateField()
    expires_on = models.DateField()
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_warrant"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__gt=models.F("not_before")),
                name="a_warrant_has_a_time_to_be_used",
            )
        ]
        indexes = [models.Index(fields=["company", "issued_at"], name="warrants_of_a_day")]


class Brake(models.Model):
    """The lever that stops all adverse acts of a company. No row means released."""

    company = models.OneToOneField("companies.Company", on_delete=models.PROTECT)
    is_engaged = models.BooleanField()
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    cause = models.TextField(default="person", db_default="person")  # person, range, audit
    figures = models.JSONField(default=dict)

    class Meta:
        db_table = "evidence_brake"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cause__in=["person", "range", "audit"]), name="a_brake_has_a_known_cause"
            )
        ]


class Range(models.Model):
    """How many adverse acts of a company are normal on a day. No row: the range is not watched (a test clock)."""

    company = models.OneToOneField("companies.Company", on_delete=models.PROTECT)
    day = models.DateField()
    most = models.PositiveIntegerField()
    most_per_subject = models.PositiveIntegerField()
    middle = models.PositiveIntegerField()  # of the days that the median is of, rounded down
    greatest = models.PositiveIntegerField()
    released_to = models.PositiveIntegerField(default=0)  # what a person let pass on this day

    class Meta:
        db_table = "evidence_range"


class Halt(models.Model):
    """What stops all adverse acts of the installation. No row: nothing does."""

    cause = models.TextField(unique=True)
    since = models.DateTimeField()
    figures = models.JSONField(default=dict)

    class Meta:
        db_table = "evidence_halt"
        constraints = [
            models.CheckConstraint(condition=models.Q(cause__in=["copy", "time"]), name="a_halt_has_a_known_cause")
        ]
