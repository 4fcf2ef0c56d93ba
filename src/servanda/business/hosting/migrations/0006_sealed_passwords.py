from django.db import migrations, models

# Pages still give a password and can read none; what they give is sealed for the node, and once more for the spare key.
# What was kept before stands open until `servanda nodes reseal`, so the constraint is not asked of what is there.
SEALED = """
drop function hosting_keep_secret(bigint, text, text);
create function hosting_keep_secret(part bigint, login text, value text, second text) returns void
language sql security definer set search_path from current as $$
    insert into hosting_secret (part_id, name, hash, spare) values (part, login, value, second)
    on conflict (part_id, name) do update set hash = excluded.hash, spare = excluded.spare
$$;
alter table hosting_secret add constraint a_password_is_kept_sealed
    check (hash like 'hpke1:%' and (spare = '' or spare like 'hpke1:%')) not valid;
"""
OPEN = """
alter table hosting_secret drop constraint a_password_is_kept_sealed;
drop function hosting_keep_secret(bigint, text, text, text);
create function hosting_keep_secret(part bigint, login text, value text) returns void
language sql security definer set search_path from current as $$
    insert into hosting_secret (part_id, name, hash) values (part, login, value)
    on conflict (part_id, name) do update set hash = excluded.hash
$$;
"""
_KEPT = models.CheckConstraint(
    condition=models.Q(hash__startswith="hpke1:") & (models.Q(spare="") | models.Q(spare__startswith="hpke1:")),
    name="a_password_is_kept_sealed",
)


class Migration(migrations.Migration):
    dependencies = [("hosting", "0005_words"), ("nodes", "0003_sealing")]

    operations = [
        migrations.AddField(
            model_name="secret", name="spare", field=models.TextField(blank=True, db_default="", default="")
        ),
        migrations.RunSQL(
            SEALED, OPEN, state_operations=[migrations.AddConstraint(model_name="secret", constraint=_KEPT)]
        ),
    ]
