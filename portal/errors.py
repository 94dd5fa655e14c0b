"""The pages of errors: what happened, and where to go from here. Those of the API are in portal/api/problems.py."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "404.html", 404)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    # without a user the request never came past the middleware: there is nobody whose menu could be shown
    context = admin.site.each_context(request) if hasattr(request, "user") else {}
    return render(request, template, context, status=status)
