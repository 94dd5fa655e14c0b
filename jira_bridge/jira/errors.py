"""What can go wrong with a call to Jira. `transient` tells a caller whether trying again later can help."""


class JiraError(Exception):
    """Base of all. The text may be shown: it names the call and Jira's own words, never a credential."""

    transient = False
    retry_after: float | None = None


class JiraRejected(JiraError):
    """Jira understood the call and refused it (4xx): the same call will fail again."""

    def __init__(self, call: str, status: int, messages: tuple[str, ...] = ()) -> None:
        self.status, self.messages = status, messages
        said = "; ".join(messages) or "no reason given"
        super().__init__(f"Jira refused {call} (HTTP {status}): {said}.")


class JiraNotFound(JiraRejected):
    """There is no such thing, or the user may not see it; Jira does not tell the two apart (404)."""


class JiraUnauthorized(JiraRejected):
    """The token is wrong or expired (401) or lacks a permission (403): an operator has to act."""


class JiraUnavailable(JiraError):
    """Jira did not do it and may do so later: unreachable, overloaded, in conflict (409), limiting (429).

    `retry_after` is in seconds, where Jira named a time.
    """

    transient = True

    def __init__(self, call: str, reason: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(f"Jira is not available for {call}: {reason}.")


class JiraOutcomeUnknown(JiraError):
    """The call was sent and the answer lost: it may have been carried out. Look before trying again.

    With `under_way` Jira may even be at it still: a look comes too early, so the next try waits SETTLED seconds.
    """

    transient = True
    SETTLED = 60.0

    def __init__(self, call: str, reason: str, *, under_way: bool) -> None:
        self.retry_after = self.SETTLED if under_way else None
        super().__init__(f"Jira may or may not have carried out {call}: {reason}.")
