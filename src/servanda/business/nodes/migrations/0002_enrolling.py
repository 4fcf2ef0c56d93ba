from django.db import migrations

# Who holds the pages must not become a node: a node's key changes only by a token that is shown, which this function
# compares; the pages see no token and may write no key. Null: the token is not valid for this node, whatever the reason.
ENROL = """
create function node_enrol(token text, of_name text, key text, told jsonb, moment timestamptz) returns bigint
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
       set incarnation = incarnation + 1, public_key = key, facts = told, enrolled_at = moment, counter = 0,
           report_number = 0, accepted_seq = 0, reached_seq = 0, accepted_hash = ''
     where id = found_node;
    return found_node;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("nodes", "0001_initial")]

    operations = [
        migrations.RunSQL(ENROL, "drop function node_enrol(text, text, text, jsonb, timestamptz)"),
    ]
