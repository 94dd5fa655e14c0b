"""Mail to Jira's mailbox, through SES."""

from functools import lru_cache

from django.conf import settings

from jira_bridge.mail.addresses import sender_for
from jira_bridge.mail.errors import MailError, MailOutcomeUnknown, MailRejected, MailUnavailable
from jira_bridge.mail.ses import DomainIdentity, SesConnection, domain_identity, send_comment_mail

__all__ = [
    "DomainIdentity",
    "MailError",
    "MailOutcomeUnknown",
    "MailRejected",
    "MailUnavailable",
    "SesConnection",
    "domain_identity",
    "send_comment_mail",
    "sender_for",
    "ses_connection",
]


def ses_connection() -> SesConnection:
    """The connection that the settings describe, one per process and setting."""
    return _connection(settings.AWS_REGION, settings.SES_ROLE_ARN)


_connection = lru_cache(maxsize=4)(SesConnection)
