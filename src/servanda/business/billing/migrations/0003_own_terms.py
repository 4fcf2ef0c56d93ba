from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_once_and_immutable"),
    ]

    operations = [
        migrations.AddField(
            "invoice",
            "own_terms",
            models.JSONField(db_default=Value([], models.JSONField()), default=list),
        ),
    ]
