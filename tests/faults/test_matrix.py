"""The fault matrix: every way to fail × every call × everything that is sent ends with exactly one public post.

What is public is counted on the platform's side. The lines of all tests here are added up at the end of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest

from app import clock
from app.models import Delivery, Outgoing
from connectors.practice.server import PracticeServer
from tests.faults import table
from tests.faults.ground import OPEN, Ground, Spot, publishers, sentence
from tests.faults.table import Case
from tests.fixtures.loop import Loop, with_times
from tests.fixtures.printed import Record

pytestmark = pytest.mark.timeout(240)
#: Longer than any pause that a platform asks for here, and well within the grace of six hours.
PAUSE = timedelta(minutes=61)
#: Longer than most pauses and than the looks at a held one, shorter than what is staged ahead.
SHORT = timedelta(minutes=7)
GRACE = timedelta(hours=6, minutes=30)


@pytest.fixture
def ground(loop_and_server: tuple[Loop, PracticeServer]) -> Ground:
    loop, server = loop_and_server
    return Ground(with_times(loop, http_timeout_s=table.TIMEOUT_S), server)


@pytest.fixture
def patient(loop_and_server: tuple[Loop, PracticeServer]) -> Ground:
    """One on which no call takes too long."""
    loop, server = loop_and_server
    return Ground(with_times(loop, http_timeout_s=table.PATIENT_S, lease_s=2.5 * table.PATIENT_S), server)


@pytest.fixture
def written(record_property: Record) -> Callable[[Ground], None]:
    """Count on the platform, keep the figures for the line at the end, and insist on them."""

    def write(ground: Ground) -> None:
        public, rows = ground.public(), ground.rows()
        twice = [spot.case.name for spot in ground.spots if public[spot.account_id] > 1]
        lost = [
            (spot.case.name, rows[spot.account_id].state, rows[spot.account_id].error_code)
            for spot in ground.spots
            if public[spot.account_id] < 1
        ]
        stuck = [
            (spot.case.name, rows[spot.account_id].state)
            for spot in ground.spots
            if rows[spot.account_id].state in OPEN
        ]
        record_property("fault matrix", [len(ground.spots), len(twice), len(lost), len(stuck)])
        assert (twice, lost, stuck) == ([], [], [])
        assert {row.state for row in rows.values()} == {"published"}
        assert [name for name, _ in ground.unstruck()] == []

    return write


def _run(ground: Ground, cases: Sequence[Case], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Stage, then commit; after each the publishers rest. Yields the wait for their rest."""
    ground.prepare(cases, monkeypatch)
    with publishers([ground.loop], monkeypatch) as rest:
        ground.switch("stage")
        rest()
        yield rest
        ground.switch("commit", "look")
        ground.promise_now()
        rest()
        yield rest


@pytest.mark.parametrize("half", [0, 1])
def test_unclear_answers(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, written: Callable[[Ground], None], half: int
) -> None:
    for rest in _run(ground, list(table.unclear())[half::2], monkeypatch):
        with ground.travel(table.ASKED):
            rest()
    written(ground)


def test_twice_in_a_row_lagging_lists_and_things_that_vanish(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, written: Callable[[Ground], None]
) -> None:
    for rest in _run(ground, list(table.twice()), monkeypatch):
        with ground.travel(table.ASKED):
            rest()
    written(ground)


def test_limits_cost_no_attempt(
    patient: Ground, monkeypatch: pytest.MonkeyPatch, written: Callable[[Ground], None]
) -> None:
    told: set[str] = set()
    for number, rest in enumerate(_run(patient, list(table.limits()), monkeypatch)):
        present = clock.now()
        for spot, row in _with_rows(patient):
            if row.error_code in ("rate_limit", "posting_too_fast", "quota"):
                assert row.error_code == spot.case.struck.fault.key
                assert sentence(row)
                assert row.state == "queued"
                assert row.wake_at is not None
                assert row.wake_at > present + timedelta(seconds=20)
                told.add(spot.case.struck.fault.name)
        # Of the app's own limit all have to wait, so not each case meets its own in the first round.
        for pause in (SHORT,) if number == 0 else [hours * PAUSE for hours in range(1, 6)]:
            with patient.travel(pause):
                rest()
    assert len(told) >= 3
    assert [
        (spot.case.name, row.attempts) for spot, row in _with_rows(patient) if row.attempts != spot.case.tries
    ] == []
    written(patient)


