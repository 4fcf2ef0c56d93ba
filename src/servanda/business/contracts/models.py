from django.db import models
from django.db.models import F, Q


class Contract(models.Model):
    """An agreement concluded: the customer's kind and the terms, as they were accepted, are frozen on it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    number = models.TextField()
    customer_kind = models.TextField()
    terms_version = models.TextField()
    terms_language = models.TextField()
    terms_sha256 = models.TextField()
    accepted_at = models.DateTimeField()
    accepted_how = models.TextField()  # import, signed order, portal
    began_on = models.DateField()
    ended_on = models.DateField(null=True)  # the first day it no longer runs
    end_cause = models.TextField(default="")  # notice, provider's closure …
    scope_sheet = models.TextField(blank=True)

    class Meta:
        db_table = "contract"
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="one_contract_per_number")]


class Line(models.Model):
    """One thing bought under a contract, with a term of its own."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    product_code = models.TextField()
    plan_code = models.TextField()
    description = models.TextField(blank=True)  # what tells it apart: a domain name, a device
    quantity = models.PositiveIntegerField(default=1)
    own_price_minor = models.BigIntegerField(null=True)  # an agreed price; empty: the catalogue's
    interval_months = models.PositiveSmallIntegerField()  # billed so many months at a time; 0: sold once
    began_on = models.DateField()  # the anchor of all its periods
    billed_from = models.DateField(null=True)  # of an imported line: the first day not billed elsewhere
    term_months = models.PositiveSmallIntegerField(null=True)  # empty: open-ended
    term_until = models.DateField(null=True)  # the first day after the running term
    until = models.DateField(null=True)  # the first day it no longer runs, once it is to end
    end_cause = models.TextField(default="")
    ended_on = models.DateField(null=True)  # the day on which its end was carried out
    look_again_on = models.DateField(null=True)  # hint: the next day on which renewal or end may be due

    class Meta:
        db_table = "contract_line"
        indexes = [
            models.Index(fields=["company_id", "look_again_on"], name="lines_that_may_be_due"),
            models.Index(fields=["customer_id"], name="lines_of_customer"),
            models.Index(fields=["company_id", "began_on"], name="lines_that_begin"),
            models.Index(
                fields=["company_id", "until"],
                name="lines_that_end",
                condition=Q(until__isnull=False, ended_on__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("began_on")),
                name="a_line_ends_after_it_begins",
            )
        ]


class Notice(models.Model):
    """A notice to end one line, as it was received. A draft (by telephone) has no effect until confirmed in writing."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT)
    given_on = models.DateField()  # the day it reached us
    channel = models.TextField()
    is_draft = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    ends_on = models.DateField(null=True)  # the last day of the line by this notice
    because = models.JSONField(default=list)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contract_notice"
        indexes = [
            models.Index(
                fields=["line"],
                name="notices_to_decide",
                condition=Q(ends_on__isnull=True, is_draft=False, withdrawn_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["line", "given_on", "channel"], name="a_notice_is_taken_once"),
        ]


class Deviation(models.Model):
    """A special agreement: a value that holds for this customer instead of the terms' own, with reason and approver."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT)
    about = models.TextField()  # resource limits, term, price
    name = models.TextField()  # which limit: cpu-percent, term-months …
    value = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True)  # the first day it no longer holds
    reason = models.TextField()
    approved_by = models.TextField()
    because = models.JSONField(default=list)

    class Meta:
        db_table = "contract_deviation"
        constraints = [
            models.UniqueConstraint(fields=["contract", "name", "since"], name="one_deviation_per_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_deviation_has_a_reason"),
        ]


class Dispute(models.Model):
    """A disagreement with a customer, which goes through the stages that the terms name."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT)
    about = models.TextField()
    stage = models.TextField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "contract_dispute"


class NegotiationEntry(models.Model):
    """What was talked about on a day."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT)
    on_day = models.DateField()
    text = models.TextField()
    by = models.TextField()

    class Meta:
        db_table = "contract_negotiation"


class Change(models.Model):
    """A change of terms, prices, technology or scope, as it was decided: the log that customers can read."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    about = models.TextField()  # terms, price, technology, scope
    change = models.TextField()  # its class by the terms: material, ordinary, minor, favourable …
    products = models.JSONField()
    before = models.TextField()
    after = models.TextField()
    effect_on = models.DateField()
    reason = models.TextField(blank=True)
    approved_by = models.TextField(blank=True)
    because = models.JSONField(default=list)
    recorded_on = models.DateField()
    activated_on = models.DateField(null=True)

    class Meta:
        db_table = "contract_change"
        indexes = [models.Index(fields=["company", "effect_on"], name="changes_of_company")]


class Announcement(models.Model):
    """The notice of a change to one customer; it counts from the day on which its delivery was proven."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    letter_key = models.TextField(unique=True)
    accepted_on = models.DateField()

    class Meta:
        db_table = "contract_announcement"
        constraints = [models.UniqueConstraint(fields=["change", "customer_id"], name="a_change_is_announced_once")]
