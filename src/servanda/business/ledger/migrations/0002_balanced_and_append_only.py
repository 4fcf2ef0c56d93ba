from django.db import migrations

# The postings of an entry are written in one statement, so one look per statement is enough, also for thousands at once.
BALANCED = """
create function ledger_is_balanced() returns trigger language plpgsql as $$
declare bad record;
begin
    select p.entry_id, p.currency, sum(p.amount_minor) as off into bad
      from ledger_posting p
     where p.entry_id in (select entry_id from new_rows)
     group by p.entry_id, p.currency having sum(p.amount_minor) <> 0 limit 1;
    if found then
        raise exception 'Entry % is out of balance by % %. Debits and credits must add up to zero.',
            bad.entry_id, bad.off, bad.currency using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger ledger_posting_balanced after insert on ledger_posting
    referencing new table as new_rows for each statement execute function ledger_is_balanced();
"""

APPEND_ONLY = """
create trigger ledger_entry_append_only before update or delete on ledger_entry
    for each row execute function refuse_change();
create trigger ledger_posting_append_only before update or delete on ledger_posting
    for each row execute function refuse_change();
create trigger ledger_entry_never_emptied before truncate on ledger_entry
    for each statement execute function refuse_change();
create trigger ledger_posting_never_emptied before truncate on ledger_posting
    for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("evidence", "0002_append_only")]
    operations = [
        migrations.RunSQL(BALANCED, "drop function ledger_is_balanced() cascade"),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
