"""The calls the portal makes to Jira: Cloud (REST v3, ADF) and Data Center (REST v2, wiki) behind one face.

Methods return Jira's JSON as it is. All raise JiraUnauthorized, JiraNotFound, JiraRejected or
JiraUnavailable; writes also JiraOutcomeUnknown. Sources: Atlassian's REST references for the platform and for
Service Management.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from jira_bridge.jira.comments import MARK_PROPERTY, comment_properties, has_reference, marker_in
from jira_bridge.jira.errors import JiraNotFound, JiraRejected
from jira_bridge.jira.reading import Reading, segment
from jira_bridge.jira.transport import Credentials, Flavour, Transport
from jira_bridge.markup import Document, fit, to_adf, to_wiki

Json = dict[str, Any]

_PAGE = 50
_COMMENTS_SEARCHED = 100
_LONGEST_MARKER = 200


class JiraClient(Reading):
    """One Jira site and one user. Safe to share between threads. `options` go to Transport."""

    def __init__(self, base_url: str, flavour: Flavour, user: str, token: str, **options: Any) -> None:
        self.flavour = flavour
        self._transport = Transport(base_url, Credentials(flavour, user, token), **options)
        self._api = "/rest/api/3" if flavour == "cloud" else "/rest/api/2"
        self._me: Json | None = None

    def __repr__(self) -> str:
        return f"JiraClient({self._transport.base_url!r}, {self.flavour!r})"

    def close(self) -> None:
        self._transport.close()

    # The site

    def myself(self) -> Json:
        """The user the portal works as."""
        return self._get("/myself")

    def server_info(self) -> Json:
        """Version, deployment type and base URL of the site."""
        return self._get("/serverInfo")

    def fields(self) -> list[Json]:
        """Every field of the site: id, name, custom, schema."""
        return self._get("/field")

    def user(self, account_id: str) -> Json:
        """A user by Cloud account id or Data Center user name; `emailAddress` only if it is visible."""
        return self._get("/user", {"accountId" if self.flavour == "cloud" else "username": account_id})

    # Issues

    def issue(self, key: str, fields: Iterable[str] = ("*all",)) -> Json:
        """One issue with the named fields. Rich text is ADF on Cloud, a wiki string elsewhere."""
        return self._get(f"/issue/{segment(key)}", {"fields": ",".join(fields)})

    def history(self, key: str) -> list[Json]:
        """The issue's changes, oldest first: author, created, items."""
        issue = self._get(f"/issue/{segment(key)}", {"fields": "status", "expand": "changelog"})
        histories = (issue.get("changelog") or {}).get("histories") or []
        return sorted(histories, key=lambda each: (str(each.get("created")), int(each.get("id") or 0)))

    def search(self, jql: str, fields: Iterable[str] = ("*navigable",)) -> Iterator[Json]:
        """The issues that match, page by page. Cloud refuses JQL without a restriction."""
        query: dict[str, str | int] = {"jql": jql, "fields": ",".join(fields), "maxResults": _PAGE}
        if self.flavour == "datacenter":
            yield from self._by_offset("/search", "issues", query)
            return
        while True:
            page = self._get("/search/jql", query)
            yield from page.get("issues", ())
            token = page.get("nextPageToken")
            if not token or token == query.get("nextPageToken"):
                return
            query["nextPageToken"] = token

    def edit_issue(self, key: str, fields: Mapping[str, Any]) -> None:
        """Set fields. Rich text has to be ADF on Cloud."""
        self._send("PUT", f"/issue/{segment(key)}", {"fields": dict(fields)})

    def add_labels(self, key: str, labels: Iterable[str]) -> None:
        """Add labels; those of others stay, and nothing changes if ours are there. Jira refuses blanks in them."""
        operations = [{"add": label} for label in labels]
        if operations:
            self._send("PUT", f"/issue/{segment(key)}", {"update": {"labels": operations}})

    def set_property(self, key: str, name: str, value: Any) -> None:
        """Set an issue property, which people do not see and JQL can be made to find."""
        self._send("PUT", f"/issue/{segment(key)}/properties/{segment(name)}", value)

    def remote_link(self, key: str, global_id: str, url: str, title: str, summary: str = "") -> None:
        """Show a link on the issue. The same `global_id` again replaces it."""
        link = {"url": url, "title": title, "summary": summary}
        self._send("POST", f"/issue/{segment(key)}/remotelink", {"globalId": global_id, "object": link})

    # Status

    def transitions(self, key: str) -> list[Json]:
        """What can be done with the issue now: id, name, to."""
        return self._get(f"/issue/{segment(key)}/transitions").get("transitions", [])

    def transition(self, key: str, to_status: str, fields: Mapping[str, Any] | None = None) -> bool:
        """Move the issue to the status of this name (any case) or id. False if it was there already.

        Raises JiraRejected, with the statuses that can be reached, if the workflow does not lead there.
        """
        if self._is_in(key, to_status):
            return False
        possible = self.transitions(key)
        chosen = next((each for each in possible if _names(each.get("to") or {}, to_status)), None)
        if chosen is None:
            reachable = ", ".join(sorted({str(each["to"]["name"]) for each in possible})) or "none"
            reason = f"there is no transition to {to_status!r} from here; reachable: {reachable}"
            raise JiraRejected(f"the transition of {key}", 409, (reason,))
        body = {"transition": {"id": str(chosen["id"])}} | ({"fields": dict(fields)} if fields else {})
        path = f"/issue/{segment(key)}/transitions"
        self._send("POST", path, body, done=lambda: self._is_in(key, to_status) or None)
        return True

    def _is_in(self, key: str, status: str) -> bool:
        return _names(self.issue(key, ("status",))["fields"]["status"], status)

    # Comments

    def comments(self, key: str, newest_first: bool = False) -> Iterator[Json]:
        """The comments, page by page; with `properties` where Jira gives them."""
        query: dict[str, str | int] = {"maxResults": _PAGE, "expand": "properties"}
        query["orderBy"] = "-created" if newest_first else "created"
        yield from self._by_offset(f"/issue/{segment(key)}/comment", "comments", query)

    def find_comment(self, key: str, marker: str) -> Json | None:
        """The comment that carries `marker`, among the newest hundred."""
        for comment in islice(self.comments(key, newest_first=True), _COMMENTS_SEARCHED):
            if self._marker_of(comment) == marker or has_reference(comment, marker):
                return comment
        return None

    def add_comment(self, key: str, document: Document, *, marker: str, internal: bool = False) -> Json:
        """Post a comment once: if one with `marker` is there, that is returned and nothing is posted.

        `internal` hides it from the customer in a service project. A comment that is too long is cut.
        """
        if not 0 < len(marker) <= _LONGEST_MARKER:
            raise ValueError(f"A marker has 1 to {_LONGEST_MARKER} characters.")
        if found := self.find_comment(key, marker):
            return found
        body = {"body": self._body(document), "properties": comment_properties(marker, internal)}
        path = f"/issue/{segment(key)}/comment"
        return self._send("POST", path, body, done=lambda: self.find_comment(key, marker))

    def update_comment(self, key: str, comment_id: str, document: Document) -> Json:
        """Replace the text of a comment. Cloud does not tell the watchers again; Data Center cannot be asked to."""
        path = f"/issue/{segment(key)}/comment/{segment(comment_id)}"
        quietly = {"notifyUsers": "false"} if self.flavour == "cloud" else None
        return self._send("PUT", path, {"body": self._body(document)}, quietly)

    def keep_comment(self, key: str, document: Document, *, marker: str, internal: bool = False) -> Json:
        """Make the one comment with `marker` say this: replace it, or post it where it is missing."""
        if found := self.find_comment(key, marker):
            try:
                return self.update_comment(key, str(found["id"]), document)
            except JiraNotFound:
                pass  # somebody deleted it a moment ago
        return self.add_comment(key, document, marker=marker, internal=internal)

    def _marker_of(self, comment: Json) -> str | None:
        """Data Center expands properties in the list; Cloud does not promise to, so ours are asked for."""
        if "properties" in comment:
            return marker_in(comment["properties"])
        if not self._is_mine(comment.get("author") or {}):
            return None
        try:
            found = self._get(f"/comment/{segment(comment['id'])}/properties/{MARK_PROPERTY}")
        except JiraNotFound:
            return None
        return marker_in([found])

    def _is_mine(self, author: Json) -> bool:
        self._me = self._me or self.myself()
        name = "accountId" if self.flavour == "cloud" else "name"
        return name in author and author[name] == self._me.get(name)

    def _body(self, document: Document) -> Any:
        if self.flavour == "cloud":
            return to_adf(fit(document, _adf_length))
        return to_wiki(fit(document, _wiki_length))

    # Service management

    def approvals(self, key: str) -> list[Json]:
        """Who has to approve the request, and who decided what. Empty for a request without approvals."""
        return list(self._desk(f"/request/{segment(key)}/approval"))

    def service_desks(self) -> list[Json]:
        """The service projects the user can see."""
        return list(self._desk("/servicedesk"))

    def request_types(self, service_desk_id: str) -> list[Json]:
        """The forms of a service project."""
        return list(self._desk(f"/servicedesk/{segment(service_desk_id)}/requesttype"))

    def request_type_fields(self, service_desk_id: str, request_type_id: str) -> list[Json]:
        """The fields of a form: fieldId, name, required, jiraSchema, validValues."""
        form = f"/servicedesk/{segment(service_desk_id)}/requesttype/{segment(request_type_id)}/field"
        return self._desk_page(form).get("requestTypeFields", [])

    def _desk(self, path: str) -> Iterator[Json]:
        start = 0
        while True:
            page = self._desk_page(path, {"start": start, "limit": _PAGE})
            values = page.get("values", ())
            yield from values
            start += len(values)
            if page.get("isLastPage", True) or not values:
                return

    def _desk_page(self, path: str, query: Mapping[str, str | int] | None = None) -> Json:
        """Data Center answers 412 to parts of this API unless the caller opts in."""
        opt_in = {"X-ExperimentalApi": "opt-in"} if self.flavour == "datacenter" else None
        return self._transport.read(f"/rest/servicedeskapi{path}", query, opt_in)

    # Plumbing

    def _get(self, path: str, query: Mapping[str, str | int] | None = None) -> Any:
        return self._transport.read(self._api + path, query)

    def _send(
        self,
        method: str,
        path: str,
        body: Any,
        query: Mapping[str, str | int] | None = None,
        done: Callable[[], Any] | None = None,
    ) -> Any:
        return self._transport.write(method, self._api + path, body, query, done)

    def _by_offset(self, path: str, member: str, query: Mapping[str, str | int]) -> Iterator[Json]:
        start = 0
        while True:
            page = self._get(path, {**query, "startAt": start})
            found = page.get(member, ())
            yield from found
            start += len(found)
            if not found or start >= page.get("total", 0):
                return


def _names(status: Json, wanted: str) -> bool:
    return str(status.get("id")) == wanted or str(status.get("name", "")).casefold() == wanted.casefold()


def _adf_length(document: Document) -> int:
    return len(json.dumps(to_adf(document)))


def _wiki_length(document: Document) -> int:
    return len(to_wiki(document))
