"""The inbox: list and talk in one page, the reply, what is decided about an item, hiding, a note taken by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from sqlmodel import Session, select

from app import clock, times, words_inbox
from app.forms.kotak import Care, Hide, Reply
from app.frame import actor, organisation_id, parts, say, standing, words_of, zone
from app.models import SOURCES, Aspiration, Organisation, Person
from app.problems import Problem, Stale
from app.queries import conversation, handled, inbox, privacy
from app.queries.conversation import Thread
from app.queries.inbox import Wanted
from app.rights import needs
from app.services import canned, deciding, moderating, presence, promising, views
from app.views._item import own
from connectors import load

bp = Blueprint("kotak", __name__)
#: Ready replies that are offered; more would be searched rather than seen.
READY_MOST = 8


class _Answered(Exception):
    """Somebody answered meanwhile. others: (who, text, when) of what the writer did not know."""

    def __init__(self, others: list[tuple[str, str, datetime]]) -> None:
        super().__init__()
        self.others = others


@bp.get("/kotak")
@needs("kotak.baca")
def index() -> Any:
    """The list; on a wide screen with its first item beside it."""
    return _page(None)


@bp.get("/kotak/<int:item_id>")
@needs("kotak.baca", of_object=True)
def show(item_id: int) -> Any:
    """One item. ?siap=N fills the box with a ready reply, ?ulang=ID with an answer that did not arrive."""
    return _page(own(item_id))


@bp.route("/kotak/<int:item_id>/balas", methods=["GET", "POST"])
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
def balas(item_id: int) -> Any:
    """Answer publicly, unless somebody else did since the writer's page was made."""
    own(item_id)
    if request.method == "GET":
        return _back(item_id)
    form = Reply.sent()
    if not form.validate():
        return _page(item_id, 422, reply=form)
    try:
        with parts().db.write() as session:
            _nobody_else(session, item_id, form)
            moderating.reply(session, item_id, actor(), form.text.data)
    except _Answered as answered:
        who, text, _ = answered.others[-1]
        if who == standing().name and text == form.text.data.replace("\r\n", "\n").strip():
            say("Balasan itu sudah kami terima; tidak dikirim dua kali.")
            return _back(item_id)
        return _page(item_id, 409, reply=form, others=answered.others)
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(item_id, 409 if problem.code == "answer_on_its_way" else 422, reply=form)
    say("Balasan sedang dikirim.", "plan")
    return _back(item_id)


@bp.route("/kotak/<int:item_id>/atur", methods=["GET", "POST"])
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
def atur(item_id: int) -> Any:
    """Decide the kind, the status, who looks after it: only what this person changed is written."""
    own(item_id)
    if request.method == "GET":
        return _back(item_id)
    with parts().db.read() as session:
        form = _care(session, _thread(session, item_id), sent=True)
    if not form.validate():
        return _page(item_id, 422, care=form)
    try:
        with parts().db.write() as session:
            changed = _changes(session, item_id, form)
            if changed:
                moderating.set_item(session, item_id, actor(), **changed)
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(item_id, 409 if problem.code == "stale" else 422, care=form)
    except Stale:
        form.form_errors.append(words_of(Problem("stale")))
        return _page(item_id, 409, care=form)
    say("Disimpan." if changed else "Tidak ada yang berubah.")
    return _back(item_id)


@bp.route("/kotak/<int:item_id>/sembunyi", methods=["GET", "POST"])
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
def sembunyi(item_id: int) -> Any:
    """Hide the comment on its platform, with a reason that stays in the history."""
    own(item_id)
    if request.method == "GET":
        return _back(item_id)
    form = Hide.sent()
    if not form.validate():
        return _page(item_id, 422, hide=form)
    return _hide(item_id, form, form.words(), hidden=True)


@bp.post("/kotak/<int:item_id>/tampil")
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
def tampil(item_id: int) -> Any:
    """Show a hidden comment again."""
    own(item_id)
    return _hide(item_id, None, "", hidden=False)


