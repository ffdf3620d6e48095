"""Oversight: what is late or nearly, how fast people answer, what is open and promised; by organisation."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import Blueprint, abort, render_template, request

from app import clock, times
from app.frame import link, organisation_id, parts, standing, zone
from app.queries import oversight
from app.rights import needs, object_of, reach
from app.services import deadlines
from app.worktime import Calendar, NoWorkingTime, add_working_days

bp = Blueprint("pengawasan", __name__)
#: Organisations in the table.
MOST = 300
AGE_WORDS = {
    1: "sampai 1 hari",
    3: "2–3 hari",
    7: "4–7 hari",
    14: "8–14 hari",
    30: "15–30 hari",
    None: "lebih dari 30 hari",
}


@bp.get("/pengawasan")
@needs("pengawasan.lihat", of_object=True)
def index() -> Any:
    """?organisasi=ID, for who sees several. Rows of items only for who reads that inbox."""
    asked = request.args.get("organisasi", "")
    if asked and not (asked.isdecimal() and len(asked) < 10):
        abort(404)
    object_of(int(asked) if asked else organisation_id(), stay=False)
    here, now = organisation_id(), clock.now()
    since = now - oversight.BACK
    reads, person_id = standing().may("kotak.baca"), standing().person_id
    today = times.local(now, zone()).date()
    with parts().db.read() as session:
        calendar = deadlines.of(session, here).calendar
        until = _tomorrow(now, calendar)
        area = reach(session, person_id, "pengawasan.lihat")
        rows = oversight.area(session, area, since, now) if len(area) > 1 else []
        return render_template(
            "pengawasan/index.html",
            total=oversight.total(session, here, now),
            soon=oversight.many(session, here, now, until),
            answers=oversight.answers(session, here, calendar, since, now),
            kinds=oversight.by_kind(session, here, now),
            villages=oversight.by_village(session, here, now),
            ages=oversight.by_age(session, here, zone(), now),
            promises=oversight.promises(session, here, zone(), now),
            lates=oversight.late(session, here, now, person_id) if reads else [],
            soons=oversight.soon(session, here, now, until, person_id) if reads else [],
            silents=oversight.silent(session, here, today, person_id) if reads else [],
            rows=rows[:MOST],
            more=max(0, len(rows) - MOST),
            reads=reads and link("kotak.index") is not None,
            here=here,
            age_words=AGE_WORDS,
            back=oversight.BACK.days,
            days_of=lambda age: oversight.days_of(age, today),
            hours=_hours,
            share=_share,
        )


def _tomorrow(now: datetime, calendar: Calendar) -> datetime:
    """A working day from now."""
    try:
        return add_working_days(now, 1, calendar)
    except NoWorkingTime:
        return now + timedelta(days=1)


def _hours(value: Fraction | None) -> str:
    """ "3,5 jam kerja"."""
    if value is None:
        return times.NO_NUMBER
    return f"{times.decimal(Decimal(value.numerator) / value.denominator)} jam kerja"


def _share(part: int, whole: int) -> str:
    """ "9 dari 10 (90%)"; in words where there is nothing yet."""
    if not whole:
        return "belum ada"
    percent = times.decimal(Decimal(100 * part) / whole, 0)
    return f"{times.number(part)} dari {times.number(whole)} ({percent}%)"
