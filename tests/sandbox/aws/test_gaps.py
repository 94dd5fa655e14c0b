import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def account(aws):
    return aws.account("shop")


def test_an_account_is_renamed(aws, account):
    client = aws.client("account")
    client.put_account_name(AccountId=account, AccountName="Shop EU")
    assert client.get_account_information(AccountId=account)["AccountName"] == "Shop EU"
    assert aws.client("organizations").describe_account(AccountId=account)["Account"]["Name"] == "Shop EU"


def test_alternate_contacts_are_counted(aws, account):
    aws.client("account").put_alternate_contact(
        AccountId=account,
        AlternateContactType="SECURITY",
        EmailAddress="sec@example.com",
        Name="Security",
        PhoneNumber="+49 1",
        Title="Team",
    )
    assert {each["id"]: each["contacts"] for each in aws.control.state()["accounts"]}[account] == 1


def test_a_region_takes_time_to_be_enabled(aws, account):
    client = aws.client("account")

    def status():
        return client.get_region_opt_status(AccountId=account, RegionName="eu-south-1")["RegionOptStatus"]

    assert status() == "DISABLED"
    aws.control.change_settings(time_scale=0.001)
    client.enable_region(AccountId=account, RegionName="eu-south-1")
    assert status() == "ENABLING"
    aws.eventually(lambda: status() == "ENABLED")
    regions = client.list_regions(AccountId=account, RegionOptStatusContains=["ENABLED"])["Regions"]
    assert [each["RegionName"] for each in regions] == ["eu-south-1"]


def test_the_root_email_is_changed_with_the_code(aws, account):
    client = aws.client("account")
    client.start_primary_email_update(AccountId=account, PrimaryEmail="new@example.com")
    with pytest.raises(ClientError, match="one-time"):
        client.accept_primary_email_update(AccountId=account, PrimaryEmail="new@example.com", Otp="000000")
    client.accept_primary_email_update(AccountId=account, PrimaryEmail="new@example.com", Otp="123456")
    assert client.get_primary_email(AccountId=account)["PrimaryEmail"] == "new@example.com"


def test_root_access_needs_trusted_access_then_sessions_for_a_task(aws, account):
    iam, sts = aws.client("iam"), aws.client("sts")
    with pytest.raises(ClientError, match="ServiceAccessNotEnabled"):
        iam.enable_organizations_root_sessions()
    aws.client("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    iam.enable_organizations_root_credentials_management()
    task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials"}
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_root(TargetPrincipal=account, TaskPolicyArn=task)
    iam.enable_organizations_root_sessions()
    assert set(iam.list_organizations_features()["EnabledFeatures"]) == {
        "RootCredentialsManagement",
        "RootSessions",
    }
    assert sts.assume_root(TargetPrincipal=account, TaskPolicyArn=task)["Credentials"]["AccessKeyId"]


def test_a_quota_increase_is_granted_and_not_asked_for_twice(aws, account):
    aws.control.change_settings(time_scale=0.005)
    quotas = aws.client("service-quotas", account)
    wanted = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
    quotas.request_service_quota_increase(**wanted, DesiredValue=20)
    with pytest.raises(ClientError, match="ResourceAlreadyExists"):
        quotas.request_service_quota_increase(**wanted, DesiredValue=20)

    def granted():
        history = quotas.list_requested_service_quota_change_history(ServiceCode="vpc")["RequestedQuotas"]
        return history[0]["Status"] == "APPROVED"

    aws.eventually(granted)
    assert quotas.get_service_quota(**wanted)["Quota"]["Value"] == 20


def test_guardduty_members_are_kept(aws, account):
    guardduty = aws.client("guardduty")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    guardduty.create_members(DetectorId=detector, AccountDetails=[{"AccountId": account, "Email": "shop@example.com"}])
    members = guardduty.list_members(DetectorId=detector)["Members"]
    assert [(each["AccountId"], each["RelationshipStatus"]) for each in members] == [(account, "Enabled")]


def test_a_support_case_is_made_and_found(aws):
    support = aws.client("support")
    case = support.create_case(subject="Limit", communicationBody="Please")["caseId"]
    assert [each["caseId"] for each in support.describe_cases()["cases"]] == [case]


def test_security_hub_and_guardduty_take_an_organization_administrator(aws, account):
    aws.client("guardduty").enable_organization_admin_account(AdminAccountId=account)
    aws.client("securityhub").enable_organization_admin_account(AdminAccountId=account)
    admins = aws.client("guardduty").list_organization_admin_accounts()["AdminAccounts"]
    assert [each["AdminAccountId"] for each in admins] == [account]
