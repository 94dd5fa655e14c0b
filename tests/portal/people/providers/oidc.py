"""An OpenID Connect provider of its own process: django-oauth-toolkit with a database and people of its own.

`python -m tests.portal.people.providers.oidc FOLDER PORT`. What it says of somebody stands in FOLDER/claims.json,
by user name, and is read at every sign-in; so do falsehoods that a bad provider could tell (FOLDER/falsehoods.json).
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "account-vending-portal", "a secret that only the portal and the provider know"
PASSWORD = "a password of the company"


def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(kind, form, serialization.NoEncryption()).decode()


def configure(folder: Path, port: int) -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY="of the provider",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.portal.people.providers.oidc_urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        LOGIN_URL="/login/",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}",
            "OIDC_RSA_PRIVATE_KEY": private_key(),
            "OAUTH2_VALIDATOR_CLASS": "tests.portal.people.providers.oidc.TellingValidator",
            "SCOPES": {"openid": "", "profile": "", "email": ""},
            "PKCE_REQUIRED": True,
        },
        FOLDER=folder,
    )


def told(name: str, username: str) -> dict[str, Any]:
    from django.conf import settings

    said: dict[str, Any] = json.loads((settings.FOLDER / name).read_text())
    return said.get(username, {})


def __getattr__(name: str) -> Any:
    """The validator, made when the settings are there: its base cannot be imported before."""
    if name != "TellingValidator":
        raise AttributeError(name)
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class TellingValidator(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request: Any) -> dict[str, Any]:
            return told("claims.json", request.user.username) | {"preferred_username": request.user.username}

        def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> Any:
            claims, ends = super().get_id_token_dictionary(token, token_handler, request)
            return claims | told("falsehoods.json", request.user.username).get("id_token", {}), ends

        def finalize_id_token(self, id_token: Any, token: Any, token_handler: Any, request: Any) -> str:
            signed = super().finalize_id_token(id_token, token, token_handler, request)
            added = told("falsehoods.json", request.user.username).get("added after signing")
            return with_added(signed, added) if added else signed

    return TellingValidator


def with_added(signed: str, added: dict[str, Any]) -> str:
    head, body, signature = signed.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    body = base64.urlsafe_b64encode(json.dumps(claims | added).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


def populate(people: list[str], callback: str) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    for name in people:
        User.objects.create_user(name, password=PASSWORD)
    Application.objects.create(
        name="Account Vending Portal",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        algorithm=Application.RS256_ALGORITHM,
        redirect_uris=callback,
        skip_authorization=True,
    )


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    configure(folder, port)
    import django
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application

    django.setup()
    populate(json.loads((folder / "people.json").read_text()), (folder / "callback").read_text())
    server = ThreadedWSGIServer(("127.0.0.1", port), WSGIRequestHandler)
    server.set_app(get_internal_wsgi_application())
    server.serve_forever()


if __name__ == "__main__":
    main()
