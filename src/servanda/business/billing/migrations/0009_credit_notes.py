from django.db import migrations, models


class Migration(migrations.Migration):
    """Credit notes have an index: each round asks whether one is left that pays what its customer owes."""

    dependencies = [("billing", "0008_lines_in_one_order")]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["company", "customer"], name="credit_notes", condition=models.Q(("kind", "credit note"))
            ),
        ),
    ]
