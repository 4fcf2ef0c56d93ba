from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value


class NumberSeries(models.Model):
    """The next number of a company's series. Taken in the transaction that issues, so a failed issue leaves no hole."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    name = models.TextField()  # invoice; credit notes share it
    next_number = models.BigIntegerField()

    class Meta:
        db_table = "billing_number_series"
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="one_counter_per_series")]


class RunningLine(models.Model):
    """Up to where a contract line is billed, and when to look again. A hint: the invoice lines are the truth."""

    line = models.OneToOneField("contracts.Line", on_delete=models.PROTECT, primary_key=True)
    company_id = models.BigIntegerField()
    billed_until = models.DateField()
    look_again_on = models.DateField(null=True)  # empty: nothing more to bill

    class Meta:
        db_table = "billing_running_line"
        indexes = [models.Index(fields=["company_id", "look_again_on"], name="lines_to_bill")]


class Invoice(models.Model):
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    contract_id = models.BigIntegerField(null=True)
    kind = models.TextField(default="invoice")  # invoice, credit note
    number = models.BigIntegerField()
    original = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False)
    issued_on = models.DateField()
    due_on = models.DateField(null=True)  # empty where the terms name no payment term
    is_term_agreed = models.BooleanField()  # by the terms, not only by the invoice: interest starts earlier
    customer_kind = models.TextField()
    language = models.TextField()
    currency = models.TextField(default="DKK")
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()  # what is left of the total: kept with each allocation
    reference = models.TextField()  # FIK payment reference, with check digit
    products = ArrayField(models.TextField())
    terms_version = models.TextField()
    # The rules of the customer's own that held on the day of issue: they explain the invoice and what follows from it.
    own_terms = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    because = models.JSONField()
    content_sha256 = models.TextField()  # of the canonical content

    class Meta:
        db_table = "invoice"
        indexes = [models.Index(fields=["reference"], name="invoices_by_reference")]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_number_per_invoice"),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("vat_minor")), name="net_and_vat_make_the_total"
            ),
            models.CheckConstraint(
                condition=Q(open_minor__gte=0) & Q(open_minor__lte=F("total_minor")),
                name="an_invoice_receives_at_most_its_amount",
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="amounts_on_invoices_are_positive"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("issued_on")), name="due_after_issue"
            ),
            models.CheckConstraint(
                condition=~Q(kind="credit note") | Q(original__isnull=False),
                name="a_credit_note_names_its_invoice",
            ),
        ]


class InvoiceLine(models.Model):
    """A line with its period; `credited_by` is the only column that ever changes."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()
    line_id = models.BigIntegerField(null=True)  # the contract line whose period this bills
    product_code = models.TextField()
    description = models.TextField()
    quantity = models.IntegerField()
    unit_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    vat_category = models.TextField()  # S, AE, O …
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    bills_period = models.BooleanField(default=False)
    credited_by = models.BigIntegerField(null=True)  # the credit note that took the whole line back

    class Meta:
        db_table = "invoice_line"
        indexes = [models.Index(fields=["line_id"], name="invoiced_lines_of_line", condition=Q(line_id__isnull=False))]
        # Migration 0002 adds: no_period_is_billed_twice, an exclusion over line and days.


class Charge(models.Model):
    """A fee, interest or compensation for late payment on one invoice, outside VAT."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)
    key = models.TextField(unique=True)
    kind = models.TextField()  # fee, interest, compensation, collection fee
    step = models.PositiveSmallIntegerField(null=True)
    on_day = models.DateField()
    amount_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    reckoning = models.JSONField(default=list)  # how the figure came about, line by line
    because = models.JSONField()

    class Meta:
        db_table = "charge"
        constraints = [
            models.CheckConstraint(
                condition=Q(open_minor__gte=0) & Q(open_minor__lte=F("amount_minor")),
                name="a_charge_receives_at_most_its_amount",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_charge_is_positive"),
        ]


class Statement(models.Model):
    """A bank statement that was read; the same file twice changes nothing."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    account = models.TextField()
    statement_id = models.TextField()
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    opening_on = models.DateField()
    closing_on = models.DateField()
    sha256 = models.TextField()
    file_name = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "bank_statement"
        constraints = [models.UniqueConstraint(fields=["company", "account", "statement_id"], name="a_statement_once")]


