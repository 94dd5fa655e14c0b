"""AWS's limits: room for more accounts, and no more creations at once than AWS takes."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from portal.doctor.aws.said import Refusals, said
from portal.doctor.finding import Finding, failed, ok, warning
from vending.aws import organizations
from vending.aws.session import Clients
from vending.preflight import ACCOUNTS_QUOTA

NEARLY_FULL = 0.9
CREATIONS_AT_ONCE = 5
"""AWS Organizations: “Maximum number of concurrent account creations”; AWS raises it for nobody by itself."""


def look(clients: Clients) -> Iterator[Finding]:
    yield _accounts(clients)
    what, wanted = _("creations at once"), settings.MAX_CONCURRENT_CREATES
    seen = _("MAX_CONCURRENT_CREATES is {count}").format(count=wanted)
    if wanted > CREATIONS_AT_ONCE:
        yield warning(what, seen, _("AWS takes 5 unless it raised that limit for you; more only wait there."))
    else:
        yield ok(what, seen)


def _accounts(clients: Clients) -> Finding:
    what = _("accounts quota")
    try:
        count = len(organizations.list_accounts(clients))
    except Refusals as problem:
        return failed(what, said(problem), _("The role needs organizations:ListAccounts."))
    service, code, region = ACCOUNTS_QUOTA
    try:
        client = clients.management("service-quotas", region, attempts=1)
        quota = int(client.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"])
    except Refusals as problem:
        advice = _("There are {count} accounts. Look in Service Quotas, us-east-1, AWS Organizations.")
        return warning(what, said(problem), advice.format(count=count))
    seen = _("{count} of {quota}").format(count=count, quota=quota)
    if count >= quota:
        return failed(what, seen, _("Ask AWS for more (Service Quotas, us-east-1); until then no account is created."))
    if count >= quota * NEARLY_FULL:
        return warning(what, seen, _("Ask AWS for more in time (Service Quotas, us-east-1)."))
    return ok(what, seen)
