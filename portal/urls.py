"""Every address of the portal."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal import machines

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("", include("portal.people.urls")),  # before the admin, whose sign-in page it replaces
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("", include("jira_bridge.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    # its script comes by an address of its own: the Content-Security-Policy runs none that stands in the page
    path(
        "api/docs/",
        login_required(SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="portal/docs.html")),
        name="docs",
    ),
    path("healthz", machines.healthz, name="healthz"),
    path("readyz", machines.readyz, name="readyz"),
    path("metrics", machines.metrics, name="metrics"),
]

handler403 = "portal.errors.forbidden"
handler404 = "portal.api.problems.not_found"
handler500 = "portal.api.problems.broken"
