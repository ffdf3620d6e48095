"""What a person decided beside the numbers: things left out, breaches of privacy, odd patterns."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col, select

from app.forms.penilaian_kelola import Kecuali, Pelanggaran
from app.frame import actor, parts, say, words_of
from app.models import Award, Breach, Exclusion, Flag, Organisation
from app.problems import Problem
from app.rights import needs
from app.services import excluding, flags, participants
from app.views import _penilaian as own

bp = Blueprint("penilaian_catatan", __name__)


@bp.get("/penilaian/<int:award_id>/catatan")
@needs("penilaian.kelola", of_object=True)
def index(award_id: int) -> Any:
    """All of it."""
    return _page(own.managed(award_id))


@bp.post("/penilaian/<int:award_id>/catatan/kecuali")
@needs("penilaian.kelola", of_object=True)
def kecuali(award_id: int) -> Any:
    """Leave a post, a comment or an item out."""
    award = own.managed(award_id)
    form = Kecuali(request.form)
    try:
        with parts().db.write() as session:
            excluding.exclude(session, award_id, actor(), form.key.data or "", form.reason.data or "")
    except Problem as problem:
        field = "key" if problem.field == "subject" else problem.field
        form.blame(Problem(problem.code, field=field, **problem.facts), words_of(problem))
        return _page(award, exclude=form), 422
    return _done(award_id, "Dikecualikan, dengan alasannya.")


@bp.post("/penilaian/<int:award_id>/catatan/kecuali/<int:exclusion_id>/batal")
@needs("penilaian.kelola", of_object=True)
def hitung_lagi(award_id: int, exclusion_id: int) -> Any:
    """It counts again."""
    own.managed(award_id)
    return _act(
        award_id,
        Exclusion,
        exclusion_id,
        "Dihitung lagi.",
        lambda session: excluding.include(session, exclusion_id, actor(), _why()),
    )


@bp.post("/penilaian/<int:award_id>/catatan/pelanggaran")
@needs("penilaian.kelola", of_object=True)
def pelanggaran(award_id: int) -> Any:
    """A breach of privacy is confirmed."""
    award = own.managed(award_id)
    form = _breach(award, request.form)
    if form.organisation.data in form.organisation.choices:
        try:
            with parts().db.write() as session:
                excluding.confirm_breach(
                    session,
                    award_id,
                    actor(),
                    int(form.organisation.data),
                    form.what.data or "",
                    form.post.data or None,
                )
        except Problem as problem:
            form.blame(problem, words_of(problem))
        else:
            return _done(award_id, "Pelanggaran tercatat; nilainya dikurangi.")
    else:
        form.organisation.errors = [*form.organisation.errors, "Pilih pesertanya."]
    return _page(award, breach=form), 422


@bp.post("/penilaian/<int:award_id>/catatan/pelanggaran/<int:breach_id>/batal")
@needs("penilaian.kelola", of_object=True)
def bukan(award_id: int, breach_id: int) -> Any:
    """It was none."""
    own.managed(award_id)
    return _act(
        award_id,
        Breach,
        breach_id,
        "Catatan pelanggaran dibatalkan.",
        lambda session: excluding.lift_breach(session, breach_id, actor(), _why()),
    )


@bp.post("/penilaian/<int:award_id>/catatan/cari")
@needs("penilaian.kelola", of_object=True)
def cari(award_id: int) -> Any:
    """Look for what is odd until now."""
    own.managed(award_id)
    try:
        many = flags.find(parts(), award_id, actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say(f"{many} pola baru ditemukan." if many else "Tidak ada pola baru.")
    return redirect(url_for("penilaian_catatan.index", award_id=award_id), 303)


@bp.post("/penilaian/<int:award_id>/catatan/pola/<int:flag_id>")
@needs("penilaian.kelola", of_object=True)
def putuskan(award_id: int, flag_id: int) -> Any:
    """Whether an odd pattern counts, with the reason."""
    own.managed(award_id)
    decision = request.form.get("decision", "")
    return _act(
        award_id,
        Flag,
        flag_id,
        "Keputusan tercatat.",
        lambda session: flags.decide(session, flag_id, actor(), decision, _why()),
    )


def _why() -> str:
    return request.form.get("why", "")


def _act(award_id: int, model: Any, number: int, done: str, act: Any) -> Any:
    """One deed about one record of this award; what it refuses is said on the page it came from."""
    try:
        with parts().db.write() as session:
            record = session.get(model, number)
            if record is None or record.award_id != award_id:
                abort(404)
            act(session)
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say(done)
    return redirect(url_for("penilaian_catatan.index", award_id=award_id), 303)


def _done(award_id: int, words: str) -> Any:
    say(words)
    return redirect(url_for("penilaian_catatan.index", award_id=award_id), 303)


def _breach(award: Award, given: Any = None) -> Pelanggaran:
    form = Pelanggaran()
    with parts().db.read() as session:
        entrants = sorted(participants.field(session, award).entrants, key=lambda each: each.organisation.casefold())
    form.organisation.choices = {str(each.organisation_id): each.organisation for each in entrants}
    if given is not None:
        form.process(given)
    return form


def _page(award: Award, exclude: Any = None, breach: Any = None) -> str:
    with parts().db.read() as session:
        out = _rows(session, Exclusion, award)
        breaches = _rows(session, Breach, award)
        found = flags.of_award(session, award.id or 0)
        ids = {row.organisation_id for row in (*breaches, *found)}
        names = session.exec(select(Organisation.id, Organisation.name).where(col(Organisation.id).in_(ids))).all()
    return render_template(
        "penilaian/catatan.html",
        award=award,
        out=out,
        breaches=breaches,
        flags=found,
        names=dict(names),
        exclude=exclude or Kecuali(),
        breach=breach or _breach(award),
        open=award.state in ("fixed", "frozen"),
    )


def _rows(session: Session, model: Any, award: Award) -> list[Any]:
    return list(session.exec(select(model).where(model.award_id == award.id).order_by(model.id.desc())))
