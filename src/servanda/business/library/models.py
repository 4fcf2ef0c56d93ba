from django.db import models


class PublishedTerms(models.Model):
    """A version of a company's terms that was published here, in one language. Never changed and never deleted."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    version = models.TextField()
    language = models.TextField()
    text = models.TextField()
    sha256 = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.JSONField()  # the two persons

    class Meta:
        db_table = "published_terms"
        constraints = [
            models.UniqueConstraint(fields=["company", "version", "language"], name="a_version_is_published_once"),
        ]


class Draft(models.Model):
    """A version that is being written. What was forecast and approved counts only for the texts it was made of."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    version = models.TextField()
    base_version = models.TextField()
    change = models.TextField()  # its class by the terms in force: material, ordinary, worsening, favourable …
    reason = models.TextField(blank=True)
    danish = models.TextField()
    english = models.TextField()
    state = models.TextField(default="open")
    written_by = models.TextField()
    written_at = models.DateTimeField()
    forecast = models.JSONField(null=True)  # who is hit, as it was computed last
    forecast_of = models.TextField(blank=True)  # the fingerprint of the texts it was computed for

    class Meta:
        db_table = "terms_draft"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "published", "dropped"]), name="a_draft_is_in_a_known_state"
            ),
            models.UniqueConstraint(
                fields=["company", "version"], condition=models.Q(state="open"), name="one_open_draft_per_version"
            ),
        ]


class DraftApproval(models.Model):
    """One person's yes to a draft, as its texts were when they gave it."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT)
    by = models.TextField()
    fingerprint = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "terms_draft_approval"
        constraints = [
            models.UniqueConstraint(fields=["draft", "by", "fingerprint"], name="one_yes_per_person_and_text"),
        ]


class ShownTerms(models.Model):
    """The words that somebody was shown and accepted, figures filled in, under their hash. Never changed."""

    sha256 = models.TextField(primary_key=True)
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    version = models.TextField()
    language = models.TextField()
    text = models.TextField()  # Markdown, as UTF-8 it has the hash
    source_sha256 = models.TextField()  # of the document that it was made from

    class Meta:
        db_table = "shown_terms"


class VendorTerms(models.Model):
    """A vendor's terms, byte for byte as they were handed over, and the products they belong to. Never changed."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    name = models.TextField()  # the vendor's
    version = models.TextField()
    language = models.TextField()
    media_type = models.TextField()
    content = models.BinaryField()
    sha256 = models.TextField()
    products = models.JSONField()
    added_at = models.DateTimeField()

    class Meta:
        db_table = "vendor_terms"
        constraints = [
            models.UniqueConstraint(fields=["company", "name", "version"], name="a_vendors_version_is_added_once")
        ]


class Acceptance(models.Model):
    """That a customer accepted exactly these words: which, when, who, how. Never changed and never deleted."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    subject = models.TextField()  # contract:17
    shown = models.ForeignKey(ShownTerms, on_delete=models.PROTECT, null=True)  # the company's own terms …
    vendor_terms = models.ForeignKey(VendorTerms, on_delete=models.PROTECT, null=True)  # … or those of a vendor
    accepted_at = models.DateTimeField()
    accepted_by = models.TextField()  # a person's name; "import": taken over; empty: nobody was named
    how = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "acceptance"
        indexes = [models.Index(fields=["customer_id"], name="acceptances_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shown__isnull=True) ^ models.Q(vendor_terms__isnull=True),
                name="an_acceptance_is_of_one_text",
            ),
            models.UniqueConstraint(fields=["subject", "shown"], name="own_terms_are_accepted_once"),
            models.UniqueConstraint(fields=["subject", "vendor_terms"], name="vendor_terms_are_accepted_once"),
        ]


class ChangeProposal(models.Model):
    """That a service is to be discontinued or its operation handed over: one person asks, a second one settles it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    act = models.TextField()  # discontinuation, transfer
    subject = models.TextField()  # the product, or the operator's name
    details = models.JSONField(default=dict)  # of a transfer: country, since, and the operator's document
    reason = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    state = models.TextField(default="open")
    settled_by = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    change_id = models.BigIntegerField(null=True)  # the change that it led to, in the log of the contracts

    class Meta:
        db_table = "terms_change_proposal"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "confirmed", "declined"]), name="a_proposal_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed")
                | (~models.Q(settled_by="") & ~models.Q(settled_by=models.F("proposed_by"))),
                name="a_proposal_is_confirmed_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["company", "act", "subject"],
                condition=models.Q(state="open"),
                name="one_open_proposal_per_subject",
            ),
        ]
