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
        indexes = [models.Index(fields=["company_id", "look_again_on", "line"], name="lines_to_bill")]


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
    # What was known of the customer for VAT on the day of issue: number and its check, location, dealer.
    buyer = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    content_sha256 = models.TextField()  # of the canonical content
    content_format = models.PositiveSmallIntegerField(default=1, db_default=1)  # 2: the VAT of each line is in the hash

    class Meta:
        db_table = "invoice"
        indexes = [
            models.Index(fields=["reference"], name="invoices_by_reference"),
            models.Index(fields=["company", "customer"], name="credit_notes", condition=Q(kind="credit note")),
            models.Index(fields=["company"], name="open_invoices", condition=Q(open_minor__gt=0)),
        ]
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
    vat_country = models.TextField(default="DK", db_default="DK")  # whose VAT it is
    vat_basis = models.TextField(default="", db_default="")  # why it is taxed so: ground/law/vat_words.py
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    bills_period = models.BooleanField(default=False)
    credited_by = models.BigIntegerField(null=True)  # the credit note that took the whole line back

    class Meta:
        db_table = "invoice_line"
        indexes = [
            models.Index(fields=["line_id"], name="invoiced_lines_of_line", condition=Q(line_id__isnull=False)),
            models.Index(
                fields=["invoice"],
                name="lines_sold_abroad",
                condition=Q(vat_basis__in=("below threshold", "one stop shop")),  # decisions/vat.py::COUNTED
            ),
        ]
        # Migration 0002 adds: no_period_is_billed_twice, an exclusion over line and days.


class InvoiceVat(models.Model):
    """The VAT of a document once for each country, category and rate. Append-only; the groups make the document's sums."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, db_index=False)
    country = models.TextField()  # whose VAT it is
    category = models.TextField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()

    class Meta:
        db_table = "invoice_vat"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "country", "category", "percent"], name="one_group_per_country_category_and_rate"
            ),
            models.CheckConstraint(condition=Q(percent__gt=0) | Q(vat_minor=0), name="no_vat_without_a_rate"),
        ]
        # Migration 0004 adds: the_groups_make_the_invoice, looked at after each statement.


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
    has_balances = models.BooleanField(
        default=True, db_default=True
    )  # told by the bank; else reckoned from what is known

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
    state = models.TextField()  # matched, suspense, explained, reversed, split
    because = models.TextField(blank=True)  # the matching rule, or the person's reason
    ledger_account = models.TextField(default="bank", db_default=Value("bank"))  # where the money is: bank, clearing
    # A movement that is for several customers is split; its parts are explained, and only the whole is the bank's.
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    fik_type = models.TextField(blank=True, default="", db_default=Value(""))  # 71, 73, 75 and the older ones
    fik_creditor = models.TextField(blank=True, default="", db_default=Value(""))  # whose slip it was
    original_minor = models.BigIntegerField(null=True)  # what the payer sent, where that was in another currency
    original_currency = models.TextField(blank=True, default="", db_default=Value(""))
    category = models.TextField(blank=True, default="", db_default=Value(""))  # of what is no customer's payment

    class Meta:
        db_table = "bank_entry"
        indexes = [
            models.Index(fields=["company", "state"], name="entries_to_explain"),
            models.Index(fields=["payer_account"], name="entries_by_payer", condition=~Q(payer_account="")),
        ]
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
            models.CheckConstraint(
                condition=Q(ledger_account__in=["bank", "clearing"]), name="money_lies_in_the_bank_or_at_a_provider"
            ),
            models.CheckConstraint(
                condition=Q(original_minor__isnull=True) ^ ~Q(original_currency=""),
                name="an_original_amount_has_its_currency",
            ),
        ]


class Allocation(models.Model):
    """What part of a bank entry (or a credit note) went to which invoice or charge. Undone by a counter-allocation."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, null=True)
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True)
    write_off = models.ForeignKey("WriteOff", on_delete=models.PROTECT, null=True)
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
                condition=Q(entry__isnull=False, credit_note__isnull=True, write_off__isnull=True)
                | Q(entry__isnull=True, credit_note__isnull=False, write_off__isnull=True)
                | Q(entry__isnull=True, credit_note__isnull=True, write_off__isnull=False),
                name="an_allocation_has_one_source",
            ),
        ]


class WriteOff(models.Model):
    """A small difference that the company gave up, so that the invoice is settled. Never money of the customer's."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, null=True)  # the payment that fell short, if one did
    amount_minor = models.BigIntegerField()
    on_day = models.DateField()
    by = models.TextField()
    because = models.JSONField()

    class Meta:
        db_table = "write_off"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=100), name="what_is_written_off_is_small"
            ),
        ]


class WriteOffLimit(models.Model):
    """Up to how much a company writes off, from a day on. Decided by a person; a later decision is another row."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    since = models.DateField()
    amount_minor = models.BigIntegerField()
    by = models.TextField()
    reason = models.TextField()

    class Meta:
        db_table = "write_off_limit"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, amount_minor__lte=100), name="a_write_off_limit_is_at_most_one_krone"
            ),
        ]


class PaymentAccount(models.Model):
    """An account other than the company's bank account that money comes in on: a payment provider's, by its own name."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    account = models.TextField()  # as its statements name it
    name = models.TextField()
    ledger_account = models.TextField(default="clearing")

    class Meta:
        db_table = "payment_account"
        constraints = [
            models.UniqueConstraint(fields=["company", "account"], name="one_payment_account_of_a_name"),
            models.CheckConstraint(
                condition=Q(ledger_account__in=["bank", "clearing"]),
                name="a_payment_account_is_of_a_bank_or_a_provider",
            ),
        ]


class BankNotice(models.Model):
    """Advance news of one movement (CAMT.054): it is never booked, it explains the movement when a statement brings that."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    account = models.TextField()
    reference = models.TextField()
    ordinal = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.TextField(default="DKK")
    booked_on = models.DateField()
    parts = models.JSONField()  # the payments that the movement is made of
    notification_id = models.TextField()
    file_name = models.TextField()
    sha256 = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "bank_notice"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "account", "booked_on", "amount_minor", "reference", "ordinal"],
                name="a_movement_is_announced_once",
            ),
        ]


class BankMapping(models.Model):
    """How a bank's CSV file is to be read, kept under a name."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    name = models.TextField()
    layout = models.JSONField()
    by = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "bank_mapping"
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="one_bank_mapping_of_a_name")]


class CreditUse(models.Model):
    """What part of a customer's credit went elsewhere than to an invoice, by what it came from. Brought back by a row below zero."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    customer_id = models.BigIntegerField()
    key = models.TextField()  # what used it, as in payout:17; with :back where it came back
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, null=True)
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    on_day = models.DateField()

    class Meta:
        db_table = "credit_use"
        indexes = [models.Index(fields=["key"], name="uses_of_credit_by_key")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="a_use_of_credit_moves_something"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False) ^ Q(credit_note__isnull=False),
                name="a_use_of_credit_has_one_source",
            ),
            models.UniqueConstraint(fields=["key", "entry"], name="an_entry_is_used_once_by_a_payout"),
            models.UniqueConstraint(fields=["key", "credit_note"], name="a_credit_note_is_used_once_by_a_payout"),
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
