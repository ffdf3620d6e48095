"""A worker that sleeps across its lease (SIGSTOP: a laptop's lid, a swapping host) and wakes when its work is done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import Delivery
from connectors.practice.server import PracticeServer
from jobs.publish import Publisher
from media.intake import Taken
from media.storage import Store
from tests.faults.nursery import Born, Nursery
from tests.faults.scenes import Scene, Stage
from tests.fixtures.loop import until

_ALONE = "tests.faults.broken:publisher_alone"


@pytest.fixture
def stage(tmp_path: Path, sqlite_template: Path, photo_store: tuple[Store, list[Taken]]) -> Iterator[Stage]:
    with PracticeServer(tmp_path / "practice.sqlite3") as server:
        yield Stage(tmp_path, sqlite_template, server, photo_store)


def _sleeps(child: Born) -> bool:
    state = (Path("/proc") / str(child.pid) / "stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


def _another_goes_on(scene: Scene) -> None:
    publisher = Publisher(scene.loop.parts)
    publisher.start()
    try:
        until(scene.done, 30, "the other worker takes over")
    finally:
        publisher.stop()


def _wakes_and_ends(child: Born) -> None:
    child.kill(signal.SIGCONT)
    child.kill(signal.SIGTERM)  # in order: what it was in the middle of is gone on with
    assert child.ended() == 0, child.words()


@pytest.mark.parametrize(
    ("kind", "at"),
    [
        # The worst moment: the lease was just found long enough, the call that makes it public is next.
        ("facebook", "commit.begun:1:stop"),
        ("instagram", "commit.begun:1:stop"),
        # It is public, and the sleeper is the only one who heard that.
        ("facebook", "commit.answered:1:stop"),
        # The platform has made a photo, a post, a container, of which nobody else knows.
        ("facebook", "stage.made:3:stop"),
        # Its lease is found too short when it wakes.
        ("reply", "answer.claimed:1:stop"),
        ("reply", "answer.answered:1:stop"),
        ("withdraw", "withdraw.claimed:1:stop"),
    ],
)
def test_it_wakes_when_the_work_is_done(kind: str, at: str, stage: Stage, nursery: Nursery) -> None:
    scene = stage.scene(kind, 1)
    child = nursery.bear(scene.environment(at), _ALONE)
    until(lambda: _sleeps(child), 30, "it sleeps")
    before = scene.row()
    _another_goes_on(scene)
    _wakes_and_ends(child)
    assert scene.public() == ""
    row = scene.row()
    assert (row.state, row.lease_until, row.wake_at) == (scene.ends, None, None)
    assert row.fence > before.fence
    if isinstance(row, Delivery) and kind == "facebook":
        # What only the sleeper knew was not left lying on the Page.
        assert scene.loop.control.loose_photos(scene.remote_account) == []
        assert scene.loop.control.posts(scene.remote_account, unpublished=True) == []
    scene.loop.parts.db.close()


def test_it_sleeps_in_the_middle_of_the_call(stage: Stage, nursery: Nursery) -> None:
    scene = stage.scene("facebook", 1)
    scene.loop.control.fault("flip", "slow", account_id=scene.remote_account, seconds=0.5)
    child = nursery.bear(scene.environment(""), _ALONE)
    until(lambda: scene.row().state == "committing", 30, "the commit")
    child.kill(signal.SIGSTOP)
    _another_goes_on(scene)
    _wakes_and_ends(child)
    assert scene.public() == ""
    assert scene.row().state == "published"
    scene.loop.parts.db.close()
