import django.db.models.deletion
from django.db import migrations, models

KEPT = """
create function payout_is_kept() returns trigger language plpgsql as $$
declare
    kept text[] := array['state', 'batch_id', 'seen_entry_id', 'back_entry_id', 'problem', 'problem_detail', 'problem_seen_by'];
    yeses integer;
begin
    if tg_op = 'DELETE' then
        raise exception 'Payout % is kept. Decline or withdraw it.', old.number using errcode = 'integrity_constraint_violation';
    end if;
    if tg_op = 'INSERT' then
        if new.state <> 'proposed' then
            raise exception 'A payout begins as a proposal.' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
    end if;
    if (to_jsonb(new) - kept) <> (to_jsonb(old) - kept) then
        raise exception 'Payout % was proposed as it is and stays so. Propose another one.', old.number
            using errcode = 'integrity_constraint_violation';
    end if;
    if new.state <> old.state and (old.state, new.state) not in (
            ('proposed', 'approved'), ('proposed', 'declined'), ('approved', 'ordered'), ('approved', 'withdrawn'),
            ('ordered', 'seen'), ('ordered', 'rejected'), ('ordered', 'returned'), ('seen', 'returned')) then
        raise exception 'Payout % is %; it cannot become %.', old.number, old.state, new.state
            using errcode = 'integrity_constraint_violation';
    end if;
    if old.state = 'proposed' and new.state = 'approved' then
        select count(distinct by) into yeses from payout_approval where payout_id = new.id;
        if yeses < new.approvals_needed then
            raise exception 'Payout % has % approvals; it needs % different persons.', new.number, yeses, new.approvals_needed
                using errcode = 'integrity_constraint_violation';
        end if;
    end if;
    return new;
end $$;
create trigger payout_kept before insert or update or delete on payout
    for each row execute function payout_is_kept();
create trigger payout_approval_append_only before update or delete on payout_approval
    for each row execute function refuse_change();
create trigger payout_batch_append_only before update or delete on payout_batch
    for each row execute function refuse_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("evidence", "0002_append_only"),
        ("billing", "0006_credit_use"),
        ("companies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("message_id", models.TextField(unique=True)),
                ("version", models.TextField()),
                ("execution_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("count", models.PositiveIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("content", models.BinaryField()),
                ("sha256", models.TextField()),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company")),
            ],
            options={
                "db_table": "payout_batch",
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.TextField(default="DKK")),
                ("account", models.TextField()),
                ("holder", models.TextField()),
                ("source", models.TextField()),
                ("entry_id", models.BigIntegerField(null=True)),
                ("evidence", models.TextField(blank=True)),
                ("reason", models.TextField()),
                ("because", models.JSONField()),
                ("end_to_end_id", models.TextField(unique=True)),
                ("approvals_needed", models.PositiveSmallIntegerField()),
                ("proposed_by", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("state", models.TextField(default="proposed")),
                ("seen_entry_id", models.BigIntegerField(null=True)),
                ("back_entry_id", models.BigIntegerField(null=True, unique=True)),
                ("problem", models.TextField(blank=True)),
                ("problem_detail", models.TextField(blank=True)),
                ("problem_seen_by", models.TextField(blank=True)),
                (
                    "batch",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="payouts.batch"),
                ),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company")),
            ],
            options={
                "db_table": "payout",
            },
        ),
        migrations.CreateModel(
            name="PayoutApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.TextField()),
                ("at", models.DateTimeField()),
                ("payout", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="payouts.payout")),
            ],
            options={
                "db_table": "payout_approval",
            },
        ),
        migrations.CreateModel(
            name="PayoutStop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_engaged", models.BooleanField()),
                ("reason", models.TextField()),
                ("by", models.TextField()),
                ("at", models.DateTimeField()),
                ("company", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="companies.company")),
            ],
            options={
                "db_table": "payout_stop",
            },
        ),
        migrations.CreateModel(
            name="StatusReportRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.TextField()),
                ("file_name", models.TextField()),
                ("read_at", models.DateTimeField()),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="companies.company")),
            ],
            options={
                "db_table": "payout_report",
            },
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("company", "number"), name="one_file_of_orders_per_number"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["company", "state"], name="payouts_by_state"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["customer_id"], name="payouts_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("proposed", "approved", "ordered", "seen", "rejected", "returned", "declined", "withdrawn"),
                    )
                ),
                name="a_payout_is_in_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="a_payout_pays_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approvals_needed__gte", 2), ("entry_id__isnull", False), ("source", "payment")),
                    models.Q(
                        models.Q(("source__in", ["payment", "e-mail"]), _negated=True),
                        models.Q(("evidence", ""), _negated=True),
                        ("approvals_needed__gte", 3),
                    ),
                    _connector="OR",
                ),
                name="a_payout_elsewhere_has_evidence_and_a_third_yes",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("batch__isnull", False),
                    models.Q(("state__in", ["ordered", "seen", "returned"]), _negated=True),
                    _connector="OR",
                ),
                name="what_was_ordered_stands_in_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(fields=("company", "number"), name="one_number_per_payout"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("customer_id", "account", "amount_minor"),
                name="the_same_payout_is_proposed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutapproval",
            constraint=models.UniqueConstraint(fields=("payout", "by"), name="one_yes_per_person_and_payout"),
        ),
        migrations.AddConstraint(
            model_name="statusreportread",
            constraint=models.UniqueConstraint(fields=("company", "sha256"), name="a_banks_answer_is_read_once"),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
