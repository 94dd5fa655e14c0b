from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField(help_text="When a worker last ran the heartbeat task.")),
                ("ready_at", models.DateTimeField(help_text="When readiness last wrote here.", null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="heartbeat",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="one_heartbeat_row"),
        ),
        migrations.RunSQL(
            "CREATE INDEX queue_due ON django_q_ormq (key, lock)",
            "DROP INDEX queue_due",
        ),
    ]
