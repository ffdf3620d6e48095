"""A person and a publisher on the same post in the same moment: what the person was told is what happens."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session

from app import clock
from app.models import Delivery
from app.parts import Parts
from app.problems import Problem, Stale
from app.services import claiming, publishing, queueing, recording, resolving, withdrawing
from connectors.practice.server import PracticeServer
from tests.faults.ground import Ground, Spot, publishers
from tests.faults.table import BY_NAME, UNCLEAR, Case, Rule
from tests.fixtures.loop import BY, Loop

LATER = timedelta(hours=3)
STAGING = ("stage.claimed", "stage.begun", "stage.made", "stage.saved", "stage.done", "stage.recorded")
COMMIT = ("commit.claimed", "commit.begun", "commit.answered", "commit.recorded")
LOOK = ("look.claimed", "look.answered")
#: What people are told when it is too late, or never was the moment.
TOO_LATE = (
    "too_late_to_cancel",
    "too_late_to_reschedule",
    "not_public",
    "nothing_to_resolve",
)


def _cancel(parts: Parts, session: Session, post_id: int) -> bool:
    return queueing.cancel(session, post_id, BY) == []


def _later(parts: Parts, session: Session, post_id: int) -> bool:
    return queueing.reschedule(session, parts.settings, post_id, clock.now() + LATER, BY) == []


def _withdraw(parts: Parts, session: Session, post_id: int) -> bool:
    withdrawing.ask(session, post_id, "wajah anak", BY)
    return True


def _resolve(how: str, parts: Parts, session: Session, post_id: int) -> bool:
    ((delivery, _),) = queueing.deliveries(session, post_id)
    resolving.resolve(session, parts.settings, delivery.id or 0, how, BY)
    return True


Act = Callable[[Parts, Session, int], bool]
ACTS: dict[str, Act] = {
    "cancel": _cancel,
    "later": _later,
    "withdraw": _withdraw,
    "send again": partial(_resolve, "resend"),
    "is public": partial(_resolve, "published"),
}


@dataclass
class Meeting:
    """One post, and what a person does to it when its publisher has come to a point. told: whether it was done."""

    spot: Spot
    point: str
    act: str
    told: bool | None = None
    code: str = ""

    def __str__(self) -> str:
        return f"{self.spot.case.name} {self.act} at {self.point}: told {self.told} {self.code}"

    def happen(self, parts: Parts) -> None:
        """The person does it, and is told."""
        for _ in range(20):
            try:
                with parts.db.write() as session:
                    told = ACTS[self.act](parts, session, self.spot.post_id)
                self.told = told
                return
            except Problem as problem:
                self.told, self.code = False, problem.code
                return
            except Stale:
                self.code = "stale"  # the page says "somebody was faster, look again", and the person does
        raise AssertionError(f"never told: {self}")


def _holds(ground: Ground, meetings: Sequence[Meeting]) -> list[str]:
    """Meetings whose end is not what the person was told."""
    public, rows = ground.public(), ground.rows()
    wrong = []
    for one in meetings:
        count, row = public[one.spot.account_id], rows[one.spot.account_id]
        assert one.told is not None, f"never met: {one}"
        assert one.told or one.code in TOO_LATE or one.code in ("", "stale"), one
        if one.act == "cancel" and one.told:
            right = (count, row.state) == (0, "cancelled")
        elif one.act == "later" and one.told:
            right = (count, row.state) == (0, "queued") and row.due_at > clock.now() + timedelta(hours=2)
        elif one.act == "withdraw" and one.told:
            right = count == 0 and row.state in ("withdrawn", "cancelled")
        elif one.act == "is public" and one.told:
            right = row.state == "published" and count <= 1
        else:
            right = (count, row.state) == (1, "published")
        if not right:
            wrong.append(f"{one} -> {count} public, {row.state}")
    return wrong


def _cases() -> list[tuple[Case, str, str]]:
    """(what, where, which act): every act at every point of the long way, and at the commit of the others."""
    unheard, nothing = (next(fault for fault in UNCLEAR if fault.name == name) for name in ("500 after", "500 before"))
    found = []
    for name, points in (("FB photo", STAGING + COMMIT), ("IG single", COMMIT), ("FB text direct", COMMIT)):
        kind = BY_NAME[name]
        # The way to Instagram's commit is the one of a photo: only what stands at its end is another.
        here = ("cancel", "withdraw") if name == "IG single" else tuple(ACTS)
        found += [(Case(kind, ()), point, act) for point in points for act in here]
        for fault in (unheard, nothing):
            case = Case(kind, (Rule(kind.commit, fault),))
            # A person's "send it again" while nobody knows is taken at its word: where that may harm, it may.
            acts = [act for act in ACTS if act != "send again" or name != "FB text direct"]
            found += [(case, point, act) for point in LOOK for act in acts]
    return found


@pytest.mark.timeout(240)
def test_a_person_at_every_point_of_the_way(
    loop_and_server: tuple[Loop, PracticeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = Ground(*loop_and_server)
    parts, plan = ground.loop.parts, _cases()
    ground.prepare([case for case, _, _ in plan], monkeypatch)
    meetings = {
        spot.account_id: Meeting(spot, point, act) for spot, (_, point, act) in zip(ground.spots, plan, strict=True)
    }
    here: list[Meeting] = []

    def reach(point: str) -> None:
        if here and here[0].point == point and here[0].told is None:
            here[0].happen(parts)

    monkeypatch.setattr(publishing, "reach", reach)
    _steps(ground, meetings, here)
    ground.switch("commit")
    ground.promise_now()
    _steps(ground, meetings, here)
    assert _holds(ground, list(meetings.values())) == []
    told = Counter((one.act, one.told) for one in meetings.values())
    assert min(told[act, yes] for act in ACTS for yes in (True, False)) > 0, told
    with ground.travel(LATER):
        _steps(ground, meetings, here)
        later = [one for one in meetings.values() if one.act == "later"]
        public = ground.public()
        assert {public[one.spot.account_id] for one in later} == {1}


def _steps(ground: Ground, meetings: dict[int, Meeting], here: list[Meeting]) -> None:
    """Everything that is due, one step after the other, in this thread."""
    parts, deadline = ground.loop.parts, time.monotonic() + 120
    while (pause := ground.loop.pause(2.5)) is not None:
        time.sleep(pause)
        for work in claiming.claim(parts, 50):
            account_id = ground.loop.row(Delivery, work.delivery_id).account_id
            here[:] = [meetings[account_id]]
            publishing.work(parts, work)
        assert time.monotonic() < deadline


@pytest.mark.timeout(240)
def test_a_person_and_a_publisher_at_the_same_time(
    both: tuple[Loop, PracticeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """40 meetings on each database. Nobody waits for anybody: the person sets out when a point is reached."""
    ground = Ground(*both)
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    kinds = [BY_NAME[name] for name in ("FB text", "FB text direct")]
    ground.prepare([Case(kinds[number % 2], ()) for number in range(40)], monkeypatch)
    # Due at once: staging and commit follow each other.
    meetings = {
        spot.account_id: Meeting(
            spot, chance.choice(COMMIT[:3] if number % 3 else STAGING), ("cancel", "later")[number % 4 // 2]
        )
        for number, spot in enumerate(ground.spots)
    }
    local, people, guard = threading.local(), [], threading.Lock()
    started: set[int] = set()
    honest = publishing.work

    def work(parts: Parts, claimed: claiming.Work) -> None:
        local.account_id = ground.loop.row(Delivery, claimed.delivery_id).account_id
        honest(parts, claimed)

    def reach(point: str) -> None:
        meeting = meetings[local.account_id]
        with guard:
            meets = meeting.point == point and meeting.spot.account_id not in started
            started.add(meeting.spot.account_id) if meets else None
            early, late = chance.uniform(0, 0.004), chance.uniform(0, 0.004)
        if meets:
            person = threading.Timer(early, meeting.happen, [ground.loop.parts])
            people.append(person)
            person.start()
            time.sleep(late)  # the moment itself: who comes first is left to chance

    monkeypatch.setattr(publishing, "work", work)
    monkeypatch.setattr(publishing, "reach", reach)
    monkeypatch.setattr(recording, "reach", lambda point: None)
    with publishers([ground.loop], monkeypatch) as rest:
        rest()
        ground.promise_now()
        rest()
        for person in people:
            person.join(30)
        rest()
        met = [one for one in meetings.values() if one.told is not None]
        assert len(met) >= 33
        assert _holds(ground, met) == [], f"seed {seed}"
        told = Counter(one.told for one in met)
        assert min(told[True], told[False]) > 2, told
        with ground.travel(LATER):
            rest()
            public = ground.public()
            assert {public[one.spot.account_id] for one in met if one.act == "later"} == {1}, f"seed {seed}"
