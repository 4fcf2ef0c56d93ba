from django.db import models


class Entry(models.Model):
    """One balanced journal entry. Its key names the business event once for ever."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    key = models.TextField(unique=True)
    what = models.TextField()  # invoice, credit note, payment, fee, interest, compensation, write-off
    on_day = models.DateField()  # the booking day
    of_day = models.DateField(null=True)  # the day it is of, where the books of that day were closed already
    at = models.DateTimeField()
    customer_id = models.BigIntegerField(null=True)
    invoice_id = models.BigIntegerField(null=True)
    because = models.JSONField()

    class Meta:
        db_table = "ledger_entry"
        indexes = [
            models.Index(fields=["customer_id"], name="entries_of_customer"),
            models.Index(fields=["company", "on_day"], name="entries_of_day"),
        ]


class Posting(models.Model):
    """A debit (above zero) or a credit (below zero) on one account. The postings of an entry add up to zero."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    company_id = models.BigIntegerField()
    account = models.TextField()  # see ledger.facts.Account
    amount_minor = models.BigIntegerField()
    currency = models.TextField(default="DKK")
    customer_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_posting"
        indexes = [models.Index(fields=["customer_id", "account"], name="postings_of_customer")]
        constraints = [models.CheckConstraint(condition=~models.Q(amount_minor=0), name="a_posting_moves_something")]


class Closing(models.Model):
    """Up to which day a company's books are closed. The last row says how it stands; no row is changed.

    What stood in the books when they were closed is kept in figures, so that a row that slips in can be told.
    Migration 0003 makes the database refuse an entry on a day that is closed, whatever code writes it.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    closed_until = models.DateField(null=True)  # the last day that is closed; empty: all are open again
    is_reopening = models.BooleanField()
    entries = models.BigIntegerField()  # so many on the closed days
    debit_minor = models.BigIntegerField()  # and so much was debited on them
    reason = models.TextField()
    by = models.TextField()
    seconded_by = models.TextField(default="")  # who agreed to a reopening
    on_day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_closing"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_reopening=False) | ~models.Q(seconded_by__in=["", models.F("by")]),
                name="a_reopening_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(is_reopening=True)
                | models.Q(closed_until__isnull=False, closed_until__lt=models.F("on_day")),
                name="only_past_days_are_closed",
            ),
        ]
