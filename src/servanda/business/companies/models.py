from django.db import models


class Company(models.Model):
    """A provider who runs on this installation."""

    slug = models.TextField(unique=True)  # also names its agreement: safe-it, compusoft …
    name = models.TextField()
    legal_name = models.TextField()
    cvr = models.TextField()
    address_lines = models.JSONField(default=list)
    email = models.TextField()
    phone = models.TextField(blank=True)
    web = models.TextField(blank=True)
    bank_registration = models.TextField()
    bank_account = models.TextField()
    iban = models.TextField()
    fik_creditor = models.TextField()
    colour = models.TextField(default="#1f4f8f")
    language = models.TextField(default="da")
    fiscal_year_starts_month = models.PositiveSmallIntegerField(default=1)
    clock_on = models.DateField(null=True, blank=True)  # the test clock's day; empty: the real clock
    rounded_on = models.DateField(null=True, blank=True)  # the last day whose rounds are finished
    bank_checked_on = models.DateField(null=True, blank=True)  # up to which day the bank's entries are known

    class Meta:
        db_table = "company"


class OneStopShopChoice(models.Model):
    """From a day on, the company charges consumers elsewhere in the EU the VAT of their country, whatever it sells.

    Append-only: the newest choice whose day has come holds, and one made by mistake is followed by its opposite.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    since = models.DateField()
    is_in = models.BooleanField()
    reason = models.TextField()
    on_day = models.DateField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        db_table = "one_stop_shop_choice"
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_choice_of_the_one_stop_shop_has_a_reason"),
        ]
