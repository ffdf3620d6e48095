"""Posts: the composer, and one post with its deliveries, its history and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, get_template_attribute, redirect, render_template, request, url_for
from sqlmodel import Session

from app import clock, times, words, words_delivery, words_withdraw
from app.forms.kiriman import Decide, Reschedule, SendBack, TakeBack
from app.frame import actor, parts, say, standing, words_of, zone
from app.problems import Problem, Stale
from app.queries import deliveries
from app.queries import kiriman as reading
from app.rights import needs, object_of, takes_photos
from app.services import composing, drafting, queueing, resolving, withdrawing
from app.views import _composing, _standing
from media.problems import PhotoProblem

bp = Blueprint("kiriman", __name__)


@bp.route("/kiriman/baru", methods=["GET", "POST"])
@needs("kiriman.tulis")
@takes_photos
def baru() -> Any:
    """A new post; the draft is made at the first sending."""
    composer = _composing.opened(None)
    return _composing.sent(composer) if request.method == "POST" else _composing.page(composer)


@bp.route("/kiriman/<int:post_id>/ubah", methods=["GET", "POST"])
@needs("kiriman.tulis", of_object=True)
@takes_photos
def ubah(post_id: int) -> Any:
    """A draft, or a refused post that is mended."""
    _own(post_id)
    if request.method == "GET" and (why := _standing.uneditable(post_id)) is not None:
        say(why, "wait")
        return redirect(url_for("kiriman.show", post_id=post_id), 303)
    composer = _composing.opened(post_id)
    return _composing.sent(composer) if request.method == "POST" else _composing.page(composer)


@bp.post("/kiriman/baru/foto")
@needs("kiriman.tulis")
@takes_photos
def foto_baru() -> Any:
    """One photo for a new post, sent by script as soon as it is chosen; makes the draft."""
    return _one_photo(None)


@bp.post("/kiriman/<int:post_id>/foto")
@needs("kiriman.tulis", of_object=True)
@takes_photos
def foto(post_id: int) -> Any:
    """One photo more for a draft, sent by script."""
    _own(post_id)
    return _one_photo(post_id)


def _one_photo(post_id: int | None) -> Any:
    """JSON: the draft, its new revision and the photo's place on the page; 422 with the sentence for a bad one."""
    composer = _composing.opened(post_id)
    file = request.files.get("photos")
    if file is None:
        return {"sentence": words.sentence("empty")}, 422
    try:
        photo_id, fresh = _composing.keep_photo(composer, file)
    except (PhotoProblem, Problem) as problem:
        return {"sentence": words.sentence(problem.code, problem.facts)}, 422
    composer = _composing.opened(composer.post_id)
    draft = composer.draft
    if draft is None:
        abort(404)
    at = next(at for at, photo in enumerate(draft.photos, 1) if photo.id == photo_id)
    photo = draft.photos[at - 1]
    return {
        "post": draft.id,
        "revision": draft.revision,
        "photo": photo_id,
        "new": fresh,
        "edit": url_for("kiriman.ubah", post_id=draft.id),
        "upload": url_for("kiriman.foto", post_id=draft.id),
        "frame": str(get_template_attribute("kiriman/_photos.html", "frame")(photo, at)),
        "words": str(get_template_attribute("kiriman/_photos.html", "words")(composer.form, photo, at)),
    }


@bp.get("/kiriman/<int:post_id>")
@needs("jadwal.lihat", of_object=True)
def show(post_id: int) -> Any:
    """The post, where it stands on each account, and what happened so far."""
    _own(post_id)
    return _standing.page(post_id)


@bp.post("/kiriman/<int:post_id>/ajukan")
@needs("kiriman.tulis", of_object=True)
def ajukan(post_id: int) -> Any:
    """Hand a draft to the approver."""

    def act(session: Session) -> str:
        composing.promise(session, post_id)
        drafting.submit(session, post_id, actor())
        return "Diajukan. Kami terbitkan pada waktunya setelah disetujui."

    return _do(post_id, act)


