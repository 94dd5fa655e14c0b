"""Looking at a Jira piece by piece, and making what is missing."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from jira_bridge.jira.errors import JiraError, JiraUnauthorized
from jira_bridge.setup import fields, request_type, rules, webhook
from jira_bridge.setup.piece import Piece, State, blocked
from jira_bridge.setup.site import Site


def plan(site: Site, issue_type: str) -> Iterator[Piece]:
    """Every piece as it stands; one group that Jira refuses to show is said and ends no other.

    The rules come last: their custom data names the fields made before them.
    """
    groups: dict[str, Callable[[], Iterator[Piece]]] = {
        "fields": lambda: fields.pieces(site),
        "request type": lambda: request_type.pieces(site, issue_type),
        "native webhook": lambda: webhook.pieces(site),
        "automation rules": lambda: rules.pieces(site),
    }
    for name, look in groups.items():
        try:
            yield from look()
        except JiraError as problem:
            yield blocked(name, str(problem))


def apply(piece: Piece) -> Piece:
    """Make it if it is missing; anything else is returned as it is."""
    if piece.make is None:
        return piece
    try:
        return replace(piece, state=State.MADE, found=piece.make(), make=None)
    except JiraUnauthorized as refused:
        found = f"{refused} The user of the set-up needs this permission."
        return replace(piece, state=State.REFUSED, found=found, make=None)
    except JiraError as problem:
        return replace(piece, state=State.REFUSED, found=str(problem), make=None)
