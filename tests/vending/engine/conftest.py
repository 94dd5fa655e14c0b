"""The slow tests of the engine take minutes: they begin first, so that all processes end at about the same time."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not (HERE in item.path.parents and item.get_closest_marker("slow")))
