"""Baselines: which steps an account gets."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from audit.admin.record import RecordAdmin, RecordInline
from vending.models import Baseline, BaselineStep


class BaselineStepInline(RecordInline, TabularInline):
    model = BaselineStep
    fields = ("step", "environment", "enabled", "parameters")
    show_change_link = False
    verbose_name_plural = _("steps")


@admin.register(Baseline)
class BaselineAdmin(RecordAdmin):
    list_display = ("version", "note", "created_at", "created_by")
    fields = ("version", "note", "created_at", "created_by")
    inlines = (BaselineStepInline,)
