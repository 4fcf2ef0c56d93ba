from django.db import models


class Entry(models.Model):
    """One balanced journal entry. Its key names the business event once for ever."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    key = models.TextField(unique=True)
    what = models.TextField()  # invoice, credit note, payment, fee, interest, compensation, write-off
    on_day = models.DateField()  # the booking day
    at = models.DateTimeField()
    customer_id = models.BigIntegerField(null=True)
    invoice_id = models.BigIntegerField(null=True)
    because = models.JSONField()

    class Meta:
        db_table = "ledger_entry"
        indexes = [models.Index(fields=["customer_id"], name="entries_of_customer")]


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
