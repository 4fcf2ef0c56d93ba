from django.db import models
from django.db.models import Q

KINDS = ("betalingsservice", "mobilepay")
STATES = ("due", "ordered", "paid", "rejected", "cancelled", "failed", "reversed", "silent", "dropped")


class Creditor(models.Model):
    """Who a company is to a provider. Secrets are not kept here, but in the environment of the installation."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    kind = models.TextField()
    number = models.TextField()  # the creditor's number, or the sales unit's
    details = models.JSONField(default=dict)  # debtor group, supplier of files

    class Meta:
        db_table = "collecting_creditor"
        constraints = [
            models.UniqueConstraint(fields=["company", "kind"], name="a_company_is_one_creditor_to_a_provider"),
            models.UniqueConstraint(fields=["kind", "number"], name="a_creditors_number_is_one_companys"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="a_provider_is_known"),
        ]


class Mandate(models.Model):
    """A customer's agreement that they may be collected from. Its history is in evidence."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    kind = models.TextField()
    number = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True)  # the first day on which it holds no more
    ended_by = models.TextField(blank=True)
    by = models.TextField()

    class Meta:
        db_table = "mandate"
        indexes = [models.Index(fields=["company", "customer_id"], name="mandates_of_customer")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="a_mandate_is_of_a_known_kind"),
            models.UniqueConstraint(
                fields=["company", "kind", "number"],
                condition=Q(until__isnull=True),
                name="one_active_mandate_of_a_number",
            ),
            models.UniqueConstraint(
                fields=["customer_id"], condition=Q(until__isnull=True), name="a_customer_has_one_active_mandate"
            ),
        ]


class CollectionDelivery(models.Model):
    """Orders that were handed over together. The number is the provider's name for it, and never given twice."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    kind = models.TextField()
    number = models.PositiveIntegerField()
    made_on = models.DateField()
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "collecting_delivery"
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "number"], name="one_number_per_delivery"),
        ]


class Collection(models.Model):
    """An order to collect one invoice, and what became of it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT)
    invoice_id = models.BigIntegerField()
    key = models.TextField(unique=True)
    amount_minor = models.BigIntegerField()
    collect_on = models.DateField()
    hand_over_by = models.DateField()
    window_ends_on = models.DateField()
    state = models.TextField(default="due")
    delivery = models.ForeignKey(CollectionDelivery, on_delete=models.PROTECT, null=True)
    outcome_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    problem = models.TextField(blank=True)  # what a person must see to
    because = models.JSONField()

    class Meta:
        db_table = "collecting_order"
        indexes = [
            models.Index(fields=["company", "state"], name="collections_by_state"),
            models.Index(fields=["invoice_id"], name="collections_of_invoice"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="a_collection_is_in_a_known_state"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_collection_asks_for_something"),
            models.CheckConstraint(
                condition=Q(window_ends_on__gte=models.F("collect_on")), name="an_outcome_comes_after_the_day"
            ),
            models.UniqueConstraint(
                fields=["invoice_id"],
                condition=Q(state__in=["due", "ordered"]),
                name="an_invoice_is_collected_once_at_a_time",
            ),
        ]


class HeardNews(models.Model):
    """An outcome that a provider told, by the name that it bears for ever: told again, it changes nothing."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    kind = models.TextField()
    reference = models.TextField()
    what = models.TextField()
    key = models.TextField()
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, null=True)
    amount_minor = models.BigIntegerField()
    on_day = models.DateField()
    told_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    seen_by = models.TextField(blank=True)

    class Meta:
        db_table = "collecting_news"
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "reference"], name="news_of_a_collection_is_heard_once"),
        ]
