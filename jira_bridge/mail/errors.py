"""What can go wrong with a mail. `transient` tells a caller whether trying again later can help."""


class MailError(Exception):
    """Base of all."""

    transient = False
    retry_after: float | None = None


class MailRejected(MailError):
    """SES will not send this mail, now or later: an unverified sender, a suspended account."""


class MailUnavailable(MailError):
    """SES did not send the mail and may do so later: throttled, unreachable."""

    transient = True


class MailOutcomeUnknown(MailError):
    """The answer was lost: the mail may have gone out. Look for its reference in the ticket first, and not before
    Jira has fetched its mail, which it does every few minutes."""

    transient = True
    retry_after = 600.0
