"""What the portal reads in Jira to know the truth: issues as webhooks show them, and who is in a group.

Issues are read with REST version 2 on Cloud too: webhooks are made of that version, so rich text is a wiki string
in both, and a ticket read here has the same content as the one that was sent.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from jira_bridge.jira.transport import Flavour, Transport

Json = dict[str, Any]

_PAGE = 50
_OVERLAP = 10
"""Offsets shift when an issue leaves the result while it is being paged: so many are read twice."""


class Reading:
    """The part of JiraClient that compares: see JiraClient for errors."""

    flavour: Flavour
    _transport: Transport

    def issues_as_sent(self, jql: str) -> Iterator[Json]:
        """The issues that match, with all fields. Data Center may give one twice, neither leaves one out.

        Cloud: GET /rest/api/2/search/jql, whose pages hang together by nextPageToken. Data Center: GET
        /rest/api/2/search, by offset.
        """
        query: dict[str, str | int] = {"jql": jql, "fields": "*all", "maxResults": _PAGE}
        return self._by_token(query) if self.flavour == "cloud" else self._by_place(query)

    def issue_as_sent(self, key: str) -> Json:
        """One issue with all fields; its `key` is another one if it was moved. Raises JiraNotFound."""
        found: Json = self._transport.read(f"/rest/api/2/issue/{segment(key)}", {"fields": "*all"})
        return found

    def group_members(self, group: str) -> Iterator[Json]:
        """The users in a group, page by page. Needs the permission to browse users and groups."""
        start = 0
        while True:
            page = self._transport.read(
                "/rest/api/2/group/member", {"groupname": group, "startAt": start, "maxResults": _PAGE}
            )
            users = page.get("values", ())
            yield from users
            start += len(users)
            if page.get("isLast", True) or not users:
                return

    def groups_of(self, user: str) -> list[str] | None:
        """The names of the groups that a user is in; None where Jira does not show all of them.

        `user` is an account id on Cloud (GET /rest/api/3/user/groups), a user name on Data Center (GET
        /rest/api/2/user, expanded). Both need the permission to browse users and groups; raises JiraUnauthorized
        without it, JiraNotFound for a user that Jira does not know.
        """
        if self.flavour == "cloud":
            return [
                str(group["name"]) for group in self._transport.read("/rest/api/3/user/groups", {"accountId": user})
            ]
        shown = self._transport.read("/rest/api/2/user", {"username": user, "expand": "groups"}).get("groups") or {}
        names = [str(group["name"]) for group in shown.get("items", ())]
        return names if len(names) == shown.get("size") else None

    def _by_token(self, query: dict[str, str | int]) -> Iterator[Json]:
        while True:
            page = self._transport.read("/rest/api/2/search/jql", query)
            yield from page.get("issues", ())
            token = page.get("nextPageToken")
            if not token or token == query.get("nextPageToken"):
                return
            query["nextPageToken"] = token

    def _by_place(self, query: dict[str, str | int]) -> Iterator[Json]:
        start = 0
        while True:
            page = self._transport.read("/rest/api/2/search", {**query, "startAt": start})
            found = page.get("issues", ())
            yield from found
            if not found or start + len(found) >= page.get("total", 0):
                return
            start += max(1, len(found) - _OVERLAP)


def segment(text: str) -> str:
    """A value as one segment of a path. Servers may read an encoded slash as one, and resolve dots away."""
    if not text.strip(".") or re.search(r"[/\\?#%\x00-\x1f]", text):
        raise ValueError(f"Not a key or id: {text!r}.")
    return quote(text, safe="")
