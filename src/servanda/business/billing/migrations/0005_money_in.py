"""How money comes in: other payment accounts, split movements, small differences, advance news, and banks' CSV layouts."""

import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
create trigger write_off_append_only before update or delete on write_off
    for each row execute function refuse_change();
create trigger write_off_limit_append_only before update or delete on write_off_limit
    for each row execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_vat"),
        ("evidence", "0002_append_only"),
        ("companies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("layout", models.JSONField()),
                ("by", models.TextField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bank_mapping",
            },
        ),
        migrations.CreateModel(
            name="BankNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.TextField()),
                ("reference", models.TextField()),
                ("ordinal", models.PositiveIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.TextField(default="DKK")),
                ("booked_on", models.DateField()),
                ("parts", models.JSONField()),
                ("notification_id", models.TextField()),
                ("file_name", models.TextField()),
                ("sha256", models.TextField()),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "db_table": "bank_notice",
            },
        ),
        migrations.CreateModel(
            name="PaymentAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.TextField()),
                ("name", models.TextField()),
                ("ledger_account", models.TextField(default="clearing")),
            ],
            options={
                "db_table": "payment_account",
            },
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("on_day", models.DateField()),
                ("by", models.TextField()),
                ("because", models.JSONField()),
            ],
            options={
                "db_table": "write_off",
            },
        ),
        migrations.CreateModel(
            name="WriteOffLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("by", models.TextField()),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "write_off_limit",
            },
        ),
        migrations.RemoveConstraint(
            model_name="allocation",
            name="an_allocation_has_one_source",
        ),
        migrations.AddField(
            model_name="bankentry",
            name="category",
            field=models.TextField(blank=True, db_default=models.Value(""), default=""),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="fik_creditor",
            field=models.TextField(blank=True, db_default=models.Value(""), default=""),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="fik_type",
            field=models.TextField(blank=True, db_default=models.Value(""), default=""),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="ledger_account",
            field=models.TextField(db_default=models.Value("bank"), default="bank"),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="original_currency",
            field=models.TextField(blank=True, db_default=models.Value(""), default=""),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="original_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="parent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="billing.bankentry"
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="has_balances",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(
                condition=models.Q(("payer_account", ""), _negated=True),
                fields=["payer_account"],
                name="entries_by_payer",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("ledger_account__in", ["bank", "clearing"])),
                name="money_lies_in_the_bank_or_at_a_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("original_minor__isnull", True),
                    models.Q(("original_currency", ""), _negated=True),
                    _connector="XOR",
                ),
                name="an_original_amount_has_its_currency",
            ),
        ),
        migrations.AddField(
            model_name="bankmapping",
            name="company",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company"),
        ),
        migrations.AddField(
            model_name="banknotice",
            name="company",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company"),
        ),
        migrations.AddField(
            model_name="paymentaccount",
            name="company",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company"),
        ),
        migrations.AddField(
            model_name="writeoff",
            name="company",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company"),
        ),
        migrations.AddField(
            model_name="writeoff",
            name="entry",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="billing.bankentry"),
        ),
        migrations.AddField(
            model_name="writeoff",
            name="invoice",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="billing.invoice"),
        ),
        migrations.AddField(
            model_name="allocation",
            name="write_off",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="billing.writeoff"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit_note__isnull", True), ("entry__isnull", False), ("write_off__isnull", True)),
                    models.Q(("credit_note__isnull", False), ("entry__isnull", True), ("write_off__isnull", True)),
                    models.Q(("credit_note__isnull", True), ("entry__isnull", True), ("write_off__isnull", False)),
                    _connector="OR",
                ),
                name="an_allocation_has_one_source",
            ),
        ),
        migrations.AddField(
            model_name="writeofflimit",
            name="company",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company"),
        ),
        migrations.AddConstraint(
            model_name="bankmapping",
            constraint=models.UniqueConstraint(fields=("company", "name"), name="one_bank_mapping_of_a_name"),
        ),
        migrations.AddConstraint(
            model_name="banknotice",
            constraint=models.UniqueConstraint(
                fields=("company", "account", "booked_on", "amount_minor", "reference", "ordinal"),
                name="a_movement_is_announced_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentaccount",
            constraint=models.UniqueConstraint(fields=("company", "account"), name="one_payment_account_of_a_name"),
        ),
        migrations.AddConstraint(
            model_name="paymentaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("ledger_account__in", ["bank", "clearing"])),
                name="a_payment_account_is_of_a_bank_or_a_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0), ("amount_minor__lte", 100)),
                name="what_is_written_off_is_small",
            ),
        ),
        migrations.AddConstraint(
            model_name="writeofflimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0), ("amount_minor__lte", 100)),
                name="a_write_off_limit_is_at_most_one_krone",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
