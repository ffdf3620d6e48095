"""Objections as who runs the award answers them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import col, select

from app import words_award
from app.forms.penilaian_lembar import Jawaban
from app.frame import actor, parts, say, words_of
from app.models import Award, Organisation
from app.problems import Problem
from app.rights import needs
from app.services import freezing, objections
from app.views import _penilaian as own

bp = Blueprint("penilaian_sanggah", __name__)


@bp.get("/penilaian/<int:award_id>/sanggahan")
@needs("penilaian.kelola", of_object=True)
def index(award_id: int) -> Any:
    """All of an award; those that wait come first."""
    return _page(own.managed(award_id))


@bp.post("/penilaian/<int:award_id>/sanggahan/<int:objection_id>/periksa")
@needs("penilaian.kelola", of_object=True)
def periksa(award_id: int, objection_id: int) -> Any:
    """Somebody looks into it; the participant sees so."""
    own.managed(award_id)
    try:
        with parts().db.write() as session:
            if objections.get(session, objection_id).award_id != award_id:
                abort(404)
            objections.examine(session, objection_id, actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say("Tertulis: sedang diperiksa.")
    return redirect(url_for("penilaian_sanggah.index", award_id=award_id), 303)


@bp.post("/penilaian/<int:award_id>/sanggahan/<int:objection_id>/jawab")
@needs("penilaian.kelola", of_object=True)
def jawab(award_id: int, objection_id: int) -> Any:
    """The answer. What is accepted counts with the next version."""
    award = own.managed(award_id)
    form = Jawaban(request.form)
    if form.validate():
        try:
            with parts().db.write() as session:
                if objections.get(session, objection_id).award_id != award_id:
                    abort(404)
                objections.answer(session, objection_id, actor(), form.outcome.data, form.answer.data or "")
        except Problem as problem:
            form.blame(problem, words_of(problem))
        else:
            say(
                "Sanggahan dijawab."
                + ("" if form.outcome.data == "reject" else " Perbaiki datanya, lalu buat versi baru.")
            )
            return redirect(url_for("penilaian_sanggah.index", award_id=award_id), 303)
    return _page(award, objection_id, form), 422


def _page(award: Award, answering: int | None = None, form: Any = None) -> str:
    with parts().db.read() as session:
        rows = objections.of_award(session, award.id or 0)
        ids = {row.organisation_id for row in rows}
        names = session.exec(select(Organisation.id, Organisation.name).where(col(Organisation.id).in_(ids))).all()
        versions = {row.id: row.version for row in freezing.versions(session, award.id or 0)}
    return render_template(
        "penilaian/sanggahan.html",
        award=award,
        rows=rows,
        names=dict(names),
        versions=versions,
        answering=answering,
        form=form or Jawaban(),
        indicators=words_award.INDICATORS,
        waiting=objections.WAITING,
    )
