from django.db import models
from django.db.models import F, Q


class Contract(models.Model):
    """An agreement concluded: the customer's kind and the terms, as they were accepted, are frozen on it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    number = models.TextField()
    customer_kind = models.TextField()
    terms_version = models.TextField()  # the version that binds now
    terms_language = models.TextField()
    terms_sha256 = models.TextField()
    accepted_version = models.TextField()  # the version that was accepted at the conclusion
    accepted_sha256 = models.TextField()
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


class LineChange(models.Model):
    """More, less or another plan of a line, from a day on. What was before is kept: earlier periods were priced by it."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()  # counts the line's changes
    on_day = models.DateField()  # the first day on which the new holds
    priced_from = models.DateField()  # periods that begin before it were billed as it was before
    before_plan = models.TextField()
    after_plan = models.TextField()
    before_quantity = models.PositiveIntegerField()
    after_quantity = models.PositiveIntegerField()
    reason = models.TextField()
    by = models.TextField()

    class Meta:
        db_table = "contract_line_change"
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="a_line_changes_one_step_at_a_time"),
            models.CheckConstraint(condition=Q(after_quantity__gt=0), name="a_changed_line_is_of_something"),
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
    cause = models.TextField(default="", db_default="")  # of an extraordinary exit: change, outage, withdrawal
    paid_until = models.DateField(null=True)  # the first day not paid for, where that is not the day after the last

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
    """A special agreement: a value or a rule that holds for this customer instead of the terms' own, with its reason."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT)
    about = models.TextField()  # resource limits, term, price; terms: a rule
    name = models.TextField()  # which limit: cpu-percent, term-months …; of a rule: what it is told apart by
    value = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True)  # the first day it no longer holds
    reason = models.TextField()
    approved_by = models.TextField()
    because = models.JSONField(default=list)  # of a rule: where the agreement with the customer is found
    kind = models.TextField(default="", blank=True)  # of a rule: its clause kind
    rule = models.JSONField(null=True)  # its fields, written as in a document
    agreed_on = models.DateField(null=True)  # the day on which a rule was stored
    end_reason = models.TextField(default="", blank=True)  # why it ended before its time
    is_taken_up = models.BooleanField(default=True)  # billing has looked at the contract's lines again since

    class Meta:
        db_table = "contract_deviation"
        indexes = [
            models.Index(fields=["contract"], name="deviations_to_take_up", condition=Q(is_taken_up=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contract", "name", "since"], name="one_deviation_per_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_deviation_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="") | Q(until__isnull=False, rule__isnull=False), name="a_rule_deviation_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="a_deviation_ends_no_sooner_than_it_begins",
            ),
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
    terms_version = models.TextField(blank=True)  # of a change of the terms: the version that is to follow
    plan_code = models.TextField(
        blank=True, default=""
    )  # of a change of a price: the plan; the price begins on effect_on

    class Meta:
        db_table = "contract_change"
        indexes = [models.Index(fields=["company", "effect_on"], name="changes_of_company")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "plan_code", "effect_on"],
                name="a_price_is_announced_once",
                condition=~Q(plan_code=""),
            )
        ]


class Announcement(models.Model):
    """The notice of a change to one customer; it counts from the day on which its delivery was proven."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    letter_key = models.TextField(unique=True)
    accepted_on = models.DateField(null=True)  # empty: the letter is on its way, and binds nobody
    # What the letter of a new price said, by line: the day from which it holds, and the last day to leave because of it.
    promised = models.JSONField(default=dict)

    class Meta:
        db_table = "contract_announcement"
        indexes = [
            models.Index(fields=["change"], name="announcements_on_their_way", condition=Q(accepted_on__isnull=True))
        ]
        constraints = [models.UniqueConstraint(fields=["change", "customer_id"], name="a_change_is_announced_once")]


class Succession(models.Model):
    """What a new version of the terms means to one contract: told when, leave until when, bound from when."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT)
    from_version = models.TextField()
    to_version = models.TextField()
    effect_on = models.DateField(null=True)  # empty: the terms know no change, so the customer must accept
    leave_until = models.DateField(null=True)  # the last day to leave because of the change; empty: as ever
    because = models.JSONField(default=list)
    letter_key = models.TextField(unique=True)
    told_on = models.DateField(null=True)  # the day on which the receiving server took the notice
    accepted_on = models.DateField(null=True)  # the customer said yes themselves
    left_on = models.DateField(null=True)  # the day on which the customer's exit reached us
    bound_on = models.DateField(null=True)  # the first day under the new version
    is_open = models.BooleanField(default=True)  # something may still follow

    class Meta:
        db_table = "contract_succession"
        indexes = [models.Index(fields=["change"], name="successions_open", condition=Q(is_open=True))]
        constraints = [
            models.UniqueConstraint(fields=["change", "contract"], name="a_version_follows_once"),
            models.CheckConstraint(
                condition=Q(bound_on__isnull=True) | Q(left_on__isnull=True), name="who_left_is_not_bound"
            ),
            models.CheckConstraint(
                condition=Q(bound_on__isnull=True) | Q(told_on__isnull=False) | Q(accepted_on__isnull=False),
                name="nobody_is_bound_untold",
            ),
        ]


class Discontinued(models.Model):
    """A line whose service the provider stops offering: told when, and with which last day."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT)
    line = models.ForeignKey(Line, on_delete=models.PROTECT)
    letter_key = models.TextField(unique=True)
    told_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)  # the last day, once the notice was delivered
    is_open = models.BooleanField(default=True)

    class Meta:
        db_table = "contract_discontinued"
        indexes = [models.Index(fields=["change"], name="discontinued_open", condition=Q(is_open=True))]
        constraints = [
            models.UniqueConstraint(fields=["change", "line"], name="a_service_is_discontinued_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(told_on__isnull=False), name="no_service_ends_untold"
            ),
        ]
