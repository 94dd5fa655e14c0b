from urllib.parse import parse_qs, urlsplit

import pytest

from vending.aws import links


def test_a_template_is_filled_with_quoted_values():
    link = links.from_template("https://sso.example.com/$account_id?r=$role", account_id="1", role="a&b/c")
    assert link == "https://sso.example.com/1?r=a%26b%2Fc"


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ("https://x/$account_id", ""),
        ("https://x/$$", ""),
        ("http://x/", "https"),
        ("javascript:alert(1)", "https"),
        ("https://x/$acount", "$acount"),
        ("https://x/$", "alone"),
    ],
)
def test_a_wrong_template_is_told_when_it_is_set(template, wrong):
    assert wrong in links.check_template(template, "account_id")
    assert bool(links.check_template(template, "account_id")) is bool(wrong)


def test_adfs_gets_its_doubly_quoted_relay_state():
    outer = parse_qs(urlsplit(links.adfs("adfs.example.com", "https://console.aws.amazon.com/s3?a=b")).query)
    inner = parse_qs(outer["RelayState"][0])
    assert inner["RPID"] == ["urn:amazon:webservices"]
    assert inner["RelayState"] == ["https://console.aws.amazon.com/s3?a=b"]


def test_the_shortcut_of_identity_center_leads_into_account_and_role():
    link = links.identity_center("https://d-1.awsapps.com/start/", "1" * 12, "Admin")
    assert link == f"https://d-1.awsapps.com/start/#/console?account_id={'1' * 12}&role_name=Admin"


def test_the_billing_link_goes_through_the_shortcut_where_there_is_one():
    assert links.billing() == links.BILLING
    assert "destination=https%3A%2F%2Fus-east-1" in links.billing("https://d-1.awsapps.com/start", "1", "Billing")


def test_the_switch_role_link_names_account_and_role():
    query = parse_qs(urlsplit(links.switch_role("1" * 12, "Admin")).query)
    assert query == {"account": ["1" * 12], "roleName": ["Admin"], "displayName": ["1" * 12]}
