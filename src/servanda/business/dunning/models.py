from django.db import models
from django.db.models import Q

UNUSED_TIME = "time.asked"  # the act of a proposal on what goes back of prepaid time: it is about no claim


class Claim(models.Model):
    """An unpaid invoice as dunning follows it; only hints live here, the facts are in evidence."""

    invoice_id = models.BigIntegerField(primary_key=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    look_again_on = models.DateField(null=True)  # hint: the next day on which something may be due; empty: closed
    waits_for = models.TextField(blank=True)  # hint, for lists: what it waits for

    class Meta:
        db_table = "dunning_claim"
        indexes = [
            models.Index(fields=["company_id", "look_again_on"], name="claims_that_may_be_due"),
            models.Index(fields=["customer_id"], name="claims_of_customer"),
        ]


class Pause(models.Model):
    """Why dunning of an invoice stands still: a dispute, a payment plan, a payment on its way, a legal hold."""

    invoice_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    cause = models.TextField()  # dispute, payment plan, pending payment, legal hold
    reason = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True)  # the first day it no longer holds; empty: until a person ends it
    is_late = models.BooleanField(default=False)  # a dispute after the terms' deadline: taken in all the same
    by = models.TextField()
    ended_on = models.DateField(null=True)

    class Meta:
        db_table = "dunning_pause"
        indexes = [models.Index(fields=["invoice_id"], name="pauses_of_invoice")]


class Proposal(models.Model):
    """An act that only a person may decide, with the first day on which it is allowed. Declined ones are not asked again."""

    key = models.TextField(unique=True)  # the order's key
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    act = models.TextField()
    earliest_on = models.DateField()
    because = models.JSONField()
    sentence_da = models.TextField()
    sentence_en = models.TextField()
    state = models.TextField(default="open")  # open, approved, declined, obsolete
    proposed_at = models.DateTimeField()
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "dunning_proposal"
        indexes = [models.Index(fields=["company_id"], name="proposals_to_decide", condition=Q(state="open"))]
