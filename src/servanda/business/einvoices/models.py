from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

STATES = (*("due", "made", "checked", "sending", "uncertain", "sent", "accepted", "rejected", "parked", "replaced"),)
KINDS = ("invoice", "credit note", "reminder")
FORMATS = ("oioubl", "peppol")
ANSWER_STATES = ("waiting", "matched", "repeated", "unknown", "unreadable", "settled")
OUT = ("sending", "uncertain", "sent", "accepted", "rejected")  # it may have left the house: its bytes stay


class EDocument(models.Model):
    """One document in one format, which carries one letter. What was handed over never changes (migration 0001)."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    letter = models.ForeignKey("letters.Letter", on_delete=models.PROTECT, db_index=False)
    invoice_id = models.BigIntegerField()
    key = models.TextField(unique=True)  # names it for ever, for the access point too: delivered once
    kind = models.TextField()
    format = models.TextField()
    number = models.TextField()  # the document's own, which answers name
    state = models.TextField(default="due")
    on_day = models.DateField()  # the legal day on which it became due
    order_number = models.TextField(default="")
    person_reference = models.TextField(default="")
    endpoint = models.TextField(default="")
    problems = models.JSONField(default=list)
    xml_sha256 = models.TextField(default="")
    checked_with = ArrayField(models.TextField(), default=list)  # the official rule sets that were asked
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)  # the lease of the sender that has it, or when to try again
    receipt = models.TextField(default="")  # the access point's
    reply = models.TextField(default="")
    reasons = ArrayField(models.TextField(), default=list)  # why it was rejected, in the receiver's words
    made_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_on = models.DateField(null=True)

    class Meta:
        db_table = "einvoice"
        indexes = [
            models.Index(
                fields=["company", "state", "id"],
                name="einvoices_to_work_on",
                condition=Q(state__in=["due", "made", "checked", "sending", "uncertain"]),
            ),
            models.Index(
                fields=["company", "id"],
                name="einvoices_to_look_at",
                condition=Q(state__in=["parked", "rejected"]),
            ),
            models.Index(fields=["invoice_id"], name="einvoices_of_invoice"),
            models.Index(fields=["number"], name="einvoices_by_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="an_einvoice_is_in_a_known_state"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="an_einvoice_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(format__in=FORMATS), name="an_einvoice_is_in_a_known_format"),
            models.CheckConstraint(
                condition=~Q(state__in=("checked", *OUT)) | (~Q(xml_sha256="") & Q(checked_at__isnull=False)),
                name="nothing_goes_out_unchecked",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("checked", *OUT)) | Q(checked_with__len__gt=0),
                name="what_was_checked_names_its_rules",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "accepted"]) | (Q(sent_on__isnull=False) & ~Q(receipt="")),
                name="what_was_sent_has_its_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "rejected"]) | Q(answered_on__isnull=False),
                name="an_answer_has_its_day",
            ),
            models.UniqueConstraint(
                fields=["letter"], condition=~Q(state="replaced"), name="one_einvoice_carries_a_letter"
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("on_day")),
                name="no_answer_before_the_document",
            ),
        ]


class Content(models.Model):
    """The bytes of a document, under their hash. Never changed."""

    sha256 = models.TextField(primary_key=True)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "einvoice_content"


class Answer(models.Model):
    """A file that came in as an answer to a document; kept as it came, also when nobody can read it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, null=True, db_index=False)
    document = models.ForeignKey(EDocument, on_delete=models.PROTECT, null=True)
    sha256 = models.TextField(unique=True)  # the same file again is the same answer
    name = models.TextField()
    content = models.BinaryField()
    state = models.TextField(default="waiting")
    received_at = models.DateTimeField()
    answer_id = models.TextField(default="")
    number = models.TextField(default="")
    code = models.TextField(default="")
    problem = models.TextField(default="")
    by = models.TextField(default="")  # who uploaded it, or settled what nobody could match

    class Meta:
        db_table = "einvoice_answer"
        indexes = [
            models.Index(
                fields=["company", "id"],
                name="answers_to_look_at",
                condition=Q(state__in=["waiting", "unknown", "unreadable"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ANSWER_STATES), name="an_answer_is_in_a_known_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["matched", "repeated"]) | Q(document__isnull=False),
                name="a_matched_answer_has_its_document",
            ),
        ]


class ContractReference(models.Model):
    """What the buyer wants named on the e-invoices of one contract, in place of what stands on the customer."""

    contract = models.OneToOneField("contracts.Contract", on_delete=models.PROTECT, primary_key=True)
    order_number = models.TextField(default="")
    person_reference = models.TextField(default="")

    class Meta:
        db_table = "einvoice_contract_reference"
