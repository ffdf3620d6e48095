"""What is done with an item besides answering it: notes, handing on, settling, secrecy, promises, duplicates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, BinaryIO, cast

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, send_file, url_for
from sqlmodel import Session

from app import times
from app.frame import actor, organisation_id, parts, say, standing, words_of
from app.models import Attachment, Handover, ItemNote, Outgoing, Person, Promise
from app.problems import Problem, Stale
from app.queries import handled, lapor, privacy
from app.queries.inbox import Wanted
from app.rights import needs, takes_photos
from app.services import answer_here, bulk, handling, items, moderating, presence, promising, receiving
from app.views import kotak
from app.views._item import own
from app.words_inbox import others_here
from media import PhotoProblem, Spec, Taken, render, take

bp = Blueprint("kotak_urus", __name__)
#: Proof and screenshots a form may bring at once.
MOST_PHOTOS = 3
_SIDE = Spec(None, None, 1080, 400_000)


@bp.route("/kotak/<int:item_id>/urus/<what>", methods=["GET", "POST"])
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
@takes_photos
def urus(item_id: int, what: str) -> Any:
    """One deed of the table below; back to the item with a sentence, or its page with what was typed."""
    own(item_id)
    deed = DEEDS.get(what)
    if deed is None:
        abort(404)
    if request.method == "GET":  # the address of a refused form, opened again
        return back(item_id)
    try:
        taken = _photos()
        with parts().db.write() as session:
            for photo in taken:
                handling.attach(session, item_id, photo, "bukti", actor(), public="umum" in request.form)
            sentence = deed(session, item_id)
    except (PhotoProblem, Problem) as problem:
        status = 409 if problem.code == "answered_meanwhile" else 422
        return kotak.refused(item_id, what, words_of(Problem(problem.code, **problem.facts)), status)
    except Stale:
        return kotak.refused(item_id, what, words_of(Problem("stale")), 409)
    say(sentence)
    with parts().db.read() as session:
        if privacy.owner(session, item_id, standing().person_id) is None:  # it is about whoever said so
            return redirect(url_for("kotak.index"), 303)
    return back(item_id)


def _text(name: str, most: int = 5000) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()[:most]


def _date(name: str) -> date | None:
    given = _text(name, 10)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Problem("date_unreadable", field=name) from None


def _number(name: str) -> int:
    given = _text(name, 12)
    if not given.isdecimal():
        raise Problem("nothing_chosen", what="nomornya")
    return int(given)


def _of_item(session: Session, table: Any, name: str, item_id: int) -> int:
    """A number of a handover or promise that belongs to this item; anything else is somebody else's."""
    number = _number(name)
    if handled.owner_of(session, table, number) != item_id:
        raise Problem("unknown_item", id=number)
    return number


def _note(session: Session, item_id: int) -> str:
    handling.add_note(session, item_id, actor(), _text("text"))
    return "Catatan tim disimpan."


def _answer_here(session: Session, item_id: int) -> str:
    seen = _text("seen", 12)
    answer_here.answer(session, item_id, actor(), _text("text"), answering=int(seen) if seen.isdecimal() else 0)
    return "Jawaban tampil di halaman lacak warga."


def _on_page(session: Session, item_id: int) -> str:
    on = request.form.get("tampil") == "1"
    answer_here.put_on_page(session, item_id, actor(), on)
    return "Tampil di Tanya jawab halaman umum." if on else "Tidak lagi tampil di halaman umum."


def _phone(session: Session, item_id: int) -> str:
    return f"Nomor HP warga: {receiving.phone(session, parts().sealer, item_id, actor())}"


def _private(session: Session, item_id: int) -> str:
    moderating.private_reply(session, item_id, actor(), _text("text"))
    return "Balasan pribadi sedang dikirim."


def _delete(session: Session, item_id: int) -> str:
    moderating.delete(session, item_id, actor(), _text("reason", 300))
    return "Komentar sedang dihapus."


def _hand_over(session: Session, item_id: int) -> str:
    agency = _text("lain", 120) or _text("agency", 120)
    handling.hand_over(
        session, item_id, actor(), agency, reference=_text("reference", 60), answer_by=_date("answer_by")
    )
    return f"Dicatat: diteruskan ke {agency}."


def _agency_answered(session: Session, item_id: int) -> str:
    handling.answer_handover(session, _of_item(session, Handover, "nomor", item_id), actor(), _text("text"))
    return "Jawaban instansi dicatat."


def _agency_returned(session: Session, item_id: int) -> str:
    handling.return_handover(session, _of_item(session, Handover, "nomor", item_id), actor(), _text("text"))
    return "Dicatat: dikembalikan kepada kita."


def _settle(session: Session, item_id: int) -> str:
    handling.settle(session, item_id, actor(), _text("proof"))
    return "Selesai. Terima kasih."


def _reopen(session: Session, item_id: int) -> str:
    handling.reopen(session, item_id, actor(), _text("reason", 300))
    return "Dibuka lagi."


def _secret(session: Session, item_id: int) -> str:
    secret = request.form.get("secret") == "1"
    handling.keep_secret(session, item_id, actor(), secret, _text("reason", 300))
    return "Dirahasiakan." if secret else "Tidak lagi dirahasiakan."


