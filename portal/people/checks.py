"""System checks: sign-in settings that would let nobody in, or somebody wrong."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

HERE = {"127.0.0.1", "localhost", "::1"}


@register()
def sign_on(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    offered = [name for name in ("OIDC_ISSUER", "SAML_METADATA") if getattr(settings, name)]
    found: list[CheckMessage] = [
        Error(
            f"{name} is read without encryption: anybody on the way could let themselves in.",
            hint="Use an https address" + (", or a file: file:///etc/portal/idp.xml." if name[0] == "S" else "."),
            id="portal.E004",
        )
        for name in offered
        if not _is_safe(getattr(settings, name))
    ]
    if not settings.LOCAL_LOGIN and not offered:
        found.append(
            Error(
                "LOCAL_LOGIN is off and there is no single sign-on: nobody can sign in.",
                hint="Set OIDC_ISSUER or SAML_METADATA (docs/people.md), or leave LOCAL_LOGIN on.",
                id="portal.E005",
            )
        )
    if not _maps_texts(settings.SSO_GROUPS) or (offered and not settings.SSO_GROUPS):
        found.append(
            Error(
                "SSO_GROUPS does not say which group gives which rights: nobody could sign in by single sign-on.",
                hint='It is JSON: {"value of the groups claim": "GAS engineer", …}.',
                id="portal.E006",
            )
        )
    return found


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("https", "file") or (parts.scheme == "http" and parts.hostname in HERE)


def _maps_texts(mapping: Any) -> bool:
    return isinstance(mapping, dict) and all(isinstance(text, str) for pair in mapping.items() for text in pair)
