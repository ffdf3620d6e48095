"""What a person decided beside the numbers: things left out, breaches of privacy, odd patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col, select

from app import words_lembar
from app.forms.penilaian_kelola import Kecuali, Pelanggaran, Pembatalan, Putusan
from app.frame import actor, parts, say, words_of
from app.models import Award, Breach, Exclusion, Flag, Organisation
from app.problems import Problem
from app.queries import award_subjects
from app.rights import needs
from app.services import excluding, flags, participants
from app.services.gathering_notes import post_key
from app.views import _penilaian as own

bp = Blueprint("penilaian_catatan", __name__)
#: How the stored subject of an exclusion is called in a key.
KINDS = {stored: given for given, stored in excluding.SUBJECTS.items()}


@bp.get("/penilaian/<int:award_id>/catatan")
@needs("penilaian.kelola", of_object=True)
def index(award_id: int) -> Any:
    """All of it."""
    return _page(own.managed(award_id))


@bp.route("/penilaian/<int:award_id>/catatan/kecuali", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def kecuali(award_id: int) -> Any:
    """Leave a post, a comment or an item out. ?apa=delivery:5, as the lembar nilai links to it."""
    award = own.managed(award_id)
    key = request.args.get("apa", "")
    form = Kecuali.sent()
    subject = _subject(key)
    if subject is None or not _open(award):
        say("Pilih dahulu kiriman atau tanggapannya pada lembar nilai pesertanya.", "wait")
        return _back(award_id)
    if request.method == "POST":
        try:
            with parts().db.write() as session:
                excluding.exclude(session, award_id, actor(), key, form.reason.data or "")
        except Problem as problem:
            if problem.code == "exclude_unknown":  # it belongs to nobody here: as if it did not exist
                abort(404)
            if problem.code == "excluded_already":  # pressed twice, or by two people
                return _done(award_id, "Sudah dikecualikan.")
            form.blame(problem, words_of(problem))
        else:
            return _done(award_id, "Dikecualikan, dengan alasannya. Nilainya berubah pada versi berikutnya.")
    elif not _inside(award, subject.organisation_id):
        abort(404)
    page = render_template("penilaian/kecuali.html", award=award, subject=subject, form=form)
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/penilaian/<int:award_id>/catatan/kecuali/<int:exclusion_id>/batal")
@needs("penilaian.kelola", of_object=True)
def hitung_lagi(award_id: int, exclusion_id: int) -> Any:
    """It counts again."""
    award = own.managed(award_id)

    def act(session: Session) -> None:
        if not _why():
            raise Problem("reason_needed", field="why")
        excluding.include(session, exclusion_id, actor(), _why())

    return _act(award, Exclusion, exclusion_id, Pembatalan.sent(), "Dihitung lagi.", act)


@bp.route("/penilaian/<int:award_id>/catatan/pelanggaran", methods=["GET", "POST"])
@needs("penilaian.kelola", of_object=True)
def pelanggaran(award_id: int) -> Any:
    """A breach of privacy is confirmed. ?kiriman=delivery:5 and ?peserta=12, as the lembar nilai links to it."""
    award = own.managed(award_id)
    if not _open(award):
        say("Pelanggaran dicatat sesudah aturan ditetapkan dan sebelum hasil diumumkan.", "wait")
        return _back(award_id)
    key = request.args.get("kiriman", "")
    subject = _subject(key) if key else None
    if key and (subject is None or not _inside(award, subject.organisation_id)):
        abort(404)
    form = Pelanggaran(data={"organisation": request.args.get("peserta", "")})
    with parts().db.read() as session:
        entrants = sorted(participants.field(session, award).entrants, key=lambda each: each.organisation.casefold())
    form.organisation.choices = {"": "Pilih peserta"} | {
        str(each.organisation_id): each.organisation for each in entrants
    }
    if form.posted():
        if not form.organisation.data or form.organisation.data not in form.organisation.choices:
            form.organisation.errors = [*form.organisation.errors, "Pilih pesertanya."]
        elif (done := _confirm(award_id, form, key or None)) is not None:
            return done
    page = render_template("penilaian/pelanggaran.html", award=award, subject=subject, form=form)
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/penilaian/<int:award_id>/catatan/pelanggaran/<int:breach_id>/batal")
@needs("penilaian.kelola", of_object=True)
def bukan(award_id: int, breach_id: int) -> Any:
    """It was none."""
    award = own.managed(award_id)
    return _act(
        award, Breach, breach_id, Pembatalan.sent(), "Catatan pelanggaran dibatalkan.",
        lambda session: excluding.lift_breach(session, breach_id, actor(), _why()),
    )  # fmt: skip


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
    return _back(award_id)


@bp.post("/penilaian/<int:award_id>/catatan/pola/<int:flag_id>")
@needs("penilaian.kelola", of_object=True)
def putuskan(award_id: int, flag_id: int) -> Any:
    """Whether an odd pattern counts, with the reason."""
    award = own.managed(award_id)
    form = Putusan.sent()

    def act(session: Session) -> None:
        if not form.decision.data:
            raise Problem("text_needed", field="decision")
        flags.decide(session, flag_id, actor(), form.decision.data, _why())

    return _act(award, Flag, flag_id, form, "Keputusan tercatat.", act)


def _why() -> str:
    return request.form.get("why", "").strip()


def _subject(key: str) -> award_subjects.Subject | None:
    with parts().db.read() as session:
        return award_subjects.subjects(session, [key]).get(key)


def _inside(award: Award, organisation_id: int) -> bool:
    """Whether an organisation lies in the award's area."""
    if award.organisation_id is None:
        return True
    with parts().db.read() as session:
        inside = participants.area(award.organisation_id).subquery()
        return session.execute(select(inside.c[0]).where(inside.c[0] == organisation_id)).first() is not None


