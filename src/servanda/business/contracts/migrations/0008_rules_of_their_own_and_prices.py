from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0007_successions"),
    ]

    operations = [
        migrations.AddField("deviation", "kind", models.TextField(blank=True, default="")),
        migrations.AddField("deviation", "rule", models.JSONField(null=True)),
        migrations.AddField("deviation", "agreed_on", models.DateField(null=True)),
        migrations.AddField("deviation", "end_reason", models.TextField(blank=True, default="")),
        migrations.AddField("deviation", "is_taken_up", models.BooleanField(default=True)),
        migrations.AddIndex(
            "deviation",
            models.Index(condition=Q(is_taken_up=False), fields=["contract"], name="deviations_to_take_up"),
        ),
        migrations.AddConstraint(
            "deviation",
            models.CheckConstraint(
                condition=Q(("kind", ""), Q(("rule__isnull", False), ("until__isnull", False)), _connector="OR"),
                name="a_rule_deviation_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            "deviation",
            models.CheckConstraint(
                condition=Q(("until__isnull", True), ("until__gte", F("since")), _connector="OR"),
                name="a_deviation_ends_no_sooner_than_it_begins",
            ),
        ),
        migrations.AddField("change", "plan_code", models.TextField(blank=True, default="")),
        migrations.AddConstraint(
            "change",
            models.UniqueConstraint(
                condition=Q(("plan_code", ""), _negated=True),
                fields=("company", "plan_code", "effect_on"),
                name="a_price_is_announced_once",
            ),
        ),
        migrations.AlterField("announcement", "accepted_on", models.DateField(null=True)),
        migrations.AddField("announcement", "promised", models.JSONField(default=dict)),
        migrations.AddIndex(
            "announcement",
            models.Index(condition=Q(accepted_on__isnull=True), fields=["change"], name="announcements_on_their_way"),
        ),
    ]
