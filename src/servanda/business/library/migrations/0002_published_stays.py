from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial"), ("evidence", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            """
            create trigger published_terms_append_only before update or delete on published_terms
            for each row execute function refuse_change();
            """,
            "drop trigger published_terms_append_only on published_terms",
        )
    ]
