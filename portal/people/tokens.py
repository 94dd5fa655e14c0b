"""Tokens of the API: seen once when made, kept as a digest, revoked by deleting."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from audit.services import Actor, record_event
from portal.people.models import ApiToken
from taskqueue import clock

PREFIX = "avp_"
"""So that people and secret scanners know one when they see it."""
NOTED_EVERY = timedelta(minutes=1)
SOON = timedelta(days=14)
"""So long before its end the list warns of a token."""


class TokenState(TextChoices):
    """What the list says of a token beside its end; nothing of most."""

    ENDED = "ended", _("Ended")
    ENDS_SOON = "ends_soon", _("Ends soon")

    @property
    def colour(self) -> str:
        return "danger" if self == TokenState.ENDED else "warning"

    @classmethod
    def of(cls, token: ApiToken) -> "TokenState | None":
        left = token.ends_at - clock.now()
        if left <= timedelta(0):
            return cls.ENDED
        return cls.ENDS_SOON if left < SOON else None


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Token avp_…`"""

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = ApiToken.objects.select_related("user").filter(digest=digest_of(key)).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(_("The token is unknown or was revoked, or its user is deactivated."))
        now = clock.now()
        if token.ends_at <= now:
            ended = token.ends_at.date().isoformat()
            raise AuthenticationFailed(_("The token ended on {day}. Make a new one in the portal.").format(day=ended))
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
            ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
        return token.user, token


def digest_of(secret: str) -> str:
    """Plain SHA-256: a token is 256 random bits, which nobody guesses from their digest."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(*, user: User, name: str, actor: Actor) -> tuple[ApiToken, str]:
    """Returns the row and the token, which is never seen again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    ends_at = clock.now() + timedelta(days=settings.API_TOKEN_DAYS)
    token = ApiToken.objects.create(user=user, name=name, digest=digest_of(secret), ends_at=ends_at)
    until = f"It acts as {user.get_username()} until {ends_at:%Y-%m-%d}."
    _record(token, actor, "token.made", f"An API token for {name} was made. {until}")
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Actor) -> None:
    name = token.user.get_username()
    _record(token, actor, "token.revoked", f"The API token for {token.name} was revoked; it acted as {name}.")
    token.delete()


def _record(token: ApiToken, actor: Actor, action: str, summary: str) -> None:
    record_event(actor=actor, action=action, summary=summary, target_kind="token", target_id=token.pk)
