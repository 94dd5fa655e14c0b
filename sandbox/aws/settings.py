"""What can be set, at start or by POST /sandbox/settings. Durations are AWS seconds."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Settings:
    rates: bool = True
    """Whether the token buckets of throttle.py are on."""
    enforce_iam: bool = False
    """Whether sessions of roles may do only what their policies say (permissions.py)."""
    creations_in_flight: int = 5
    creation_busy_code: str = "TooManyRequestsException"
    """What the sixth creation gets; undocumented, and ConcurrentModificationException is as likely."""
    creation_least: float = 13.0
    creation_median: float = 20.0
    creation_most: float = 60.0
    unreliable: float = 20.0
    """A new account may refuse roles and services for up to this long."""
    account_quota: int = 10_000
    closures_in_flight: int = 3
    closure: float = 30.0
    closure_quota: int = 250
    stack_instance: float = 60.0
    require_execution_role: bool = True
    region_opt_in: float = 300.0
    few_regions: bool = False
    """Accounts are told of three regions only: what takes each region in turn then takes a sixth of the time."""
    service_quota_decision: float = 120.0
    assignment: float = 10.0
    """Identity Center's time for one account assignment."""
    build: float = 60.0
    """How long a CodeBuild build runs."""
    random_seed: int = 1

    def change(self, values: dict[str, Any]) -> None:
        """Set the named values. ValueError for a name or a type that does not exist here."""
        kinds = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in values.items():
            if name not in kinds:
                raise ValueError(f"There is no setting {name!r}.")
            kind = kinds[name]
            wanted = (int, float) if kind is float else kind
            if not isinstance(value, wanted) or (kind is not bool and isinstance(value, bool)):
                raise ValueError(f"{name} must be of type {kind.__name__}.")
        for name, value in values.items():
            setattr(self, name, kinds[name](value))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
