from django.db import models
from django.db.models import Q

STATES = ("proposed", "approved", "ordered", "seen", "rejected", "returned", "declined", "withdrawn")


class Batch(models.Model):
    """A file of payment orders, byte for byte as it was made. Never made again: whoever asks for it gets these bytes."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    message_id = models.TextField(unique=True)
    version = models.TextField()  # 001.03, 001.09
    execution_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    content = models.BinaryField()
    sha256 = models.TextField()

    class Meta:
        db_table = "payout_batch"
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="one_file_of_orders_per_number")]


class Payout(models.Model):
    """Money to be paid back. What was approved never changes (migration 0001 sees to it); only its state goes on."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.TextField(default="DKK")
    account = models.TextField()
    holder = models.TextField()
    source = models.TextField()  # how the account is known; see facts.AccountSource
    entry_id = models.BigIntegerField(null=True)  # the payment that the account is known from
    evidence = models.TextField(blank=True)
    reason = models.TextField()
    because = models.JSONField()
    end_to_end_id = models.TextField(unique=True)
    approvals_needed = models.PositiveSmallIntegerField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    state = models.TextField(default="proposed")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True)
    seen_entry_id = models.BigIntegerField(null=True)  # the bank entry that shows it; one may show a whole file
    back_entry_id = models.BigIntegerField(null=True, unique=True)  # the one that brought the money back
    problem = models.TextField(blank=True)  # what a person must see to: see facts.Problem
    problem_detail = models.TextField(blank=True)  # the bank's words, or the other amount
    problem_seen_by = models.TextField(blank=True)

    class Meta:
        db_table = "payout"
        indexes = [
            models.Index(fields=["company", "state"], name="payouts_by_state"),
            models.Index(fields=["customer_id"], name="payouts_of_customer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="a_payout_is_in_a_known_state"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_payout_pays_something"),
            models.CheckConstraint(
                condition=Q(source="payment", entry_id__isnull=False, approvals_needed__gte=2)
                | (~Q(source__in=["payment", "e-mail"]) & ~Q(evidence="") & Q(approvals_needed__gte=3)),
                name="a_payout_elsewhere_has_evidence_and_a_third_yes",
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=False) | ~Q(state__in=["ordered", "seen", "returned"]),
                name="what_was_ordered_stands_in_a_file",
            ),
            models.UniqueConstraint(fields=["company", "number"], name="one_number_per_payout"),
            models.UniqueConstraint(
                fields=["customer_id", "account", "amount_minor"],
                condition=Q(state="proposed"),
                name="the_same_payout_is_proposed_once",
            ),
        ]


class PayoutApproval(models.Model):
    """One person's yes to a payout. Never changed and never deleted."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT)
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "payout_approval"
        constraints = [models.UniqueConstraint(fields=["payout", "by"], name="one_yes_per_person_and_payout")]


class StatusReportRead(models.Model):
    """A bank's answer to a file of orders; the same file twice changes nothing."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    sha256 = models.TextField()
    file_name = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "payout_report"
        constraints = [models.UniqueConstraint(fields=["company", "sha256"], name="a_banks_answer_is_read_once")]


class PayoutStop(models.Model):
    """The stop on money that leaves the house. No row means that it runs."""

    company = models.OneToOneField("companies.Company", on_delete=models.PROTECT)
    is_engaged = models.BooleanField()
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "payout_stop"
