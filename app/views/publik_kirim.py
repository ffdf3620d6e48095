"""The resident's form. It works without script and without a cookie, and nothing typed is lost on a fault.

Spam is held off by what costs a person nothing: a signed ticket, a field that no person sees, a least time, a limit per
network and per organisation. Each guard says in a sentence what to do; none of them throws anything away.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from app import clock, tickets, words
from app.forms.publik_kirim import ELSEWHERE, KINDS, Send
from app.frame import parts, words_of
from app.language import findings
from app.problems import Problem
from app.queries import publik_lacak
from app.queries.publik import Profile
from app.rights import bare, takes_photos
from app.services import codes, receiving
from app.services.receiving import PHOTOS_MOST, Received, Sent
from app.throttle import Throttle
from app.views._umum import page_of, unkept
from media import LinkProblem, PhotoProblem, sign, verify
from media.intake import take

bp = Blueprint("publik_kirim", __name__)
#: Seconds. Nobody writes a sentence faster; a ticket older than a week is asked for anew.
LEAST_S, MOST_S = 3.0, 7 * 86_400.0
WINDOW = timedelta(minutes=10)
#: Within the window. Many residents share one address: a phone company's, the village hall's.
PER_ADDRESS, PER_ORGANISATION, PHOTOS_PER_ADDRESS = 20, 200, 60
#: Bytes of the whole form: three photos of a phone.
MOST_BYTES = 62_000_000
#: Photos that came with a faulty form wait in the store; jobs/tidy.py sweeps them up after a day.
KEPT_FOR = timedelta(hours=20)
TOO_OFTEN = (
    "Sedang banyak kiriman dari jaringan ini. Tunggu sepuluh menit, lalu tekan Kirim lagi; tulisan Anda masih ada di "
    "bawah ini. Kalau mendesak, telepon 112."
)
OPEN_LONG = "Halaman ini sudah lama terbuka. Tulisan Anda masih ada di bawah ini; tekan Kirim sekali lagi."
TOO_QUICK = "Terkirim terlalu cepat untuk kami percaya. Tulisan Anda masih ada; tekan Kirim sekali lagi."
TRAPPED = "Ada isian tersembunyi yang ikut terisi; sudah kami kosongkan. Tekan Kirim sekali lagi."
FOREIGN = "Formulir ini dikirim dari situs lain. Periksa tulisannya, lalu tekan Kirim di sini."
TOO_MANY = f"Paling banyak {PHOTOS_MOST} foto; yang lain tidak kami ambil."


@bp.record_once
def _wire(state: BlueprintSetupState) -> None:
    """No session is opened here, so its token cannot be asked for: the ticket takes its place."""
    state.app.extensions["csrf"].exempt(bp)
    state.app.extensions["kentongan_forms"] = Throttle(window=WINDOW)


@bp.route("/o/<slug>/kirim", methods=["GET", "POST"])
@bare
@takes_photos
def index(slug: str) -> Any:
    """The form; sent, the page with the code."""
    page = page_of(slug)
    if not page.form_open:
        return unkept(render_template("publik/tutup.html", page=page), 200 if request.method == "GET" else 422)
    if request.method == "GET":
        form = Send(ticket=_ticket(page), kind=_kind(request.args.get("jenis", "")))
        return _page(page, form, 200)
    request.max_content_length = MOST_BYTES
    return _sent(page)


def _sent(page: Profile) -> Any:
    form = Send(request.form)
    form.offer(page.villages)
    ticket = tickets.read(_key(), page.slug, form.ticket.data or "", clock.now())
    kept = _kept()
    valid = form.validate()
    if ticket is not None and valid:
        with parts().db.read() as session:
            known = receiving.known(session, parts().sealer, page.id, _said(form, ticket.nonce, []))
        if known is not None:
            return _done(page, form, known)
    if fault := _guard(form, ticket, valid=valid):
        form.form_errors.append(fault)
        return _page(page, form, 422, kept)
    if not _allowed("photos", PHOTOS_PER_ADDRESS):
        form.form_errors.append(TOO_OFTEN)
        return _page(page, form, 429, kept)
    kept += _taken(form, PHOTOS_MOST - len(kept))
    if not valid or form.errors:
        return _page(page, form, 422, kept)
    found = _personal(form.text.data)
    if found and form.anyway.data != found:
        return _page(page, form, 422, kept, warn=found)
    if not _allowed("form", PER_ADDRESS, (f"organisation {page.id}", PER_ORGANISATION)):
        form.form_errors.append(TOO_OFTEN)
        return _page(page, form, 429, kept)
    assert ticket is not None  # a missing one is a fault of ``_guard``
    try:
        with parts().db.write() as session:
            received = receiving.receive(session, parts().sealer, page.id, _said(form, ticket.nonce, kept))
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(page, form, 422, kept)
    return _done(page, form, received)


def _guard(form: Send, ticket: tickets.Ticket | None, *, valid: bool) -> str | None:
    """What stands in the way of taking it, in a sentence; another tap on the same page mends it."""
    if ticket is None or not 0 <= ticket.age_s + 120 <= MOST_S:
        form.ticket.data = ""
        return OPEN_LONG
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return FOREIGN
    if form.trap.data:
        form.trap.data = ""
        return TRAPPED
    return TOO_QUICK if valid and ticket.age_s < LEAST_S else None


def _said(form: Send, nonce: str, kept: list[str]) -> Sent:
    return Sent(
        nonce=nonce,
        kind=form.kind.data or "",
        text=form.text.data or "",
        village="" if form.village.data == ELSEWHERE else form.village.data or "",
        name=form.name.data or "",
        phone=form.phone.data or "",
        anonymous=bool(form.anonymous.data),
        secret=bool(form.secret.data),
        photos=[photo for token in kept if (photo := _photo(token)) is not None],
    )


def _taken(form: Send, room: int) -> list[str]:
    """Store the good photos, name the bad ones; a token for each that is in the store now."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    faults = [TOO_MANY] if len(files) > room else []
    tokens = []
    for file in files[: max(room, 0)]:
        try:
            taken = take(file.stream, store=parts().store)  # type: ignore[arg-type]  # werkzeug types it IO[bytes]
        except PhotoProblem as problem:
            name = (file.filename or "foto").replace("\\", "/").rsplit("/", 1)[-1][:60]
            faults.append(f"“{name}”: {words.photo(problem.code, problem.facts)}")
        else:
            name = f"{taken.sha256}-{taken.width}-{taken.height}"
            tokens.append(sign(name, key=_key(), expires=clock.now() + KEPT_FOR))
    form.photos.errors = [*form.photos.errors, *faults]
    return tokens


