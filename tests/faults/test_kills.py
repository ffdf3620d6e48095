"""Workers that are killed, or sleep, at any moment: each post public exactly once.

``KENTONGAN_SEED=123`` repeats the choices of a run (what is posted, who is killed, and when); which call a kill tears
is up to the machine.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import col, select

from app.models import Delivery, Event
from app.states import LEASED
from tests.faults.nursery import Born, Nursery
from tests.fixtures.loop import Loop, Place, environment, until, with_times
from tests.fixtures.printed import Record

DELIVERIES, KILLS = 60, 30
#: Seconds. Calls are far shorter; a killed worker's lease is waited for, again and again.
TIMES = {"http_timeout_s": 0.8, "lease_s": 2.0, "retry_first_s": 0.1, "retry_max_s": 0.4}
#: Account and number of photos.
KINDS = (("facebook", 0), ("facebook", 1), ("facebook", 2), ("instagram", 1), ("instagram", 2))


class Crew:
    """Two workers. Each one that is killed is replaced at once."""

    def __init__(self, nursery: Nursery, named: dict[str, str]) -> None:
        self._nursery, self._named = nursery, named
        self.living = [self._bear(), self._bear()]
        self.dead: list[Born] = []

    def _bear(self) -> Born:
        return self._nursery.bear(self._named, "tests.faults.broken:persistent")

    def kill(self, chance: random.Random) -> None:
        index = chance.randrange(2)
        victim = self.living[index]
        victim.kill()
        assert victim.ended() == -signal.SIGKILL, victim.words()  # nothing else ended it before
        self.dead.append(victim)
        self.living[index] = self._bear()

    def work_on(self, seconds: float) -> None:
        """Wait until they have used so much of a core: also on a crowded machine a kill strikes as deep in the work.

        Seconds of the wall would end each step there before it had begun, and eight such ends fail a delivery.
        """
        most, began = time.monotonic() + 20 * seconds, self._used()
        while self._used() - began < seconds and time.monotonic() < most:
            time.sleep(0.02)

    def _used(self) -> float:
        return sum(one.used_s() for one in self.living)

    def end(self) -> None:
        """In order."""
        for one in self.living:
            one.kill(signal.SIGTERM)
        for one in self.living:
            assert one.ended() == 0, one.words()

    def words(self) -> str:
        return "".join(one.words() for one in self.dead + self.living)


@contextmanager
def _crew(nursery: Nursery, named: dict[str, str]) -> Iterator[Crew]:
    crew = Crew(nursery, named)
    try:
        yield crew
    finally:
        for one in crew.living:
            if one.status() is None:
                one.kill()


def test_killed_at_random_moments(shared_loop: Loop, nursery: Nursery, record_property: Record) -> None:
    loop = with_times(shared_loop, **TIMES)
    seed = int(os.environ.get("KENTONGAN_SEED") or random.SystemRandom().randrange(10**6))
    chance = random.Random(seed)
    places = [loop.place() for _ in range(4)]
    loop.control.fault("any", "slow", None, seconds=0.1)  # so that a kill strikes in the middle of calls
    waiting = _planned(chance, places)
    expected: Counter[tuple[str, str]] = Counter()
    ids: list[int] = []

    def approve(most: int) -> None:
        for caption, account_id, remote_id, photos in [waiting.pop() for _ in range(min(most, len(waiting)))]:
            ids.append(loop.post(account_id, caption=caption, photos=photos))
            expected[remote_id, caption] += 1

    approve(12)
    with _crew(nursery, environment(loop, loop.parts.settings.home, **TIMES)) as crew:
        while len(crew.dead) < KILLS or waiting:
            crew.work_on(chance.uniform(0.05, 0.22))  # the random moment itself
            assert _open(loop, ids) or waiting, "there was nothing left to tear"
            crew.kill(chance)
            # The last one comes with the last kill: there is always something to tear.
            approve(-(-len(waiting) // max(1, KILLS - len(crew.dead))))
        loop.control.clear_faults()
        until(lambda: not _open(loop, ids), 40, "all decided")
        crew.end()
    rows = loop.deliveries(*ids)
    public = Counter(
        (remote, post.caption)
        for place in places
        for remote in (place.page.page_id, place.page.ig_id)
        for post in loop.control.posts(remote)
    )
    twice = public - expected
    torn = _torn(loop, rows)
    figures = [seed, len(crew.dead), torn, len(rows), public.total(), twice.total(), (expected - public).total()]
    record_property("kills", figures)
    states = [(one.id, one.state, one.attempts, one.error_code, one.error_facts) for one in rows]
    assert public == expected, (figures, states)
    assert (len(rows), expected.total(), {one.state for one in rows}) == (DELIVERIES, DELIVERIES, {"published"})
    assert {one.lease_until for one in rows} == {None}
    assert torn >= KILLS // 2, f"the kills struck nothing: {figures}"
    assert not any(place.page.page_token in crew.words() for place in places)


def _planned(chance: random.Random, places: list[Place]) -> list[tuple[str, int, str, int]]:
    """(caption, account, its id there, photos) of each delivery, in an order of its own each time."""
    planned = []
    for number in range(DELIVERIES):
        connector, photos = KINDS[number % len(KINDS)]
        place = places[number // len(KINDS) % len(places)]
        remote = place.page.page_id if connector == "facebook" else place.page.ig_id
        planned.append((f"Kiriman {number}", getattr(place, connector), remote, photos))
    chance.shuffle(planned)
    return planned


def _open(loop: Loop, ids: list[int]) -> bool:
    with loop.parts.db.read() as session:
        waiting = col(Delivery.state).in_(("queued", "unsure", *LEASED)) & col(Delivery.post_id).in_(ids)
        return session.exec(select(Delivery.id).where(waiting).limit(1)).first() is not None


def _torn(loop: Loop, rows: list[Delivery]) -> int:
    """How many steps were begun and never ended: their leases ran out."""
    with loop.parts.db.read() as session:
        query = select(Event.id).where(
            Event.subject == "delivery", Event.what == "expire", col(Event.subject_id).in_([one.id for one in rows])
        )
        return len(session.exec(query).all())
