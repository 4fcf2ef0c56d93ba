from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_vat")]
    operations = [migrations.AddField("plan", "hosting", models.JSONField(null=True))]
