"""CodeBuild builds that take their time, with their environment variables and idempotency tokens.

A build whose variables ask for it (FAIL_BUILD) fails; moto's builds all succeed, at once.
"""

from typing import Any

from moto.codebuild.models import codebuild_backends
from moto.moto_api._internal import mock_random

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World

TOKEN_SECONDS = 300


def _builds(world: World, call: Call) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = world.remember("builds").setdefault((call.account, call.region), {})
    return made


def _project(call: Call) -> str:
    name = str(call.params["projectName"])
    if name not in codebuild_backends[call.account][call.region].codebuild_projects:
        raise AwsError("ResourceNotFoundException", f"Project cannot be found: {name}")
    return name


def start_build(world: World, call: Call) -> dict[str, Any]:
    project, token = _project(call), call.params.get("idempotencyToken")
    tokens = world.remember("build_tokens")
    key = (call.account, call.region, project, token)
    build_id, begun = tokens.get(key, ("", 0.0))
    if token and build_id and world.clock.now() - begun < TOKEN_SECONDS:
        return {"build": dict(_builds(world, call)[build_id])}
    build_id = f"{project}:{mock_random.uuid4()}"
    tokens[key] = (build_id, world.clock.now())
    variables = call.params.get("environmentVariablesOverride", [])
    build = {
        "id": build_id,
        "projectName": project,
        "buildStatus": "IN_PROGRESS",
        "currentPhase": "BUILD",
        "startTime": world.timestamp(),
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": variables,
        },
        "logs": {
            "deepLink": f"https://console.aws.amazon.com/cloudwatch/home?region={call.region}#logEvent:"
            f"group=/aws/codebuild/{project};stream={build_id.partition(':')[2]}"
        },
    }
    _builds(world, call)[build_id] = build
    ends = "FAILED" if "FAIL_BUILD" in {each["name"] for each in variables} else "SUCCEEDED"
    world.clock.after(
        world.settings.build, lambda: build.update(buildStatus=ends, currentPhase="COMPLETED", buildComplete=True)
    )
    return {"build": dict(build)}


def batch_get_builds(world: World, call: Call) -> dict[str, Any]:
    builds, wanted = _builds(world, call), call.params["ids"]
    return {
        "builds": [dict(builds[each]) for each in wanted if each in builds],
        "buildsNotFound": [each for each in wanted if each not in builds],
    }


def list_builds_for_project(world: World, call: Call) -> dict[str, Any]:
    project = _project(call)
    ids = [each["id"] for each in _builds(world, call).values() if each["projectName"] == project]
    return {"ids": ids if call.params.get("sortOrder") == "ASCENDING" else ids[::-1]}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("codebuild", "StartBuild"): start_build,
    ("codebuild", "BatchGetBuilds"): batch_get_builds,
    ("codebuild", "ListBuildsForProject"): list_builds_for_project,
}
