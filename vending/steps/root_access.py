"""Leave the account's root user without credentials: root is managed centrally, by short sessions.

Source: IAM user guide, "Centrally manage root access for member accounts". Nothing is switched on here: that
is a decision about the whole organization. Members made while the feature is on have no root credentials; this
proves it, and deletes what an older or adopted account still has.
Proved against the sandbox's imitation of root access (AssumeRoot and root's own IAM calls).
"""

from botocore.exceptions import ClientError
from django.utils.translation import gettext_noop as _

from vending.aws import root
from vending.aws.errors import Fault, Kind, has_code
from vending.aws.root import RootCredentials
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step
from vending.steps.account_ready import AccountReady


class RootAccess(Step):
    name = "root_access"
    title = _("Take the root user's credentials away")
    needs = (AccountReady,)

    def look(self, ctx: Context) -> Seen:
        self._need_features(ctx)
        found = root.root_credentials(ctx.clients, ctx.account_id)
        if found.none:
            return Seen(True, "The root user has no password, access key, MFA device or certificate.")
        return Seen(False, f"The root user still has {self._words(found)}.")

    def act(self, ctx: Context) -> Done:
        found = root.root_credentials(ctx.clients, ctx.account_id)
        for key_id in found.access_keys:
            root.delete_access_key(ctx.clients, ctx.account_id, key_id)
            return Done(f"Deleted root's access key {key_id}.")
        for certificate in found.certificates:
            root.delete_certificate(ctx.clients, ctx.account_id, certificate)
            return Done(f"Deleted root's certificate {certificate}.")
        if found.password:
            root.delete_password(ctx.clients, ctx.account_id)
            return Done("Deleted root's password.")
        for device in found.mfa_devices:  # last: while there is a password, it protects it
            root.deactivate_mfa_device(ctx.clients, ctx.account_id, device)
            return Done(f"Deactivated root's MFA device {device}.")
        return Done("Somebody else deleted them meanwhile.")

    def _need_features(self, ctx: Context) -> None:
        try:
            enabled = root.enabled_features(ctx.clients)
        except ClientError as error:
            if not has_code(error, "ServiceAccessNotEnabledException", "OrganizationNotInAllFeaturesModeException"):
                raise
            enabled = set()
        missing = [feature for feature in (root.CREDENTIALS, root.SESSIONS) if feature not in enabled]
        if missing:
            raise Fault(
                Kind.PERMANENT,
                "RootAccessNotManaged",
                f"The organization does not manage root access centrally: {' and '.join(missing)} off. Enable "
                "it in IAM under “Root access management” in the management account, then retry.",
            )

    def _words(self, found: RootCredentials) -> str:
        parts = [
            "a password" if found.password else "",
            f"{len(found.access_keys)} access key(s)" if found.access_keys else "",
            f"{len(found.mfa_devices)} MFA device(s)" if found.mfa_devices else "",
            f"{len(found.certificates)} certificate(s)" if found.certificates else "",
        ]
        return ", ".join(part for part in parts if part)