def _about(session: Session, item_id: int) -> str:
    chosen = _text("person", 12)
    handling.set_about(session, item_id, actor(), int(chosen) if chosen.isdecimal() and chosen != "0" else None)
    return "Disimpan. Pembina yang menanganinya." if chosen not in ("", "0") else "Disimpan: tidak tentang siapa pun."


def _urgent(session: Session, item_id: int) -> str:
    urgent = request.form.get("urgent") == "1"
    handling.decide_urgency(session, item_id, actor(), urgent)
    return "Ditandai darurat." if urgent else "Bukan darurat, dicatat."


def _labels(session: Session, item_id: int) -> str:
    handling.set_labels(session, item_id, actor(), [one.strip() for one in _text("labels", 300).split(",")])
    return "Label disimpan."


def _join(session: Session, item_id: int) -> str:
    handling.join(session, item_id, _number("into"), actor())
    return "Digabung. Jawaban dan statusnya mengikuti yang utama."


def _part(session: Session, item_id: int) -> str:
    handling.part(session, item_id, actor())
    return "Dipisah lagi."


def _promise(session: Session, item_id: int) -> str:
    due_on, number, here = _date("due_on"), _text("balasan", 12), _text("jawaban", 12)
    if due_on is None:
        raise Problem("nothing_chosen", what="tanggalnya")
    outgoing = session.get(Outgoing, int(number)) if number.isdecimal() else None
    said = session.get(ItemNote, int(here)) if here.isdecimal() else None
    if any(one is not None and one.aspiration_id != item_id for one in (outgoing, said)):
        raise Problem("unknown_item", id=item_id)
    item = items.opened(session, item_id, actor())
    source = outgoing or said
    promising.give(session, item, due_on, actor(), source.text if source else _text("text"), outgoing)
    return f"Janji {times.short_date(due_on, due_on)} dicatat."


def _keep(session: Session, item_id: int) -> str:
    promising.keep(session, _of_item(session, Promise, "nomor", item_id), actor())
    return "Janji ditepati, dicatat."


def _drop(session: Session, item_id: int) -> str:
    promising.drop(session, _of_item(session, Promise, "nomor", item_id), actor(), _text("reason", 300))
    return "Janji dicabut; alasannya tersimpan."


def _mine(session: Session, item_id: int) -> str:
    person = session.get_one(Person, standing().person_id)
    done = bulk.apply(session, organisation_id(), [item_id], actor(), assignee=person)
    return "Anda yang menangani." if done.changed else "Tidak ada yang berubah."


#: What can be done, by the address.
DEEDS: dict[str, Callable[[Session, int], str]] = {
    "catat": _note,
    "jawab-di-sini": _answer_here,
    "di-halaman": _on_page,
    "telepon": _phone,
    "pribadi": _private,
    "hapus": _delete,
    "teruskan": _hand_over,
    "dijawab-instansi": _agency_answered,
    "dikembalikan": _agency_returned,
    "selesai": _settle,
    "buka-lagi": _reopen,
    "rahasia": _secret,
    "tentang": _about,
    "darurat": _urgent,
    "label": _labels,
    "gabung": _join,
    "pisah": _part,
    "janji": _promise,
    "ditepati": _keep,
    "dicabut": _drop,
    "saya": _mine,
}


@bp.get("/kotak/<int:item_id>/lapor")
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
def salin(item_id: int) -> Any:
    """The text for SP4N-LAPOR!, personal data of others masked, to be copied by hand."""
    own(item_id)
    with parts().db.read() as session:
        text = lapor.text_for_lapor(session, item_id)
    return render_template("kotak/lapor.html", text=text, item_id=item_id, wanted=Wanted.read(request.args))


@bp.post("/kotak/<int:item_id>/hadir")
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
def hadir(item_id: int) -> Any:
    """I am here, and maybe writing; who else is?"""
    own(item_id)
    others = presence.look(parts().db, item_id, standing().person_id, request.form.get("menulis") == "1")
    return jsonify(kata=others_here(others))


@bp.get("/kotak/lampiran/<int:attachment_id>.jpg")
@needs("kotak.baca", of_object=True)
def lampiran(attachment_id: int) -> Any:
    """A photo beside an item."""
    with parts().db.read() as session:
        found = session.get(Attachment, attachment_id)
    own(found.aspiration_id if found else None)
    assert found is not None
    try:
        path = render(parts().store, found.sha256, _SIDE)
    except PhotoProblem as problem:
        abort(404 if problem.code == "missing" else 503)
    response = make_response(send_file(path, mimetype="image/jpeg", conditional=True, etag=True))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _photos() -> list[Taken]:
    """What the form brought, cleaned; PhotoProblem."""
    files = [one for one in request.files.getlist("photos") if one.filename][:MOST_PHOTOS]
    return [take(cast(BinaryIO, one.stream), store=parts().store) for one in files]


def back(item_id: int) -> Any:
    """To the item, with the list as it was."""
    wanted = Wanted.read(request.args)
    return redirect(url_for("kotak.show", item_id=item_id, **wanted.address(after=wanted.after)), 303)