@bp.post("/kiriman/<int:post_id>/setujui")
@needs("kiriman.setujui", of_object=True)
def setujui(post_id: int) -> Any:
    """Approve; back to where the button stood."""

    def act(session: Session) -> str:
        composing.promise(session, post_id)
        # The page says which words were read; without that (an old page) what is there now is approved.
        read = request.form.get("revision", type=int)
        post = queueing.approve(session, parts().settings, post_id, actor(), revision=read)
        return f"Disetujui. Terbit {times.moment(post.due_at or clock.now(), zone(), clock.now())}."

    back = url_for("jadwal.index") if request.form.get("from") == "jadwal" else None
    return _do(post_id, act, back=back)


@bp.post("/kiriman/<int:post_id>/kembalikan")
@needs("kiriman.setujui", of_object=True)
def kembalikan(post_id: int) -> Any:
    """Back to its author, with the reason."""
    _own(post_id)
    form = SendBack(request.form)
    if not form.validate():
        return _standing.page(post_id, 422, send_back=form)

    def act(session: Session) -> str:
        queueing.send_back(session, post_id, actor(), form.reason.data or "")
        return "Dikembalikan kepada penulisnya."

    return _do(post_id, act, form=form, again=lambda: _standing.page(post_id, 422, send_back=form))


@bp.route("/kiriman/<int:post_id>/batal", methods=["GET", "POST"])
@needs("kiriman.tulis", of_object=True)
def batal(post_id: int) -> Any:
    """Call it off: asked once more, because what was prepared on the platforms is thrown away."""
    _own(post_id)
    if request.method == "GET":
        with parts().db.read() as session:
            post, ways = reading.draft(session, post_id), deliveries.of_post(session, post_id, clock.now())
        return render_template("kiriman/batal.html", post=post, ways=ways, able=queueing.CANCELLABLE)

    def act(session: Session) -> str:
        late = queueing.cancel(session, post_id, actor())
        return "Dibatalkan." + (f" Di {', '.join(late)} sudah terlanjur tayang." if late else "")

    return _do(post_id, act)


@bp.post("/kiriman/<int:post_id>/waktu")
@needs("kiriman.tulis", of_object=True)
def waktu(post_id: int) -> Any:
    """Another time for what has not gone out, in the organisation's zone; "sekarang" needs no time."""
    _own(post_id)
    form = Reschedule(request.form)
    moment = clock.now() if request.form.get("do") == "now" else form.chosen(zone())
    if moment is None:
        return _standing.page(post_id, 422, reschedule=form)

    def act(session: Session) -> str:
        late = queueing.reschedule(session, parts().settings, post_id, moment, actor())
        words_late = f" Di {', '.join(late)} sudah terlambat untuk diubah." if late else ""
        return f"Waktunya sekarang {times.moment(max(moment, clock.now()), zone(), clock.now())}.{words_late}"

    return _do(post_id, act, form=form, again=lambda: _standing.page(post_id, 422, reschedule=form))


@bp.route("/kiriman/<int:post_id>/tarik", methods=["GET", "POST"])
@needs("kiriman.tulis", of_object=True)
def tarik(post_id: int) -> Any:
    """Take it back from everywhere: the first tap leads here, the second, with a reason, does it."""
    _own(post_id)
    form = TakeBack.sent()
    if request.method == "POST" and form.validate():

        def act(session: Session) -> str:
            withdrawing.ask(session, post_id, form.said, actor())
            return "Sedang ditarik dari semua akun. Halaman ini memberi tahu sendiri sampai selesai."

        return _do(post_id, act, form=form, again=lambda: _take_back_page(post_id, form, 422))
    return _take_back_page(post_id, form, 422 if request.method == "POST" else 200)


