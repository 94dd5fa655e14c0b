"""AWS's own words, short enough for one line."""

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

Refusals = (ClientError, BotoCoreError, ResponseParserError)
"""What a call may raise; the last is no relative of the first, and comes from endpoints that do not know a call."""
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
LONGEST = 200


def said(problem: Exception) -> str:
    """The code and the sentence of an answer; the first line of anything else."""
    if isinstance(problem, ClientError):
        told = problem.response.get("Error", {})
        return f"{told.get('Code', 'error')}: {told.get('Message', '')}"[:LONGEST]
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:LONGEST]


def denied(problem: Exception) -> bool:
    return isinstance(problem, ClientError) and problem.response.get("Error", {}).get("Code") in DENIED
