"""The second factor: an authenticator app (RFC 6238) and recovery codes."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def needs_second_factor(user: User) -> bool:
    """Whether this person may change anything; a password alone is too little for that."""
    return user.is_superuser or any(not _only_looks(permission) for permission in user.get_all_permissions())


def _only_looks(permission: str) -> bool:
    return permission.partition(".")[2].startswith("view_")


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=SECOND).exists()
