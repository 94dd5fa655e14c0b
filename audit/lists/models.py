"""Saved filters and exports. Both belong to the person who made them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.choices import ExportFormat, ExportStatus


class SavedFilter(models.Model):
    """A list as somebody wants to find it again: its address's query under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    list = models.CharField(max_length=80, help_text=_("The model of the list, as app.name."))
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(help_text=_("What stands behind the question mark."))
    shared = models.BooleanField(_("shared"), default=False, help_text=_("Everybody who sees the list may use it."))
    made_at = models.DateTimeField()

    class Meta:
        app_label = "audit"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "list", "name"], name="one_filter_per_name")]
        indexes = [models.Index(fields=["list", "name"], name="saved_filter_list")]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A list on its way into a file. Written part by part; kept for a time for the person who asked."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    list = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    format = models.CharField(max_length=10, choices=ExportFormat.choices)
    status = models.CharField(max_length=10, choices=ExportStatus.choices, default=ExportStatus.WRITING)
    rows_all = models.BigIntegerField(null=True, help_text=_("How many there were when it began."))
    rows_done = models.BigIntegerField(default=0)
    last_pk = models.BigIntegerField(null=True, help_text=_("Where the next part goes on: below this id."))
    attempt = models.PositiveSmallIntegerField(default=0, help_text=_("How often it had to be taken up again."))
    problem = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("Not gone on by then: it is taken up again."))
    kept_until = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "audit"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=ExportStatus.values), name="export_status_known"),
            models.CheckConstraint(condition=models.Q(format__in=ExportFormat.values), name="export_format_known"),
        ]

    def __str__(self) -> str:
        return f"{self.list}.{self.format}"


class ExportPart(models.Model):
    """A piece of an export's file."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        app_label = "audit"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="one_part_per_number")]

    def __str__(self) -> str:
        return f"{self.export} {self.number}"
