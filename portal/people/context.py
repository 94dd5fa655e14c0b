"""The admin's look for pages outside it: sign-in, second factor, refusals."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def look(request: HttpRequest) -> dict[str, Any]:
    """The admin site's own variables; its own pages have them already."""
    match = request.resolver_match
    if match is None or match.namespace == "admin" or not hasattr(request, "user"):
        return {}
    return admin.site.each_context(request)
