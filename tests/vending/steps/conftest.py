"""One ready account for every test of a step."""

import pytest

from tests.vending.steps.account import ReadyAccount


@pytest.fixture
def account(db, aws, drain) -> ReadyAccount:
    return ReadyAccount(aws, drain)
