"""The identity-management system of this installation, as the settings say."""

import functools
import os

from django.conf import settings

from vending.aws.errors import Fault, Kind
from vending.identity.oneim import OneIdentityManager, Shop
from vending.identity.oneim_client import OneImClient
from vending.identity.portal import IdentityPortal


def identity_portal(shop: Shop) -> IdentityPortal:
    """Raises Fault when the settings name none."""
    if not settings.IDENTITY_PORTAL_URL:
        raise Fault(Kind.PERMANENT, "NoIdentityPortal", "No identity-management system is configured. Set "
                    "IDENTITY_PORTAL_URL, or switch the step off in the baseline.")  # fmt: skip
    return OneIdentityManager(client_from_settings(), shop)


@functools.cache
def client_from_settings() -> OneImClient:
    """The process's one client, and so its one session there."""
    return OneImClient(
        settings.IDENTITY_PORTAL_URL,
        settings.IDENTITY_PORTAL_USER,
        settings.IDENTITY_PORTAL_PASSWORD,
        settings.IDENTITY_PORTAL_AUTH_MODULE,
    )


# A forked worker must not share its parent's connections.
os.register_at_fork(after_in_child=client_from_settings.cache_clear)
