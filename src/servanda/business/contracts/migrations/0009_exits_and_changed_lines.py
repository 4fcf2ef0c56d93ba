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
        migrations.CreateModel(
            name="LineChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("on_day", models.DateField()),
                ("priced_from", models.DateField()),
                ("before_plan", models.TextField()),
                ("after_plan", models.TextField()),
                ("before_quantity", models.PositiveIntegerField()),
                ("after_quantity", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                ("by", models.TextField()),
                ("line", models.ForeignKey(on_delete=models.PROTECT, to="contracts.line")),
            ],
            options={
                "db_table": "contract_line_change",
                "constraints": [
                    models.UniqueConstraint(fields=("line", "number"), name="a_line_changes_one_step_at_a_time"),
                    models.CheckConstraint(
                        condition=models.Q(("after_quantity__gt", 0)), name="a_changed_line_is_of_something"
                    ),
                ],
            },
        ),
        migrations.RunSQL(CAUSES, migrations.RunSQL.noop),
    ]
