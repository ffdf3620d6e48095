"""Setting up an award and moving it on: rules, fixing, freezing, releasing; and checking a frozen version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col, select

from app import clock, times, words_award, words_periksa
from app.forms.penilaian import THRESHOLDS, WEEKLY, WEIGHTS, Alasan, Aturan, values
from app.frame import actor, organisation_id, parts, say, standing, words_of, zone
from app.models import Award, Organisation
from app.problems import Problem
from app.rights import needs, reach
from app.services import awards, flags, freezing, gathering, jury, verifying
from app.views import _penilaian as own

bp = Blueprint("penilaian_atur", __name__)
#: Differences that are shown one by one.
SHOWN = 200


@bp.route("/penilaian/baru", methods=["GET", "POST"])
@needs("penilaian.kelola")
def baru() -> Any:
    """A new award, as a draft."""
    form, places = _form(None)
    if form.posted():
        wish = form.wish(places) if form.validate() else None
        if wish is not None:
            try:
                with parts().db.write() as session:
                    made = awards.create(session, actor(), wish)
                    number = made.id
            except Problem as problem:
                _blame(form, problem)
            else:
                say("Draf disimpan. Periksa, lalu tetapkan aturannya sebelum masa penilaian mulai.")
                return redirect(url_for("penilaian.show", award_id=number), 303)
    return _page(form, None), 422 if form.errors or form.form_errors else 200


@bp.route("/penilaian/<int:award_id>/ubah", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def ubah(award_id: int) -> Any:
    """Change a draft."""
    award = own.managed(award_id)
    if award.state != "draft":
        say(words_of(Problem("award_fixed", state=award.state)), "wait")
        return _back(award_id)
    form, places = _form(award)
    if form.posted():
        wish = form.wish(places) if form.validate() else None
        if wish is not None:
            try:
                with parts().db.write() as session:
                    awards.edit(session, award_id, actor(), wish)
            except Problem as problem:
                _blame(form, problem)
            else:
                say("Draf diubah.")
                return _back(award_id)
    return _page(form, award), 422 if form.errors or form.form_errors else 200


@bp.post("/penilaian/<int:award_id>/tetapkan")
@needs("penilaian.kelola", of_object=True)
def tetapkan(award_id: int) -> Any:
    """Fix the rules and publish them."""
    award = own.managed(award_id)
    if award.state == "draft" and request.form.get("dibaca", "") not in ("", own.draft_mark(award)):
        say("Draf ini baru saja diubah. Periksa dahulu, lalu tetapkan.", "wait")
        return _back(award_id)
    try:
        with parts().db.write() as session:
            made = awards.fix(session, award_id, actor())
            late = awards.fixed_late(made)
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say("Aturan ditetapkan dan terlihat semua peserta." + (f" {words_award.FIXED_LATE}" if late else ""))
    return _back(award_id)


@bp.post("/penilaian/<int:award_id>/buka")
@needs("penilaian.kelola", of_object=True)
def buka(award_id: int) -> Any:
    """Open the rules again, before the first day."""
    own.managed(award_id)
    try:
        with parts().db.write() as session:
            awards.unfix(session, award_id, actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say("Aturan dibuka lagi; sesudah diubah, tetapkan sekali lagi.", "wait")
    return _back(award_id)


@bp.route("/penilaian/<int:award_id>/bekukan", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def bekukan(award_id: int) -> Any:
    """Freeze a version; of a correction the page asks why."""
    award = own.managed(award_id)
    form = Alasan.sent()
    if request.method == "POST":
        if (passed := _passed(award_id)) is not None:
            return passed
        try:
            made = freezing.freeze(parts(), award_id, actor(), form.why.data or "")
        except Problem as problem:
            if problem.field != "why":
                say(words_of(problem), "fail")
                return _back(award_id)
            form.blame(problem, words_of(problem))
        else:
            until = times.moment(made.objections_until, own.zone_of(award), clock.now())
            say(f"Versi {made.version} dibekukan. Masa sanggah sampai {until}.")
            if made.early:
                say(words_award.EARLY, "wait")
            return _back(award_id)
    return _why(award, form, "bekukan", bool(form.errors))


@bp.route("/penilaian/<int:award_id>/umumkan", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def umumkan(award_id: int) -> Any:
    """Release the newest version."""
    return _moved(award_id, "umumkan", awards.release, "released", "Hasil diumumkan dan terlihat umum.")


@bp.route("/penilaian/<int:award_id>/tarik", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def tarik(award_id: int) -> Any:
    """Take the released result back."""
    return _moved(
        award_id, "tarik", awards.take_back, "frozen", "Pengumuman ditarik; halaman hasil tidak terlihat lagi."
    )


@bp.get("/penilaian/<int:award_id>/periksa")
@needs("penilaian.lihat", of_object=True)
def periksa(award_id: int) -> Any:
    """Reckon a frozen version anew and say what changed in the database since. ?versi=1."""
    award = own.opened(award_id)
    asked = request.args.get("versi", "")
    if asked and not (asked.isdecimal() and len(asked) < 7):
        abort(404)
    try:
        found = verifying.verify(parts(), award_id, int(asked) if asked else None)
    except Problem as problem:
        say(words_of(problem), "wait")
        return _back(award_id)
    with parts().db.read() as session:
        ids = {each["organisation_id"] for each in found.differences if each["organisation_id"]}
        rows = session.exec(select(Organisation.id, Organisation.name).where(col(Organisation.id).in_(ids))).all()
    mine = own.manages(award)
    return render_template(
        "penilaian/periksa.html",
        award=award,
        found=found,
        names=dict(rows),
        shown=SHOWN,
        managing=mine,
        open_json=mine or award.state == "released",
        words=words_periksa,
        zone=own.zone_of(award),
    )


def _moved(award_id: int, name: str, act: Any, result: str, done: str) -> Any:
    award = own.managed(award_id)
    form = Alasan.sent()
    if request.method == "POST":
        if (passed := _passed(award_id)) is not None:
            return passed
        if award.state == result:  # pressed twice, or by two people
            say(done)
            return _back(award_id)
        try:
            with parts().db.write() as session:
                act(session, award_id, actor(), form.why.data or "")
        except Problem as problem:
            if problem.field != "why":
                say(words_of(problem), "fail")
                return _back(award_id)
            form.blame(problem, words_of(problem))
        else:
            say(done)
            return _back(award_id)
    return _why(award, form, name, bool(form.errors))


def _passed(award_id: int) -> Any:
    """The way back where another version came first than the one this form was shown with."""
    with parts().db.read() as session:
        newest = freezing.newest(session, award_id)
    if own.unchanged(newest.version if newest else None):
        return None
    say(words_of(Problem("award_frozen_meanwhile", version=newest.version if newest else 0)), "wait")
    return _back(award_id)


def _why(award: Award, form: Any, name: str, refused: bool) -> Any:
    with parts().db.read() as session:
        waiting = len(awards.open_objections(session, award.id or 0))
        newest = freezing.newest(session, award.id or 0)
        cautions = _cautions(session, award) if name == "bekukan" else []
    page = render_template(
        "penilaian/alasan.html",
        award=award,
        form=form,
        name=name,
        waiting=waiting,
        version=newest.version if newest else 0,
        cautions=cautions,
    )
    return page, 422 if refused else 200


def _cautions(session: Session, award: Award) -> list[str]:
    """What a person should know before data are frozen; nothing of it forbids that."""
    number, now = award.id or 0, clock.now()
    found = []
    if now < awards.end(award):
        found.append("Masa penilaian belum selesai; kiriman dan tanggapan sesudah ini tidak ikut versi ini.")
    elif gathering.early(award, now):
        found.append("Kiriman hari terakhir belum berumur tujuh hari, jadi angkanya belum lengkap.")
    if award.state == "fixed":
        missing = jury.outstanding(session, number)
        if not missing:
            found.append(
                "Kiriman untuk juri belum diundi: kualitas tidak dinilai, dan sesudah dibekukan juri tertutup."
            )
        elif any(missing.values()):
            left = sum(missing.values())
            found.append(f"Juri belum selesai: {left} kiriman belum dinilai, dan sesudah dibekukan juri tertutup.")
    waiting = sum(flag.decision is None for flag in flags.of_award(session, number))
    if waiting:
        found.append(f"{waiting} pola ganjil belum diputuskan; dicetak sebagai belum diputuskan.")
    return found


def _back(award_id: int) -> Any:
    return redirect(url_for("penilaian.show", award_id=award_id), 303)


def _form(award: Award | None) -> tuple[Any, dict[str, int | None]]:
    """The form with the areas that this person may evaluate."""
    with parts().db.read() as session:
        places = _places(session, award)
    form = Aturan(data=values(award, times.local(clock.now(), zone()).date()))
    form.area.choices = {key: words for key, words, _ in places}
    if form.area.data not in form.area.choices:
        form.area.data = places[0][0]
    return form, {key: number for key, _, number in places}


def _places(session: Session, award: Award | None) -> list[tuple[str, str, int | None]]:
    """(key, words, organisation), one's own first. The whole installation only for who may act for it."""
    ids = reach(session, standing().person_id, "penilaian.kelola") | {organisation_id()}
    rows = session.exec(select(Organisation).where(col(Organisation.id).in_(ids)).order_by(col(Organisation.name)))
    found = [(str(row.id), f"{row.name} dan semua di bawahnya", row.id) for row in rows]
    found.sort(key=lambda each: each[2] != organisation_id())
    if own.whole(session) is not None or (award is not None and award.organisation_id is None):
        found.insert(0, ("0", "Semua organisasi", None))
    return found


def _blame(form: Any, problem: Problem) -> None:
    """At the field the rubric's key stands in, where there is one."""
    key = (
        str(problem.facts.get("key", ""))
        .replace("weights.", "w_")
        .replace("posts_per_week.", "week_")
        .replace(" ", "_")
    )
    if problem.field == "rubric" and key in form:
        form[key].errors = [*form[key].errors, words_of(problem)]
    else:
        form.blame(problem, words_of(problem))


def _page(form: Any, award: Award | None) -> str:
    return render_template(
        "penilaian/aturan.html", form=form, award=award, weights=WEIGHTS, weekly=WEEKLY, thresholds=THRESHOLDS
    )
