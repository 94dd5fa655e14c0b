"""What the organization's owners tell the portal by SSM parameters: there, readable, and true."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from portal.doctor.aws.said import Refusals, denied, said
from portal.doctor.finding import Finding, failed, ok, some, warning
from vending.aws import organizations, ssm
from vending.aws.errors import Fault
from vending.aws.session import Clients


def look(clients: Clients) -> Iterator[Finding]:
    yield _units(clients)
    yield _names(clients, ssm.DEFAULT_STACK_SETS, ssm.default_stack_sets)
    yield _names(clients, ssm.OPTIONAL_STACK_SETS, ssm.optional_stack_sets)


def _units(clients: Clients) -> Finding:
    what = ssm.ORGANIZATIONAL_UNITS
    try:
        units = ssm.organizational_units(clients, ttl=0)
        gone = [
            f"{name} ({unit})" for name, unit in units.items()
            if unit.startswith("ou-") and organizations.describe_ou(clients, unit) is None
        ]  # fmt: skip
    except (*Refusals, Fault) as problem:
        return _unreadable(what, problem)
    if gone:
        seen = _("not in AWS: {names}").format(names=some(gone))
        return failed(what, seen, _("Correct the parameter, or make the units."))
    return ok(what, f"{len(units)}: {some(list(units))}")


def _names(clients: Clients, what: str, read: Callable[..., tuple[str, ...]]) -> Finding:
    try:
        names = read(clients, ttl=0)
    except (*Refusals, Fault) as problem:
        return _unreadable(what, problem)
    if not names:
        return warning(what, _("names nothing"), _("Leave it so if nothing is to be offered."))
    return ok(what, f"{len(names)}: {some(list(names))}")


def _unreadable(what: str, problem: Exception) -> Finding:
    if denied(problem):
        return failed(what, said(problem), _("The role needs ssm:GetParameter on /account-vending/*."))
    return failed(what, said(problem), _("docs/operations.md shows its form."))
