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
    habit = models.TextField(blank=True)  # demo companies only: how the simulated customer behaves

    class Meta:
        db_table = "customer"
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
