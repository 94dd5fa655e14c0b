"""The approval of Jira Service Management, read back as truth (JIRA_APPROVAL=jsm).

A status says that somebody moved the ticket; the approval says who was asked, who answered and what. Source:
GET /rest/servicedeskapi/request/{key}/approval.
"""

from typing import Any

from jira_bridge import policy
from jira_bridge.jira import JiraNotFound, jira_client
from jira_bridge.moves import Move, edited_after
from jira_bridge.policy import Objection
from jira_bridge.snapshot import IssueSnapshot, moment
from jira_bridge.values import ids_of, person
from vending.models import AccountRequest


def approval_told(snapshot: IssueSnapshot, move: Move | None, request: AccountRequest | None) -> Move | None:
    """What Jira's newest approval says about a ticket that stands at “approved”; None while there is nothing to say.

    Of several approvers, one who may approve is enough here: how many Jira wants is Jira's own setting.
    """
    newest = _newest(snapshot.key)
    if newest is None or newest.get("finalDecision") not in ("approved", "declined"):
        return move and move.refused(Objection.NOT_GIVEN)
    at = moment((newest.get("completedDate") or {}).get("epochMillis"))
    answers = _answers(newest)
    if newest["finalDecision"] == "declined":
        return move and move.refused(Objection.DECLINED)
    objections = [policy.objection(person(user), ids_of(user), snapshot, request) for user in answers]
    counting = [person(user) for user, problem in zip(answers, objections, strict=True) if not problem]
    if not counting:
        problem = objections[0] if objections else Objection.UNNAMED
        return Move(by=", ".join(map(person, answers)), at=at, objection=problem)
    history = jira_client().history(snapshot.key)
    return Move(by=", ".join(counting), at=at, edited_since=at is not None and edited_after(at, history, snapshot))


def _newest(key: str) -> dict[str, Any] | None:
    try:
        rounds = jira_client().approvals(key)
    except JiraNotFound:
        return None  # no request of a service project, so there is no approval
    created = [((each.get("createdDate") or {}).get("epochMillis") or 0, int(each.get("id") or 0)) for each in rounds]
    return rounds[created.index(max(created))] if rounds else None


def _answers(approval: dict[str, Any]) -> list[dict[str, Any]]:
    """The users who answered as it was decided."""
    return [
        each.get("approver") or {}
        for each in approval.get("approvers") or ()
        if each.get("approverDecision") == approval["finalDecision"]
    ]