def test_a_closed_account_holds_its_posts_until_it_is_connected_again(
    patient: Ground, monkeypatch: pytest.MonkeyPatch, written: Callable[[Ground], None]
) -> None:
    for number, rest in enumerate(_run(patient, list(table.auth()), monkeypatch)):
        phases = ("stage",) if number == 0 else ("commit", "look")
        struck = [spot for spot in patient.spots if spot.case.struck.call.phase in phases and spot.case.end == "auth"]
        _are_held(patient, struck)
        late, soon = struck[::2], struck[1::2]
        with patient.travel(SHORT):
            rest()
            _are_held(patient, struck)  # and nothing was sent meanwhile
            patient.reconnect(soon)
            rest()
        if number == 0:
            patient.reconnect(late)
            rest()
            continue
        _late_ones(patient, late, rest)
    written(patient)


def _late_ones(ground: Ground, late: Sequence[Spot], rest: Callable[[], None]) -> None:
    """Past the grace nothing goes out by itself, connected or not; an unclear one is only looked up."""
    before = ground.public()
    with ground.travel(GRACE):
        rest()
        ground.reconnect(late)
        rest()
        assert ground.public() == before, "sent by itself, hours too late"
        rows = ground.rows()
        missed = [spot for spot in late if rows[spot.account_id].state == "missed"]
        assert {rows[spot.account_id].state for spot in late if spot not in missed} == {"published"}
        assert all(spot.case.struck.call.phase == "look" for spot in late if spot not in missed)
        assert missed
        ground.send_again(missed)
        rest()


def _are_held(ground: Ground, spots: Sequence[Spot]) -> None:
    calls = ground.loop.control.log()
    public, rows = ground.public(), ground.rows()
    for spot in spots:
        row, account, key = rows[spot.account_id], ground.account(spot), spot.case.struck.fault.key
        looking = spot.case.struck.call.phase == "look"
        # What may be public is looked up all the same, and found.
        assert row.state in (("unsure", "published") if looking else ("held",)), spot.case.name
        assert (account.health, account.reason_code) == ("broken", key), spot.case.name
        assert looking or row.error_code == key
        assert row.state == "published" or sentence(row)
        assert public[spot.account_id] == (1 if looking else 0), spot.case.name
        hers = [call for call in calls if call.account_id in spot.own]
        last = max(place for place, call in enumerate(hers) if call.code is not None)
        assert [call.path for call in hers[last + 1 :] if call.method != "GET"] == [], spot.case.name


def test_what_the_platform_refuses_fails_after_one_send(
    patient: Ground, monkeypatch: pytest.MonkeyPatch, written: Callable[[Ground], None]
) -> None:
    for number, rest in enumerate(_run(patient, list(table.content()), monkeypatch)):
        phases = ("stage",) if number == 0 else ("commit",)
        struck = [spot for spot in patient.spots if spot.case.struck.call.phase in phases]
        calls, public, rows = patient.loop.control.log(), patient.public(), patient.rows()
        for spot in struck:
            row, rule = rows[spot.account_id], spot.case.struck
            assert (row.state, row.error_code, public[spot.account_id]) == ("failed", rule.fault.key, 0), spot.case.name
            assert sentence(row)
            assert row.wake_at is None
            sent = [one for one in calls if one.kind == rule.call.place and one.account_id in spot.own]
            assert len(sent) == rule.call.skip + 1, spot.case.name
        assert len(struck) > 5
        patient.send_again(struck)  # as a person would, with other words
        rest()
    written(patient)


def _with_rows(ground: Ground) -> list[tuple[Spot, Delivery | Outgoing]]:
    rows = ground.rows()
    return [(spot, rows[spot.account_id]) for spot in ground.spots if spot.account_id in rows]
