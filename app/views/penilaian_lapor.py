"""LAPOR! figures: hand in a table, look at what was read, take it in, see the ranking."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from app import clock, times
from app.awarding import lapor
from app.awarding.exact import rounded
from app.forms.penilaian_lapor import Drop, Upload
from app.frame import actor, organisation_id, parts, say, words_of, zone
from app.papers import sheets
from app.papers.sheets import Column, Formula, Sheet, Value
from app.problems import Problem
from app.queries import lapor_ranking
from app.queries.lapor_ranking import Group, Taken
from app.rights import needs, object_of
from app.services import lapor_import, lapor_table
from app.services.lapor_table import Table
from app.views._unduhan import download

bp = Blueprint("penilaian_lapor", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Row → (word, tone of its colour).
ROWS = {"tindak_lanjut": ("Tindak lanjut", "k3"), "laju": ("Laju", "k4"), "kualitas": ("Kualitas", "k6")}
COLUMNS = {
    "agency": "Perangkat daerah",
    "received": "Laporan masuk",
    "followed_up": "Ditindaklanjuti",
    "in_process": "Dalam proses",
    "archived": "Diarsipkan",
    "days": "Rata-rata hari",
    "quality": "Kualitas",
}
#: Faults that a page lists.
MOST = 50


@bp.get("/penilaian/lapor")
@needs("penilaian.lihat")
def index() -> Any:
    """The newest table of the current organisation, or how to hand in the first."""
    with parts().db.read() as session:
        tables = lapor_ranking.tables(session, organisation_id())
    return _page(tables[0] if tables else None, tables)


@bp.get("/penilaian/lapor/<int:lapor_id>")
@needs("penilaian.lihat", of_object=True)
def show(lapor_id: int) -> Any:
    """One table's ranking."""
    found = _table(lapor_id)
    with parts().db.read() as session:
        tables = lapor_ranking.tables(session, organisation_id())
    return _page(found, tables)


@bp.get("/penilaian/lapor/<int:lapor_id>/unduh")
@needs("penilaian.lihat", of_object=True)
def unduh(lapor_id: int) -> Any:
    """The ranking as a workbook, its scores as formulas."""
    found = _table(lapor_id)
    with parts().db.read() as session:
        groups = lapor_ranking.ranking(session, lapor_id) or [Group("tanpa peserta", (), False, ())]
    return download(sheets.xlsx([_sheet(group) for group in groups], zone()), f"LAPOR {found.name}.xlsx", XLSX)


@bp.get("/penilaian/lapor/contoh")
@needs("penilaian.lihat")
def contoh() -> Any:
    """A table to fill in."""
    columns = [Column(words, None if column == "agency" else 16) for column, words in COLUMNS.items()]
    rows: list[list[Value]] = [
        ["Dinas Contoh (hapus baris ini)", 120, 105, 9, 6, Decimal("4.5"), 82],
        ["Kecamatan Contoh (hapus baris ini)", 14, 14, 0, 0, Decimal(3), 90],
    ]
    return download(sheets.xlsx([Sheet("LAPOR", columns, rows)], zone()), "Contoh tabel LAPOR.xlsx", XLSX)


@bp.post("/penilaian/lapor/pratinjau")
@needs("penilaian.kelola")
def pratinjau() -> Any:
    """Read the file and show what was read; nothing is stored."""
    form = Upload.sent()
    file = request.files.get("file")
    if not form.validate():
        return _page(None, _tables(), form), 422
    span: tuple[date, date] | None = form.span()
    table: Table | None = None
    try:
        if file is None or not file.filename:
            form.file.errors = [*form.file.errors, "Pilih berkasnya."]
        else:
            table = lapor_table.parse(file.read(), scale=int(form.scale.data))
        if span is not None:
            lapor_import.check(form.name.data or "", *span)
            if table is not None:
                _not_again(table)
    except Problem as problem:
        form.blame(problem, words_of(problem))
    if span is None or table is None or form.field_errors or form.form_errors:
        return _page(None, _tables(), form), 422
    sealed = None
    if not table.faults:
        name = " ".join((form.name.data or "").split())
        sealed = lapor_import.seal(parts().sealer, organisation_id(), name, *span, table)
    shown = render_template(
        "penilaian/lapor_pratinjau.html",
        form=form,
        table=table,
        sealed=sealed,
        span=span,
        columns=COLUMNS,
        most=MOST,
        number=_shown,
    )
    return (shown, 422) if table.faults else shown


