from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial"), ("evidence", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            """
            create trigger letter_document_append_only before update or delete on letter_document
                for each row execute function refuse_change();
            """,
            "drop trigger letter_document_append_only on letter_document",
        ),
    ]
