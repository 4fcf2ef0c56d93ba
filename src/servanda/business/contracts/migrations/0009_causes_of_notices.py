from django.db import migrations, models

# Until now only exits because of a change were taken in outside the ordinary notice; they name the act or the price clause.
CAUSES = """
update contract_notice n set cause = 'change'
  from contract_line l
 where l.id = n.line_id and n.cause = '' and n.withdrawn_at is null
   and exists (select 1 from contract_succession s
                where s.contract_id = l.contract_id and s.left_on = n.given_on)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0008_rules_of_their_own_and_prices"),
    ]

    operations = [
        migrations.AddField("notice", "cause", models.TextField(db_default="", default="")),
        migrations.AddField("notice", "paid_until", models.DateField(null=True)),
        migrations.RunSQL(CAUSES, migrations.RunSQL.noop),
    ]
