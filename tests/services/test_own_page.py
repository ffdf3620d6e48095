"""Our own page as an account like any other: through the queue, unclear and late, taken back; and nothing counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.db import lease_time
from app.models import Account, Delivery, Reading
from app.problems import Problem
from app.queries import figures, publik
from app.queries.figures import Scope
from app.services import accounts, claiming, counting, linking, own_page, publishing, timekeeping, withdrawing
from app.services.claiming import PUBLISHER
from app.states import move
from connectors import load
from tests.fixtures.loop import BY, Loop


def page(loop: Loop) -> int:
    return own_page.open_page(loop.parts, loop.organisation_id, "ipsm-uji", BY)


def shown(loop: Loop) -> list[str]:
    with loop.parts.db.read() as session:
        return [card.caption for card in publik.cards(session, loop.organisation_id, 20)]


def test_it_goes_out_with_the_others_and_comes_back_with_them(loop: Loop) -> None:
    place, own = loop.place(), page(loop)
    before, other = loop.account(own), loop.account(place.facebook)
    assert (before.health, before.remote_id, timekeeping.platform_of(before)) == ("connected", "ipsm-uji", "home")
    assert timekeeping.platform_of(other) == "practice"
    post_id = loop.post(own, place.facebook, caption="Posyandu lansia 🙏", photos=2)
    assert shown(loop) == []
    loop.settle()
    assert loop.state(post_id) == "published"
    [ours] = [one for one in loop.deliveries(post_id) if one.account_id == own]
    assert (ours.state, ours.attempts) == ("published", 1)
    assert (ours.collect_at, ours.reading_at) == (None, None), "nobody comments there, so nobody misses comments either"
    linking.link(loop.parts, ours.id or 0)
    assert loop.row(Delivery, ours.id or 0).permalink == f"/o/ipsm-uji/{ours.remote_id}"
    with loop.parts.db.read() as session:
        card = publik.card(session, loop.organisation_id, ours.remote_id or "")
        assert card is not None
        assert [one.alt_text for one in card.pictures] == ["Foto ke-1", "Foto ke-2"]
    assert not counting.count(loop.parts, ours.id or 0)
    with loop.parts.db.read() as session:
        assert session.get(Reading, 1) is None, "nothing is counted, and nothing is called 0"
        today = clock.now().date()
        counted = figures.published(
            session, Scope((loop.organisation_id,)), today - timedelta(days=1), today + timedelta(days=1), "UTC"
        )
    [mine] = [one for one in counted if one.connector == "website"]
    assert {mine.told(name) for name in mine.metrics} == {"tidak tersedia"}
    with loop.parts.db.write() as session:
        withdrawing.ask(session, post_id, "izin dicabut", BY)
    assert shown(loop) == [], "at once, before any worker looked"
    loop.settle()
    assert loop.state(post_id) == "withdrawn"


def test_a_worker_that_dies_in_the_commit_leaves_one_post(loop: Loop) -> None:
    own = page(loop)
    post_id = loop.post(own, caption="Rapat")
    for _ in range(5):
        works = claiming.claim(loop.parts)
        if works and works[0].step == "commit":
            break
        for work in works:
            publishing.work(loop.parts, work)
    assert works[0].step == "commit"
    name = loop.delivery(post_id).staged["name"]
    with clock.travel(timedelta(seconds=loop.parts.settings.lease_s + 5)):
        loop.settle(within_s=10)
        assert loop.delivery(post_id).state == "published"
    assert loop.delivery(post_id).remote_id == name
    assert shown(loop) == ["Rapat"]


def test_a_cancelled_one_never_stands_there(loop: Loop) -> None:
    own = page(loop)
    post_id = loop.post(own, caption="Batal", due_at=clock.now() + timedelta(minutes=10))
    loop.settle()  # prepared ahead of its time
    assert loop.delivery(post_id).staged["name"]
    with loop.parts.db.write() as session:
        move(session, session.get_one(Delivery, loop.delivery(post_id).id), "cancel", BY, wake_at=lease_time(session))
    loop.settle()
    assert (loop.delivery(post_id).state, shown(loop)) == ("cancelled", [])


def test_one_that_a_person_called_published_can_be_taken_back(loop: Loop) -> None:
    own = page(loop)
    post_id = loop.post(own, caption="Terlambat", due_at=clock.now() + timedelta(hours=2))
    with loop.parts.db.write() as session:
        delivery = session.get_one(Delivery, loop.delivery(post_id).id)
        move(session, delivery, "miss", PUBLISHER, wake_at=None)
        move(session, delivery, "confirm", BY, confirmed_by=BY.who)
    assert shown(loop) == ["Terlambat"]
    with loop.parts.db.write() as session:
        withdrawing.ask(session, post_id, "salah", BY)
    assert shown(loop) == []
    loop.settle()
    assert loop.state(post_id) == "withdrawn"


def test_a_clock_that_a_platform_calls_wrong_holds_it_too(loop: Loop) -> None:
    own = page(loop)
    timekeeping.heard("graph", clock.now() + timedelta(hours=1))
    loop.post(own, caption="Menunggu")
    loop.step()
    assert shown(loop) == []
    timekeeping.heard("graph", clock.now())
    timekeeping.heard("home", clock.now() + timedelta(days=1))
    loop.settle()
    assert shown(loop) == ["Menunggu"]


@pytest.mark.parametrize(("slug", "code"), [("IPSM Uji!", "bad_slug"), ("x", "bad_slug"), ("ipsm-uji", None)])
def test_it_is_added_without_a_key(loop: Loop, slug: str, code: str | None) -> None:
    def add() -> int:
        return accounts.add(
            loop.parts, connector="website", organisation_id=loop.organisation_id, remote_id=slug, name="Halaman",
            secrets_text="", settings={}, by=BY,
        )  # fmt: skip

    if code:
        with pytest.raises(Problem, match=code):
            add()
        return
    account: Account = loop.account(add())
    assert loop.parts.sealer.open(account.sealed) == {}
    accounts.check(loop.parts, account.id or 0, BY)
    assert loop.account(account.id or 0).health == "connected"
    for other in set(load()) - {"website"}:
        with pytest.raises(Problem, match=r"token_needed|risk_not_accepted"):
            accounts.add(
                loop.parts, connector=other, organisation_id=loop.organisation_id, remote_id="1", name="x",
                secrets_text="", settings={}, by=BY,
            )  # fmt: skip
