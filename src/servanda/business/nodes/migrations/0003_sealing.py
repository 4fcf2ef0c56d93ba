import importlib

from django.db import migrations, models

# As 0002, and with the key for which the node's secrets are sealed: it too changes only by a token that is shown.
BEFORE = "drop function node_enrol(text, text, text, jsonb, timestamptz)"
ENROL = """
create function node_enrol(token text, of_name text, key text, seal text, told jsonb, moment timestamptz) returns bigint
language plpgsql security definer set search_path from current as $$
declare
    found_token bigint;
    found_node bigint;
begin
    select t.id, n.id into found_token, found_node
      from node_token t join node n on n.id = t.node_id
     where t.sha256 = encode(sha256(convert_to(token, 'UTF8')), 'hex') and t.used_at is null
       and t.expires_at > moment and n.name = of_name and n.revoked_at is null
       for update;
    if found_node is null then
        return null;
    end if;
    update node_token set used_at = moment where id = found_token;
    update node
       set incarnation = incarnation + 1, public_key = key, sealing_key = seal, facts = told, enrolled_at = moment,
           counter = 0, report_counter = 0, report_number = 0, accepted_seq = 0, reached_seq = 0, accepted_hash = ''
     where id = found_node;
    return found_node;
end $$;
"""
AFTER = "drop function node_enrol(text, text, text, text, jsonb, timestamptz)"
_ENROLLING = importlib.import_module("servanda.business.nodes.migrations.0002_enrolling").ENROL


class Migration(migrations.Migration):
    dependencies = [("nodes", "0002_enrolling")]

    operations = [
        migrations.AddField(model_name="node", name="sealing_key", field=models.TextField(blank=True, default="")),
        migrations.AddField(model_name="signingkey", name="spare_key", field=models.TextField(blank=True, default="")),
        migrations.AddField(model_name="node", name="report_counter", field=models.BigIntegerField(default=0)),
        migrations.RunSQL(BEFORE, _ENROLLING),
        migrations.RunSQL(ENROL, AFTER),
    ]