@bp.post("/penilaian/lapor")
@needs("penilaian.kelola")
def impor() -> Any:
    """Take in what was shown."""
    try:
        wish = lapor_import.unseal(parts().sealer, organisation_id(), request.form.get("isi", ""))
        with parts().db.write() as session:
            made = lapor_import.take_in(session, organisation_id(), actor(), wish)
    except Problem as problem:
        say(words_of(problem), "fail")
        return redirect(url_for("penilaian_lapor.index"), 303)
    say(f"“{wish.name}” tersimpan: {times.number(len(wish.lines))} perangkat daerah.")
    return redirect(url_for("penilaian_lapor.show", lapor_id=made), 303)


@bp.post("/penilaian/lapor/<int:lapor_id>/hapus")
@needs("penilaian.kelola", of_object=True)
def hapus(lapor_id: int) -> Any:
    """A table that does not count any more."""
    found = _table(lapor_id)
    form = Drop.sent()
    try:
        with parts().db.write() as session:
            lapor_import.drop(session, lapor_id, actor(), form.reason.data or "")
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(found, _tables(), drop=form), 422
    say(f"“{found.name}” tidak dihitung lagi. Angkanya tetap ada di riwayat.")
    return redirect(url_for("penilaian_lapor.index"), 303)


def _table(lapor_id: int) -> Taken:
    with parts().db.read() as session:
        found = lapor_ranking.table(session, lapor_id)
    object_of(found.organisation_id if found else None, stay=False)
    if found is None:
        abort(404)
    return found


def _tables() -> list[Taken]:
    with parts().db.read() as session:
        return lapor_ranking.tables(session, organisation_id())


def _not_again(table: Table) -> None:
    with parts().db.read() as session:
        before = lapor_import.taken(session, organisation_id(), table.sha256)
    if before is not None:
        raise Problem("lapor_same", field="file", name=before)


def _page(found: Taken | None, tables: list[Taken], form: Any = None, drop: Any = None) -> str:
    groups: list[Group] = []
    if found is not None:
        with parts().db.read() as session:
            groups = lapor_ranking.ranking(session, found.id)
    year = times.local(clock.now(), zone()).year
    defaults = {"name": f"LAPOR! {year}", "first": f"{year}-01-01", "last": f"{year}-12-31"}
    return render_template(
        "penilaian/lapor.html",
        taken=found,
        tables=tables,
        groups=groups,
        form=form if form is not None else Upload(**defaults),
        drop=drop if drop is not None else Drop(),
        names=ROWS,
        weights=lapor.WEIGHTS,
        rules=lapor,
        worth=_worth,
        number=_shown,
    )


def _worth(standing: lapor.Standing, row: str) -> Decimal:
    """Points of a row as they count in the score, two decimals."""
    return rounded(standing.weights.get(row, Fraction(0)) * (standing.points[row] or 0) / 100)


def _shown(value: Decimal | Fraction | None, places: int = 1) -> str:
    """ "17,9"; "tidak tersedia" for what nobody gave."""
    return "tidak tersedia" if value is None else times.decimal(rounded(Fraction(value), places), places)


def _sheet(group: Group) -> Sheet:
    """Points and weights as numbers, the score as the formula that makes it of them."""
    titles = ("Peringkat", "Perangkat daerah", "Masuk", "Diarsipkan", "Ditindaklanjuti", "% tindak lanjut")
    points = [f"Nilai {words.lower()}" for words, _ in ROWS.values()]
    weights = [f"Bobot {words.lower()}" for words, _ in ROWS.values()]
    columns = [Column(title) for title in (*titles, "Rata-rata hari", "Kualitas", *points, *weights, "Nilai")]
    rows: list[list[Value]] = []
    for number, one in enumerate(group.standings, 2):
        own = one.agency
        told: list[Value] = [own.name, own.received, own.archived, own.followed_up]
        share = rounded(one.share) if one.share is not None else None
        values: list[Value] = [None if one.points[row] is None else rounded(one.points[row] or 0, 6) for row in ROWS]
        spread: list[Value] = [rounded(one.weights.get(row, Fraction(0)), 6) for row in ROWS]
        score = Formula(f"=ROUND(SUMPRODUCT(I{number}:K{number},L{number}:N{number})/100,2)")
        result = score if one.score is not None else None
        rows.append([one.rank, *told, share, own.days, own.quality, *values, *spread, result])
    return Sheet(group.name.capitalize(), columns, rows)
