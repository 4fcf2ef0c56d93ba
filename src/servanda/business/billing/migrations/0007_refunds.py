from django.db import migrations, models
from django.db.models import Q

# A line of an invoice gives each of its days back once, and they are billed again once.
ONCE = """
alter table billing_refund add constraint no_day_is_given_back_twice exclude using gist (
    int8range(invoice_line_id, invoice_line_id, '[]') with &&, daterange(since, until) with &&
) where (kind = 'unused' and state = 'given');
alter table billing_refund add constraint no_day_is_billed_again_twice exclude using gist (
    int8range(invoice_line_id, invoice_line_id, '[]') with &&, daterange(since, until) with &&
) where (kind = 'unused' and state = 'billed again');
alter table billing_refund add constraint no_day_of_an_outage_is_refunded_twice exclude using gist (
    int8range(line_id, line_id, '[]') with &&, daterange(since, until) with &&
) where (kind = 'outage');
create trigger refund_append_only before update or delete on billing_refund
    for each row execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_credit_use"),
        ("evidence", "0002_append_only"),
        ("companies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("key", models.TextField(unique=True)),
                ("line_id", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("state", models.TextField()),
                ("cause", models.TextField(blank=True)),
                ("for_until", models.DateField(null=True)),
                ("since", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("net_minor", models.BigIntegerField(default=0)),
                ("reckoning", models.TextField(blank=True)),
                ("because", models.JSONField(default=list)),
                ("pay_out_by", models.DateField(null=True)),
                ("on_day", models.DateField()),
                ("by", models.TextField(default="system")),
                ("company", models.ForeignKey(on_delete=models.PROTECT, to="companies.company")),
                (
                    "document",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="billing.invoice"),
                ),
                ("invoice", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="billing.invoice")),
                ("invoice_line", models.ForeignKey(on_delete=models.PROTECT, to="billing.invoiceline")),
            ],
            options={
                "db_table": "billing_refund",
                "indexes": [
                    models.Index(fields=["company", "line_id"], name="refunds_of_line"),
                    models.Index(
                        condition=Q(("pay_out_by__isnull", False)),
                        fields=["company", "pay_out_by"],
                        name="refunds_to_pay",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice_line", "number"), name="one_decision_at_a_time_on_billed_time"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("state__in", ["given", "billed again"]), _negated=True),
                            Q(
                                ("document__isnull", False),
                                ("net_minor__gt", 0),
                                ("since__isnull", False),
                                ("until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="what_goes_back_has_its_document",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("state__in", ["given", "billed again"]),
                            Q(("document__isnull", True), ("net_minor", 0)),
                            _connector="OR",
                        ),
                        name="what_stays_moves_nothing",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            "invoiceline",
            models.Index(condition=Q(("line_id__isnull", False)), fields=["line_id"], name="invoiced_lines_of_line"),
        ),
        migrations.RunSQL(
            ONCE,
            "alter table billing_refund drop constraint no_day_is_given_back_twice;"
            "alter table billing_refund drop constraint no_day_is_billed_again_twice;"
            "alter table billing_refund drop constraint no_day_of_an_outage_is_refunded_twice;"
            "drop trigger refund_append_only on billing_refund",
        ),
    ]
