"""Statistics of a period: per platform, account, tugas, desa, organisation and post; the readings behind a figure;
the same as XLSX, CSV and PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col

from app import clock, times, words_monthly
from app.forms.statistik import NONE, Choice
from app.frame import actor, organisation_id, parts, say, standing, words_of, zone
from app.models import Account, Organisation
from app.papers import pdf, sheets
from app.problems import Problem
from app.queries import board, figures, followers, monthly, periods, readings, statistics
from app.queries.board import Board
from app.queries.figures import Figures, Scope
from app.queries.periods import Period
from app.rights import needs, object_of, reach
from app.services import counting, reporting
from app.views import _statistik_lembar as paper
from app.words_statistik import METRICS, PLATFORMS, SOURCES, TASKS, compare, more, percent

bp = Blueprint("statistik", __name__)
#: Rows of the table of posts on one page.
PAGE = 50
#: Longest name of a desa in an address.
_LONGEST = 80
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Look:
    """What an address asks for: its board, whose name it wears, and the address's own arguments."""

    board: Board
    name: str
    area: list[tuple[int, str]]
    args: dict[str, Any]
    account: str | None


@bp.get("/statistik")
@needs("statistik.lihat", of_object=True)
def index() -> Any:
    """?masa=30|90|2026-08, ?organisasi=ID or ?wilayah=1 (for who sees several), ?tugas ?desa ?akun, ?sesudah=N rows."""
    now = clock.now()
    look = _look(now)
    found, after = look.board, _shown()
    with parts().db.read() as session:
        some = figures.with_words(session, found.rows[after : after + PAGE])
        mailed = reporting.is_on(session, organisation_id())
    form = Choice(
        masa=found.period.key, organisasi=organisation_id(), wilayah=not found.scope.single,
        tugas=look.args.get("tugas", ""), desa=look.args.get("desa", ""),
    )  # fmt: skip
    form.masa.choices = dict(periods.choices(found.period.zone, now))
    form.masa.choices.setdefault(found.period.key, found.period.words)
    form.organisasi.choices = {str(id_): name for id_, name in look.area}
    form.tugas.choices = {"": "Semua tugas", **TASKS, NONE: "Belum dipilih"}
    form.desa.choices = {"": "Semua desa", **{place: place for place in found.places}, NONE: "Tanpa desa"}
    form.desa.choices.setdefault(form.desa.data, form.desa.data)
    return render_template(
        "statistik/index.html",
        form=form,
        look=look,
        board=found,
        period=found.period,
        some=some,
        shown=after,
        page=PAGE,
        compare=compare,
        more=more,
        percent=percent,
        total=statistics.total,
        trend=_trend,
        age=_age,
        sources=SOURCES,
        metrics=METRICS,
        middles=paper.middles,
        origin=paper.origin,
        range_words=paper.RANGE,
        narrowed=paper.narrowed(look.args, look.account),
        platform_words=PLATFORMS,
        day=lambda at: times.day_near(at, times.local(now, found.period.zone).date()),
        rhythm_words=_rhythm_words(found),
        month=_month(found.period),
        mailed=mailed,
        mails=bool(parts().settings.mail_url),
    )


@bp.get("/statistik/unduh")
@needs("statistik.lihat", of_object=True)
def unduh() -> Any:
    """What is on screen as ?jenis=xlsx (also without) csv or pdf, same filters; every post, not only the page's."""
    kind = request.args.get("jenis", "xlsx")
    if kind not in _TYPES:
        abort(404)
    now = clock.now()
    look = _look(now)
    found = look.board
    with parts().db.read() as session:
        rows = figures.with_words(session, found.rows)
    facts = paper.Facts(look.name, paper.narrowed(look.args, look.account), rows, dict(look.area))
    try:
        if kind == "xlsx":
            made = sheets.xlsx(paper.workbook(found, facts), found.period.zone)
        elif kind == "csv":
            made = sheets.csv_bytes(*paper.posts(found, facts), found.period.zone)
        else:
            made = pdf.render("tables", paper.pages(found, facts))
    except Problem as problem:
        say(words_of(problem), "fail")
        return redirect(url_for("statistik.index", **look.args), 303)
    name = f"Statistik {look.name} {found.period.first:%Y-%m-%d} sampai {found.period.last:%Y-%m-%d}.{kind}"
    return download(made, name, _TYPES[kind])


@bp.get("/statistik/laporan")
@needs("statistik.lihat", of_object=True)
def laporan() -> Any:
    """The monthly report of one organisation for the wall, ?bulan=2026-10; without: of the last whole month."""
    asked = request.args.get("organisasi", "")
    if asked and not _id(asked):
        abort(404)
    object_of(int(asked) if asked else organisation_id(), stay=False)
    now = clock.now()
    try:
        with parts().db.read() as session:
            last = _month(periods.read("30", zone(), now))[0]
            wanted = request.args.get("bulan", last)
            found = monthly.read(session, organisation_id(), wanted, now, parts().settings.public_url)
        made = reporting.make(parts(), found)
    except Problem as problem:
        if problem.code == "report_month":
            abort(404)
        say(words_of(problem), "fail")
        return redirect(url_for("statistik.index", organisasi=organisation_id()), 303)
    return download(made, found.file_name, _TYPES["pdf"])