def _kept() -> list[str]:
    """Tokens of photos that came with an earlier try of this form and were not taken out."""
    tokens = request.form.getlist("kept")[:PHOTOS_MOST]
    return [token for token in dict.fromkeys(tokens) if _photo(token) is not None]


def _photo(token: str) -> tuple[str, int, int] | None:
    try:
        sha256, width, height = verify(token, key=_key(), now=clock.now()).split("-")
    except (LinkProblem, ValueError):
        return None
    return (sha256, int(width), int(height)) if parts().store.has(sha256) else None


def _personal(text: str) -> str:
    """Of which kinds of personal data a warning is to be shown, bound to this text; "" for none."""
    kinds = sorted({found.type for found in findings.find(text)})
    if not kinds:
        return ""
    return f"{','.join(kinds)}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _allowed(what: str, most: int, *more: tuple[str, int]) -> bool:
    throttle: Throttle = current_app.extensions["kentongan_forms"]
    return throttle.count([(f"{what} {request.remote_addr or ''}", most), *more])


def _kind(text: str) -> str | None:
    return text if text in KINDS else None


def _ticket(page: Profile) -> str:
    return tickets.issue(_key(), page.slug, clock.now())


def _key() -> bytes:
    return parts().sealer.key_for("public form")


def _page(page: Profile, form: Send, status: int, kept: list[str] | None = None, *, warn: str = "") -> Any:
    form.offer(page.villages)
    form.ticket.data = form.ticket.data or _ticket(page)
    form.anyway.data = warn
    seen = [kind for kind in warn.partition(":")[0].split(",") if kind]
    facts = {"page": page, "form": form, "kept": kept or [], "seen": seen, "kinds": KINDS}
    return unkept(render_template("publik/kirim.html", **facts), status, listed=True)


def _done(page: Profile, form: Send, received: Received) -> Any:
    with parts().db.read() as session:
        trail = publik_lacak.trail(session, received.item_id)
    facts = {
        "page": page,
        "code": codes.shown(received.code),
        "trail": trail,
        "anonymous": bool(form.anonymous.data),
        "here": url_for("publik_lacak.index", slug=page.slug),
    }
    return unkept(render_template("publik/terkirim.html", **facts))
