"""The statistics as files: what is on screen as XLSX, CSV and PDF, and the monthly report for the wall."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for

from app import clock
from app.frame import actor, organisation_id, parts, say, words_of, zone
from app.papers import pdf, sheets
from app.problems import Problem
from app.queries import figures, monthly, periods
from app.rights import needs
from app.services import reporting
from app.views import _statistik_lembar as paper
from app.views._statistik_pandang import here_now, look, month
from app.views._unduhan import download

bp = Blueprint("statistik_unduh", __name__)
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


@bp.get("/statistik/unduh")
@needs("statistik.lihat", of_object=True)
def index() -> Any:
    """What is on screen as ?jenis=xlsx (also without) csv or pdf, same filters; every post, not only the page's."""
    kind = request.args.get("jenis", "xlsx")
    if kind not in _TYPES:
        abort(404)
    now = clock.now()
    asked = look(now)
    found = asked.board
    with parts().db.read() as session:
        rows = figures.with_words(session, found.rows)
    facts = paper.Facts(asked.name, paper.narrowed(asked.args, asked.account), rows, dict(asked.area))
    try:
        if kind == "xlsx":
            made = sheets.xlsx(paper.workbook(found, facts), found.period.zone)
        elif kind == "csv":
            made = sheets.csv_bytes(*paper.posts(found, facts), found.period.zone)
        else:
            made = pdf.render("tables", paper.pages(found, facts))
    except Problem as problem:
        say(words_of(problem), "fail")
        return redirect(url_for("statistik.index", **asked.args), 303)
    name = f"Statistik {asked.name} {found.period.first:%Y-%m-%d} sampai {found.period.last:%Y-%m-%d}.{kind}"
    return download(made, name, _TYPES[kind])


@bp.get("/statistik/laporan")
@needs("statistik.lihat", of_object=True)
def laporan() -> Any:
    """The monthly report of one organisation for the wall, ?bulan=2026-10; without: of the last whole month."""
    here_now()
    now = clock.now()
    try:
        with parts().db.read() as session:
            last = month(periods.read("30", zone(), now))[0]
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
