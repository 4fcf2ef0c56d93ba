"""The letters that a person must look at are few, and are counted on every page: found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
        ("customers", "0001_initial"),
        ("letters", "0003_plain_and_replaced_letters"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                fields=["company", "id"],
                name="letters_to_look_at",
                condition=models.Q(state__in=["rejected", "uncertain"]),
            ),
        ),
    ]