@bp.post("/statistik/laporan")
@needs("kalender.kelola")
def surat() -> Any:
    """Send the monthly report by mail from now on, or no longer."""
    on = request.form.get("kirim") == "1"
    with parts().db.write() as session:
        reporting.switch(session, organisation_id(), actor(), on=on)
    say("Laporan bulanan akan dikirim lewat surel setiap tanggal 1." if on else "Laporan bulanan tidak dikirim lagi.")
    return redirect(url_for("statistik.index"), 303)


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to keep, under a name in any letters."""
    answer = Response(content, mimetype=kind.split(";")[0])
    answer.headers["Content-Type"] = kind
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in " .-") else "-" for sign in name)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/statistik/<int:post_id>")
@needs("statistik.lihat", of_object=True)
def show(post_id: int) -> Any:
    """Every reading of one post."""
    with parts().db.read() as session:
        known = readings.post(session, post_id)
    object_of(known[0] if known else None, stay=False)
    with parts().db.read() as session:
        rows = figures.of_post(session, post_id)
        read = readings.of_deliveries(session, [row.delivery_id for row in rows])
    return render_template(
        "statistik/show.html",
        headline=known[1] if known else "",
        post_id=post_id,
        figures=rows,
        read=read,
        missing=readings.missing,
        behind=readings.behind,
        lama=times.span,
        age=_age,
        percent=percent,
        top=board.top,
        sources=SOURCES,
        metrics=METRICS,
    )


@bp.post("/statistik/<int:post_id>/hitung")
@needs("kiriman.tulis", of_object=True)
def hitung(post_id: int) -> Any:
    """Count this post soon, not only when its next reading is planned."""
    with parts().db.read() as session:
        known = readings.post(session, post_id)
    object_of(known[0] if known else None)
    try:
        with parts().db.write() as session:
            asked = counting.ask_now(session, post_id, actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        if asked:
            say("Sedang dihitung; muat ulang halaman ini sebentar lagi.", "plan")
        else:
            say("Baru saja dihitung, atau akunnya sedang terputus. Angka terakhir ada di bawah.", "wait")
    return redirect(url_for("statistik.show", post_id=post_id), 303)


def _look(now: datetime) -> Look:
    """What the address asks for, after its right was checked; 404 for an organisation that is not theirs."""
    mine = organisation_id()
    asked = request.args.get("organisasi", "")
    if asked and not _id(asked):
        abort(404)
    object_of(int(asked) if asked else mine, stay=False)
    place, here = organisation_id(), zone()
    period = periods.read(request.args.get("masa", ""), here, now)
    args: dict[str, Any] = {"masa": period.key}
    with parts().db.read() as session:
        area = _area(session)
        wide = bool(request.args.get("wilayah")) and len(area) > 1
        # The organisation of the page comes first: it gives the zone.
        ids = (place, *(id_ for id_, _ in area if id_ != place)) if wide else (place,)
        scope = _narrowed(ids, args)
        if wide:
            args["wilayah"] = "1"
        if len(area) > 1:
            args["organisasi"] = str(place)
        account = _account(session, scope)
        found = board.read(session, scope, period, now, TASKS)
    current = standing().organisation
    name = "Seluruh wilayah" if wide else current.name if current else ""
    return Look(found, name, area, args, account)


def _narrowed(ids: tuple[int, ...], args: dict[str, Any]) -> Scope:
    """The filters of the address, which are noted in ``args`` as far as they mean something."""
    task, village, account = (request.args.get(name, "").strip() for name in ("tugas", "desa", "akun"))
    if task in TASKS or task == NONE:
        args["tugas"] = task
    if village and len(village) <= _LONGEST:
        args["desa"] = village
    if _id(account):
        args["akun"] = account
    given = {name: "" if args[name] == NONE else args[name] for name in ("tugas", "desa") if name in args}
    return Scope(ids, int(account) if "akun" in args else None, given.get("tugas"), given.get("desa"))


def _account(session: Session, scope: Scope) -> str | None:
    """The name of the account that is looked at; 404 for one of another organisation."""
    if scope.account_id is None:
        return None
    row = session.execute(
        select(col(Account.name)).where(
            col(Account.id) == scope.account_id, col(Account.organisation_id).in_(scope.organisations)
        )
    ).first()
    if row is None:
        abort(404)
    return str(row[0])


def _area(session: Session) -> list[tuple[int, str]]:
    """The organisations whose statistics this person may see, by name."""
    ids = reach(session, standing().person_id, "statistik.lihat")
    if len(ids) < 2:
        return []
    rows = session.execute(
        select(col(Organisation.id), col(Organisation.name)).order_by(col(Organisation.name), col(Organisation.id))
    )
    return [(id_, name) for id_, name in rows if id_ in ids]


def _id(given: str) -> bool:
    return given.isascii() and given.isdecimal() and len(given) < 10


def _shown() -> int:
    """How many rows of the table come before this page; a whole number of pages."""
    given = request.args.get("sesudah", "")
    return int(given) // PAGE * PAGE if _id(given) and len(given) < 7 else 0


def _age(row: Figures, at: datetime) -> str:
    return periods.age((at - row.published_at).total_seconds())


def _month(period: Period) -> tuple[str, str]:
    """(key, words) of the month whose report is offered: the one that is looked at, else the last whole one."""
    first = period.first if len(period.key) == 7 else period.last.replace(day=1) - timedelta(days=1)
    return f"{first:%Y-%m}", words_monthly.month(first.year, first.month)


def _rhythm_words(found: Board) -> list[tuple[str, int, int]]:
    """The picture of the rhythm as a table: the days of each week, posts in it, days with a post."""
    first = found.rhythm.first
    return [
        (
            periods.span(first + timedelta(weeks=number), first + timedelta(weeks=number, days=6)),
            sum(count or 0 for count in week),
            sum(1 for count in week if count),
        )
        for number, week in enumerate(found.rhythm.weeks)
    ]


def _trend(follower: followers.Follower) -> list[int]:
    """The line of followers: from the lowest count up, since 1,100 and 1,150 look the same above a line at 0."""
    counts = [count for _, count in follower.trend]
    least = min(counts)
    return [count - least for count in counts]