@bp.post("/kotak/<int:item_id>/putuskan")
@needs("kotak.jawab", of_object=True, instead="kotak.tentang")
def putuskan(item_id: int) -> Any:
    """What becomes of an answer that is unclear, refused or late."""
    own(item_id)
    choice = request.form.get("pilih", "")
    number = request.form.get("balasan", "")
    try:
        with parts().db.write() as session:
            outgoing = int(number) if number.isdecimal() and len(number) < 10 else 0
            deciding.decide(session, item_id, outgoing, actor(), choice)
    except Problem as problem:
        say(words_of(problem), "fail")
    except Stale:
        say(words_of(Problem("stale")), "fail")
    else:
        say({"sudah": "Dicatat sebagai terkirim.", "ulang": "Dikirim lagi."}.get(choice, "Dibatalkan."))
    return _back(item_id)


def _back(item_id: int) -> Any:
    """To the item, with the list as it was."""
    return redirect(url_for("kotak.show", item_id=item_id, **Wanted.read(request.args).address()), 303)


def _thread(session: Session, item_id: int) -> Thread:
    found = conversation.thread(session, item_id)
    if found is None:
        raise Problem("unknown_item", id=item_id)
    return found


def _nobody_else(session: Session, item_id: int, form: Reply) -> None:
    others = conversation.others_since(_thread(session, item_id), form.seen.data or "")
    if others:
        raise _Answered(others)


def _care(session: Session, thread: Thread, *, sent: bool) -> Care:
    """The form of an item as it is now; sent: with what was posted."""
    item = thread.item
    now = {"kind": item.kind, "status": item.status, "assignee": item.assignee_id or 0}
    was = {f"was_{name}": str(value) for name, value in now.items()}
    form: Care = Care.sent(**now, **was) if sent else Care(**now, **was)
    form.offer(item.status, inbox.helpers_of(session, item.organisation_id, item.assignee_id), bool(item.assignee_id))
    if sent:
        # What the page showed then stays a valid choice: whether it was changed is decided in _changes.
        for field, was_field in ((form.status, form.was_status), (form.assignee, form.was_assignee)):
            if str(field.data) == was_field.data:
                field.choices = {str(field.data): str(field.data), **field.choices}
    return form


def _changes(session: Session, item_id: int, form: Care) -> dict[str, Any]:
    """What this person changed. Problem("stale") where somebody else changed the same thing otherwise meanwhile."""
    item = _thread(session, item_id).item
    changed: dict[str, Any] = {}
    for name, now in (("kind", item.kind), ("status", item.status), ("assignee", item.assignee_id or 0)):
        chosen, was = form[name].data, form[f"was_{name}"].data
        if str(chosen) == was or chosen == now:
            continue
        if was != str(now):
            raise Problem("stale", field=name)
        changed[name] = chosen
    if form.kind.data == item.suggested_kind and request.form.get("setuju"):
        changed["kind"] = form.kind.data
    if changed.get("assignee"):
        changed["assignee"] = session.exec(select(Person).where(Person.id == changed["assignee"])).one()
    return changed


def _hide(item_id: int, form: Hide | None, reason: str, *, hidden: bool) -> Any:
    try:
        with parts().db.write() as session:
            under_way = _thread(session, item_id).hiding
            if under_way and under_way.state not in ("failed", "missed"):
                raise Problem("answer_on_its_way")
            moderating.hide(session, item_id, actor(), reason, hidden=hidden)
    except Problem as problem:
        if form is not None and problem.code != "answer_on_its_way":
            form.blame(problem, words_of(problem))
            return _page(item_id, 422, hide=form)
        busy = problem.code == "answer_on_its_way"
        say("Permintaan sebelumnya masih dikirim. Tunggu sebentar." if busy else words_of(problem), "wait")
    else:
        say("Komentar sedang disembunyikan." if hidden else "Komentar segera tampil lagi.", "plan")
    return _back(item_id)


def refused(item_id: int, what: str, sentence: str, status: int = 422) -> Any:
    """The page of an item after a deed (kotak_urus) that was refused: what was typed stands in its form again."""
    photos = any(one.filename for one in request.files.getlist("photos"))
    return _page(item_id, status, failed={"what": what, "sentence": sentence, "typed": request.form, "photos": photos})


