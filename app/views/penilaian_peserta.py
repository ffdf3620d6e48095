"""The register of an award: who takes part, how each is measured; by hand, and as a table that goes out and in."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app import words_award
from app.forms.penilaian_kelola import Berkas, Peserta
from app.frame import actor, parts, say, words_of
from app.models import Award
from app.papers import award_register
from app.problems import Problem
from app.queries import register
from app.rights import needs
from app.services import registering
from app.services.registering import Change, Preview
from app.views import _penilaian as own
from app.views._unduhan import download
from app.words_lembar import SOURCES

bp = Blueprint("penilaian_peserta", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A table that was shown goes through the page, sealed; that must fit a form without files.
MOST_BYTES = 600_000
#: Faults and rows of a table that a page lists.
MOST = 100
#: With more organisations, the kecamatan are folded.
MANY = 40


@bp.get("/penilaian/<int:award_id>/peserta")
@needs("penilaian.kelola", of_object=True)
def index(award_id: int) -> Any:
    """By kecamatan."""
    return _page(own.managed(award_id), Berkas())


@bp.get("/penilaian/<int:award_id>/peserta/unduh")
@needs("penilaian.kelola", of_object=True)
def unduh(award_id: int) -> Any:
    """The register as a workbook that can be filled in and handed back."""
    award = own.managed(award_id)
    with parts().db.read() as session:
        rows = register.every(session, award_id)
    return download(award_register.xlsx(rows, own.zone_of(award)), f"Peserta {award.name}.xlsx", XLSX)


@bp.post("/penilaian/<int:award_id>/peserta/pratinjau")
@needs("penilaian.kelola", of_object=True)
def pratinjau(award_id: int) -> Any:
    """Read a table and show what it would change; nothing is stored."""
    award = own.managed(award_id)
    form = Berkas()
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            form.file.errors = [*form.file.errors, "Pilih berkasnya."]
            return _page(award, form), 422
        content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Problem("sheet_large", field="file", most=1)
        with parts().db.read() as session:
            found = registering.preview(session, award_id, content)
    except Problem as problem:
        form.file.errors = [*form.file.errors, words_of(problem)]
        return _page(award, form), 422
    sealed = parts().sealer.seal(
        {"use": "register", "award": str(award_id), "content": base64.b64encode(content).decode()}
    )
    return _shown(award, found, sealed)


@bp.post("/penilaian/<int:award_id>/peserta/ambil")
@needs("penilaian.kelola", of_object=True)
def ambil(award_id: int) -> Any:
    """Take in what was shown."""
    own.managed(award_id)
    try:
        given = parts().sealer.open(request.form.get("isi", ""))
        if given.get("use") != "register" or given.get("award") != str(award_id):
            raise Problem("lapor_changed")
        found = registering.take(parts(), award_id, actor(), base64.b64decode(given["content"], validate=True))
    except (Problem, ValueError, KeyError, binascii.Error) as trouble:
        say(words_of(trouble if isinstance(trouble, Problem) else Problem("lapor_changed")), "fail")
    else:
        say(f"{len(found.ok)} baris diambil" + (f", {len(found.wrong)} tidak." if found.wrong else "."))
    return redirect(url_for("penilaian_peserta.index", award_id=award_id), 303)


@bp.route("/penilaian/<int:award_id>/peserta/<int:organisation_id>", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def ubah(award_id: int, organisation_id: int) -> Any:
    """One line of the register."""
    award = own.managed(award_id)
    with parts().db.read() as session:
        row = next((row for row in register.every(session, award_id) if row.organisation_id == organisation_id), None)
    if row is None:
        say("Organisasi ini di luar wilayah atau kategori penilaian.", "fail")
        return redirect(url_for("penilaian_peserta.index", award_id=award_id), 303)
    out = not row.takes_part and row.reason not in words_award.LEFT_OUT
    form = Peserta(
        data={"takes_part": "tidak" if out else "ya", "note": row.note, "public": "ya" if row.public else "tidak",
              "public_note": row.public_note}
    )  # fmt: skip
    if form.posted() and form.validate():
        change = Change(
            takes_part=form.takes_part.data == "ya", note=form.note.data or "", public=form.public.data == "ya",
            public_note=form.public_note.data or "",
        )  # fmt: skip
        try:
            with parts().db.write() as session:
                registering.set_line(session, award_id, organisation_id, actor(), change)
        except Problem as problem:
            form.blame(problem, words_of(problem))
        else:
            say(f"{row.organisation}: tersimpan.")
            return redirect(url_for("penilaian_peserta.index", award_id=award_id), 303)
    page = render_template("penilaian/peserta_ubah.html", award=award, row=row, form=form)
    return page, 422 if form.errors or form.form_errors else 200


def _page(award: Award, form: Any) -> str:
    """?cari=leuwi, ?keadaan=aktif."""
    with parts().db.read() as session:
        groups = register.register(session, award.id or 0)
    sought = " ".join(request.args.get("cari", "").split())[:60]
    state = request.args.get("keadaan", "")
    state = state if state in register.STANDINGS else ""
    total = sum(len(group.rows) for group in groups)
    named = [row for group in groups for row in group.rows if sought.casefold() in row.organisation.casefold()]
    shown = {row.organisation_id for row in named if state in ("", row.standing)}
    chosen = [replace(group, rows=tuple(row for row in group.rows if row.organisation_id in shown)) for group in groups]
    return render_template(
        "penilaian/peserta.html",
        award=award,
        groups=[group for group in chosen if group.rows],
        total=total,
        counts={name: sum(row.standing == name for row in named) for name in register.STANDINGS},
        long=total > MANY,
        folded=len(shown) > MANY,
        sought=sought,
        state=state,
        form=form,
        standings=register.STANDINGS,
        left_out=words_award.left_out,
        sources=SOURCES,
        open=award.state != "released",
    )


def _shown(award: Award, found: Preview, sealed: str) -> str:
    return render_template("penilaian/peserta_pratinjau.html", award=award, found=found, sealed=sealed, most=MOST)
