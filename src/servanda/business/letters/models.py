from django.db import models

CARRIERS = ("mail", "e-invoice")
STATES = ("waiting", "sending", "accepted", "rejected", "uncertain", "replaced")


class Letter(models.Model):
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    key = models.TextField(unique=True)
    kind = models.TextField()  # invoice, credit note, reminder, closing, ending, export, notice
    invoice_id = models.BigIntegerField(null=True)
    language = models.TextField()
    recipient = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    paper = models.JSONField(null=True)  # what the document is made of; empty for a letter without attachment
    on_day = models.DateField()  # the legal day it was written
    queued_at = models.DateTimeField()
    state = models.TextField(default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)  # the lease of the sender that has it
    accepted_at = models.DateTimeField(null=True)
    accepted_on = models.DateField(null=True)  # the legal day of acceptance: waiting times count from here
    reply = models.TextField(default="")  # the receiving server's answer, or the reason for refusal
    document_sha256 = models.TextField(default="")
    carrier = models.TextField(
        default="mail", db_default="mail"
    )  # e-invoice: the e-document goes out, and the PDF stays

    class Meta:
        db_table = "letter"
        indexes = [
            models.Index(
                fields=["company", "id"],
                name="letters_to_send",
                condition=models.Q(state__in=["waiting", "sending"]),
            ),
            models.Index(
                fields=["company", "id"],
                name="letters_to_look_at",
                condition=models.Q(state__in=["rejected", "uncertain"]),
            ),
            models.Index(fields=["invoice_id"], name="letters_of_invoice"),
            models.Index(
                fields=["company", "id"],
                name="letters_by_e_invoice",
                condition=models.Q(carrier="e-invoice", state="waiting"),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="a_letter_is_in_a_known_state"),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(accepted_on__isnull=False),
                name="an_accepted_letter_has_its_day",
            ),
            models.CheckConstraint(condition=models.Q(carrier__in=CARRIERS), name="a_letter_has_a_known_carrier"),
        ]


class Document(models.Model):
    """The bytes that were sent, under their hash. Never changed."""

    sha256 = models.TextField(primary_key=True)
    media_type = models.TextField(default="application/pdf")
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "letter_document"
