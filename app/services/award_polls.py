"""Comments of posts that an open award counts are collected on, however old the posts are (design.md section 9).

Open: its rules stand (fixed, or frozen and not released), and the days after its last day are not over in which late
answers still count.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Award, Delivery
from app.parts import Parts
from app.services import pace, participants

#: How long after the last day comments of its posts are still collected.
AFTER = timedelta(days=7)
OPEN = ("fixed", "frozen")
#: Rows of one transaction (design.md section 12).
BATCH = 100


def keep_on(session: Session, organisation_id: int, published_at: datetime, at: datetime) -> bool:
    """Whether an open award covers a post of that organisation."""
    for award in _open(session, at):
        begin, end = _period(award)
        here = participants.area(award.organisation_id).subquery()
        if (
            begin <= published_at < end
            and session.execute(select(here.c.id).where(here.c.id == organisation_id)).first()
        ):
            return True
    return False


def pick_up(parts: Parts, go_on: Callable[[], bool] = lambda: True) -> int:
    """Collect again what has rested for its age and is counted by an award that was opened since; how many posts."""
    with parts.db.read() as session:
        awards = _open(session, clock.now())
    found = 0
    for award in awards:
        while go_on() and (some := _pick_up(parts, award)):
            found += some
    return found


def _pick_up(parts: Parts, award: Award) -> int:
    begin, end = _period(award)
    old = min(end, clock.now() - timedelta(seconds=pace.POLLS[-1][0]))
    rests = (
        col(Delivery.state) == "published",
        col(Delivery.collect_at).is_(None),
        # Collected once: its platform has comments.
        col(Delivery.collected_at).is_not(None),
        col(Delivery.published_at) >= begin,
        col(Delivery.published_at) < old,
    )
    home = col(Account.organisation_id).in_(participants.area(award.organisation_id))
    query = select(Delivery.id).join(Account, col(Account.id) == col(Delivery.account_id)).where(*rests, home)
    with parts.db.write() as session:
        ids = session.exec(query.order_by(col(Delivery.id)).limit(BATCH)).all()
        if ids:
            session.exec(update(Delivery).where(col(Delivery.id).in_(ids), *rests).values(collect_at=clock.now()))
        return len(ids)


def _open(session: Session, at: datetime) -> list[Award]:
    """Awards whose last day is not too long ago."""
    since = at.date() - AFTER - timedelta(days=1)
    rows = session.exec(
        select(Award).where(col(Award.state).in_(OPEN), col(Award.last) >= since).order_by(col(Award.id))
    )
    return [award for award in rows if at < _period(award)[1] + AFTER]


def _period(award: Award) -> tuple[datetime, datetime]:
    """Its first moment, and the first one after it."""
    zone = ZoneInfo(award.zone)
    begin = datetime.combine(award.first, time(), zone)
    return begin, datetime.combine(award.last + timedelta(days=1), time(), zone)
