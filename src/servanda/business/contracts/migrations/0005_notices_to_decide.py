"""The notices that wait for a person are few, and are counted on every page: found without reading the others."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_changes")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["line"],
                name="notices_to_decide",
                condition=Q(ends_on__isnull=True, is_draft=False, withdrawn_at__isnull=True),
            ),
        ),
    ]
