"""The run page: its steps, live, and what a person may do about them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.admin.columns import coloured, two_lines
from audit.admin.record import OperatedPageAdmin
from vending import pages
from vending.admin.run_operations import RUN_OPERATIONS
from vending.choices import RunStatus
from vending.models import Run, StepRun
from vending.searching import by_request


@admin.register(Run)
class RunAdmin(OperatedPageAdmin):
    operations = RUN_OPERATIONS
    bulk = ("retry", "release")
    export_fields = (
        "id", "request__ticket", "request__account_name", "account__account_id", "recipe", "status",
        "baseline__version", "approved_at", "started_at", "finished_at",
    )  # fmt: skip
    list_display = ("title", "coloured_status", "whose", "started_at", "lasted")
    list_display_links = ("title",)
    list_filter = ("status", "recipe", "started_at")
    list_select_related = ("request", "account")
    search = staticmethod(by_request("request"))
    search_fields = ("request__ticket", "request__account_name", "request__email", "account__account_id")
    search_help_text = _("Ticket, account id, name or e-mail")
    fields = ()
    coloured_status = coloured(RunStatus)

    @admin.display(description=_("run"), ordering="id")
    def title(self, run: Run) -> str:
        return str(run)

    @admin.display(description=_("account"), ordering="request__account_name")
    def whose(self, run: Run) -> SafeString:
        """By the name asked for: a run that begins has no account yet. A column called like a field shows that."""
        return two_lines(run.request.account_name, run.account.account_id if run.account else "")

    @admin.display(description=_("duration"))
    def lasted(self, run: Run) -> str:
        return pages.in_words(run.duration) if run.duration is not None else "-"

    def get_urls(self) -> list[URLPattern]:
        live = self.admin_site.admin_view(self.live_view)
        return [path("<int:run_id>/live/", live, name="vending_run_live"), *super().get_urls()]

    def page_of(self, request: HttpRequest, object_id: str) -> dict[str, Any] | None:
        picture = pages.run_picture(object_id)
        if picture is None:
            return None
        steps = self.admin_site.get_model_admin(StepRun)
        for row in picture.rows:
            row.buttons = steps.buttons(request, row.step)
        return {
            "original": picture.run,
            "picture": picture,
            "buttons": self.buttons(request, picture.run),
            "live_address": reverse("admin:vending_run_live", args=[picture.run.pk]),
        }

    def live_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """The changing part of the run page, for the page to fetch again while the run is open."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = self.page_of(request, str(run_id))
        if page is None:
            raise Http404
        return TemplateResponse(request, "admin/vending/run/live.html", page)
