"""The start page: failures with their reason first, then doubts, today's rope, who waits for an answer, accounts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from sqlmodel import Session

from app import clock, times, words_delivery
from app.frame import organisation_id, parts, standing, zone
from app.queries import award_work, handled, health, home
from app.rights import Standing, needs
from app.views import _penilaian

bp = Blueprint("beranda", __name__)


@bp.get("/")
@needs("beranda.lihat")
def index() -> Any:
    """The page; each part only for whom its own right allows."""
    here, now = standing(), clock.now()
    start, end = _today(now, zone())
    facts: dict[str, Any] = {"greeting": times.greeting(now, zone()), "today": times.local(now, zone()).date()}
    with parts().db.read() as session:
        place = organisation_id()
        if here.may("jadwal.lihat"):
            facts |= {
                "failed": home.troubles(session, place, ("failed", "missed")),
                "more_failed": max(home.many(session, place, ("failed", "missed")) - home.MOST, 0),
                "lost": home.troubles(session, place, ("needs_person",)),
                "taken_back": home.troubles(session, place, ("withdrawing",)),
                "held": home.held(session, place),
                "waits": words_delivery.patience(parts().settings),
                "clock_words": words_delivery.clock_off,
                "unsure": home.troubles(session, place, ("unsure",)),
                "rope": home.rope(session, place, start, end),
                "last": home.last_post(session, place),
                "machine": health.machine(session, now),
            }
        if here.may("kiriman.setujui"):
            facts["to_approve"] = home.to_approve(session, place)
        if here.may("kotak.baca"):
            facts |= {
                "tally": home.tally(session, place, now, end, reader=here.person_id),
                "urgent": handled.urgent(session, place, here.person_id),
                "waiting": home.waiting(session, place, reader=here.person_id),
            }
        facts["award_work"] = _award_work(session, here, place, now)
        if here.may("akun.lihat"):
            facts["accounts"] = health.account_lines(session, place, now)
    return render_template("beranda/index.html", **facts)


def _award_work(session: Session, here: Standing, place: int, now: datetime) -> list[Any]:
    found = []
    if here.may("penilaian.menilai"):
        found += award_work.to_judge(session, here.person_id)
    if here.may("penilaian.kelola"):
        found += award_work.to_run(session, _penilaian.run_by(session), now)
    if here.may("penilaian.sanggah") and place in {number for number, _ in here.memberships}:
        found += award_work.to_check(session, place, now)
    return found


def _today(now: datetime, zone_name: str) -> tuple[datetime, datetime]:
    """Midnight to midnight in the zone, aware."""
    day = times.local(now, zone_name).date()
    start = datetime.combine(day, time(), ZoneInfo(zone_name))
    return start, datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone_name))
