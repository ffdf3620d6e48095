"""A post on three platforms, the tap, and a worker that is killed in the middle: gone everywhere within a minute."""

from __future__ import annotations

import signal
import time

from app.services import withdrawing
from app.settings import Settings
from tests.faults.nursery import Nursery
from tests.fixtures.loop import Loop, environment, until
from tests.fixtures.taking_back import published, withdraw
from tests.fixtures.three_platforms import village

GOAL_S = withdrawing.GOAL.total_seconds()


def test_gone_on_three_platforms_within_a_minute_of_the_tap(shared_loop: Loop, nursery: Nursery) -> None:
    """Two workers with the lease as it is by default; the first is killed between deleting and looking.

    Kills at the other points: tests/faults.
    """
    loop, home = shared_loop, shared_loop.parts.settings.home
    lease_s = Settings.model_fields["lease_s"].default
    usual = environment(loop, home, lease_s=lease_s, http_timeout_s=30.0)
    with village(loop) as there:
        post_id = published(loop, *there.accounts, photos=2)
        assert there.public(loop) == (1, 1, 1)
        with nursery.running({**usual, "KENTONGAN_FAIL_AT": "withdraw.deleted"}, "worker") as first:
            began = time.monotonic()
            withdraw(loop, post_id)
            assert first.ended() == -signal.SIGKILL, first.words()
        with nursery.running(usual, "worker") as second:
            until(lambda: loop.state(post_id) == "withdrawn", GOAL_S, second.words())
        took = time.monotonic() - began
        assert [one.state for one in loop.deliveries(post_id)] == ["withdrawn"] * 3
        assert there.public(loop) == (0, 0, 0)
    assert took < GOAL_S
