"""Token buckets per account and API: how many calls a second AWS allows (documented, else sensible)."""

from dataclasses import dataclass

from sandbox.aws.clock import Clock
from sandbox.aws.protocol import AwsError, Call

# (calls a second, burst). An operation of its own first, then the service. sts has no bucket worth feeling.
RATES: dict[str, tuple[float, float]] = {
    "organizations": (20, 30),
    "organizations.CreateAccount": (2, 5),
    "organizations.CloseAccount": (1, 3),
    "organizations.ListAccounts": (8, 15),
    "account": (5, 8),
    "cloudformation": (20, 40),
    "cloudformation.CreateStackInstances": (2, 5),
    "cloudformation.UpdateStackInstances": (2, 5),
    "cloudformation.DeleteStackInstances": (2, 5),
    "cloudformation.UpdateStackSet": (2, 5),
    "iam": (20, 60),
    "ssm": (40, 80),
    "service-quotas": (5, 10),
    "support": (5, 10),
    "sso-admin": (20, 20),
    "ses": (14, 28),
    "sesv2": (14, 28),
}
CODES = {
    "organizations": ("TooManyRequestsException", 400),
    "account": ("TooManyRequestsException", 429),
    "service-quotas": ("TooManyRequestsException", 400),
    "cloudformation": ("Throttling", 400),
    "iam": ("Throttling", 400),
    "sts": ("Throttling", 400),
    "ses": ("Throttling", 400),
    "sesv2": ("TooManyRequestsException", 429),
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
}


def throttled(service: str) -> AwsError:
    """The throttling error in the service's own words."""
    code, status = CODES.get(service, ("ThrottlingException", 400))
    return AwsError(code, "Rate exceeded", status)


@dataclass
class Bucket:
    rate: float
    burst: float
    tokens: float
    filled_at: float


class Throttle:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.buckets: dict[tuple[str, str], Bucket] = {}

    def take(self, call: Call) -> None:
        """Use one token, or raise the service's throttling error. At time scale 0 rates are infinite."""
        name = call.name if call.name in RATES else call.service
        if name not in RATES or self.clock.scale == 0:
            return
        now = self.clock.now()
        rate, burst = RATES[name]
        bucket = self.buckets.setdefault((call.account, name), Bucket(rate, burst, burst, now))
        bucket.tokens = min(bucket.burst, bucket.tokens + (now - bucket.filled_at) * bucket.rate)
        bucket.filled_at = now
        if bucket.tokens < 1:
            raise throttled(call.service)
        bucket.tokens -= 1
