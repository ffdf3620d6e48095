"""The jury: appointing and drawing for who runs the award; declaring and marking for each juror alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col, select

from app import clock
from app.awarding import rubric
from app.forms.penilaian_kelola import Juri, Undian
from app.frame import actor, parts, say, standing, words_of
from app.models import Award, Draw, Evidence, Juror, Mark, Membership, Organisation, Person
from app.problems import Problem
from app.queries import jury_photos
from app.queries.masking import mask
from app.rights import needs
from app.services import awards, jury, participants
from app.views import _penilaian as own
from app.views.penilaian_bukti import sent
from app.words_lembar import CRITERIA

bp = Blueprint("penilaian_juri", __name__)


@bp.route("/penilaian/<int:award_id>/juri", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def kelola(award_id: int) -> Any:
    """Who judges; appointing one more."""
    award = own.managed(award_id)
    form = Juri()
    with parts().db.read() as session:
        form.person.choices = _possible(session, award)
    if form.posted() and form.validate():
        try:
            with parts().db.write() as session:
                jury.appoint(session, award_id, actor(), int(form.person.data))
        except Problem as problem:
            form.blame(problem, words_of(problem))
        else:
            say("Juri ditetapkan. Ia menyatakan kedekatannya dengan peserta sebelum menilai.")
            return redirect(url_for("penilaian_juri.kelola", award_id=award_id), 303)
    return _page(award, form, Undian()), 422 if form.errors or form.form_errors else 200


@bp.post("/penilaian/<int:award_id>/juri/<int:juror_id>/lepas")
@needs("penilaian.kelola", of_object=True)
def lepas(award_id: int, juror_id: int) -> Any:
    """Not a juror any more, while nothing was marked."""
    own.managed(award_id)
    try:
        with parts().db.write() as session:
            if jury.get(session, juror_id).award_id != award_id:
                abort(404)
            jury.dismiss(session, juror_id, actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say("Juri dilepas.")
    return redirect(url_for("penilaian_juri.kelola", award_id=award_id), 303)


@bp.post("/penilaian/<int:award_id>/juri/undi")
@needs("penilaian.kelola", of_object=True)
def undi(award_id: int) -> Any:
    """Draw the posts by a seed that everybody can see."""
    award = own.managed(award_id)
    form = Undian(request.form)
    try:
        seed, many = jury.draw(parts(), award_id, actor(), form.seed.data or "")
    except Problem as problem:
        if problem.field != "seed":
            say(words_of(problem), "fail")
            return redirect(url_for("penilaian_juri.kelola", award_id=award_id), 303)
        form.blame(problem, words_of(problem))
        juri = Juri()
        with parts().db.read() as session:
            juri.person.choices = _possible(session, award)
        return _page(award, juri, form), 422
    say(f"{many} kiriman diundi dengan benih {seed}.")
    return redirect(url_for("penilaian_juri.kelola", award_id=award_id), 303)


@bp.get("/penilaian/<int:award_id>/menilai")
@needs("penilaian.menilai", of_object=True)
def menilai(award_id: int) -> Any:
    """A juror's own desk: first whom they are close to, then post by post. ?undian=12 shows one post."""
    award = own.opened(award_id)
    return _desk(award, _juror(award))


@bp.get("/penilaian/<int:award_id>/menilai/<int:draw_id>/<sha256>.jpg")
@needs("penilaian.menilai", of_object=True)
def foto(award_id: int, draw_id: int, sha256: str) -> Any:
    """A photo of a drawn post as it was published, faces covered; 404 where how to cover them is not known any more."""
    award = own.opened(award_id)
    _juror(award)
    with parts().db.read() as session:
        boxes = jury_photos.boxes(session, award_id, draw_id, sha256)
    return sent(sha256, boxes)


@bp.post("/penilaian/<int:award_id>/menilai/nyatakan")
@needs("penilaian.menilai", of_object=True)
def nyatakan(award_id: int) -> Any:
    """Whom the juror is close to, with the reason; to nobody is an answer too."""
    award = own.opened(award_id)
    juror = _juror(award)
    typed = [(who, why.strip()) for who, why in zip(*map(request.form.getlist, ("peserta", "why")), strict=False)]
    fault = None
    if any(why and not who for who, why in typed):
        fault = "Pilih pesertanya, atau kosongkan alasannya."
    elif any(who and not why for who, why in typed if request.form.get("pilih")):
        fault = "Tulis alasannya pada setiap peserta yang Anda pilih."
    close = {int(who): why for who, why in typed if why and who.isascii() and who.isdecimal() and len(who) < 10}
    if fault is None:
        try:
            with parts().db.write() as session:
                jury.declare(session, juror.id or 0, actor(), close)
        except Problem as problem:
            fault = words_of(problem)
    if fault is not None:
        return _desk(award, juror, typed, fault), 422
    say("Pernyataan tercatat.")
    return redirect(url_for("penilaian_juri.menilai", award_id=award_id), 303)


@bp.post("/penilaian/<int:award_id>/menilai/<int:draw_id>")
@needs("penilaian.menilai", of_object=True)
def nilai(award_id: int, draw_id: int) -> Any:
    """Marks of one post; the next one without marks follows."""
    award = own.opened(award_id)
    juror = _juror(award)
    names = rubric.read(award.rubric).criteria
    marks = {name: int(value) for name in names if (value := request.form.get(f"k-{name}", "")) in list("01234")}
    text = request.form.get("note", "")
    try:
        with parts().db.write() as session:
            jury.mark(session, juror.id or 0, draw_id, actor(), marks, text)
    except Problem as problem:
        if problem.code in ("bad_mark", "text_too_long"):
            given = {"criteria": marks, "note": text, "faults": words_of(problem) if problem.code != "bad_mark" else ""}
            return _desk(award, juror, given=given, asked=str(draw_id)), 422
        if problem.code == "unknown_draw":
            abort(404)
        say(words_of(problem), "fail")
        return redirect(url_for("penilaian_juri.menilai", award_id=award_id), 303)
    say("Nilai tersimpan.")
    return redirect(url_for("penilaian_juri.menilai", award_id=award_id), 303)


