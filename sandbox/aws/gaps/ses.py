"""SES: identities are verified, with DKIM, as soon as they exist; moto leaves both open."""

from moto.ses.models import ses_backends

from sandbox.aws.protocol import Call
from sandbox.aws.world import Handler, World


def get_email_identity(world: World, call: Call) -> None:
    """Complete the identity, then let moto tell it."""
    name = call.params["EmailIdentity"]
    identity = ses_backends[call.account][call.region].email_identities.get(name)
    if identity is not None:
        identity.verified_for_sending_status = True
        identity.dkim_attributes |= {"SigningEnabled": True, "Status": "SUCCESS"}


HANDLERS: dict[tuple[str, str], Handler] = {("sesv2", "GetEmailIdentity"): get_email_identity}
