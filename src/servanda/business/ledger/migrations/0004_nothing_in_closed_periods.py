from django.db import migrations

# Whoever closes holds the lock alone, whoever books shares it: so an entry that began before a closing is in its figures,
# and one that comes after sees it. `20270` is `ledger.actions.PERIOD_LOCK`.
OPEN = """
create function ledger_period_is_open() returns trigger language plpgsql as $$
declare bad record; company bigint;
begin
    for company in select distinct n.company_id from new_rows n order by 1 loop
        perform pg_advisory_xact_lock_shared(20270, company::int);
        select n.key, n.on_day, c.closed_until into bad
          from (select closed_until from ledger_closing where company_id = company order by id desc limit 1) c
          join new_rows n on n.company_id = company and n.on_day <= c.closed_until
         limit 1;
        if found then
            raise exception 'Entry % on % is refused: the books are closed until %. Book it on a later day and keep its own.',
                bad.key, bad.on_day, bad.closed_until using errcode = 'integrity_constraint_violation';
        end if;
    end loop;
    return null;
end $$;
create trigger ledger_entry_in_open_period after insert on ledger_entry
    referencing new table as new_rows for each statement execute function ledger_period_is_open();
"""

APPEND_ONLY = """
create trigger ledger_closing_append_only before update or delete on ledger_closing
    for each row execute function refuse_change();
create trigger ledger_closing_never_emptied before truncate on ledger_closing
    for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_closed_periods")]
    operations = [
        migrations.RunSQL(OPEN, "drop function ledger_period_is_open() cascade"),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
