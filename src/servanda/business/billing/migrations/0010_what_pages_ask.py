from django.db import migrations, models


class Migration(migrations.Migration):
    """What is open, and what was sold abroad, have indexes: pages ask for them each time, and most rows are neither."""

    dependencies = [("billing", "0009_credit_notes")]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["company"], name="open_invoices", condition=models.Q(("open_minor__gt", 0))),
        ),
        migrations.AddIndex(
            model_name="invoiceline",
            index=models.Index(
                fields=["invoice"],
                name="lines_sold_abroad",
                condition=models.Q(("vat_basis__in", ("below threshold", "one stop shop"))),
            ),
        ),
    ]
