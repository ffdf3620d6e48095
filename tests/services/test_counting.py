"""Readings: once for all ages that passed in a stop, dead metrics remembered, the allowance spared, rollups kept."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select

from app import clock
from app.models import Account, Budget, DeadMetric, Delivery, Reading
from app.queries import records
from app.services import counting, dead_metrics, pace, rolling
from tests.fixtures import scenery
from tests.fixtures.loop import Loop

DEAD = "(#100) The value must be a valid insights metric"


def test_readings_after_a_stop_and_dead_metrics(shared_loop: Loop) -> None:
    """One delivery: read at 1 h, then nothing until 13 h; asked by hand between; a metric dies and lives again."""
    loop = shared_loop
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    id_, remote_id = delivery.id or 0, delivery.remote_id or ""
    loop.control.numbers(remote_id, reactions=12, reach=300, views=410, shares=2)
    loop.control.fault("insights", "refused", 2, code=100, message=DEAD, account_id=place.page.page_id)
    with clock.travel(timedelta(hours=1, seconds=30)):
        assert counting.count(loop.parts, id_)
    mark = loop.control.log()[-1].id
    with clock.travel(timedelta(hours=13, minutes=6)):
        assert counting.count(loop.parts, id_), "one reading for the ages of 3, 6 and 12 hours"
        assert counting.count(loop.parts, id_), "asked for once more"
    asked = [one.params["metric"] for one in loop.control.log(mark, kind="insights")]
    assert asked == ["post_total_media_view_unique,post_clicks"] * 2, "one call each, without the dead one"
    with loop.parts.db.read() as session:
        shown = records.readings(session, post_id=post_id)["readings"]
        (dead,) = session.exec(select(DeadMetric).where(DeadMetric.account_id == place.facebook)).all()
        figure = rolling.figure(session, id_)
    assert [(one["planned_age_s"], one["late_s"] is None) for one in shown] == [
        (3600, False), (12 * 3600, False), (None, True)
    ]  # fmt: skip
    assert 0 <= shown[0]["late_s"] <= 60
    assert 3900 <= shown[1]["late_s"] <= 4000
    assert [one["metrics"]["views"] for one in shown] == [None, None, None]
    assert [one["metrics"]["reach"] for one in shown] == [300, 300, 300]
    assert shown[2]["refused"] == ["post_media_view"]
    assert dead.name == "post_media_view"
    assert figure is not None
    assert (figure.reactions, figure.reach, figure.views, figure.week_how) == (12, 300, None, None)
    # A week on it is tried again, and lives.
    with clock.travel(dead_metrics.AGAIN + timedelta(hours=2)):
        assert counting.count(loop.parts, id_)
    with loop.parts.db.read() as session:
        assert session.exec(select(DeadMetric).where(DeadMetric.account_id == place.facebook)).all() == []
        figure = rolling.figure(session, id_)
        newest = session.exec(select(Reading).order_by(col(Reading.id).desc()).limit(1)).one()
    assert figure is not None
    assert (newest.planned_age_s, newest.views, figure.views) == (7 * 86400, 410, 410)
    assert (figure.week_how, figure.week_reactions, figure.week_reach) == ("read", 12, 300)


def test_a_full_allowance_spares_the_early_ages(shared_loop: Loop) -> None:
    with shared_loop.parts.db.write() as session:
        organisation = scenery.organisation(session)
        account_id = scenery.account(session, organisation, remote_id="75")
        delivery_id = scenery.delivery(session, scenery.post(session, organisation), account_id, "published")
        for used, days in ((69, 1 / 24), (75, 1)):
            session.merge(Budget(id=7500, scope="page", remote_id="75", used_percent=used))
            delivery = session.get_one(Delivery, delivery_id)
            counting.keep(session, session.get_one(Account, account_id), delivery, None)
            session.refresh(delivery)
            assert delivery.reading_at is not None
            assert delivery.published_at is not None
            assert delivery.reading_at - delivery.published_at == timedelta(days=days)
    young = pace.next_reading(clock.now(), clock.now(), practice=True, used_percent=99)
    assert young is not None
    assert young[1] < 60, "the practice platform plays hours in seconds"
