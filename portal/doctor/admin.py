"""The doctor's page: what the last look found, and a button for another one."""

from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.admin.record import RecordAdmin
from audit.services import Actor
from portal.doctor import services
from portal.doctor.finding import State
from portal.doctor.models import Examination
from taskqueue import clock
from vending.services import NotAllowed

MAY_ASK = "portal.ask_examination"


@admin.register(Examination)
class ExaminationAdmin(RecordAdmin):
    """One page in place of a list: there is one row."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("live/", view(self.live_view), name="portal_examination_live"),
            path("ask/", view(self.ask_view), name="portal_examination_ask"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": _("Doctor"), **self._picture(request)}
        return TemplateResponse(request, "admin/portal/examination/page.html", context)

    def live_view(self, request: HttpRequest) -> HttpResponse:
        """The changing part, for the page to fetch again while a look is under way."""
        return TemplateResponse(request, "admin/portal/examination/live.html", self._picture(request))

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(MAY_ASK) or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            services.ask(actor=Actor.person(request.user.get_username()), language=get_language() or "en")
        except NotAllowed as refusal:
            messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:portal_examination_changelist"))

    def _picture(self, request: HttpRequest) -> dict[str, Any]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = Examination.objects.filter(id=1).first()
        findings = [{**each, "state": State(each["state"])} for each in (row.findings if row else ())]
        counted = [(state, sum(each["state"] is state for each in findings)) for state in State]
        return {
            "examination": row,
            "sides": [(side, list(rows)) for side, rows in groupby(findings, key=lambda each: each["side"])],
            "counted": [(state, count) for state, count in counted if count],
            "waits_long": row is not None and row.open and clock.now() - row.asked_at > services.PATIENCE / 4,
            "may_ask": request.user.has_perm(MAY_ASK),
            "live_address": reverse("admin:portal_examination_live"),
        }