def _juror(award: Award) -> Juror:
    with parts().db.read() as session:
        found = jury.of_person(session, award.id or 0, standing().person_id)
    if found is None:
        abort(404)
    return found


def _possible(session: Session, award: Award) -> dict[str, str]:
    """Active people of the area with a right to judge who are not jurors yet."""
    taken = {row.person_id for row in jury.jurors(session, award.id or 0)}
    area = participants.area(award.organisation_id)
    rows = session.exec(
        select(Person.id, Person.name)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            col(Membership.role).in_(("juri", "pengelola")),
            col(Membership.organisation_id).in_(area),
            col(Person.active),
        )
        .distinct()
        .order_by(col(Person.name), col(Person.id))
    )
    return {str(number): name for number, name in rows if number not in taken}


def _page(award: Award, form: Any, drawing: Any) -> str:
    number = award.id or 0
    with parts().db.read() as session:
        rows = jury.jurors(session, number)
        people = dict(
            session.exec(
                select(Person.id, Person.name).where(col(Person.id).in_([row.person_id for row in rows]))
            ).all()
        )
        drawn = jury.draws(session, number)
        missing = jury.outstanding(session, number)
        begun = set(session.exec(select(Mark.juror_id).where(col(Mark.juror_id).in_([row.id for row in rows]))))
        conflicts = {row.id: jury.conflicts_of(session, row.id or 0) for row in rows}
        names = _names(session, {each for one in conflicts.values() for each in one})
    return render_template(
        "penilaian/juri.html",
        award=award,
        form=form,
        drawing=drawing,
        rows=rows,
        people=people,
        drawn=len(drawn),
        judged=len({row.organisation_id for row in drawn}),
        missing=missing,
        begun=begun,
        open=award.state in ("draft", "fixed"),
        conflicts=conflicts,
        names=names,
        over=clock.now() >= awards.end(award),
        least=rubric.read(award.rubric).min_jurors,
    )


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.exec(select(Organisation.id, Organisation.name).where(col(Organisation.id).in_(ids))).all()
    return {number or 0: name for number, name in rows}


def _desk(
    award: Award, juror: Juror, typed: list[tuple[str, str]] | None = None, fault: str | None = None,
    given: dict[str, Any] | None = None, asked: str | None = None,
) -> str:  # fmt: skip
    """typed, fault: what was declared and refused. given: marks that were refused, of the draw ``asked``."""
    number = award.id or 0
    asked = asked or request.args.get("undian", "")
    with parts().db.read() as session:
        drawn = jury.draws(session, number)
        conflicts = jury.conflicts_of(session, juror.id or 0)
        own_marks = {row.draw_id: row for row in session.exec(select(Mark).where(Mark.juror_id == juror.id))}
        writable = not jury.revealed(session, award)
        declaring = award.state in ("draft", "fixed") and writable
        entrants = sorted(participants.field(session, award).entrants, key=_by_name) if declaring else []
        names = _names(session, {row.organisation_id for row in drawn} | set(conflicts))
        mine = [row for row in drawn if row.organisation_id not in conflicts]
        chosen = next((row for row in mine if str(row.id) == asked), None)
        chosen = chosen or next((row for row in mine if row.id not in own_marks), None)
        copy = None if chosen is None else _copy(session, number, chosen)
        photos = [
            sha256
            for sha256 in (copy.photos if copy else ())
            if chosen and jury_photos.boxes(session, number, chosen.id or 0, sha256) is not None
        ]
    here = chosen.organisation_id if chosen else None
    return render_template(
        "penilaian/menilai.html",
        award=award,
        juror=juror,
        entrants=entrants,
        declaring=declaring,
        typed=typed,
        fault=fault,
        conflicts=conflicts,
        names=names,
        mine=mine,
        marks=own_marks,
        given=given or (own_marks[chosen.id] if chosen and chosen.id in own_marks else None),
        chosen=chosen,
        copy=copy,
        photos=photos,
        caption=mask(copy.caption) if copy else "",
        near=[row for row in mine if row.organisation_id == here],
        groups=_groups(mine, own_marks, names),
        criteria=rubric.read(award.rubric).criteria,
        words=CRITERIA,
        writable=writable,
    )


def _copy(session: Session, award_id: int, drawn: Draw) -> Evidence | None:
    query = select(Evidence).where(
        Evidence.award_id == award_id,
        Evidence.delivery_id == drawn.delivery_id,
        Evidence.seen_post_id == drawn.seen_post_id,
    )
    return session.exec(query).first()


def _groups(mine: list[Draw], marks: dict[int, Mark], names: dict[int, str]) -> list[dict[str, Any]]:
    """Participants with how many of their posts are marked, and where to go on there."""
    found: dict[int, dict[str, Any]] = {}
    for row in mine:
        name = names.get(row.organisation_id, "?")
        group = found.setdefault(row.organisation_id, {"name": name, "all": 0, "done": 0, "next": row.id})
        if row.id in marks:
            group["done"] += 1
        elif group["done"] == group["all"]:
            group["next"] = row.id
        group["all"] += 1
    return sorted(found.values(), key=lambda group: (group["done"] == group["all"], group["name"].casefold()))


def _by_name(one: Any) -> str:
    return str(one.organisation).casefold()
