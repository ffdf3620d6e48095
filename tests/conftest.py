"""Fixtures of all tests, and the order in which they begin."""

from __future__ import annotations

import pytest

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.databases",
    "tests.fixtures.line",
    "tests.fixtures.practice",
    "tests.fixtures.web",
]

#: Whole processes and browsers: begun first, so that no core waits for one of them at the end.
LONG = ("tests/jobs/", "tests/browser/", "tests/test_cli_running.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first; otherwise the order stays."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
