"""Stored documents in the JSON shapes of Jira's REST API: version 3 and 2, Cloud and Data Center."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.jira import adf, adf_wiki, fields, people, workflow
from sandbox.jira.desk import PROJECT, PROJECT_NAME, Desk
from sandbox.jira.people import Person
from sandbox.jira.store import Doc

PROJECT_ID = "10000"
ISSUE_TYPE_ID = "10012"
ISSUE_TYPE = "AWS Account"
SERVICE_DESK_ID = "1"
REQUEST_TYPE_ID = "25"
REQUEST_TYPE_GROUP_ID = "12"
REQUEST_TYPE_GROUP = "Account Vending Machine"


def jira_time(moment: int | None) -> str | None:
    """Milliseconds as Jira writes them: 2024-12-29T08:41:23.904+0000 (no colon in the offset)."""
    if moment is None:
        return None
    when = datetime.fromtimestamp(moment / 1000, UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}+0000"


def desk_time(moment: int) -> Doc:
    """Milliseconds as the service desk API writes them."""
    when = datetime.fromtimestamp(moment / 1000, UTC)
    return {
        "iso8601": when.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "jira": jira_time(moment),
        "friendly": when.strftime("%d/%b/%y %I:%M %p"),
        "epochMillis": moment,
    }


@dataclass(frozen=True)
class Shapes:
    desk: Desk
    base_url: str
    flavour: str = "cloud"
    version: str = "2"

    @property
    def rest(self) -> str:
        return f"{self.base_url}/rest/api/{self.version}"

    def person(self, account_id: str | None) -> Doc | None:
        """A user: account id on Cloud (the e-mail address only where it is visible), name on Data Center."""
        person = people.BY_ID.get(account_id or "")
        if not person:
            return None
        avatar = dict.fromkeys(("48x48", "24x24", "16x16", "32x32"), f"{self.base_url}/static/avatar.svg")
        common = {"avatarUrls": avatar, "displayName": person.name, "active": True, "timeZone": "Etc/UTC"}
        if self.flavour == "datacenter":
            name = person.username
            self_url = f"{self.rest}/user?username={name}"
            return {"self": self_url, "name": name, "key": name, "emailAddress": person.email, **common}
        email = {"emailAddress": person.email} if person.email_visible else {}
        self_url = f"{self.rest}/user?accountId={person.account_id.replace(':', '%3A')}"
        account = {"self": self_url, "accountId": person.account_id, **email, **common}
        return {**account, "accountType": person.account_type}

    def status(self, status_id: str) -> Doc:
        status = workflow.BY_ID[status_id]
        category = status.category
        return {
            "self": f"{self.rest}/status/{status.id}",
            "description": "",
            "iconUrl": f"{self.base_url}/",
            "name": status.name,
            "id": status.id,
            "statusCategory": {
                "self": f"{self.rest}/statuscategory/{category.id}",
                "id": category.id,
                "key": category.key,
                "colorName": category.color,
                "name": category.name,
            },
        }

    def issue_type(self) -> Doc:
        return {
            "self": f"{self.rest}/issuetype/{ISSUE_TYPE_ID}",
            "id": ISSUE_TYPE_ID,
            "description": "A request for an AWS account.",
            "iconUrl": f"{self.base_url}/static/avatar.svg",
            "name": ISSUE_TYPE,
            "subtask": False,
            "hierarchyLevel": 0,
        }

    def project(self) -> Doc:
        return {
            "self": f"{self.rest}/project/{PROJECT_ID}",
            "id": PROJECT_ID,
            "key": PROJECT,
            "name": PROJECT_NAME,
            "projectTypeKey": "service_desk",
            "simplified": False,
        }

    def text(self, value: Any) -> Any:
        """A rich text field: version 3 always gives an Atlassian document, version 2 always a wiki string."""
        if value is None or value == "":
            return None
        if self.version == "3":
            return value if isinstance(value, dict) else adf.from_text(value)
        return adf_wiki.to_wiki(value) if isinstance(value, dict) else value

    def option(self, field: fields.Field, value: str) -> Doc:
        option_id = next(option_id for option_id, option in field.options if option == value)
        shape = {"self": f"{self.rest}/customFieldOption/{option_id}", "value": value, "id": option_id}
        return {**shape, "disabled": False} if self.flavour == "datacenter" else shape

    def value(self, field: fields.Field, issue: Doc) -> Any:
        """The value of a custom field as the REST API and the webhooks show it."""
        stored = issue["values"].get(field.id)
        match field.kind:
            case "vp-origin":
                return self.request_type_field(issue)
            case "sd-approvals":
                return [self.approval(issue, doc, links=False) for doc in self.desk.approvals(issue)] or None
            case "select":
                return self.option(field, stored) if stored else None
            case "multicheckboxes":
                return [self.option(field, entry) for entry in stored] if stored else None
            case "userpicker":
                return self.person(stored)
            case "multiuserpicker":
                return [self.person(entry) for entry in stored] if stored else None
            case "textarea":
                return self.text(stored)
        return stored

    def issue(self, issue: Doc, only: set[str] | None = None) -> Doc:
        """The issue with all fields, or only those named."""
        every = self.fields(issue)
        return {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": str(issue["id"]),
            "self": f"{self.rest}/issue/{issue['id']}",
            "key": issue["key"],
            "fields": every if only is None else {name: value for name, value in every.items() if name in only},
        }

    def fields(self, issue: Doc) -> Doc:
        key = issue["key"]
        resolution = issue["resolution"]
        result = {
            "statuscategorychangedate": jira_time(issue["status_at"]),
            "issuetype": self.issue_type(),
            "timespent": None,
            "project": self.project(),
            "fixVersions": [],
            "resolution": {"self": f"{self.rest}/resolution/10000", "id": "10000", "name": resolution}
            if resolution
            else None,
            "resolutiondate": jira_time(issue["resolved_at"]),
            "workratio": -1,
            "watches": {"self": f"{self.rest}/issue/{key}/watchers", "watchCount": 0, "isWatching": False},
            "created": jira_time(issue["created"]),
            "updated": jira_time(issue["updated"]),
            "priority": {
                "self": f"{self.rest}/priority/3",
                "iconUrl": self.base_url,
                "name": "Medium",
                "id": "3",
            },
            "labels": issue["labels"],
            "versions": [],
            "issuelinks": [],
            "assignee": self.person(issue["assignee"]),
            "status": self.status(issue["status"]),
            "components": [],
            "description": self.text(issue["description"]),
            "summary": issue["summary"],
            "creator": self.person(issue["creator"]),
            "reporter": self.person(issue["reporter"]),
            "subtasks": [],
            "attachment": [],
            "environment": None,
            "duedate": None,
        }
        for field in fields.CUSTOM:
            result[field.id] = self.value(field, issue)
        return result

    def comment(self, comment: Doc, issue: Doc, expand: str = "") -> Doc:
        shape = {
            "self": f"{self.rest}/issue/{issue['id']}/comment/{comment['id']}",
            "id": str(comment["id"]),
            "author": self.person(comment["author"]),
            "body": self.text(comment["body"]),
            "updateAuthor": self.person(comment.get("edited_by") or comment["author"]),
            "created": jira_time(comment["created"]),
            "updated": jira_time(comment["updated"]),
            "jsdPublic": not comment["internal"],
        }
        if comment["visibility"]:
            shape["visibility"] = comment["visibility"]
        if "properties" in expand:
            shape["properties"] = comment["properties"]
        return shape

    def history(self, change: Doc) -> Doc:
        items = change["items"]
        if self.flavour == "datacenter":
            items = [{name: value for name, value in item.items() if name != "fieldId"} for item in items]
        author = self.person(change["author"])
        return {
            "id": str(change["id"]),
            "author": author,
            "created": jira_time(change["created"]),
            "items": items,
        }

    # Service desk API

    def customer(self, person: Person) -> Doc:
        shape = self.person(person.account_id) or {}
        links = {"jiraRest": shape.pop("self"), "avatarUrls": shape.pop("avatarUrls")}
        shape.pop("accountType", None)
        return {**shape, "_links": {**links, "self": links["jiraRest"]}}

    def current_status(self, issue: Doc) -> Doc:
        status = workflow.BY_ID[issue["status"]]
        return {
            "status": status.name,
            "statusCategory": status.category.key.upper(),
            "statusDate": desk_time(issue["status_at"]),
        }

    def request_links(self, issue: Doc) -> Doc:
        return {
            "jiraRest": f"{self.base_url}/rest/api/2/issue/{issue['id']}",
            "web": f"{self.base_url}/servicedesk/customer/portal/{SERVICE_DESK_ID}/{issue['key']}",
            "agent": f"{self.base_url}/browse/{issue['key']}",
            "self": f"{self.base_url}/rest/servicedeskapi/request/{issue['id']}",
        }

    def request_type(self) -> Doc:
        path = f"servicedesk/{SERVICE_DESK_ID}/requesttype/{REQUEST_TYPE_ID}"
        return {
            "_expands": ["field"],
            "id": REQUEST_TYPE_ID,
            "_links": {"self": f"{self.base_url}/rest/servicedeskapi/{path}"},
            "name": ISSUE_TYPE,
            "description": "Ask for an AWS account for your team.",
            "helpText": "",
            "issueTypeId": ISSUE_TYPE_ID,
            "serviceDeskId": SERVICE_DESK_ID,
            "portalId": SERVICE_DESK_ID,
            "groupIds": [REQUEST_TYPE_GROUP_ID],
        }

    def request_type_field(self, issue: Doc) -> Doc:
        return {
            "_links": self.request_links(issue),
            "requestType": self.request_type(),
            "currentStatus": self.current_status(issue),
        }

    def approval(self, issue: Doc, approval: Doc, person: Person | None = None, links: bool = True) -> Doc:
        answer_open = bool(person) and approval["approvers"].get(person.account_id) == "pending"  # type: ignore[union-attr]
        shape = {
            "id": str(approval["id"]),
            "name": workflow.WAITING_FOR_APPROVAL.name,
            "finalDecision": approval["decision"],
            "canAnswerApproval": answer_open and approval["decision"] == "pending",
            "approvers": [
                {"approver": self.customer(people.BY_ID[account_id]), "approverDecision": decision}
                for account_id, decision in approval["approvers"].items()
            ],
            "createdDate": desk_time(approval["created"]),
        }
        if approval["completed"]:
            shape["completedDate"] = desk_time(approval["completed"])
        if links:
            self_url = f"{self.base_url}/rest/servicedeskapi/request/{issue['id']}/approval/{approval['id']}"
            shape["_links"] = {"self": self_url}
        return shape
