"""The addresses of the OpenID Connect provider (oidc.py)."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import include, path


class PlainLoginView(LoginView):
    def render_to_response(self, context: dict[str, object], **_: object) -> HttpResponse:
        token = get_token(self.request)
        return HttpResponse(f"<form method='post'><input name='csrfmiddlewaretoken' value='{token}'></form>")


def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive")


urlpatterns = [
    path("alive", alive),
    path("login/", PlainLoginView.as_view()),
    path("", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
