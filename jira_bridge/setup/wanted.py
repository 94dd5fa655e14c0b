"""What the portal wants of a Jira project: fields, request type, group, permissions, statuses' moves, ways in."""

from dataclasses import dataclass

from jira_bridge.choices import Meaning, RequestField
from jira_bridge.messages import MESSAGES

PREFIX = "com.atlassian.jira.plugin.system.customfieldtypes:"
SEARCHERS = {
    "textfield": "textsearcher",
    "textarea": "textsearcher",
    "select": "multiselectsearcher",
    "multicheckboxes": "multiselectsearcher",
    "userpicker": "userpickergroupsearcher",
    "multiuserpicker": "userpickergroupsearcher",
    "float": "exactnumber",
}
"""The searcher that goes with each kind of field (Atlassian, “Create custom field”)."""

ISSUE_TYPE = "AWS Account"
REQUEST_TYPE = "AWS Account"
GROUP = "Account Vending Machine"
WEBHOOK = "Account Vending Portal"
WEBHOOK_PATH = "/jira/webhook"
EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
PROJECT_PERMISSIONS = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_ISSUES", "LINK_ISSUES", "TRANSITION_ISSUES")
"""What the portal's own user needs in the project. Links: a remote link needs Link Issues."""
ADMINISTER = "ADMINISTER"


@dataclass(frozen=True)
class WantedField:
    """A field of the form as it is made where Jira has none: name, kind, help."""

    field: RequestField
    name: str
    kind: str
    required: bool
    help: str


_CONTACT = "Name; title; e-mail; phone"
FIELDS = (
    WantedField(
        RequestField.ACCOUNT_NAME, "Account name", "textfield", True, "Up to 50 plain letters, digits and dashes.",
    ),
    WantedField(
        RequestField.EMAIL, "Account e-mail", "textfield", True,
        "A mailbox your team reads, new to AWS; it can never be used for another account.",
    ),
    WantedField(
        RequestField.ORGANIZATIONAL_UNIT, "Organizational unit", "select", True, "Decides which guardrails apply.",
    ),
    WantedField(RequestField.ENVIRONMENT, "Environment", "select", True, "Becomes a tag."),
    WantedField(RequestField.COST_CENTER, "Cost center", "textfield", True, "Who pays the bill."),
    WantedField(RequestField.OWNER, "Owner", "userpicker", True, "The person who answers for the account."),
    WantedField(
        RequestField.APPROVERS, "Approvers", "multiuserpicker", False, "One of them approves the request.",
    ),
    WantedField(RequestField.PURPOSE, "Purpose", "textarea", True, "What will run here, and for whom?"),
    WantedField(RequestField.SECURITY_CONTACT, "Security contact", "textfield", False, _CONTACT),
    WantedField(RequestField.OPERATIONS_CONTACT, "Operations contact", "textfield", False, _CONTACT),
    WantedField(RequestField.BILLING_CONTACT, "Billing contact", "textfield", False, _CONTACT),
    WantedField(
        RequestField.OPTIONAL_STACK_SETS, "Optional stack sets", "multicheckboxes", False,
        "Extras set up in the new account.",
    ),
    WantedField(
        RequestField.MONTHLY_BUDGET, "Monthly budget (USD)", "float", False,
        "An alarm goes off when the bill comes near.",
    ),
)  # fmt: skip
BY_FIELD = {wanted.field: wanted for wanted in FIELDS}


def moves() -> list[tuple[Meaning, Meaning]]:
    """From which meaning to which the portal moves tickets."""
    return sorted(
        {(start, message.moves_to) for message in MESSAGES.values() if message.moves_to for start in message.moves_from}
    )
