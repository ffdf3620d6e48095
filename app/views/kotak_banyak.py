"""Several items of the inbox at once, and the way back: the bar under the list, and what the keys send."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask import session as cookie

from app.frame import actor, organisation_id, parts, say, standing, words_of
from app.models import Person
from app.problems import Problem
from app.queries.inbox import Wanted
from app.rights import needs
from app.services import bulk

bp = Blueprint("kotak_banyak", __name__)
MOST = 100


@bp.post("/kotak/banyak")
@needs("kotak.jawab")
def banyak() -> Any:
    """do: jenis, status, tugas (to somebody), saya (to oneself), spam. pick: item ids."""
    if not request.form.get("do"):
        return _back()
    picked = [int(one) for one in request.form.getlist("pick")[:MOST] if one.isdecimal() and len(one) < 10]
    if not picked:
        say("Pilih dahulu tanggapan yang dimaksud.", "wait")
        return _back()
    try:
        with parts().db.write() as session:
            changes = _changes(session)
            done = bulk.apply(session, organisation_id(), picked, actor(), **changes)
    except Problem as problem:
        say(words_of(problem), "fail")
        return _back()
    if done.changed:
        named = _named(changes)
        words = _STATUS.get(named.get("status", "")) or _WORDS[request.form["do"]].format(**named)
        say(f"{done.changed} tanggapan {words}.")
    elif not done.skipped:
        say("Tidak ada yang berubah.")
    for code, number in _by_code(done.skipped).items():
        say(f"{number} dilewati: {words_of(Problem(code))}", "wait")
    if done.undo:
        cookie["urung"] = done.undo
    return _back()


@bp.post("/kotak/urung")
@needs("kotak.jawab")
def urung() -> Any:
    """Take the last change back, where nobody changed it since."""
    try:
        with parts().db.write() as session:
            done = bulk.undo(session, organisation_id(), request.form.get("urung", ""), actor())
    except Problem as problem:
        say(words_of(problem), "fail")
        return _back()
    if done.changed:
        say(f"{done.changed} tanggapan kembali seperti semula.")
    if done.skipped:
        say(f"{len(done.skipped)} tidak dikembalikan, karena sudah diubah lagi.", "wait")
    return _back()


_WORDS = {
    "jenis": "menjadi {kind}",
    "status": "menjadi {status}",
    "tugas": "ditangani {assignee}",
    "saya": "Anda tangani",
    "spam": "ditandai spam",
}
#: Where "menjadi ..." is not what people say.
_STATUS = {"diarsipkan": "diarsipkan", "selesai": "selesai", "dibuka lagi": "dibuka lagi", "diteruskan": "diteruskan"}


def _changes(session: Any) -> dict[str, Any]:
    what, given = request.form.get("do", ""), request.form
    if what == "jenis":
        return {"kind": given.get("jenis", "")}
    if what == "status":
        return {"status": given.get("status", "")}
    if what in ("tugas", "saya"):
        wanted = str(standing().person_id) if what == "saya" else given.get("penanggung", "")
        person = session.get(Person, int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else None
        if person is None:
            raise Problem("nothing_chosen", what="siapa yang menangani")
        return {"assignee": person}
    if what == "spam":
        return {"spam": True}
    raise Problem("nothing_chosen", what="apa yang diubah")


def _named(changes: dict[str, Any]) -> dict[str, str]:
    return {name: value.name if isinstance(value, Person) else str(value) for name, value in changes.items()}


def _by_code(skipped: dict[int, str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in skipped.values():
        counts[code] = counts.get(code, 0) + 1
    return counts


def _back() -> Any:
    """To the list as it was; to the open item where there was one."""
    wanted, item = Wanted.read(request.args), request.args.get("di", type=int)
    address = wanted.address(after=wanted.after)
    if item is not None:
        return redirect(url_for("kotak.show", item_id=item, **address), 303)
    return redirect(url_for("kotak.index", **address), 303)
