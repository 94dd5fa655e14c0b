"""Ids that do not depend on what was read before.

moto builds an account's part of a service when it is first touched, be it by a read, and draws random ids for
it (a default VPC, say). Here that part draws from numbers of its own, so that a replay of the changes alone,
without the reads between them, ends with the same ids.
"""

from typing import Any

from moto.core.base_backend import AccountSpecificBackend
from moto.moto_api._internal import mock_random


def install() -> None:
    """Wrap moto's way to a backend. Used once, when the layer is loaded."""
    plain = AccountSpecificBackend.__getitem__

    def steady(self: Any, region: str) -> Any:
        if dict.__contains__(self, "aws" if region == "global" else region):
            return plain(self, region)
        before = mock_random.getstate()
        mock_random.seed(f"{self.service_name} {self.account_id} {region}")
        try:
            return plain(self, region)
        finally:
            mock_random.setstate(before)

    setattr(AccountSpecificBackend, "__getitem__", steady)  # noqa: B010
