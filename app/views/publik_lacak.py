"""Following an item by its code: the steps, the answers, adding to it, saying whether it is settled.

The code stands in the form of each request and nowhere else; a wrong one says nothing of any other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, send_file, url_for
from flask.blueprints import BlueprintSetupState

from app import clock
from app.forms.publik_lacak import Addition, Code
from app.frame import parts, words_of
from app.problems import Problem, Stale
from app.queries import publik_lacak as reading
from app.queries.publik import Profile
from app.rights import bare
from app.services import codes, tracking
from app.throttle import Throttle
from app.views._umum import SIZES, page_of, unkept
from media import LinkProblem, PhotoProblem, render, sign, verify

bp = Blueprint("publik_lacak", __name__)
WINDOW = timedelta(minutes=10)
#: Wrong codes within the window: of one network, and of everybody at one organisation.
PER_ADDRESS, PER_ORGANISATION = 20, 500
#: A photo's address on the page of its resident.
PHOTO_FOR = timedelta(hours=2)
TOO_OFTEN = "Terlalu banyak kode salah dari jaringan ini. Tunggu sepuluh menit, lalu coba lagi."
UNREADABLE = "Kode itu belum lengkap atau ada yang salah ketik: dua belas huruf dan angka, misalnya 7F4K-29QX-MHR3."
UNKNOWN = "Kode itu tidak kami kenal di halaman ini. Periksa lagi hurufnya."


@bp.record_once
def _wire(state: BlueprintSetupState) -> None:
    """No session is opened here, so its token cannot be asked for: only who knows the code can do anything."""
    state.app.extensions["csrf"].exempt(bp)
    state.app.extensions["kentongan_codes"] = Throttle(window=WINDOW)


@bp.route("/o/<slug>/lacak", methods=["GET", "POST"])
@bare
def index(slug: str) -> Any:
    """Ask for the code; with it, the item."""
    page = page_of(slug)
    form = Code.sent()
    if request.method == "GET":
        return _ask(page, form, 200)
    return _opened(page, form)


@bp.route("/o/<slug>/lacak/tambah", methods=["GET", "POST"])
@bare
def tambah(slug: str) -> Any:
    """Add to it."""
    page = page_of(slug)
    form = Code.sent()
    if request.method == "GET":
        return _ask(page, form, 200)
    addition = Addition(request.form)
    item_id = _item(page, form)
    if item_id is None or not addition.validate():
        return _opened(page, form, addition, item_id)
    try:
        with parts().db.write() as session:
            tracking.add(session, item_id, addition.text.data)
    except Problem as problem:
        addition.blame(problem, words_of(problem))
        return _opened(page, form, addition, item_id)
    return _opened(page, form, None, item_id, said="Keterangan Anda sudah kami terima.")


@bp.route("/o/<slug>/lacak/nilai", methods=["GET", "POST"])
@bare
def nilai(slug: str) -> Any:
    """Whether it is settled as the resident sees it."""
    page = page_of(slug)
    form = Code.sent()
    if request.method == "GET":
        return _ask(page, form, 200)
    item_id = _item(page, form)
    content = request.form.get("selesai", "") == "ya"
    if item_id is not None:
        try:
            with parts().db.write() as session:
                tracking.rate(session, item_id, content)
        except (Problem, Stale):
            return _opened(page, form, None, item_id)  # decided otherwise meanwhile: the page says how it stands
    said = "Terima kasih atas kabarnya." if content else "Kami buka lagi. Tulis di bawah apa yang belum selesai."
    return _opened(page, form, None, item_id, said=said)


@bp.get("/o/<slug>/lacak/foto/<token>")
@bare
def foto(slug: str, token: str) -> Any:
    """A photo of an item, by an address that only its resident's page tells, and that stops working."""
    page = page_of(slug)
    try:
        number = verify(token, key=_key(), now=clock.now())
    except LinkProblem:
        abort(404)
    with parts().db.read() as session:
        sha256 = reading.photo(session, int(number), page.id)
    if sha256 is None:
        abort(404)
    try:
        path = render(parts().store, sha256, SIZES["m"])
    except PhotoProblem as problem:
        abort(404 if problem.code == "missing" else 503)
    response = send_file(path, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _item(page: Profile, form: Code) -> int | None:
    """The item of the code; a wrong one is counted and told on the form."""
    throttle: Throttle = current_app.extensions["kentongan_codes"]
    own, all_ = f"code {request.remote_addr or ''}", f"organisation {page.id}"
    if not form.validate():
        return None
    if codes.read(form.code.data) is None:
        form.code.errors = [*form.code.errors, UNREADABLE]
        return None
    # Counted before it is looked up, and given back: a hundred parallel ones do not slip through.
    if not throttle.count([(own, PER_ADDRESS), (all_, PER_ORGANISATION)]):
        form.form_errors.append(TOO_OFTEN)
        return None
    with parts().db.read() as session:
        found = tracking.find(session, parts().sealer, page.id, form.code.data)
    if found is None:
        form.code.errors = [*form.code.errors, UNKNOWN]
    else:
        throttle.uncount([own, all_])
    return found


def _opened(
    page: Profile, form: Code, addition: Addition | None = None, item_id: int | None = None, *, said: str = ""
) -> Any:
    """The item's page, or the form again with what is wrong. item_id None: looked up here, unless it was before."""
    if item_id is None and not form.errors and not form.form_errors:
        item_id = _item(page, form)
    if item_id is None:
        return _ask(page, form, 429 if TOO_OFTEN in form.form_errors else 422)
    with parts().db.read() as session:
        trail = reading.trail(session, item_id)
    assert trail is not None  # nothing deletes an item
    photos = [
        (url_for("publik_lacak.foto", slug=page.slug, token=_signed(number)), kind, words)
        for number, kind, words in trail.photos
    ]
    form.code.data = codes.shown(codes.read(form.code.data) or "")
    facts = {"trail": trail, "photos": photos, "addition": addition or Addition(), "said": said}
    wrong = addition is not None and bool(addition.errors or addition.form_errors)
    return unkept(render_template("publik/lacak.html", page=page, form=form, **facts), 422 if wrong else 200)


def _ask(page: Profile, form: Code, status: int) -> Any:
    return unkept(render_template("publik/lacak.html", page=page, form=form, trail=None), status)


def _signed(attachment_id: int) -> str:
    return sign(str(attachment_id), key=_key(), expires=clock.now() + PHOTO_FOR)


def _key() -> bytes:
    return parts().sealer.key_for("tracked photo")
