"""What every page's frame needs: the menu by right, counts beside it, filters for times and numbers, error pages."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, flash, g, has_request_context, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, NotFound

from app import clock, times
from app.parts import Parts
from app.problems import Problem, Stale
from app.queries import home
from app.rights import Standing
from app.services import deadlines
from app.states import Actor
from app.words import sentence

DEFAULT_ZONE = "Asia/Jakarta"
#: (endpoint, right, sign, words, short words for the phone bar, key of the badge). Shown when the page exists.
MENU = (
    ("beranda.index", "beranda.lihat", "home", "Beranda", "Beranda", None),
    ("kiriman.baru", "kiriman.tulis", "compose", "Buat Kiriman", "Buat", None),
    ("jadwal.index", "jadwal.lihat", "calendar", "Jadwal", "Jadwal", "jadwal"),
    ("kotak.index", "kotak.baca", "inbox", "Kotak Aspirasi", "Aspirasi", "kotak"),
    ("statistik.index", "statistik.lihat", "chart", "Statistik", "Statistik", None),
    ("pengawasan.index", "pengawasan.lihat", "clock", "Pengawasan", "Pengawasan", None),
    ("penilaian.index", "penilaian.lihat", "award", "Penilaian", "Penilaian", None),
    ("kalender.index", "kotak.baca", "calendar", "Kalender Kerja", "Kalender", None),
    ("akun.index", "akun.lihat", "plug", "Akun Media Sosial", "Akun", "akun"),
    ("profil.index", "akun.kelola", "globe", "Halaman Umum", "Halaman", None),
)


def parts() -> Parts:
    """The parts of this process."""
    found: Parts = current_app.extensions["kentongan"]
    return found


def standing() -> Standing:
    """The signed-in person in the current organisation; only in views that need a right."""
    found: Standing = g.standing
    return found


def organisation_id() -> int:
    """The current organisation."""
    found = standing().organisation
    if found is None:
        raise NotFound
    return found.id


def actor() -> Actor:
    """Who acts, for services and the history."""
    here = standing()
    return Actor(here.name, here.person_id)


def zone() -> str:
    """The current organisation's zone, or the one of the page for everybody (``g.zone``); WIB where there is none."""
    if has_request_context() and "zone" in g:
        return str(g.zone)
    here: Standing | None = g.get("standing") if has_request_context() else None
    return here.organisation.zone if here and here.organisation else DEFAULT_ZONE


def words_of(problem: Problem) -> str:
    """The sentence of a problem."""
    return sentence(problem.code, problem.facts, zone())


def say(words: str, tone: str = "ok") -> None:
    """A notice on the next page: tone ok, wait, fail, plan or doubt."""
    flash(words, tone)


def link(endpoint: str, **values: Any) -> str | None:
    """The address of a page, or None where this installation has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def add(app: Flask) -> None:
    """Filters, globals and error pages."""
    app.jinja_env.globals["link"] = link
    app.jinja_env.filters.update(
        jam=lambda at: times.clock_time(at, zone()),
        jam_saja=lambda at: times.hour(at, zone()),
        tanggal=lambda at: times.long_date(_day(at)),
        tanggal_polos=lambda at: times.plain_date(_day(at)),
        tanggal_pendek=lambda at: times.short_date(_day(at), _day(clock.now())),
        dekat=lambda at: times.moment(at, zone(), clock.now()),
        lalu=lambda at: times.ago(at, zone(), clock.now()),
        tenggat=lambda at: times.deadline(at, zone(), clock.now(), _works),
        iso=lambda at: times.local(at, zone()).isoformat(timespec="minutes"),
        judul=lambda caption: home.headline(caption),
        angka=times.number,
        desimal=times.decimal,
        kalimat=lambda code, facts=None: sentence(code, facts or {}, zone()),
    )
    app.context_processor(_context)
    app.register_error_handler(CSRFError, _csrf_missing)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(Stale, _overtaken)
    app.register_error_handler(Exception, _fault)


def _day(at: datetime | date) -> date:
    return times.local(at, zone()).date() if isinstance(at, datetime) else at


def _works(day: date) -> bool:
    """Whether people work on a date in the current organisation; its calendar is read once a request."""
    here: Standing | None = g.get("standing")
    if here is None or here.organisation is None:
        return day.weekday() < 5
    if g.get("calendar_of") != here.organisation.id:
        with parts().db.read() as session:
            g.calendar = deadlines.of(session, here.organisation.id).calendar
        g.calendar_of = here.organisation.id
    return bool(g.calendar.day(day).spans)


def _context() -> dict[str, Any]:
    here: Standing | None = g.get("standing")
    return {
        "standing": here,
        "may": here.may if here else lambda _right: False,
        "zone_word": times.ZONE_WORDS[zone()],
        "now": clock.now(),
        "menu": _menu(here) if here else [],
        "organisations": _organisations if here else lambda: [],
        "demo": current_app.config["KENTONGAN_DEMO"],
    }


def _menu(here: Standing) -> list[dict[str, Any]]:
    shown = [row for row in MENU if here.may(row[1]) and row[0] in current_app.view_functions]
    counts: dict[str, int] = {}
    if here.organisation is not None:
        with parts().db.read() as session:
            wanted = {row[5] for row in shown if row[5]}
            approver = here.may("kiriman.setujui")
            counts = home.badges(session, here.organisation.id, wanted, approver, reader=here.person_id)
    # A post's own page belongs to the schedule; only writing belongs to "Buat Kiriman".
    here_now = "jadwal" if request.endpoint == "kiriman.show" else (request.blueprint or "").partition("_")[0]
    return [
        {
            "href": url_for(endpoint),
            "sign": sign,
            "words": words,
            "short": short,
            "count": counts.get(badge, 0) if badge else 0,
            "current": endpoint.partition(".")[0] == here_now,
            "name": endpoint.partition(".")[0],
        }
        for endpoint, _, sign, words, short, badge in shown
    ]


def _organisations() -> list[tuple[int, str]]:
    with parts().db.read() as session:
        return home.organisations(session, standing().person_id)


def _page(status: int, **facts: Any) -> tuple[str, int]:
    known = {409: 422}.get(status, status)
    if known not in (400, 403, 404, 405, 413, 422, 429):
        known = 500 if status >= 500 else 400
    return render_template(f"errors/{known}.html", **facts), status


def _csrf_missing(_error: CSRFError) -> tuple[str, int]:
    from app import security

    return _page(400, csrf=True, typed=security.typed())


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error.get_response()
    return _page(error.code)


def _problem(problem: Problem) -> tuple[str, int]:
    """A view let a service's refusal through: still one plain sentence, and nothing was changed."""
    return _page(422, sentence=words_of(problem))


def _overtaken(_: Stale) -> tuple[str, int]:
    """Somebody else was faster, and the view had no better words for it."""
    return _page(409, sentence=sentence("stale"))


def _fault(error: Exception) -> tuple[str, int]:
    """A fault of ours: a code for the operator that stands in the log beside what happened."""
    code = f"K-{secrets.token_hex(3).upper()}"
    current_app.logger.error("%s %s %s", code, request.method, request.path, exc_info=error)
    if current_app.testing:
        raise error
    if isinstance(error, SQLAlchemyError):
        g.pop("standing", None)  # the frame would ask the database again
    return _page(500, code=code)
