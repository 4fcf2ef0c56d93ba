from django.db import models

KINDS = ("business", "consumer", "public", "association")
DELIVERIES = ("", "e-mail", "oioubl", "peppol")


class Customer(models.Model):
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    number = models.TextField()  # the customer number, printed
    kind = models.TextField()
    name = models.TextField()
    contact_name = models.TextField(blank=True)
    cvr = models.TextField(blank=True)
    vat_number = models.TextField(blank=True)  # of another EU country
    vat_number_checked_on = models.DateField(null=True, blank=True)
    # Why they count as a VAT-registered dealer in the hardware of § 46; empty: they do not.
    dealer_evidence = models.TextField(blank=True, default="", db_default="")
    ean = models.TextField(blank=True)  # GLN of a public body
    email = models.TextField()
    address_lines = models.JSONField(default=list)
    postal_code = models.TextField(blank=True)
    city = models.TextField(blank=True)
    country = models.TextField(default="DK")
    language = models.TextField(default="da")
    created_on = models.DateField()
    last_purchase_on = models.DateField(null=True, blank=True)
    # How invoices go out; empty: by the kind of customer. References stand on e-invoices.
    invoice_delivery = models.TextField(blank=True, default="", db_default="")
    order_number = models.TextField(blank=True, default="", db_default="")
    person_reference = models.TextField(blank=True, default="", db_default="")
    # When a consumer who is not of age comes of age. The birthday itself is not kept.
    minor_until = models.DateField(null=True, blank=True)
    habit = models.TextField(blank=True)  # demo companies only: how the simulated customer behaves

    class Meta:
        db_table = "customer"
        indexes = [
            models.Index(fields=["company"], condition=~models.Q(vat_number=""), name="customers_with_vat_numbers")
        ]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_customer_per_number"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="a_customer_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=models.Q(invoice_delivery__in=DELIVERIES), name="invoices_go_out_in_a_known_way"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="public", invoice_delivery="e-mail"), name="a_public_body_gets_e_invoices"
            ),
        ]


class VatNumberCheck(models.Model):
    """One question to the authorities about a VAT number, and their answer. Append-only."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    number = models.TextField()
    outcome = models.TextField()  # valid, invalid, unavailable
    consultation = models.TextField(blank=True)  # by which the authority finds its answer again
    name = models.TextField(blank=True)  # whose number it is, where the country tells
    reason = models.TextField(blank=True)  # why there is no answer, or what is wrong with the number
    source = models.TextField()  # VIES, or the name of another way
    on_day = models.DateField()
    at = models.DateTimeField()
    answer_sha256 = models.TextField(blank=True)  # of the answer as it came

    class Meta:
        db_table = "vat_number_check"
        indexes = [models.Index(fields=["customer", "-id"], name="checks_of_a_customer")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=("valid", "invalid", "unavailable")),
                name="a_number_check_has_a_known_outcome",
            ),
        ]


class VatNumberWish(models.Model):
    """A person wants the customer's VAT number checked now. The clock carries it out and removes it."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, primary_key=True)
    company_id = models.BigIntegerField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "vat_number_wish"


class LocationEvidence(models.Model):
    """One item of evidence for the country where a customer lives. Append-only; the newest of a kind counts."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    kind = models.TextField()
    country = models.TextField()
    source = models.TextField()  # in the words of whoever noted it
    on_day = models.DateField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        db_table = "customer_location_evidence"
        constraints = [
            models.CheckConstraint(condition=~models.Q(source=""), name="location_evidence_names_its_source"),
        ]


class Residence(models.Model):
    """A move of a customer from one country to another, from a day on. Append-only."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    left_country = models.TextField()
    country = models.TextField()
    since = models.DateField()
    address_lines = models.JSONField(default=list)
    postal_code = models.TextField(blank=True)
    city = models.TextField(blank=True)
    reason = models.TextField()
    on_day = models.DateField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        db_table = "customer_residence"
        constraints = [
            models.UniqueConstraint(fields=["customer", "since"], name="one_move_of_a_customer_a_day"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_move_has_a_reason"),
            models.CheckConstraint(
                condition=~models.Q(left_country=models.F("country")), name="a_move_goes_to_another_country"
            ),
        ]
