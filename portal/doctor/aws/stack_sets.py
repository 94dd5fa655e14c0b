"""The stack sets that the parameters name: there, active, with somewhere to go."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from portal.doctor.aws.said import Refusals, said
from portal.doctor.finding import Finding, failed, ok, some, warning
from vending.aws import cloudformation, ssm
from vending.aws.errors import Fault
from vending.aws.session import Clients


def look(clients: Clients) -> Iterator[Finding]:
    what = _("stack sets")
    try:
        names = list(dict.fromkeys((*ssm.default_stack_sets(clients), *ssm.optional_stack_sets(clients))))
    except (*Refusals, Fault):
        yield warning(what, _("unknown which"), _("Mend the parameters first."))
        return
    try:
        found = {name: cloudformation.describe(clients, name) for name in names}
    except Refusals as problem:
        yield failed(what, said(problem), _("The role needs cloudformation:DescribeStackSet."))
        return
    missing = [name for name, stack_set in found.items() if stack_set is None]
    if missing:
        seen = _("not in {region}: {names}").format(region=settings.AWS_REGION, names=some(missing))
        yield failed(what, seen, _("Create them there, or correct the parameters under /account-vending/stack-sets."))
    homeless = [
        name for name, each in found.items()
        if each is not None and each.service_managed and not each.organizational_units
    ]  # fmt: skip
    if homeless:
        seen = _("service-managed without organizational units: {names}").format(names=some(homeless))
        yield warning(what, seen, _("Deploy each once to the units that accounts are vended into."))
    if not missing and not homeless:
        yield ok(what, f"{len(names)}: {some(names)}")
