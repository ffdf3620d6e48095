"""The state machines and ``move``: every state can be reached, one winner a race, one Event a change."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlmodel import col, select

from app import clock
from app.db import Database
from app.models import Delivery, Event
from app.problems import Stale
from app.states import ASPIRATION, DELIVERY, MACHINES, POST, Actor, Machine, move, note, table
from tests.fixtures import scenery

BY = Actor("uji")
FIRST = {
    "delivery": "queued",
    "post": "draft",
    "aspiration": "belum ditanggapi",
    "handover": "sent",
    "promise": "open",
    "award": "draft",
    "objection": "filed",
}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_can_be_reached_and_every_move_joins_states(machine: Machine) -> None:
    reached, fresh = set(), {FIRST[machine.name]}
    while fresh:
        reached |= fresh
        fresh = {to for (source, _), to in machine.moves.items() if source in reached} - reached
    assert reached == set(machine.states)
    assert {source for source, _ in machine.moves} <= set(machine.states)
    assert all(machine.states.values()), "each state says what it means"


def test_what_is_public_never_goes_out_again() -> None:
    """From published there is no way back to the queue, and committing never falls back into it unlooked."""
    beyond, fresh = set(), {"published"}
    while fresh:
        beyond |= fresh
        fresh = {to for (source, _), to in DELIVERY.moves.items() if source in beyond} - beyond
    assert not beyond & {"queued", "staging", "committing", "unsure"}
    assert DELIVERY.moves["committing", "expire"] == "unsure"
    assert DELIVERY.moves["staging", "expire"] == "queued"


def test_a_late_id_wins_wherever_it_was_not_known() -> None:
    for state in ("queued", "staging", "held", "unsure", "needs_person", "failed", "missed", "cancelled"):
        assert DELIVERY.moves[state, "late_id"] == "published"


def test_only_the_named_states_hold_a_lease_and_can_expire() -> None:
    assert {source for source, action in DELIVERY.moves if action == "expire"} == {"staging", "committing"}


def test_the_tables_are_printed() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "app.states"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    for machine in MACHINES:
        assert table(machine) in said
    assert "committing         --unclear--> unsure" in said
    assert all(state in said for state in (*DELIVERY.states, *POST.states, *ASPIRATION.states))


def _made(db: Database) -> Delivery:
    with db.write() as session:
        organisation_id = scenery.organisation(session)
        account_id = scenery.account(session, organisation_id)
        post_id = scenery.post(session, organisation_id, [account_id], state="scheduled")
        return session.get_one(Delivery, scenery.delivery(session, post_id, account_id))


def _events(db: Database) -> list[Event]:
    with db.read() as session:
        return list(session.exec(select(Event).order_by(col(Event.id))))


def test_a_move_changes_the_row_and_writes_one_event(db: Database) -> None:
    made = _made(db)
    with db.write() as session:
        delivery = session.get_one(Delivery, made.id)
        move(session, delivery, "cancel", BY, why="hujan", facts={"a": 1, "at": clock.now()}, wake_at=None)
        assert delivery.state == "cancelled"
    (event,) = _events(db)
    assert (event.subject, event.subject_id, event.what) == ("delivery", made.id, "cancel")
    assert (event.source, event.target, event.why, event.who) == ("queued", "cancelled", "hujan", "uji")
    assert event.facts["a"] == 1
    assert event.at.utcoffset() is not None


def test_a_move_that_does_not_fit_changes_nothing(db: Database) -> None:
    made = _made(db)
    with pytest.raises(Stale, match="no publish in queued"), db.write() as session:
        move(session, session.get_one(Delivery, made.id), "publish", BY)
    assert _events(db) == []


def test_who_comes_second_is_stale(db: Database) -> None:
    made = _made(db)
    with db.read() as session:
        known = session.get_one(Delivery, made.id)  # as a process knew it a moment ago
    with db.write() as session:
        move(session, session.get_one(Delivery, made.id), "cancel", BY)
    with pytest.raises(Stale, match="overtaken"), db.write() as session:
        move(session, known, "stage", BY)
    assert [event.what for event in _events(db)] == ["cancel"]


def test_a_result_is_written_only_under_its_fence(db: Database) -> None:
    made = _made(db)
    until = clock.now()
    with db.write() as session:
        move(session, session.get_one(Delivery, made.id), "commit", BY, fence=7, lease_until=until)
    with pytest.raises(Stale), db.write() as session:
        move(session, session.get_one(Delivery, made.id), "publish", BY, under=6, remote_id="1", lease_until=None)
    with db.write() as session:
        delivery = session.get_one(Delivery, made.id)
        move(session, delivery, "publish", BY, under=7, remote_id="1", lease_until=None)
    assert [event.what for event in _events(db)] == ["commit", "publish"]


def test_the_event_goes_with_its_change(db: Database) -> None:
    """Rolled back together: no history of what did not happen."""
    made = _made(db)

    def change_and_fail() -> None:
        with db.write() as session:
            move(session, session.get_one(Delivery, made.id), "cancel", BY)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert _events(db) == []
    with db.read() as session:
        assert session.get_one(Delivery, made.id).state == "queued"


def test_a_note_changes_no_state(db: Database) -> None:
    made = _made(db)
    with db.write() as session:
        note(session, session.get_one(Delivery, made.id), "seen", Actor("Rina", None), facts={"n": 1})
    (event,) = _events(db)
    assert (event.what, event.source, event.target, event.who) == ("seen", None, None, "Rina")
