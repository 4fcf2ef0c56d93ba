from django.db import migrations

REFUSE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: the record is append-only. Write a new row that corrects the old one.',
        tg_op, tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
"""


def guard(table: str) -> str:
    return f"""
    create trigger {table}_append_only before update or delete on {table}
        for each row execute function refuse_change();
    create trigger {table}_never_emptied before truncate on {table}
        for each statement execute function refuse_change();
    """


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "drop function refuse_change() cascade"),
        migrations.RunSQL(guard("evidence_record") + guard("evidence_warrant"), migrations.RunSQL.noop),
    ]
