"""AWS Systems Manager Parameter Store: what the organization's owners tell the portal, by parameters."""

import json
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from vending.aws.errors import Fault, Kind, has_code
from vending.aws.session import Clients

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

DEFAULT_STACK_SETS = "/account-vending/stack-sets/default"
OPTIONAL_STACK_SETS = "/account-vending/stack-sets/optional"
ORGANIZATIONAL_UNITS = "/account-vending/organizational-units"
CACHE_SECONDS = 60

Parsed = TypeVar("Parsed")

_kept: dict[tuple[str, str, str], tuple[float, str | None]] = {}
_lock = threading.Lock()


def parameter(clients: Clients, name: str, *, ttl: float = CACHE_SECONDS) -> str | None:
    """GetParameter; None if it is absent. Kept for ttl seconds in this process; 0 reads anew.

    The text of a StringList is its values joined by commas. Raises AccessDeniedException.
    """
    key = (clients.management_account_id, clients.region, name)
    with _lock:
        read_at, kept = _kept.get(key, (0.0, None))
    if read_at and time.monotonic() - read_at < ttl:
        return kept
    value = _read(clients, name)
    with _lock:
        _kept[key] = (time.monotonic(), value)
    return value


def forget() -> None:
    """Empty the cache: for tests, and after a person has changed a parameter."""
    with _lock:
        _kept.clear()


def default_stack_sets(clients: Clients, *, ttl: float = CACHE_SECONDS) -> tuple[str, ...]:
    """The stack sets every account gets. Raises Fault if the parameter is missing or cannot be read."""
    return _required(clients, DEFAULT_STACK_SETS, parse_names, ttl)


def optional_stack_sets(clients: Clients, *, ttl: float = CACHE_SECONDS) -> tuple[str, ...]:
    """The stack sets a request may ask for; none without the parameter. Raises Fault if unreadable."""
    if parameter(clients, OPTIONAL_STACK_SETS, ttl=ttl) is None:
        return ()
    return _required(clients, OPTIONAL_STACK_SETS, parse_names, ttl)


def organizational_units(clients: Clients, *, ttl: float = CACHE_SECONDS) -> dict[str, str]:
    """Organizational units on offer, name → id. Raises Fault if the parameter is missing or unreadable."""
    return _required(clients, ORGANIZATIONAL_UNITS, parse_units, ttl)


def parse_names(text: str) -> tuple[str, ...]:
    """Names from a JSON list, a comma list or lines, in order and each once. Raises ValueError."""
    text = text.strip()
    if text.startswith(("[", "{", '"')):
        names = json.loads(text)  # JSONDecodeError is a ValueError
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("it is JSON, but no list of names")
    else:
        names = text.replace("\n", ",").split(",")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def parse_units(text: str) -> dict[str, str]:
    """Name → id from a JSON object or lines of "name=id". Raises ValueError."""
    text = text.strip()
    if text.startswith("{"):
        units = json.loads(text)
    else:
        pairs = [line.rpartition("=") for line in text.splitlines() if line.strip()]
        units = {name.strip(): unit.strip() for name, _, unit in pairs}
    for name, unit in units.items():
        if not name or not isinstance(unit, str) or not unit.startswith(("ou-", "r-")):
            raise ValueError(f"{name or unit!r} has no id of an organizational unit (ou-…)")
    if not units:
        raise ValueError("it names no organizational unit")
    return dict(units)


def _required(clients: Clients, name: str, parse: Callable[[str], Parsed], ttl: float) -> Parsed:
    text = parameter(clients, name, ttl=ttl)
    if text is None:
        raise Fault(
            Kind.PERMANENT,
            "ParameterNotFound",
            f"The SSM parameter {name} does not exist. Create it in the management account, then retry.",
        )
    try:
        return parse(text)
    except ValueError as exc:
        raise Fault(
            Kind.PERMANENT,
            "ParameterUnreadable",
            f"The SSM parameter {name} cannot be read: {_why(exc)}. Correct it, then retry.",
            str(exc),
        ) from exc


def _why(exc: ValueError) -> str:
    return f"it is not valid JSON (line {exc.lineno})" if isinstance(exc, json.JSONDecodeError) else str(exc)


def _read(clients: Clients, name: str) -> str | None:
    client: SSMClient = clients.management("ssm")
    try:
        return client.get_parameter(Name=name, WithDecryption=True)["Parameter"].get("Value", "")
    except ClientError as exc:
        if has_code(exc, "ParameterNotFound"):
            return None
        raise
