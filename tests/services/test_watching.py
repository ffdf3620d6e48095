"""Posts that we did not send: on connected accounts, and on accounts that are read from outside with another's key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from app import clock, words
from app.models import Account, Delivery, PostFigure, Reading, SeenPost, SeenReading, Watched
from app.problems import Problem
from app.services import noticing, rebuilding, rolling, seeing, watching
from connectors import RemotePost
from jobs import watch
from tests.fixtures.loop import BY, Loop

DAY = timedelta(days=1)


def ago(days: float) -> float:
    return (clock.now() - days * DAY).timestamp()


def rows(loop: Loop, table: Any, **values: Any) -> list[Any]:
    with loop.parts.db.read() as session:
        query = select(table).order_by(col(table.id))
        for name, value in values.items():
            query = query.where(getattr(table, name) == value)
        return list(session.exec(query))


def test_own_posts_of_the_app_and_never_one_of_ours(shared_loop: Loop) -> None:
    loop, parts = shared_loop, shared_loop.parts
    place = loop.place()
    ours = loop.delivery(loop.post(place.facebook, caption="Kerja bakti kita"))
    loop.settle()
    ours = loop.deliveries(ours.post_id)[0]
    page = place.page.page_id
    week, young = loop.control.post(page, "Dari aplikasi", created=ago(7.2)), loop.control.post(page, "Baru saja")
    old = loop.control.post(page, "Lama", created=ago(40))
    loop.control.numbers(week, reactions=5, comments=2, shares=1, reach=90)
    # One of ours whose number was not heard: sent, and then no clear answer.
    lost = loop.delivery(loop.post(place.facebook, caption="Tidak terdengar", due_at=clock.now() + 9 * DAY))
    said = loop.control.post(page, "Tidak  terdengar", created=ago(1))
    with parts.db.write() as session:
        session.exec(
            update(Delivery)
            .where(col(Delivery.id) == lost.id)
            .values(state="unsure", commit_at=clock.now() - DAY, wake_at=None, staged={"post": "0_0"})
        )
    assert noticing.daily(parts, place.facebook)
    assert [one.remote_id for one in rows(loop, SeenPost, account_id=place.facebook)] == [week]
    (seen,) = rows(loop, SeenPost, account_id=place.facebook)
    assert (seen.source, seen.caption, seen.platform) == ("own", "Dari aplikasi", "facebook")
    assert seen.id in noticing.due(parts), "what is found late is read at once"
    assert noticing.count(parts, seen.id)
    with parts.db.read() as session:
        figure = rolling.seen_figure(session, seen.id)
    assert figure is not None
    assert (figure.reactions, figure.reach, figure.week_how, figure.week_reach) == (5, 90, "read", 90)
    (reading,) = rows(loop, SeenReading, seen_post_id=seen.id)
    assert reading.planned_age_s == 7 * 86400
    assert not {old, young, said, ours.remote_id} & {one.remote_id for one in rows(loop, SeenPost)}
    # Its number is heard after all: as long as it stood nowhere it may have been taken for somebody else's.
    with parts.db.write() as session:
        account = session.get_one(Account, place.facebook)
        post = next(one for one in loop.control.posts(page) if one.id == said)
        owner = noticing.owner_of(account)
        with_number = RemotePost(said, clock.now() - DAY, post.caption)
        (row,) = seeing.write(session, owner, [with_number])
        seeing.read(session, row, {"reactions": 3}, practice=True)
        double = row.id
        values = {"state": "published", "remote_id": said, "published_at": clock.now() - DAY}
        session.exec(update(Delivery).where(col(Delivery.id) == lost.id).values(**values))
    rebuilding.straighten(parts)
    assert rows(loop, SeenPost, id=double) == []
    assert [one.reactions for one in rows(loop, Reading, delivery_id=lost.id)] == [3]
    assert [one.reactions for one in rows(loop, PostFigure, delivery_id=lost.id)] == [3]
    # Deleted in the app: in no sum any more; and back when it is listed again.
    loop.control.delete_post(week)
    assert noticing.daily(parts, place.facebook)
    assert rows(loop, PostFigure, seen_post_id=seen.id) == []
    assert not noticing.count(parts, seen.id)
    with parts.db.write() as session:
        (row,) = seeing.write(session, owner, [RemotePost(week, seen.published_at, "Dari aplikasi")])
        rolling.seen(session, row.id or 0)
    assert len(rows(loop, PostFigure, seen_post_id=seen.id)) == 1


def test_read_from_outside(shared_loop: Loop) -> None:
    loop, parts, control = shared_loop, shared_loop.parts, shared_loop.control
    reader = loop.place("Kominfo Kabupaten")
    other = control.make_page("Desa Luar", "desa.luar", followers=400)
    fresh, grown = (
        control.post(other.ig_id, "Baru", created=ago(0.1)),
        control.post(other.ig_id, "Besar", created=ago(6.8)),
    )
    control.react(grown, "Budi")
    with parts.db.write() as session:
        organisation = loop.organisation_id
        row = watching.add(session, organisation, "instagram", "https://instagram.com/Desa.Luar/", reader.instagram, BY)
        assert (row.handle, row.source) == ("desa.luar", "public")
        for code, words_ in {
            "watch_twice": (organisation, "instagram", "@desa.luar", reader.instagram),
            "reader_cannot": (organisation, "instagram", "lain", reader.facebook),
            "unknown_platform": (organisation, "website", "lain", reader.instagram),
            "unknown_organisation": (99999, "instagram", "lain", reader.instagram),
            "bad_handle": (organisation, "instagram", " @ ", reader.instagram),
        }.items():
            with pytest.raises(Problem) as caught:
                watching.add(session, *words_, BY)
            assert caught.value.code == code
        watched_id = row.id or 0
    watch.run(parts, lambda: True)
    (watched,) = rows(loop, Watched, id=watched_id)
    assert (watched.remote_id, watched.followers, watched.reason_code) == (other.ig_id, 400, None)
    assert watching.due(parts) == []
    figures = {one.published_at: one for one in rows(loop, PostFigure, source="public")}
    small, large = (figures[at] for at in sorted(figures, reverse=True))
    assert (small.reactions, small.week_how, small.week_followers) == (0, None, 400)
    assert (large.reactions, large.comments, large.shares, large.reach) == (1, 0, None, None)
    assert (large.week_how, large.week_reactions, large.week_followers) == ("read", 1, None), "400 was read days later"
    assert {one.remote_id for one in rows(loop, SeenPost, watched_id=watched_id)} == {fresh, grown}
    # The same look again writes no second reading for the same age, and finds nobody gone.
    with clock.travel(DAY / 2):
        assert watching.look(parts, watched_id)
    before = [one.model_dump(exclude={"id"}) for one in rows(loop, PostFigure, source="public")]
    rebuilding.rebuild(parts)
    assert [one.model_dump(exclude={"id"}) for one in rows(loop, PostFigure, source="public")] == before

    def hindered() -> str:
        assert not watching.look(parts, watched_id)
        (one,) = rows(loop, Watched, id=watched_id)
        said = words.sentence(one.reason_code, one.reason_facts)
        assert one.look_at > clock.now()
        assert " - " not in said
        assert "belum kami kenal" not in said
        return str(one.reason_code)

    control.rename(other.ig_id, "desa.luar.baru")
    assert hindered() == "watch_lost"
    taken = control.make_page("Toko", "desa.luar")
    assert hindered() == "watch_other"
    control.rename(taken.ig_id, "toko")
    control.rename(other.ig_id, "desa.luar")
    control.fault("read", "refused", 1, code=10, message="(#10) requires instagram_manage_insights")
    assert hindered() == "permission"
    assert loop.account(reader.instagram).health == "connected", "the reader's own posts go on"
    assert watching.look(parts, watched_id)
    with parts.db.write() as session:
        session.add(
            Account(
                organisation_id=loop.organisation_id, connector="instagram_private", remote_id=other.ig_id, name="x"
            )
        )
    assert hindered() == "watch_connected"
    with parts.db.write() as session:
        watching.remove(session, watched_id, BY)
        session.exec(update(Account).where(col(Account.remote_id) == other.ig_id).values(active=False))
    assert not watching.look(parts, watched_id)
    assert len(rows(loop, PostFigure, source="public")) == 2, "what was read stays"


def test_a_shared_page(shared_loop: Loop) -> None:
    loop, parts, control = shared_loop, shared_loop.parts, shared_loop.control
    reader = loop.place("Kominfo Dua")
    other = control.make_page("Desa Bagi", "desa.bagi", followers=120)
    control.post(other.page_id, "Halo", created=ago(7))
    with parts.db.write() as session:
        watched = watching.add(session, loop.organisation_id, "facebook", other.page_id, reader.facebook, BY)
    assert not watching.look(parts, watched.id or 0)
    assert rows(loop, Watched, id=watched.id)[0].reason_code == "not_shared"
    control.share(other.page_id, reader.page.page_id)
    assert watching.look(parts, watched.id or 0)
    (figure,) = rows(loop, PostFigure, source="shared")
    assert (figure.platform, figure.reactions, figure.week_how, figure.reach) == ("facebook", 0, "read", None)
