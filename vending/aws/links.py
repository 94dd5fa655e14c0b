"""Links that take people into an account, from templates that the settings hold.

Three ways in: ADFS (begun at the identity provider; AWS then shows its role picker), the shortcut of Identity
Center (straight into account and role), and switching roles from another account.
"""

from string import Template
from urllib.parse import quote, urlencode

CONSOLE = "https://console.aws.amazon.com/"
BILLING = "https://us-east-1.console.aws.amazon.com/billing/home#/"
ADFS_RELYING_PARTY = "urn:amazon:webservices"


def from_template(template: str, **values: str) -> str:
    """A link from a template such as "https://sso.example.com/aws?account=$account_id"; values are quoted.

    Raises KeyError for a name that has no value, ValueError for a malformed template: see check_template.
    """
    return Template(template).substitute({name: quote(value, safe="") for name, value in values.items()})


def check_template(template: str, *names: str) -> str:
    """What is wrong with a template that may use these names; empty if nothing is."""
    if not template.startswith("https://"):
        return "A link must begin with https://."
    try:
        from_template(template, **dict.fromkeys(names, "x"))
    except KeyError as exc:
        return f"${exc.args[0]} is not known here. Use {', '.join(f'${name}' for name in names)}."
    except ValueError:
        return "A $ stands alone. Write $$ for a dollar sign."
    return ""


def adfs(host: str, destination: str = CONSOLE) -> str:
    """Sign-in through ADFS, then on to the destination. The doubly quoted RelayState is ADFS's own form."""
    relay = urlencode({"RPID": ADFS_RELYING_PARTY, "RelayState": destination}, quote_via=quote)
    return f"https://{host}/adfs/ls/IdpInitiatedSignOn.aspx?{urlencode({'RelayState': relay}, quote_via=quote)}"


def identity_center(portal: str, account_id: str, role_name: str = "", destination: str = "") -> str:
    """The shortcut of Identity Center's access portal. portal: "https://<name>.awsapps.com/start"."""
    values = {"account_id": account_id, "role_name": role_name, "destination": destination}
    query = urlencode({name: value for name, value in values.items() if value}, quote_via=quote)
    return f"{portal.rstrip('/')}/#/console?{query}"


def switch_role(account_id: str, role_name: str, display_name: str = "") -> str:
    """The console's own link for switching roles, for people who are signed in elsewhere."""
    values = {"account": account_id, "roleName": role_name, "displayName": display_name or account_id}
    return f"https://signin.aws.amazon.com/switchrole?{urlencode(values, quote_via=quote)}"


def billing(portal: str = "", account_id: str = "", role_name: str = "") -> str:
    """The billing page; through Identity Center's shortcut where its portal is given."""
    return identity_center(portal, account_id, role_name, BILLING) if portal else BILLING
