"""AWS: who the portal is there, what it may do, its organization, parameters, stack sets, mail and quotas.

Only looks. The sentences name the AWS actions, as deploy/aws allows them.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.doctor.aws import identity, mail, organization, parameters, permissions, quotas, stack_sets
from portal.doctor.aws.needed import enabled_steps
from portal.doctor.check import Check, run
from portal.doctor.finding import Finding
from vending.aws.session import clients_from_settings


def checks() -> list[Check]:
    clients, steps = clients_from_settings(), enabled_steps()
    return [
        Check(_("AWS identity"), lambda: identity.look(clients), apart=True, gate=True, seconds=15),
        Check(_("organization"), lambda: organization.look(clients), apart=True),
        Check(_("trusted access"), lambda: organization.trusted(clients, steps), apart=True),
        Check(_("needed actions"), lambda: permissions.look(clients, steps), apart=True),
        Check(_("parameters"), lambda: parameters.look(clients), apart=True),
        Check(_("stack sets"), lambda: stack_sets.look(clients), apart=True),
        Check(_("quotas"), lambda: quotas.look(clients), apart=True),
        Check(_("mail"), mail.look, apart=True),
    ]


def look() -> Iterator[Finding]:
    return run(checks())
