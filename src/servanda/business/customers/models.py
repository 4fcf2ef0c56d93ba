from django.db import models

KINDS = ("business", "consumer", "public", "association")


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
    habit = models.TextField(blank=True)  # demo companies only: how the simulated customer behaves

    class Meta:
        db_table = "customer"
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_customer_per_number"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="a_customer_is_of_a_known_kind"),
        ]
