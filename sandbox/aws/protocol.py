"""What a request asks (service, operation, account, parameters), and answers as its protocol wants them."""

import io
import json
import re
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from xml.sax.saxutils import escape

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from sandbox.aws import credentials

Members = dict[str, Any]
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
SCOPE = re.compile(r"Credential=([^/\s]+)/\d+/([\w-]+)/([\w.-]+)/aws4_request")
READS = re.compile(
    r"^(Get|List|Describe|Lookup|Search|Head|BatchGet|Query|Scan|Select|Simulate|Validate|Estimate|Generate|Assume)"
)

# Signing names that are not botocore's name of the service.
SERVICES = {
    "sso": "sso-admin",
    "email": "ses",
    "servicequotas": "service-quotas",
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "access-analyzer": "accessanalyzer",
    "tagging": "resourcegroupstaggingapi",
    "states": "stepfunctions",
}


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    error: str = ""


class AwsError(Exception):
    """A refusal as AWS would give it; `more` are extra members of the error's shape, such as Reason."""

    def __init__(self, code: str, message: str, status: int = 400, **more: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.more = code, message, status, more


@dataclass
class Call:
    """One request to AWS."""

    environ: dict[str, Any]
    body: bytes
    service: str
    operation: str
    region: str
    access_key: str
    account: str
    signing: str
    path_params: dict[str, Any] = field(default_factory=dict)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    role: str = ""
    """Whose session it is; told where permissions are enforced."""

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"

    @property
    def mutating(self) -> bool:
        if self.service == "s3":
            return self.environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        return self.service != "sts" and not READS.match(self.operation)

    @property
    def model(self) -> OperationModel:
        return get_service_model(self.service).operation_model(self.operation)

    @property
    def protocol(self) -> str:
        return determine_request_protocol(get_service_model(self.service), self.environ.get("CONTENT_TYPE"))

    @cached_property
    def params(self) -> Members:
        request = Request({**self.environ, "wsgi.input": io.BytesIO(self.body)})
        parser = PROTOCOL_PARSERS[self.protocol](self.model, map_type=dict)
        return parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": self.body,
                "url_path": request.path,
                "url_params": self.path_params,
            }
        )


def parse(environ: dict[str, Any], body: bytes) -> Call | None:
    """The AWS call in a request, or None where it is unsigned and therefore none."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    key, region, signing = scope.groups()
    service = SERVICES.get(signing, signing)
    if service == "ses" and environ["PATH_INFO"].startswith("/v2/"):
        service = "sesv2"
    if service == "s3" and environ["PATH_INFO"].startswith("/v20180820/"):
        service = "s3control"  # signs as S3 and has this version in every path
    operation, path_params = _operation(service, environ, body)
    account = credentials.account_of(key)
    return Call(environ, body, service, operation, region, key, account, signing, path_params)


def _operation(service: str, environ: dict[str, Any], body: bytes) -> tuple[str, Members]:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return target.rsplit(".", 1)[-1], {}
    if action := ACTION.search(body[:100_000]):
        return action.group(1).decode(), {}
    try:
        model, params = get_service_router(service).match(Request({**environ, "wsgi.input": io.BytesIO(body)}))
    except Exception:  # noqa: BLE001 - a service or path botocore does not know: named by its path, left to moto
        return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", {}
    return model.name, params


def result(call: Call, value: Members) -> Answer:
    """A successful answer, serialised by the operation's own model."""
    serializer = get_serializer_class(call.service, call.protocol)(operation_model=call.model)
    made = serializer.serialize(value)
    body = made["body"].encode() if isinstance(made["body"], str) else made["body"]
    return Answer(made["status_code"], list(made["headers"].items()), body)


def error(call: Call, problem: AwsError) -> Answer:
    """A refusal that botocore turns into a ClientError with this very code, whatever the protocol."""
    try:
        protocol = call.protocol
    except Exception:  # noqa: BLE001 - an unknown service still gets a readable refusal
        protocol = "json"
    if protocol in ("json", "rest-json"):
        return _json_error(call, problem)
    fields = f"<Code>{escape(problem.code)}</Code><Message>{escape(problem.message)}</Message>"
    if protocol == "ec2":
        inner = f"<Errors><Error>{fields}</Error></Errors><RequestID>{call.request_id}</RequestID>"
        xml = f"<Response>{inner}</Response>"
    elif call.service == "s3":
        xml = f"<Error>{fields}<RequestId>{call.request_id}</RequestId></Error>"
    else:
        kind = "Sender" if problem.status < 500 else "Receiver"
        xml = (
            f"<ErrorResponse><Error><Type>{kind}</Type>{fields}</Error>"
            f"<RequestId>{call.request_id}</RequestId></ErrorResponse>"
        )
    return Answer(problem.status, [("Content-Type", "text/xml")], xml.encode(), problem.code)


def _json_error(call: Call, problem: AwsError) -> Answer:
    members = {"__type": problem.code, "message": problem.message, "Message": problem.message, **problem.more}
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", problem.code)]
    return Answer(problem.status, headers, json.dumps(members).encode(), problem.code)
