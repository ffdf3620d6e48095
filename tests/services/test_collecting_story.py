"""Five hundred comments, told of in any order, read by pages that are capped, empty and end while we read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.models import Delivery, Hook
from app.services import collecting, hooking
from tests.fixtures.talking import Talk, talking

ROUNDS, STEPS = 8, 85


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, photo_store: Any) -> Iterator[Talk]:
    with talking(tmp_path_factory.mktemp("warga"), sqlite_template, photo_store) as made:
        yield made


def mangled(chance: random.Random, ids: list[int]) -> list[int]:
    """Some dropped, some doubled, and of the order little left."""
    kept = [each for each in ids if chance.random() > 0.3]
    kept += [each for each in kept if chance.random() < 0.3]
    return sorted(kept, key=lambda each: each + chance.uniform(-60, 60))


def odd_lists(chance: random.Random, talk: Talk) -> None:
    """Other pages each time; a cursor that ends once is begun anew, one that ends twice ends the read."""
    control = talk.loop.control
    control.lists(cap=chance.choice((11, 40, 100)), blank=chance.random() < 0.5, repeat_last=chance.random() < 0.5)
    if chance.random() < 0.5:
        control.fault("comments", "refused", chance.choice((1, 1, 2)), code=100, skip=chance.randrange(1, 4))


def tell_and_read(chance: random.Random, talk: Talk, deliveries: list[Delivery], after: int) -> int:
    """Notifications arrive and are worked off, before, between and after reads; the last change that was told of."""
    parts, control = talk.loop.parts, talk.loop.control
    told = [each["id"] for each in control.told(after)]
    assert set(control.tell(*mangled(chance, told), batch=chance.choice((5, 20, 60)))) <= {200}
    acts: list[Callable[[], object]] = [partial(hooking.work, parts)]
    acts += [partial(collecting.collect, parts, each.id or 0) for each in deliveries if chance.random() < 0.4]
    chance.shuffle(acts)
    for act in acts:
        act()
    control.clear_faults()
    return max(told)


def test_each_comment_once_and_in_the_end_as_on_the_platform(talk: Talk) -> None:
    chance = random.Random(20260816)
    parts, control, place = talk.loop.parts, talk.loop.control, talk.place
    deliveries = talk.publish(place.facebook, place.instagram)
    posts = [each.remote_id or "" for each in deliveries]
    after = 0
    for _ in range(ROUNDS):
        talk.live(chance, posts, STEPS)
        odd_lists(chance, talk)
        after = tell_and_read(chance, talk, deliveries, after)
    control.lists()
    for number in range(len(hooking.AGAIN_S) + 1):
        # Replies wait for their threads; those that wait in vain are kept by themselves.
        with clock.travel(number * timedelta(hours=3)):
            hooking.work(parts)
    for each in deliveries:
        collecting.collect(parts, each.id or 0)
    seen = 0
    for account_id, remote_id in ((place.facebook, place.page.page_id), (place.instagram, place.page.ig_id)):
        there = talk.on_platform(remote_id)
        assert talk.kept(account_id) == {
            key: (collecting.storable(text), *rest) for key, (text, *rest) in there.items()
        }
        rows = talk.comments(account_id)
        seen += len(rows)
        assert len({row.remote_id for row in rows}) == len(rows)
        assert all(row.versions[-1]["text"] == row.text for row in rows)
        tops = {row.remote_id: row.text for row in rows if row.parent_id is None and not row.own}
        assert {key: item.text for key, item in talk.items(account_id).items()} == tops
    assert seen > 470
    assert not [hook for number in range(1, 999) if (hook := talk.loop.row(Hook, number)) and hook.done_at is None]
