"""AWS CodeBuild in the management account: a team's own customization of a new account. Untyped: no stubs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vending.aws.session import Clients


@dataclass(frozen=True, slots=True)
class Build:
    """A build and how far it is."""

    id: str
    status: str  # IN_PROGRESS, SUCCEEDED, FAILED, FAULT, TIMED_OUT, STOPPED
    phase: str
    log_url: str
    variables: Mapping[str, str]

    @property
    def open(self) -> bool:
        return self.status == "IN_PROGRESS"


def _client(clients: Clients) -> Any:
    return clients.management("codebuild")


def project_exists(clients: Clients, project: str) -> bool:
    """BatchGetProjects: whether there is a project of this name."""
    return bool(_client(clients).batch_get_projects(names=[project])["projects"])


def start_build(clients: Clients, project: str, *, token: str, variables: Mapping[str, str]) -> Build:
    """StartBuild with plain-text variables (no secrets). the same token starts nothing new for 5 minutes.

    Raises ResourceNotFoundException, AccountLimitExceededException.
    """
    answer = _client(clients).start_build(
        projectName=project,
        idempotencyToken=token,
        environmentVariablesOverride=[
            {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
        ],
    )
    return _build(answer["build"])


def build(clients: Clients, build_id: str) -> Build | None:
    """BatchGetBuilds; None if there is no such build."""
    found = _client(clients).batch_get_builds(ids=[build_id])["builds"]
    return _build(found[0]) if found else None


def find_build(clients: Clients, project: str, variable: str, value: str) -> Build | None:
    """Of the project's newest hundred builds, the newest with this environment variable; None if none has it.

    ListBuildsForProject and BatchGetBuilds. Raises ResourceNotFoundException if there is no such project.
    """
    newest = _client(clients).list_builds_for_project(projectName=project, sortOrder="DESCENDING")["ids"][:100]
    if not newest:
        return None
    builds = {found["id"]: _build(found) for found in _client(clients).batch_get_builds(ids=newest)["builds"]}
    ours = (builds[each] for each in newest if each in builds)
    return next((build for build in ours if build.variables.get(variable) == value), None)


def _build(found: Any) -> Build:
    return Build(
        id=found["id"],
        status=found["buildStatus"],
        phase=found.get("currentPhase", ""),
        log_url=found.get("logs", {}).get("deepLink", ""),
        variables={
            each["name"]: each["value"] for each in found.get("environment", {}).get("environmentVariables", [])
        },
    )
