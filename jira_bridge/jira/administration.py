"""What setting up and examining a Jira needs beyond daily work; most of it an administrator's.

Sources: Atlassian's REST references for the platform, Service Management and the Automation Rule Management API;
Data Center's for webhooks and personal access tokens. Errors as in client.py.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from jira_bridge.jira.client import JiraClient, Json
from jira_bridge.jira.client import segment as _segment
from jira_bridge.jira.transport import Credentials, Flavour, Patience, Transport

_SCOPED = re.compile(r"(https://[^/]+)/ex/jira/([0-9a-fA-F-]+)")
"""The address that scoped tokens and service accounts use; it names the site by its cloud id."""
_WEBHOOKS = "/rest/webhooks/1.0/webhook"
_WEBHOOKS_DATACENTER_10 = "/rest/jira-webhook/1.0/webhooks"


class JiraAdministration(JiraClient):
    """A client that also knows fields' contexts, webhooks, rules, permissions and tokens."""

    def __init__(self, base_url: str, flavour: Flavour, user: str, token: str, **options: Any) -> None:
        super().__init__(base_url, flavour, user, token, **options)
        scoped = _SCOPED.fullmatch(base_url.rstrip("/"))
        self._cloud_id = scoped[2] if scoped else ""
        self._rules_transport = (
            Transport(scoped[1], Credentials(flavour, user, token), **options) if scoped else self._transport
        )

    # Who, where

    def permissions(self, names: Iterable[str], project: str = "") -> dict[str, bool]:
        """Which of these permissions the user has; without a project, anywhere."""
        query = {"permissions": ",".join(names)} | ({"projectKey": project} if project else {})
        found = self._get("/mypermissions", query).get("permissions", {})
        return {name: bool(found.get(name, {}).get("havePermission")) for name in query["permissions"].split(",")}

    def deployment(self) -> str:
        """cloud or datacenter, whichever flavour this client was told; nobody has to be signed in for it."""
        info = self._transport.read("/rest/api/2/serverInfo")
        return "cloud" if info.get("deploymentType") == "Cloud" else "datacenter"

    def personal_tokens(self) -> list[Json]:
        """Data Center 8.14 or newer: the user's own tokens with expiringAt, without their values."""
        found: list[Json] = self._transport.read("/rest/pat/latest/tokens")
        return found

    def cloud_id(self) -> str:
        """What Atlassian calls this site. Cloud only."""
        if not self._cloud_id:
            self._cloud_id = str(self._transport.read("/_edge/tenant_info")["cloudId"])
        return self._cloud_id

    # The project

    def project(self, key: str) -> Json:
        """Id, key, name and issueTypes of a project."""
        found: Json = self._get(f"/project/{_segment(key)}")
        return found

    def statuses(self, project: str) -> list[str]:
        """The names of all statuses that an issue of the project can have."""
        types = self._get(f"/project/{_segment(project)}/statuses")
        return list(dict.fromkeys(str(status["name"]) for kind in types for status in kind.get("statuses", ())))

    def request_type_groups(self, service_desk_id: str) -> list[Json]:
        """The groups of the portal: id, name."""
        return list(self._desk(f"/servicedesk/{_segment(service_desk_id)}/requesttypegroup"))

    def create_request_type(self, service_desk_id: str, request_type: Mapping[str, str]) -> Json:
        """name, description, helpText, issueTypeId. It stands in no group and has only required fields."""
        path = f"/rest/servicedeskapi/servicedesk/{_segment(service_desk_id)}/requesttype"
        made: Json = self._transport.write("POST", path, dict(request_type))
        return made

    # Fields

    def create_field(self, name: str, description: str, kind: str, searcher: str) -> Json:
        """A new custom field; kind and searcher by their whole keys."""
        body = {"name": name, "description": description, "type": kind, "searcherKey": searcher}
        made: Json = self._send("POST", "/field", body)
        return made

    def contexts(self, field_id: str) -> list[Json]:
        """Where a custom field applies: id, name, isGlobalContext. Cloud only."""
        return list(self._by_start(f"/field/{_segment(field_id)}/context"))

    def create_context(self, field_id: str, name: str, project_id: str) -> Json:
        made: Json = self._send(
            "POST", f"/field/{_segment(field_id)}/context", {"name": name, "projectIds": [project_id]}
        )
        return made

    def options(self, field_id: str, context_id: str) -> list[Json]:
        """The choices of a field in one context: id, value, disabled. Cloud only."""
        return list(self._by_start(f"/field/{_segment(field_id)}/context/{_segment(context_id)}/option"))

    def create_options(self, field_id: str, context_id: str, values: Iterable[str]) -> None:
        path = f"/field/{_segment(field_id)}/context/{_segment(context_id)}/option"
        self._send("POST", path, {"options": [{"value": value, "disabled": False} for value in values]})

    # Native webhooks

    def webhooks(self) -> list[Json]:
        """The site's webhooks: name, url, events, filters, enabled; never a secret."""
        found = self._transport.read(self._webhooks_path())
        return list(found["values"] if isinstance(found, dict) else found)

    def create_webhook(self, webhook: Mapping[str, Any]) -> Json:
        made: Json = self._transport.write("POST", self._webhooks_path(), dict(webhook))
        return made

    def _webhooks_path(self) -> str:
        """Data Center 10 moved them."""
        if self.flavour == "cloud":
            return _WEBHOOKS
        return _WEBHOOKS_DATACENTER_10 if self.server_info().get("versionNumbers", [0])[0] >= 10 else _WEBHOOKS

    # Automation rules (Cloud only: Data Center has no interface for them)

    def rules(self) -> list[Json]:
        """Every rule of the site: uuid, name, state."""
        found: list[Json] = []
        query: dict[str, str | int] = {"limit": 100}
        while True:
            page = self._rules_transport.read(self._rules("/rule/summary"), query)
            found += page.get("data", ())
            cursor = _cursor((page.get("links") or {}).get("next"))
            if not cursor or cursor == query.get("cursor"):
                return found
            query["cursor"] = cursor

    def rule(self, uuid: str) -> Json:
        """A rule with its trigger and components; values kept secret read as ***."""
        found: Json = self._rules_transport.read(self._rules(f"/rule/{_segment(uuid)}"))["rule"]
        return found

    def create_rule(self, rule: Mapping[str, Any]) -> str:
        """Returns the new rule's uuid. The state given here is not reliable: read it back."""
        made = self._rules_transport.write("POST", self._rules("/rule"), {"rule": dict(rule)})
        return str(made["ruleUuid"])

    def set_rule_state(self, uuid: str, state: str) -> None:
        """ENABLED or DISABLED."""
        self._rules_transport.write("PUT", self._rules(f"/rule/{_segment(uuid)}/state"), {"value": state})

    def _rules(self, path: str) -> str:
        start = "" if self._rules_transport is not self._transport else "/gateway/api"
        return f"{start}/automation/public/jira/{self.cloud_id()}/rest/v1{path}"

    def _by_start(self, path: str) -> Iterator[Json]:
        start = 0
        while True:
            page = self._get(path, {"startAt": start, "maxResults": 100})
            values = page.get("values", ())
            yield from values
            start += len(values)
            if page.get("isLast", True) or not values:
                return


def administration(*, hurried: bool = False) -> JiraAdministration:
    """A new client of the settings' Jira and the portal's own user. `hurried` asks once and does not wait."""
    options: dict[str, Any] = {"patience": Patience(tries=1)} if hurried else {}
    return JiraAdministration(
        settings.JIRA_BASE_URL, settings.JIRA_FLAVOUR, settings.JIRA_USER, settings.JIRA_API_TOKEN, **options
    )


def setup_administration() -> JiraAdministration:
    """The same Jira, as the administrator named for the set-up; without one, as the portal's own user."""
    user = settings.JIRA_SETUP_USER or settings.JIRA_USER
    token = settings.JIRA_SETUP_API_TOKEN or settings.JIRA_API_TOKEN
    return JiraAdministration(settings.JIRA_BASE_URL, settings.JIRA_FLAVOUR, user, token)


def _cursor(link: str | None) -> str:
    """The cursor in the query of a link, which may be a whole address or the query alone."""
    query = urlsplit(link or "").query
    return next((part.removeprefix("cursor=") for part in query.split("&") if part.startswith("cursor=")), "")
