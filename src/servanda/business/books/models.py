from django.db import models

KINDS = ("day", "supplement")


class AccountNumber(models.Model):
    """Which number an account of the ledger has, from a day on: in the company's own chart, and in the public one.

    Of two rows of one day, the later one holds.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    account = models.TextField()  # see ledger.facts.Account
    since = models.DateField()
    number = models.TextField()  # in the chart of the company's bookkeeping program
    name = models.TextField()
    standard_number = models.TextField()
    vat_code = models.TextField(default="")  # empty: the bookkeeping program computes no VAT of its own on it
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "books_account"
        indexes = [models.Index(fields=["company", "account", "since"], name="numbers_of_account")]


class Voucher(models.Model):
    """What was booked on one day, added up: the document that the bookkeeping program gets. Numbers have no holes.

    A day has one, and a supplement for what came later while its books were still open.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, db_index=False)
    number = models.BigIntegerField()
    kind = models.TextField()  # day, supplement
    day = models.DateField()
    made_on = models.DateField()
    made_at = models.DateTimeField()
    entries = models.BigIntegerField()
    debit_minor = models.BigIntegerField()
    sha256 = models.TextField()  # of its number, day, lines and the ids of its entries

    class Meta:
        db_table = "books_voucher"
        indexes = [models.Index(fields=["company", "day"], name="vouchers_of_day")]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_number_per_voucher"),
            models.UniqueConstraint(
                fields=["company", "day"], condition=models.Q(kind="day"), name="one_voucher_per_day"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="a_voucher_is_of_a_known_kind"),
            models.CheckConstraint(condition=models.Q(made_on__gt=models.F("day")), name="a_voucher_is_of_a_whole_day"),
        ]


class VoucherLine(models.Model):
    """What a voucher debits and credits on one account."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT)
    account = models.TextField()
    currency = models.TextField()
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()

    class Meta:
        db_table = "books_voucher_line"
        constraints = [
            models.UniqueConstraint(fields=["voucher", "account", "currency"], name="one_line_per_account"),
            models.CheckConstraint(
                condition=models.Q(debit_minor__gte=0, credit_minor__gte=0), name="debit_and_credit_are_not_negative"
            ),
        ]


class VoucherEntry(models.Model):
    """That an entry of the ledger is in a voucher: in exactly one."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT)
    entry_id = models.BigIntegerField()  # ledger_entry

    class Meta:
        db_table = "books_voucher_entry"
        constraints = [models.UniqueConstraint(fields=["entry_id"], name="an_entry_is_in_one_voucher")]


class VoidNumber(models.Model):
    """A number that no document carries, with the reason: what a series needs instead of a hole."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    series = models.TextField()  # invoice
    number = models.BigIntegerField()
    reason = models.TextField()
    by = models.TextField()
    on_day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table = "books_void"
        constraints = [models.UniqueConstraint(fields=["company", "series", "number"], name="a_number_is_voided_once")]


class Reopening(models.Model):
    """That a person wants closed books open again, and what a second one said to it."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    after = models.DateField(null=True)  # days after this one open again; empty: all
    reason = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    state = models.TextField(default="open")  # open, confirmed, declined
    answered_by = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "books_reopening"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "confirmed", "declined"]), name="a_reopening_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | ~models.Q(answered_by__in=["", models.F("asked_by")]),
                name="a_reopening_is_confirmed_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(state="open"), name="one_open_reopening_per_company"
            ),
        ]


class Link(models.Model):
    """One row of the ledger or the evidence in the chain of its company: its hash, tied to all that came before."""

    company_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    kind = models.TextField()  # entry, record
    row_id = models.BigIntegerField()
    row_sha256 = models.BinaryField()
    previous_sha256 = models.BinaryField()
    sha256 = models.BinaryField()  # of previous_sha256 and row_sha256

    class Meta:
        db_table = "books_link"
        constraints = [
            models.UniqueConstraint(fields=["company_id", "sequence"], name="one_link_per_place"),
            models.UniqueConstraint(fields=["company_id", "kind", "row_id"], name="a_row_is_chained_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["entry", "record"]), name="a_link_is_of_a_known_kind"),
        ]


class Head(models.Model):
    """How far a company's chain had come when a day was over. Kept outside, it tells a chain that was made anew."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT)
    day = models.DateField()
    sequence = models.BigIntegerField()
    sha256 = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "books_head"
        constraints = [models.UniqueConstraint(fields=["company", "day"], name="one_head_per_day")]
