"""Two workers at once on the matrix's mix: two publishers with a connection each, and two processes."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from app.db import Database
from connectors.practice.server import PracticeServer
from tests.faults import table
from tests.faults.ground import Ground, publishers
from tests.faults.nursery import Nursery
from tests.faults.table import Case
from tests.fixtures.loop import Loop, environment, until, with_times
from tests.fixtures.printed import Record

pytestmark = pytest.mark.timeout(240)


def _mix(every: int, *, direct: bool) -> list[Case]:
    """A thin slice of the unclear ones. direct: also the way that only the tests' own process can be told to take."""
    cases = [*table.unclear(), *table.twice()]
    return [case for case in cases if direct or not case.kind.direct][::every]


def _all_public_once(ground: Ground, record: Record) -> None:
    public, rows = ground.public(), ground.rows()
    twice = [spot.case.name for spot in ground.spots if public[spot.account_id] > 1]
    lost = [spot.case.name for spot in ground.spots if public[spot.account_id] < 1]
    stuck = [spot.case.name for spot in ground.spots if rows[spot.account_id].state != "published"]
    record("fault matrix", [len(ground.spots), len(twice), len(lost), len(stuck)])
    assert (twice, lost, stuck) == ([], [], [])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_publishers(
    both: tuple[Loop, PracticeServer],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
) -> None:
    loop, server = both
    ground = Ground(with_times(loop, http_timeout_s=table.TIMEOUT_S), server)
    other = replace(ground.loop, parts=replace(ground.loop.parts, db=Database(database_url)))
    ground.prepare(_mix(9, direct=True), monkeypatch)
    with publishers([ground.loop, other], monkeypatch) as rest:
        ground.switch("stage")
        rest()
        ground.switch("commit", "look")
        ground.promise_now()
        rest()
        with ground.travel(table.ASKED):
            rest()
    other.parts.db.close()
    _all_public_once(ground, record_property)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_processes(
    both: tuple[Loop, PracticeServer],
    nursery: Nursery,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
) -> None:
    loop, server = both
    ground = Ground(loop, server)
    ground.prepare(_mix(15, direct=False), monkeypatch)
    times = environment(loop, loop.parts.settings.home, http_timeout_s=table.TIMEOUT_S)
    ground.switch("stage", "commit", "look")
    ground.promise_now(ready=False)
    with nursery.running(times, "worker") as first, nursery.running(times, "worker") as second:
        until(lambda: all(row.state == "published" for row in ground.rows().values()), 90, "all published", 0.2)
        for child in (first, second):
            child.kill(signal.SIGTERM)
        assert [child.ended(30) for child in (first, second)] == [0, 0], first.words() + second.words()
    _all_public_once(ground, record_property)
