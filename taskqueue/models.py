from datetime import UTC, datetime

from django.db import models

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`beat_at` before the first beat: asking for readiness makes the row, and must not look like a beat."""


class Heartbeat(models.Model):
    """The last message that went all the way through the queue: one row for the whole installation.

    Process liveness is not health: a cluster can be wedged with every process alive. Only a message that
    was claimed, run and written back proves that work gets done.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    beat_at = models.DateTimeField(help_text="When a worker last ran the heartbeat task.")
    ready_at = models.DateTimeField(null=True, help_text="When readiness last wrote here.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_heartbeat_row")]

    def __str__(self) -> str:
        return f"Heartbeat at {self.beat_at:%Y-%m-%d %H:%M:%S}"


class WorkerHost(models.Model):
    """One `manage.py worker`: its own word, and when a message last went through its own cluster.

    The installation's heartbeat is young as long as one host works; only a row for each tells of a wedged one.
    """

    name = models.CharField(max_length=90, unique=True, help_text="Host name and process group.")
    started_at = models.DateTimeField(help_text="When it began.")
    seen_at = models.DateTimeField(help_text="Its main process's last word.")
    beat_at = models.DateTimeField(null=True, help_text="When its cluster last ran a message that was for it alone.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """A message that a sweep sent again: when the next may follow for the same row (taskqueue/again.py)."""

    task = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    since = models.DateTimeField(help_text="Since when the row is late; another moment is another matter.")
    wait = models.DurationField(help_text="Doubled with each message.")
    next_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "row_id"], name="one_reminder_per_row")]

    def __str__(self) -> str:
        return f"{self.task} {self.row_id}"
