from django.db import models

VAT_CLASSES = ("service", "goods", "listed goods", "outside vat")


class Product(models.Model):
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    code = models.TextField()
    name_da = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    is_service = models.BooleanField()
    unit_da = models.TextField()
    unit_en = models.TextField()
    vat_class = models.TextField(default="service", db_default="service")  # as the VAT act sees it

    class Meta:
        db_table = "catalogue_product"
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="one_product_per_code"),
            models.CheckConstraint(
                condition=models.Q(vat_class__in=VAT_CLASSES), name="a_product_is_of_a_known_vat_class"
            ),
        ]


class Plan(models.Model):
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    code = models.TextField()
    name_da = models.TextField()
    name_en = models.TextField()
    interval_months = models.PositiveSmallIntegerField()  # 0: sold once
    vat_class = models.TextField(default="", db_default="", blank=True)  # empty: the product's
    hosting = models.JSONField(null=True)  # what of a server it gives (terms/packages.py); services keep their own copy

    class Meta:
        db_table = "catalogue_plan"
        constraints = [
            models.UniqueConstraint(fields=["product", "code"], name="one_plan_per_code"),
            models.CheckConstraint(
                condition=models.Q(vat_class__in=("", *VAT_CLASSES)), name="a_plan_is_of_a_known_vat_class"
            ),
        ]


class Price(models.Model):
    """The price of a plan from a day on, without VAT. Prices are added, never edited."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT)
    since = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.TextField(default="DKK")
    source = models.TextField()  # a requirement id, or "plausible"

    class Meta:
        db_table = "catalogue_price"
        constraints = [models.UniqueConstraint(fields=["plan", "since"], name="one_price_per_plan_and_day")]
