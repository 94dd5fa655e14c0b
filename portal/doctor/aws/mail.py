"""Mail to Jira's mailbox, where it is the way out: the role, the verified domain, DKIM, the sender."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from jira_bridge.mail import MailError, domain_identity, ses_connection
from portal.doctor.finding import Finding, failed, ok, warning


def look() -> Iterator[Finding]:
    if settings.JIRA_CHANNEL != "mail" and not settings.SES_ROLE_ARN and not settings.SES_FROM_DOMAIN:
        return
    yield from _settings()
    if not settings.SES_FROM_DOMAIN:
        return
    what = _("SES identity")
    try:
        found = domain_identity(ses_connection().client(), settings.SES_FROM_DOMAIN)
    except MailError as problem:
        advice = _("Verify the domain in SES in {region}; the role SES_ROLE_ARN needs ses:GetEmailIdentity on it.")
        yield failed(what, str(problem), advice.format(region=settings.AWS_REGION))
        return
    if not found.verified:
        seen = _("{domain} is not verified").format(domain=found.domain)
        yield failed(what, seen, _("Add SES's records for the domain to your DNS."))
    else:
        yield ok(what, _("{domain} is verified").format(domain=found.domain))
    if found.signed:
        yield ok("DKIM", _("mails are signed"))
    else:
        seen = _("status {status}, signing {on}").format(
            status=found.dkim_status, on=_("on") if found.dkim_enabled else _("off")
        )
        yield failed(
            "DKIM", seen, _("Switch on Easy DKIM for the domain and add its three DNS records: DMARC needs it.")
        )


def _settings() -> Iterator[Finding]:
    missing = [name for name in ("JIRA_MAILBOX", "SES_FROM", "SES_FROM_DOMAIN") if not getattr(settings, name)]
    if settings.JIRA_CHANNEL == "mail" and missing:
        yield failed(_("mail settings"), _("not set: {names}").format(names=", ".join(missing)), _("Set them."))
    domain = settings.SES_FROM.rpartition("@")[2].lower()
    if domain and settings.SES_FROM_DOMAIN and domain != settings.SES_FROM_DOMAIN.lower():
        seen = _("SES_FROM is in {domain}").format(domain=domain)
        advice = _("Mails from another domain than SES_FROM_DOMAIN are not signed with its DKIM key.")
        yield warning(_("mail sender"), seen, advice)
