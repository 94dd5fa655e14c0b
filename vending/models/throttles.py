"""How fast AWS lets all workers together call a group of its operations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Throttle(models.Model):
    """A group of operations that AWS has throttled: how far apart calls stay, for all workers together."""

    key = models.CharField(primary_key=True, max_length=80, help_text=_("Service and kind, as organizations.read."))
    pace = models.FloatField(help_text=_("AWS seconds between two calls when it was last raised; it halves by itself."))
    raised_at = models.DateTimeField(help_text=_("When AWS last asked to slow down."))
    next_at = models.DateTimeField(help_text=_("When the next call may go."))

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key
