"""The root user's own credentials: moto's IAM knows users only. Members made by Organizations have none.

A call is root's if it comes from an AssumeRoot session and names no user; the task policy limits it.
"""

from typing import Any

from sandbox.aws.gaps.root_access import CREATE, DELETE
from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World

Credentials = dict[str, Any]


def root_credentials(world: World, account_id: str) -> Credentials:
    """What the root user of an account has; a test may add to it."""
    nothing: Credentials = {"password": False, "keys": [], "devices": [], "certificates": []}
    found: Credentials = world.remember("root_credentials").setdefault(account_id, nothing)
    return found


def _root(world: World, call: Call, task: str = "") -> Credentials | None:
    """The root user's credentials if this is root's call. AwsError where its session may not do this task."""
    # a replayed change has no session any more; only root names no user
    session = task if world.replaying else world.remember("root_sessions").get(call.access_key)
    if session is None or call.params.get("UserName"):
        return None
    if task not in ("", session):
        raise AwsError("AccessDenied", f"The task policy {session} does not allow {call.operation}.", 403)
    return root_credentials(world, call.account)


def _take(kept: list[str], wanted: str) -> dict[str, Any]:
    if wanted not in kept:
        raise AwsError("NoSuchEntity", f"The root user has no {wanted}.", 404)
    kept.remove(wanted)
    return {}


def create_login_profile(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call, CREATE)
    if found is None:
        return None
    found["password"] = True
    return {"LoginProfile": _profile(world)}


def get_login_profile(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call)
    if found is None:
        return None
    if not found["password"]:
        raise AwsError("NoSuchEntity", "Login Profile for the root user cannot be found.", 404)
    return {"LoginProfile": _profile(world)}


def delete_login_profile(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call, DELETE)
    if found is None:
        return None
    if not found["password"]:
        raise AwsError("NoSuchEntity", "Login Profile for the root user cannot be found.", 404)
    found["password"] = False
    return {}


def list_access_keys(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call)
    if found is None:
        return None
    keys = [{"AccessKeyId": key, "Status": "Active"} for key in found["keys"]]
    return {"AccessKeyMetadata": keys, "IsTruncated": False}


def delete_access_key(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call, DELETE)
    return None if found is None else _take(found["keys"], call.params["AccessKeyId"])


def list_mfa_devices(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call)
    if found is None:
        return None
    devices = [{"UserName": "root", "SerialNumber": each, "EnableDate": 0} for each in found["devices"]]
    return {"MFADevices": devices, "IsTruncated": False}


def deactivate_mfa_device(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call, DELETE)
    return None if found is None else _take(found["devices"], call.params["SerialNumber"])


def list_signing_certificates(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call)
    if found is None:
        return None
    bodies = [
        {"UserName": "root", "CertificateId": each, "CertificateBody": "-", "Status": "Active"}
        for each in found["certificates"]
    ]
    return {"Certificates": bodies, "IsTruncated": False}


def delete_signing_certificate(world: World, call: Call) -> dict[str, Any] | None:
    found = _root(world, call, DELETE)
    return None if found is None else _take(found["certificates"], call.params["CertificateId"])


def _profile(world: World) -> dict[str, Any]:
    return {"UserName": "root", "CreateDate": world.timestamp()}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("iam", "CreateLoginProfile"): create_login_profile,
    ("iam", "GetLoginProfile"): get_login_profile,
    ("iam", "DeleteLoginProfile"): delete_login_profile,
    ("iam", "ListAccessKeys"): list_access_keys,
    ("iam", "DeleteAccessKey"): delete_access_key,
    ("iam", "ListMFADevices"): list_mfa_devices,
    ("iam", "DeactivateMFADevice"): deactivate_mfa_device,
    ("iam", "ListSigningCertificates"): list_signing_certificates,
    ("iam", "DeleteSigningCertificate"): delete_signing_certificate,
}