class BankEntry(models.Model):
    """One movement on our account, posted at most once whatever file it came in."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT)
    account = models.TextField()
    reference = models.TextField()
    ordinal = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()  # money in above zero
    currency = models.TextField(default="DKK")
    booked_on = models.DateField()
    value_on = models.DateField()
    text = models.TextField(blank=True)
    creditor_reference = models.TextField(blank=True)
    payer_name = models.TextField(blank=True)
    payer_account = models.TextField(blank=True)
    is_reversal = models.BooleanField(default=False)
    customer_id = models.BigIntegerField(null=True)  # known once matched
    unallocated_minor = models.BigIntegerField()  # what no invoice or charge has received
    state = models.TextField()  # matched, suspense, explained
    because = models.TextField(blank=True)  # the matching rule, or the person's reason

    class Meta:
        db_table = "bank_entry"
        indexes = [models.Index(fields=["company", "state"], name="entries_to_explain")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "account", "booked_on", "amount_minor", "reference", "ordinal"],
                name="a_bank_entry_is_posted_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__lt=0)
                | (Q(unallocated_minor__gte=0) & Q(unallocated_minor__lte=F("amount_minor"))),
                name="a_payment_is_allocated_at_most_once",
            ),
        ]


class Allocation(models.Model):
    """What part of a bank entry (or a credit note) went to which invoice or charge. Undone by a counter-allocation."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, null=True)
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True)
    amount_minor = models.BigIntegerField()
    value_on = models.DateField()  # interest stops on this day
    on_day = models.DateField()
    by = models.TextField(default="system")
    because = models.TextField()

    class Meta:
        db_table = "allocation"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="an_allocation_moves_something"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False) ^ Q(credit_note__isnull=False),
                name="an_allocation_has_one_source",
            ),
        ]


class Refund(models.Model):
    """One decision on what goes back of a billed line: for time that is not used, or for an outage. Never changed."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    kind = models.TextField()  # unused, outage
    key = models.TextField(unique=True)
    line_id = models.BigIntegerField()  # the contract line
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    invoice_line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()  # counts the decisions on the line of the invoice
    state = models.TextField()  # given, billed again, asked, kept, nothing
    cause = models.TextField(blank=True)
    for_until = models.DateField(null=True)  # the end of the contract line that it was decided for; empty: it ran on
    since = models.DateField(null=True)  # the days that were given back or billed again
    until = models.DateField(null=True)
    net_minor = models.BigIntegerField(default=0)
    document = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    reckoning = models.TextField(blank=True)
    because = models.JSONField(default=list)
    pay_out_by = models.DateField(null=True)
    on_day = models.DateField()
    by = models.TextField(default="system")

    class Meta:
        db_table = "billing_refund"
        indexes = [
            models.Index(fields=["company", "line_id"], name="refunds_of_line"),
            models.Index(
                fields=["company", "pay_out_by"], name="refunds_to_pay", condition=Q(pay_out_by__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["invoice_line", "number"], name="one_decision_at_a_time_on_billed_time"),
            models.CheckConstraint(
                condition=~Q(state__in=["given", "billed again"])
                | Q(document__isnull=False, since__isnull=False, until__isnull=False, net_minor__gt=0),
                name="what_goes_back_has_its_document",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["given", "billed again"]) | Q(document__isnull=True, net_minor=0),
                name="what_stays_moves_nothing",
            ),
        ]
        # Migration 0007 adds exclusions over days: no_day_is_given_back_twice, no_day_is_billed_again_twice,
        # no_day_of_an_outage_is_refunded_twice; and the trigger refund_append_only.
