"""One file per subject; import models from here."""

from vending.models.accounts import Account
from vending.models.baselines import Baseline, BaselineActivation, BaselineStep
from vending.models.changes import AccountChange
from vending.models.closings import Closing
from vending.models.gates import GatePlace
from vending.models.leadtimes import LeadTime
from vending.models.requests import AccountRequest, Approval, Contact, LateEdit, PreflightResult
from vending.models.runs import AwsCallRecord, Run, StepAttempt, StepRun
from vending.models.stacksets import StackSet, StackSetPlace, Wave
from vending.models.throttles import Throttle

__all__ = [
    "Account",
    "AccountChange",
    "AccountRequest",
    "Approval",
    "AwsCallRecord",
    "Baseline",
    "BaselineActivation",
    "BaselineStep",
    "Closing",
    "Contact",
    "GatePlace",
    "LateEdit",
    "LeadTime",
    "PreflightResult",
    "Run",
    "StackSet",
    "StackSetPlace",
    "StepAttempt",
    "StepRun",
    "Throttle",
    "Wave",
]
