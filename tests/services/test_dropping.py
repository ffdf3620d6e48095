"""What was prepared for a cancelled post is thrown away, unless an earlier try made it public unheard."""

from __future__ import annotations

import pytest
from sqlmodel import select

from app.models import Notice
from app.services import accounts, claiming, publishing, queueing, recording
from connectors import Unsure
from tests.fixtures.loop import BY, Loop


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_a_try_that_worked_late_is_found_when_its_cancelled_post_is_dropped(loop: Loop, kind: str) -> None:
    place = loop.place()
    account_id = {"facebook": place.facebook, "instagram": place.instagram}[kind]
    post_id = loop.post(account_id, photos=1)
    while loop.delivery(post_id).state != "unsure":
        for work in claiming.claim(loop.parts):
            if work.step == "commit":
                recording.failed(loop.parts, work, Unsure("timeout"), committing=True)
            else:
                publishing.work(loop.parts, work)
    while loop.delivery(post_id).state == "unsure":
        for work in claiming.claim(loop.parts):
            publishing.work(loop.parts, work)  # looked for, and not there yet
    with loop.parts.db.write() as session:
        assert queueing.cancel(session, post_id, BY) == []
    job = publishing._load(loop.parts, claiming.Work("drop", loop.delivery(post_id).id or 0, _fence(loop, post_id), 0))
    opening = accounts.opened(loop.parts, job.account)
    item = publishing.rendering.item(loop.parts, job.post, job.account)
    # The platform comes to it only now.
    public = accounts.with_connector(
        loop.parts, opening, lambda connector: connector.commit(item, publishing._staged(job.delivery))
    )
    loop.settle()
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.remote_id) == ("published", public.remote_id)
    with loop.parts.db.read() as session:
        assert session.exec(select(Notice.what)).all() == ["public_after_cancel"]


def _fence(loop: Loop, post_id: int) -> int:
    return loop.delivery(post_id).fence


def test_what_was_tried_and_is_not_there_is_dropped(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook, photos=1)
    loop.step()
    (work,) = claiming.claim(loop.parts)
    recording.failed(loop.parts, work, Unsure("timeout"), committing=True)
    while loop.delivery(post_id).state == "unsure":
        for look in claiming.claim(loop.parts):
            publishing.work(loop.parts, look)
    with loop.parts.db.write() as session:
        queueing.cancel(session, post_id, BY)
    loop.settle()
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.staged, delivery.wake_at) == ("cancelled", {}, None)
    assert loop.control.count(place.page.page_id) == len(loop.control.loose_photos(place.page.page_id)) == 0
