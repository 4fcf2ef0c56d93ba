import django.db.models.deletion
from django.db import migrations, models

GUARDED = """
create trigger credit_use_append_only before update or delete on credit_use
    for each row execute function refuse_change();
create trigger credit_use_never_emptied before truncate on credit_use
    for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0002_append_only"),
        ("billing", "0005_money_in"),
        ("companies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
                ("key", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
                ("on_day", models.DateField()),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company")),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.invoice"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="billing.bankentry"),
                ),
            ],
            options={
                "db_table": "credit_use",
                "indexes": [models.Index(fields=["key"], name="uses_of_credit_by_key")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True), name="a_use_of_credit_moves_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("entry__isnull", False), ("credit_note__isnull", False), _connector="XOR"),
                        name="a_use_of_credit_has_one_source",
                    ),
                    models.UniqueConstraint(fields=("key", "entry"), name="an_entry_is_used_once_by_a_payout"),
                    models.UniqueConstraint(
                        fields=("key", "credit_note"), name="a_credit_note_is_used_once_by_a_payout"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]
