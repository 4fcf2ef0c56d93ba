from django.db import migrations

# int8range makes a number comparable in a GiST index without the btree_gist extension, which not every server has.
ONCE = """
alter table invoice_line add constraint no_period_is_billed_twice exclude using gist (
    int8range(line_id, line_id, '[]') with &&, daterange(since, until) with &&
) where (bills_period and credited_by is null);
alter table invoice_line add constraint a_billed_period_is_whole
    check (not bills_period or (line_id is not null and since is not null and until is not null and until > since));
"""

IMMUTABLE = """
create function invoice_is_immutable() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (to_jsonb(new) - 'open_minor') = (to_jsonb(old) - 'open_minor') then
        return new;
    end if;
    raise exception 'Invoice % was issued and stays as it is. Write a credit note.', old.number
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger invoice_immutable before update or delete on invoice
    for each row execute function invoice_is_immutable();

create function invoice_line_is_immutable() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.credited_by is null
       and (to_jsonb(new) - 'credited_by') = (to_jsonb(old) - 'credited_by') then
        return new;
    end if;
    raise exception 'A line of an issued invoice stays as it is. Write a credit note.'
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger invoice_line_immutable before update or delete on invoice_line
    for each row execute function invoice_line_is_immutable();
create trigger allocation_append_only before update or delete on allocation
    for each row execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("evidence", "0002_append_only")]
    operations = [
        migrations.RunSQL(ONCE, "alter table invoice_line drop constraint no_period_is_billed_twice"),
        migrations.RunSQL(IMMUTABLE, migrations.RunSQL.noop),
    ]