def _confirm(award_id: int, form: Any, key: str | None) -> Any:
    """The way back once the breach stands; None where the form says what is missing. Said twice it counts once."""
    number, what = int(form.organisation.data), form.what.data or ""
    try:
        with parts().db.write() as session:
            rows = session.exec(
                select(Breach).where(
                    Breach.award_id == award_id, Breach.organisation_id == number, col(Breach.lifted_at).is_(None)
                )
            )
            same = any(row.what == what.replace("\r\n", "\n") and _post_of(row) == key for row in rows)
            if not same:
                excluding.confirm_breach(session, award_id, actor(), number, what, key)
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return None
    return _done(award_id, "Pelanggaran ini sudah tercatat." if same else "Pelanggaran tercatat; nilainya dikurangi.")


def _post_of(row: Breach) -> str | None:
    if row.delivery_id is None and row.seen_post_id is None:
        return None
    return post_key(row.delivery_id, row.seen_post_id)


def _act(award: Award, model: Any, number: int, form: Any, done: str, act: Callable[[Session], object]) -> Any:
    """One deed about one record of this award; what it refuses is said in its form, with what was typed."""
    try:
        with parts().db.write() as session:
            record = session.get(model, number)
            if record is None or record.award_id != award.id:
                abort(404)
            act(session)
    except Problem as problem:
        if problem.field not in form.data:
            say(words_of(problem), "fail")
            return _back(award.id or 0)
        form.blame(problem, "Pilih putusannya." if problem.field == "decision" else words_of(problem))
        return _page(award, (model.__tablename__, number), form), 422
    return _done(award.id or 0, done)


def _done(award_id: int, words: str) -> Any:
    say(words)
    return _back(award_id)


def _back(award_id: int) -> Any:
    return redirect(url_for("penilaian_catatan.index", award_id=award_id), 303)


def _open(award: Award) -> bool:
    return award.state in ("fixed", "frozen")


def _page(award: Award, touched: tuple[str, int] | None = None, form: Any = None) -> str:
    """touched: the record whose form was refused."""
    with parts().db.read() as session:
        out = _rows(session, Exclusion, award)
        breaches = _rows(session, Breach, award)
        found = flags.of_award(session, award.id or 0)
        ids = {row.organisation_id for row in (*breaches, *found)}
        names = session.exec(select(Organisation.id, Organisation.name).where(col(Organisation.id).in_(ids))).all()
        keys = {row.id: f"{KINDS[row.subject]}:{row.subject_id}" for row in out}
        posts = {row.id: key for row in breaches if (key := _post_of(row)) is not None}
        about = award_subjects.subjects(session, [*keys.values(), *posts.values()])
    return render_template(
        "penilaian/catatan.html",
        award=award,
        out=out,
        breaches=breaches,
        flags=found,
        names=dict(names),
        of_exclusion={number: about.get(key) for number, key in keys.items()},
        of_breach={number: about.get(key) for number, key in posts.items()},
        touched=touched,
        form=form,
        told=lambda flag: words_lembar.flag(flag.kind, flag.facts, own.zone_of(award)),
        kinds=words_lembar.FLAGS,
        open=_open(award),
    )


def _rows(session: Session, model: Any, award: Award) -> list[Any]:
    return list(session.exec(select(model).where(model.award_id == award.id).order_by(model.id.desc())))
