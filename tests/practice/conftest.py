"""A practice Page and callers with its tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.practice.control import Control, PracticePage
from tests.practice.caller import Caller


@pytest.fixture
def page(practice: Control) -> PracticePage:
    return practice.make_page()


@pytest.fixture
def graph(practice: Control, page: PracticePage) -> Iterator[Caller]:
    """Calls with the Page token."""
    caller = Caller(practice.url, page.page_token)
    yield caller
    caller.session.close()
