"""Statistics of a period: per platform, account, tugas, desa, organisation and post; the readings behind a figure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app import clock, times
from app.forms.statistik import NONE, Choice
from app.frame import actor, organisation_id, parts, say, words_of
from app.problems import Problem
from app.queries import board, figures, followers, periods, readings, statistics
from app.queries.board import Board
from app.queries.figures import Figures
from app.rights import needs, object_of
from app.services import counting, reporting
from app.views import _statistik_lembar as paper
from app.views._statistik_pandang import look, month, whole
from app.words_statistik import METRICS, PLATFORMS, SOURCES, TASKS, compare, more, percent

bp = Blueprint("statistik", __name__)
#: Rows of the table of posts on one page.
PAGE = 50


@bp.get("/statistik")
@needs("statistik.lihat", of_object=True)
def index() -> Any:
    """?masa=30|90|2026-08, ?organisasi=ID or ?wilayah=1 (for who sees several), ?tugas ?desa ?akun, ?sesudah=N rows."""
    now = clock.now()
    asked = look(now)
    found, after = asked.board, _shown()
    with parts().db.read() as session:
        some = figures.with_words(session, found.rows[after : after + PAGE])
        mailed = reporting.is_on(session, organisation_id())
    form = Choice(
        masa=found.period.key, organisasi=organisation_id(), wilayah=not found.scope.single,
        tugas=asked.args.get("tugas", ""), desa=asked.args.get("desa", ""),
    )  # fmt: skip
    form.masa.choices = dict(periods.choices(found.period.zone, now))
    form.masa.choices.setdefault(found.period.key, found.period.words)
    form.organisasi.choices = {str(id_): name for id_, name in asked.area}
    form.tugas.choices = {"": "Semua tugas", **TASKS, NONE: "Belum dipilih"}
    form.desa.choices = {"": "Semua desa", **{place: place for place in found.places}, NONE: "Tanpa desa"}
    form.desa.choices.setdefault(form.desa.data, form.desa.data)
    return render_template(
        "statistik/index.html",
        form=form,
        look=asked,
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
        narrowed=paper.narrowed(asked.args, asked.account),
        platform_words=PLATFORMS,
        day=lambda at: times.day_near(at, times.local(now, found.period.zone).date()),
        rhythm_words=_rhythm_words(found),
        month=month(found.period),
        mailed=mailed,
        mails=bool(parts().settings.mail_url),
    )


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


def _shown() -> int:
    """How many rows of the table come before this page; a whole number of pages."""
    given = request.args.get("sesudah", "")
    return int(given) // PAGE * PAGE if whole(given) and len(given) < 7 else 0


def _age(row: Figures, at: datetime) -> str:
    return periods.age((at - row.published_at).total_seconds())


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