def _page(item_id: int | None, status: int = 200, *, reply: Reply | None = None, care: Care | None = None,
          hide: Hide | None = None, others: list[tuple[str, str, datetime]] | None = None,
          failed: dict[str, Any] | None = None) -> Any:  # fmt: skip
    """List and talk. item_id None: the list leads, its first item beside it. Forms: as sent, with their faults."""
    wanted = Wanted.read(request.args)
    facts: dict[str, Any] = {"wanted": wanted, "lead": item_id is None, "others": others, "thread": None}
    facts["failed"] = failed
    me = standing().person_id
    day = (clock.now(), times.next_midnight(clock.now(), zone()))
    by = inbox.Beholder(zone=zone(), person_id=me, day=day, visible=privacy.visible_to(me))
    with parts().db.read() as session:
        here = organisation_id()
        facts["found"] = found = inbox.listed(session, here, wanted, by=by)
        facts["helpers"] = inbox.helpers_of(session, here)
        facts["urgent"] = handled.urgent(session, here, me)
        facts["saved"] = views.views_of(session, here, me)
        if not found.lines:
            facts["heard"], facts["last_answer"] = inbox.heard_of(session, here), inbox.last_answer(session, here)
        shown = item_id if item_id is not None else (found.lines[0].id if found.lines else None)
        if shown is not None:
            thread = _thread(session, shown)
            if care:  # sent with a fault: the next try starts from what is true now
                item = thread.item
                care.was_kind.data, care.was_status.data = item.kind, item.status
                care.was_assignee.data = str(item.assignee_id or 0)
            facts |= {"thread": thread, "care": care or _care(session, thread, sent=False), "hide": hide or Hide()}
            facts["around"] = around = handled.around(session, shown, me)
            facts["ready"] = ready = _ready(session, shown, urgent=around.urgent is not None)
            facts["reply"] = _reply(thread, reply, ready)
            facts["can"] = _abilities(thread)
            facts |= {
                "promise": _promise(thread, around),
                "agencies": handled.agencies(session, here),
                "members": handled.members(session, here),
                "here": words_inbox.others_here(presence.others(session, shown, me)),
            }
    facts |= {
        "words": words_inbox,
        "statuses": inbox.STATUSES,
        "sources": SOURCES,
        # What was done to several at once, on the page right after it and nowhere else.
        "undo": cookie.pop("urung", None),
    }
    return render_template("kotak/index.html", **facts), status


def _reply(thread: Thread, sent: Reply | None, ready: list[tuple[str, str]]) -> Reply:
    """The reply form; what its reader knows is always of this moment, what was typed stays."""
    text = sent.text.data if sent else _prefilled(thread, ready)
    form = sent or Reply(text=text)
    form.seen.data = thread.seen
    return form


def _prefilled(thread: Thread, texts: list[tuple[str, str]]) -> str:
    ready, again = request.args.get("siap", type=int), request.args.get("ulang", type=int)
    if ready and 1 <= ready <= len(texts):
        return texts[ready - 1][1]
    return next((way.text for way in thread.ways if way.id == again and way.action == "reply"), "")


def _ready(session: Session, item_id: int, *, urgent: bool) -> list[tuple[str, str]]:
    """(name, text) of the ready replies, filled in for this item; none where somebody may be in danger."""
    item = session.get_one(Aspiration, item_id)
    organisation = session.get_one(Organisation, item.organisation_id)
    if urgent or not standing().may("kotak.jawab"):
        return []
    rows = canned.listed(session, item.organisation_id, item.kind)
    return [(row.name, canned.fill(row.text, item, organisation, actor())) for row in rows[:READY_MOST]]


def _promise(thread: Thread, around: handled.Around) -> tuple[date, str, int] | None:
    """(day, field, number) of the day that our newest answer seems to promise and nobody has noted: "balasan" one that
    was sent, "jawaban" one that stands on the tracking page."""
    sent = [way for way in thread.ways if way.action == "reply" and way.state != "cancelled"]
    here = [note for note in around.notes if note.public]
    said = [("balasan", way.id, way.text, way.created_at) for way in sent]
    said += [("jawaban", note.id, note.text, note.at) for note in here]
    if not said:
        return None
    field, number, text, at = max(said, key=lambda one: one[3])
    day = promising.find_date(text, at, zone())
    if day is None or any(one.due_on == day for one in around.promises):
        return None
    return (day, field, number) if day >= times.local(clock.now(), zone()).date() else None


def _abilities(thread: Thread) -> frozenset[str]:
    """What the comment's platform can do; nothing for a note or a form."""
    kind = load().get(thread.item.place.connector) if thread.item.place else None
    return frozenset(kind.can) if kind else frozenset()
