from django.db import migrations, models


class Migration(migrations.Migration):
    """Lines that are due on one day come in the order of their numbers, so that a batch is the same whenever it is asked for."""

    dependencies = [("billing", "0007_refunds")]

    operations = [
        migrations.RemoveIndex(model_name="runningline", name="lines_to_bill"),
        migrations.AddIndex(
            model_name="runningline",
            index=models.Index(fields=["company_id", "look_again_on", "line"], name="lines_to_bill"),
        ),
    ]
