"""The addresses of the OpenID Connect provider (oidc.py)."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import include, path


class PlainLoginView(LoginView):
    def render_to_response(self, context: dict[str, object], **_: object) -> HttpResponse:
        token = get_token(self.request)
        fields = "<input name='username'><input name='password' type='password'><button>Go</button>"
        hidden = f"<input type='hidden' name='csrfmiddlewaretoken' value='{token}'>"
        return HttpResponse(f"<form method='post'>{hidden}{fields}</form>")


def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive")


urlpatterns = [
    path("alive", alive),
    path("login/", PlainLoginView.as_view()),
    path("", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
