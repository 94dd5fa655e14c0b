"""Deliveries of the shapes Jira sends, made for the tests."""

import copy
import json
from typing import Any

FIELDS: dict[str, Any] = {
    "customfield_10101": "Payments",
    "customfield_10102": "payments@example.com",
    "customfield_10103": {"self": "https://x/option/1", "value": "Production", "id": "1"},
    "customfield_10104": {"self": "https://x/option/2", "value": "production", "id": "2"},
    "customfield_10105": "4711",
    "customfield_10106": {
        "accountId": "5b10-otto",
        "displayName": "Otto Owner",
        "emailAddress": "otto@example.com",
    },
    "customfield_10107": [{"accountId": "5b10-anna", "displayName": "Anna Approver", "active": True}],
    "customfield_10108": "Card payments of the shop",
    "customfield_10109": "Sina Secure; Head of Security; soc@example.com; +49 30 1234",
    "customfield_10112": [{"value": "vpc-standard", "id": "7"}],
    "customfield_10113": 500.0,
}


def automation(key: str = "AVM-1", status: str = "Waiting for approval", updated: int = 1_700_000_000_000,
               issue_type: str = "AWS Account", **fields: Any) -> dict[str, Any]:  # fmt: skip
    """Automation's "Issue data": the issue is the root, ids and times are numbers."""
    return {
        "self": f"https://x/rest/api/2/issue/{key}",
        "id": 10061,
        "key": key,
        "changelog": {"startAt": 0, "maxResults": 0, "total": 0, "histories": None},
        "fields": {
            "issuetype": {"id": 10012, "name": issue_type, "namedValue": issue_type},
            "status": {"id": 1, "name": status},
            "created": 1_690_000_000_000,
            "updated": updated,
            "reporter": {
                "accountId": "qm:rita",
                "displayName": "Rita Requester",
                "emailAddress": "rita@example.com",
            },
            **copy.deepcopy(FIELDS),
            **fields,
        },
        "renderedFields": None,
    }


def automation_jira_format(**kwargs: Any) -> dict[str, Any]:
    return {"issue": automation(**kwargs)}


def native(key: str = "AVM-1", status: str = "In Progress", updated: str = "2023-11-14T22:13:20.000+0000",
           **fields: Any) -> dict[str, Any]:  # fmt: skip
    """A native webhook of Jira Cloud: ids are strings, times ISO, and it says who did what."""
    issue = automation(key=key, status=status, updated=0, **fields)
    issue["id"] = "10061"
    issue["fields"]["updated"] = updated
    return {
        "timestamp": 1_700_000_000_000,
        "webhookEvent": "jira:issue_updated",
        "issue_event_type_name": "issue_generic",
        "user": {"accountId": "5b10-gus", "displayName": "Gus Governance", "emailAddress": "gus@example.com"},
        "issue": issue,
        "changelog": {
            "id": "1",
            "items": [
                {"field": "status", "fieldtype": "jira", "fieldId": "status", "from": "1",
                 "fromString": "Waiting for approval", "to": "3", "toString": status}
            ],
        },
    }  # fmt: skip


def server(key: str = "AVM-1", status: str = "In Progress") -> dict[str, Any]:
    """A native webhook of Data Center: users have names, changelog items have no field id."""
    document = native(key, status)
    document["user"] = {"name": "gus", "key": "gus", "emailAddress": "gus@example.com", "displayName": "Gus"}
    for item in document["changelog"]["items"]:
        del item["fieldId"]
    return document


def as_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
