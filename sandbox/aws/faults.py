"""Failures made on purpose, on the calls that match."""

import itertools
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.throttle import throttled

KINDS = ("error", "throttle", "http500", "drop_request", "drop_answer", "delay", "instance")
"""`instance` fails a stack-set instance: `contains` is the stack set's name, `account` the target."""
_ids = itertools.count(1)


@dataclass
class Fault:
    """One rule. Empty fields match everything; `times` -1 means for ever.

    Its first `after` matching calls pass; from then on it strikes each `every`-th.
    """

    kind: str
    service: str = ""
    operation: str = ""
    account: str = ""
    contains: str = ""
    times: int = 1
    after: int = 0
    every: int = 1
    code: str = "InternalFailure"
    message: str = "Injected by the sandbox."
    status: int = 400
    seconds: float = 0.0
    id: int = field(default_factory=lambda: next(_ids))
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"A fault's kind is one of {', '.join(KINDS)}, not {self.kind!r}.")

    def matches(self, call: Call) -> bool:
        return (
            self.service in ("", call.service)
            and self.operation in ("", call.operation)
            and self.account in ("", call.account)
            and self.contains.encode() in call.body
        )

    def count_down(self) -> bool:
        """Use the rule once; False while its first `after` calls, or those between two strikes, still pass."""
        if self.after > 0:
            self.after -= 1
            return False
        self.after = self.every - 1
        self.times -= 1 if self.times > 0 else 0
        self.hits += 1
        return True

    def problem(self, call: Call) -> AwsError | None:
        """The refusal this fault answers with, where it answers at all."""
        if self.kind == "error":
            return AwsError(self.code, self.message, self.status)
        if self.kind == "throttle":
            return throttled(call.service)
        if self.kind == "http500":
            return AwsError("InternalFailure", "An internal error occurred (injected by the sandbox).", 500)
        return None


class Faults:
    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, **values: Any) -> Fault:
        """Add a rule: the fields of Fault. ValueError where they are not."""
        try:
            fault = Fault(**values)
        except TypeError as problem:
            raise ValueError(str(problem)) from None
        self.rules.append(fault)
        return fault

    def take(self, call: Call) -> list[Fault]:
        """Every rule that strikes this call, counted down."""
        struck = []
        for fault in self.rules:
            if fault.kind != "instance" and fault.times and fault.matches(call) and fault.count_down():
                struck.append(fault)
        return struck

    def take_instance(self, stack_set: str, account: str) -> str:
        """Why the deployment of this stack-set instance is to fail, or nothing."""
        for fault in self.rules:
            meant = fault.account in ("", account) and fault.contains in ("", stack_set)
            if fault.kind == "instance" and fault.times and meant and fault.count_down():
                return fault.message
        return ""

    def clear(self) -> None:
        self.rules.clear()

    def as_list(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.rules]
