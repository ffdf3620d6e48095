"""When an account is silent for too long, by its own rhythm; when reading fails; and who is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app import clock
from app.models import Account, Comment, Delivery, Notice, Organisation, Post
from app.parts import Parts
from app.services import silence, troubles, vetting
from app.services.keeping import Heard, keep
from connectors import RemoteComment
from tests.fixtures.talking import connect_again, talking

AT = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def spaced(*gaps: timedelta) -> list[datetime]:
    times = [AT]
    for gap in gaps:
        times.append(times[-1] + gap)
    return times


@pytest.mark.parametrize(
    ("times", "limit"),
    [
        (spaced(*[HOUR] * 18), None),
        (spaced(*[HOUR] * 19), 3 * DAY),
        (spaced(*[DAY] * 19), 4 * DAY),
        # One night in twenty is longer than all others: that is no rhythm.
        (spaced(*[DAY] * 18, 9 * DAY), 4 * DAY),
        (spaced(*[DAY] * 17, 9 * DAY, 9 * DAY), 36 * DAY),
        (list(reversed(spaced(*[DAY] * 19))), 4 * DAY),
        (spaced(*[timedelta(0)] * 30), 3 * DAY),
    ],
)
def test_the_rhythm_is_the_accounts_own(times: list[datetime], limit: timedelta | None) -> None:
    assert silence.rhythm(times) == limit


def account(parts: Parts, comments: int, *, last: timedelta, read: timedelta | None, every: timedelta = HOUR) -> int:
    """An account with so many comments, the last one so long ago, whose young post was last read so long ago."""
    present = clock.now()
    with parts.db.write() as session:
        organisation = Organisation(name="IPSM", category="organisasi")
        session.add(organisation)
        session.flush()
        home = organisation.id or 0
        row = Account(organisation_id=home, connector="facebook", remote_id="1", name="Desa", health="connected")
        session.add(row)
        session.flush()
        post = Delivery(
            post_id=_post(session, home), account_id=row.id or 0, due_at=present, state="published",
            remote_id="1_2", published_at=present - 3 * DAY, collect_at=present,
            collected_at=present - read if read is not None else None,
        )  # fmt: skip
        session.add(post)
        session.flush()
        for number in range(comments):
            said = present - last - number * every
            ids: dict[str, Any] = {"account_id": row.id or 0, "delivery_id": post.id or 0, "remote_id": str(number)}
            session.add(Comment(**ids, text="x", said_at=said))
        for kind in ("own", "staff"):
            ours = Comment(account_id=row.id or 0, delivery_id=post.id or 0, remote_id=kind, text="x", said_at=present)
            setattr(ours, kind, True)
            session.add(ours)
        return row.id or 0


def _post(session: Session, organisation_id: int) -> int:
    post = Post(organisation_id=organisation_id, state="published")
    session.add(post)
    session.flush()
    return post.id or 0


def told(parts: Parts) -> list[str]:
    with parts.db.read() as session:
        return list(session.exec(select(Notice.what)))


def shown(parts: Parts) -> list[str]:
    with parts.db.read() as session:
        organisation = session.exec(select(Organisation)).one()
        ids = [each or 0 for each in session.exec(select(Notice.id))]
        return [each.what for each in troubles.read(session, ids, organisation)]


def test_a_silent_account_is_told_of_once_until_it_is_heard_again(parts: Parts) -> None:
    number = account(parts, 25, last=2 * DAY, read=HOUR)
    assert silence.look(parts) == 0
    with clock.travel(1.5 * DAY):
        with parts.db.write() as session:
            session.get_one(Delivery, 1).collected_at = clock.now()
        assert [silence.look(parts) for _ in range(3)] == [1, 0, 0]
        assert (told(parts), shown(parts)) == (["account_silent"], ["account_silent"])
        with parts.db.write() as session:
            remote = RemoteComment("new", "Halo", clock.now(), author_name="Ani")
            keep(session, session.get_one(Delivery, 1), session.get_one(Account, number), [Heard(remote, clock.now())])
        assert shown(parts) == []
        assert silence.look(parts) == 0
    with clock.travel(9 * DAY):
        with parts.db.write() as session:
            session.get_one(Delivery, 1).collected_at = clock.now()
        assert silence.look(parts) == 1


def test_few_comments_make_no_rhythm(parts: Parts) -> None:
    account(parts, silence.LEAST - 1, last=30 * DAY, read=HOUR)
    assert silence.look(parts) == 0


def test_reading_that_fails_is_told_apart(parts: Parts) -> None:
    account(parts, 0, last=DAY, read=25 * HOUR)
    assert silence.look(parts) == 1
    assert (told(parts), shown(parts)) == (["account_unread"], ["account_unread"])
    with parts.db.write() as session:
        session.get_one(Delivery, 1).collected_at = clock.now()
    assert silence.look(parts) == 0
    assert shown(parts) == []


def test_an_account_asks_for_notifications_when_it_is_connected(tmp_path, sqlite_template, photo_store) -> None:  # type: ignore[no-untyped-def]  # fixtures
    with talking(tmp_path, sqlite_template, photo_store) as talk:
        place, loop = talk.place, talk.loop
        calls = [each for each in loop.control.log() if each.path.endswith("subscribed_apps")]
        assert {each.method for each in calls} == {"POST"}
        assert len(calls) == 2
        for account_id in (place.facebook, place.instagram):
            assert loop.account(account_id).settings[vetting.NOTIFIED] == "yes"
        for token in (place.page.page_token, place.page.ig_token):
            loop.control.set_scopes(token, [
                "pages_show_list", "pages_read_engagement", "pages_manage_posts", "pages_manage_engagement",
                "pages_read_user_content", "read_insights", "instagram_basic", "instagram_content_publish",
                "instagram_manage_comments", "instagram_manage_insights", "instagram_manage_contents",
            ])  # fmt: skip
        connect_again(talk)
        for account_id in (place.facebook, place.instagram):
            found = loop.account(account_id)
            assert (found.settings[vetting.NOTIFIED], found.health) == ("no", "connected")
