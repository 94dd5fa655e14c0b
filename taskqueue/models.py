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
