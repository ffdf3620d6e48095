"""The working calendar: which days and hours count, how many working days an answer may take, and correcting it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session, col, select

from app import clock, national_days, times
from app.forms.kalender import (
    KINDS,
    TERMED,
    Day,
    clock_words,
    slug,
    terms_form,
    terms_values,
    week_form,
    week_values,
)
from app.frame import actor, organisation_id, parts, say, standing, words_of, zone
from app.models import CalendarEntry, Organisation
from app.problems import Problem
from app.queries import workdays
from app.rights import needs, object_of
from app.services import calendars, deadlines

bp = Blueprint("kalender", __name__)
Week, Terms = week_form(), terms_form()
#: Years around this one that can be looked at.
AROUND = 5


@bp.get("/kalender")
@needs("kotak.baca")
def index() -> Any:
    """?tahun=2027; ?ubah=ID or ?tanggal=2026-08-17&jenis=kerja fill the form of a day."""
    return _page()


@bp.get("/kalender/<any(hari, jam, batas):part>")
@needs("kotak.baca")
def lagi(part: str) -> Any:
    """The address of a refused form, opened again (reloaded, or by Back): the page with its forms."""
    return redirect(url_for("kalender.index", _anchor=part), 303)


@bp.get("/kalender/hari/<int:entry_id>")
@needs("kalender.kelola", of_object=True)
def ubah_lagi(entry_id: int) -> Any:
    """The same, of a correction that was being changed."""
    _own(entry_id)
    return redirect(url_for("kalender.index", ubah=entry_id, _anchor="hari"), 303)


@bp.post("/kalender/hari")
@needs("kalender.kelola")
def tambah() -> Any:
    """Add a correction."""
    form = _day_form()
    wish = form.wish() if form.validate() else None
    if wish is None:
        return _page(day=form), 422
    everywhere = form.scope.data == "semua" and _everywhere()
    try:
        with parts().db.write() as session:
            calendars.add(session, None if everywhere else organisation_id(), actor(), wish)
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(day=form), 422
    return _moved(f"“{wish.name}” masuk kalender.", everywhere, wish.first.year)


@bp.post("/kalender/hari/<int:entry_id>")
@needs("kalender.kelola", of_object=True)
def ubah(entry_id: int) -> Any:
    """Correct a correction."""
    everywhere = _own(entry_id)
    form = _day_form()
    wish = form.wish() if form.validate() else None
    if wish is None:
        return _page(day=form, changing=entry_id), 422
    try:
        with parts().db.write() as session:
            calendars.change(session, entry_id, actor(), wish)
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(day=form, changing=entry_id), 422
    return _moved(f"“{wish.name}” diubah.", everywhere, wish.first.year)


@bp.post("/kalender/hari/<int:entry_id>/hapus")
@needs("kalender.kelola", of_object=True)
def hapus(entry_id: int) -> Any:
    """Take a correction away."""
    everywhere = _own(entry_id)
    with parts().db.write() as session:
        year = calendars.get(session, entry_id).first.year
        calendars.remove(session, entry_id, actor())
    return _moved("Koreksi dihapus.", everywhere, year)


@bp.post("/kalender/jam")
@needs("kalender.kelola")
def jam() -> Any:
    """Other hours of the week."""
    form = Week.sent()
    hours = form.hours() if form.validate() else None
    if hours is None:
        return _page(week=form), 422
    try:
        with parts().db.write() as session:
            calendars.set_hours(session, organisation_id(), actor(), hours)
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(week=form), 422
    return _moved("Jam kerja disimpan.", False)


@bp.post("/kalender/batas")
@needs("kalender.kelola")
def batas() -> Any:
    """Other working days by kind."""
    form = Terms.sent()
    if not form.validate():
        return _page(terms=form), 422
    try:
        with parts().db.write() as session:
            deadlines.set_terms(session, organisation_id(), actor(), form.terms())
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(terms=form), 422
    return _moved("Batas waktu disimpan.", False)


def _page(**forms: Any) -> str:
    year, today = _year(), times.local(clock.now(), zone()).date()
    with parts().db.read() as session:
        organisation = session.get_one(Organisation, organisation_id())
        calendar = calendars.of(session, organisation)
        rows = workdays.of_year(session, organisation_id(), calendar, year)
        counted = workdays.working_days(calendar, year)
        terms = deadlines.terms_of(organisation.rules)
        changing = forms.pop("changing", None) or _changing(session)
        asked = _asked(session, changing)
    given = {"day": asked, "week": Week(data=week_values(calendar.hours)), "terms": Terms(data=terms_values(terms))}
    return render_template(
        "kalender/index.html",
        year=year,
        around=[each for each in (year - 1, year + 1) if abs(each - _this_year()) <= AROUND],
        rows=[row for row in rows if row.last >= today],
        past=[row for row in rows if row.last < today],
        counted=counted,
        together=national_days.together_known(year),
        changing=changing,
        everywhere=_everywhere(),
        days=times.DAYS,
        kinds=KINDS,
        termed=[(kind, slug(kind)) for kind in TERMED],
        hour=clock_words,
        span=_span,
        **{**given, **forms},
    )


def _day_form() -> Any:
    form = Day.sent()
    if not _everywhere():
        form.scope.data = "sini"
    return form


def _asked(session: Session, entry_id: int | None) -> Day:
    """The form of a day: as the correction that is changed stands, or as the address asks."""
    if entry_id is not None:
        row = calendars.get(session, entry_id)
        return Day(
            data={
                "kind": row.kind, "first": row.first.isoformat(), "last": row.last.isoformat(), "name": row.name,
                "opens": clock_words(row.opens), "closes": clock_words(row.closes),
                "friday_closes": clock_words(row.friday_closes),
                "scope": "sini" if row.organisation_id else "semua",
            }
        )  # fmt: skip
    kind = request.args.get("jenis", "")
    first = request.args.get("tanggal", "")[:10]
    return Day(data={"kind": kind if kind in KINDS else "libur", "first": first, "name": request.args.get("nama", "")})


def _changing(session: Session) -> int | None:
    """Which correction the form is to change: one that this person may."""
    given = request.args.get("ubah", "")
    if not (given.isdecimal() and len(given) < 10 and standing().may("kalender.kelola")):
        return None
    found = session.exec(
        select(CalendarEntry.organisation_id, CalendarEntry.id).where(col(CalendarEntry.id) == int(given))
    ).first()
    if found is None or (found[0] != organisation_id() and not (found[0] is None and _everywhere())):
        return None
    return found[1]


def _own(entry_id: int) -> bool:
    """Check a correction that the address names; whether it is one of the whole installation."""
    with parts().db.read() as session:
        known, home = workdays.home_of(session, entry_id)
    everywhere = known and home is None
    object_of((organisation_id() if _everywhere() else None) if everywhere else home)
    return everywhere


def _everywhere() -> bool:
    """Whether this person may write for the whole installation."""
    return any(role == "pengelola" for _, role in standing().memberships)


def _moved(words: str, everywhere: bool, year: int | None = None) -> Any:
    """Open deadlines follow; the page says how many."""
    ids: list[int] = [organisation_id()]
    if everywhere:
        with parts().db.read() as session:
            ids = [id_ for id_ in session.exec(select(Organisation.id)) if id_ is not None]
    moved = sum(deadlines.recompute_open(parts(), id_, actor()) for id_ in ids)
    say(f"{words} {_how_many(moved)}")
    # None is left out of the address.
    return redirect(url_for("kalender.index", tahun=None if year == _this_year() else year), 303)


def _how_many(moved: int) -> str:
    if not moved:
        return "Tidak ada batas waktu terbuka yang berubah."
    return f"Batas waktu {times.number(moved)} masukan yang masih terbuka ikut bergeser."


def _this_year() -> int:
    return times.local(clock.now(), zone()).year


def _year() -> int:
    given = request.args.get("tahun", "")
    year = int(given) if given.isdecimal() and len(given) == 4 else _this_year()
    return year if abs(year - _this_year()) <= AROUND else _this_year()


def _span(row: workdays.Special) -> str:
    """ "Sel 17 Agt", "Kam 19 Feb – Jum 20 Mar"."""
    first = times.short_date(row.first)
    return first if row.first == row.last else f"{first} – {times.short_date(row.last)}"
