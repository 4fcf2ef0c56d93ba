from django.db import migrations

STAYS = """
create trigger access_choice_append_only before update or delete on access_choice
    for each row execute function refuse_change();
create trigger access_choice_never_emptied before truncate on access_choice
    for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_own_logins"), ("evidence", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            STAYS,
            "drop trigger access_choice_append_only on access_choice;"
            "drop trigger access_choice_never_emptied on access_choice;",
        )
    ]
