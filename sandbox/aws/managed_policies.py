"""A few of AWS's own IAM policies, so that they can be attached. moto's full list costs 31 MB an account."""

from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend

# name -> (path, actions)
POLICIES: dict[str, tuple[str, list[str]]] = {
    "AdministratorAccess": ("/", ["*"]),
    "PowerUserAccess": ("/", ["*"]),
    "ReadOnlyAccess": ("/", ["*:Get*", "*:List*", "*:Describe*"]),
    "SecurityAudit": ("/", ["*:Get*", "*:List*", "*:Describe*"]),
    "IAMFullAccess": ("/", ["iam:*"]),
    "IAMReadOnlyAccess": ("/", ["iam:Get*", "iam:List*"]),
    "AWSCloudFormationFullAccess": ("/", ["cloudformation:*"]),
    "AWSSupportAccess": ("/", ["support:*"]),
    "AmazonSSMManagedInstanceCore": ("/", ["ssm:*"]),
    "ViewOnlyAccess": ("/job-function/", ["*:List*", "*:Describe*"]),
    "Billing": ("/job-function/", ["aws-portal:*", "budgets:*", "ce:*"]),
    "AWS_ConfigRole": ("/service-role/", ["config:*"]),
    "AWSBackupServiceRolePolicyForBackup": ("/service-role/", ["backup:*"]),
}
_DATES = {"CreateDate": "2015-02-06T18:39:46+00:00", "UpdateDate": "2015-02-06T18:39:46+00:00"}


def _document(actions: list[str]) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
    }


_DATA = {
    name: {"Path": path, "Document": _document(actions), "DefaultVersionId": "v1", **_DATES}
    for name, (path, actions) in POLICIES.items()
}


def _short_list(backend: IAMBackend) -> list[AWSManagedPolicy]:
    region, account = backend.region_name, backend.account_id
    return [AWSManagedPolicy.from_data(name, account, region, data) for name, data in _DATA.items()]


def install() -> None:
    """Give every account made from now on the short list. Used once, when the layer is loaded."""
    setattr(IAMBackend, "_init_aws_policies", _short_list)  # noqa: B010