def _take_back_page(post_id: int, form: TakeBack, status: int = 200) -> Any:
    with parts().db.read() as session:
        post, ways = reading.draft(session, post_id), deliveries.of_post(session, post_id, clock.now())
    if post is None or post.withdraw_at is not None or not any(w.state in deliveries.MAYBE_PUBLIC for w in ways):
        # Asked for meanwhile, or nothing is public: the post's page says what is the case.
        if post is not None:
            say(words.sentence("withdraw_under_way" if post.withdraw_at else "not_public"), "wait")
        return redirect(url_for("kiriman.show", post_id=post_id), 303)
    will = {way.id: words_withdraw.will(way.connector, way.state, able=way.deletable) for way in ways}
    facts = {"post": post, "ways": ways, "will": will, "reasons": words_withdraw.REASONS}
    return render_template("kiriman/tarik.html", form=form, **facts), status


@bp.route("/kiriman/<int:post_id>/pengiriman/<int:delivery_id>", methods=["GET", "POST"])
@needs("kiriman.tulis", of_object=True)
def putuskan(post_id: int, delivery_id: int) -> Any:
    """A person's decision about one delivery: it is public already, send it again, it is deleted there.

    What cannot be taken back is asked once more (GET) before it is believed.
    """
    with parts().db.read() as session:
        owner = reading.owner_of_delivery(session, post_id, delivery_id)
        way = next((way for way in deliveries.of_post(session, post_id, clock.now()) if way.id == delivery_id), None)
    object_of(owner)
    how = request.values.get("how", "")
    # What may be public already is decided by whoever looks after the accounts.
    doubtful = way is not None and way.state in ("unsure", "needs_person")
    if (how == "published" or (doubtful and how != "withdrawn")) and not standing().may("akun.kelola"):
        abort(403)
    form = Decide.sent()
    if request.method == "GET":
        return _decide_page(post_id, way, how, form)

    def act(session: Session) -> str:
        address = form.address.data or "" if how == "published" else ""
        resolving.resolve(session, parts().settings, delivery_id, how, actor(), address=address)
        return _DECIDED[how]

    return _do(post_id, act, form=form, again=lambda: _decide_page(post_id, way, how, form, 422))


#: A person's word → what is said when it has been written down.
_DECIDED = {
    "published": "Dicatat sudah tayang.",
    "resend": "Dikirim ulang sekarang.",
    "withdrawn": "Dicatat sudah dihapus.",
}


def _decide_page(post_id: int, way: deliveries.Way | None, how: str, form: Decide, status: int = 200) -> Any:
    doubtful = ("unsure", "needs_person")
    able = {"published": doubtful, "resend": doubtful, "withdrawn": ("withdrawing",)}
    with parts().db.read() as session:
        post = reading.draft(session, post_id)
    if post is None or way is None or way.state not in able.get(how, ()):
        say(words.sentence("nothing_to_resolve"), "wait")
        return redirect(url_for("kiriman.show", post_id=post_id), 303)
    net = words_delivery.net(way.connector)
    return render_template("kiriman/putuskan.html", post=post, w=way, net=net, how=how, form=form), status


def _own(post_id: int) -> None:
    with parts().db.read() as session:
        owner = reading.owner(session, post_id)
    object_of(owner)


def _do(
    post_id: int,
    act: Callable[[Session], str],
    *,
    form: Any = None,
    again: Callable[[], Any] | None = None,
    back: str | None = None,
) -> Any:
    """Do one thing and say it; what cannot be done is said on the post's page (422), overtaken things too (409).

    again: the answer that shows the form with a refusal at the field it is about.
    """
    _own(post_id)
    try:
        with parts().db.write() as session:
            done = act(session)
    except Problem as problem:
        place = "hour" if problem.field == "due_at" else problem.field
        if form is None or again is None or place not in form:
            return _standing.page(post_id, 422, fault=words_of(problem))
        form.blame(Problem(problem.code, field=place), words_of(problem))
        return again()
    except Stale:
        return _standing.page(post_id, 409, fault=words.sentence("stale"))
    say(done)
    return redirect(back or url_for("kiriman.show", post_id=post_id), 303)
