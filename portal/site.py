"""The admin site."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class PortalAdminSite(UnfoldAdminSite):
    site_title = "Account Vending Portal"
    site_header = "Account Vending Portal"
    index_title = _("Dashboard")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [path("running/", self.admin_view(self.running_view), name="running"), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Every model with its rights and addresses: made only when asked for. Our pages show the sidebar instead."""
        return cast(list[Any], SimpleLazyObject(lambda: super(PortalAdminSite, self).get_app_list(request, app_label)))

    def running_view(self, request: HttpRequest) -> HttpResponse:
        """The runs under way, for the dashboard to fetch again while there are any."""
        from portal.dashboard import running_now

        if not request.user.has_perm("vending.view_accountrequest"):
            raise PermissionDenied
        return TemplateResponse(request, "portal/dashboard/running.html", {"running": running_now()})
