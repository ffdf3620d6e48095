"""What happens when the composer is sent: text, photos and the wished step, each kept even when another one is faulty.

Decoding a photo takes up to seconds in a child process, so it stands outside every transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.datastructures import FileStorage

from app import clock, times, words
from app.forms.kiriman import Compose, compose_form, read_day
from app.frame import actor, organisation_id, parts, say, standing, words_of, zone
from app.problems import Problem, Stale
from app.queries import kiriman as reading
from app.services import composing, drafting, queueing
from media.intake import take
from media.problems import PhotoProblem

#: Steps that hand the post on; the others only keep it.
FINAL = ("submit", "approve", "now", "resend")
#: Where a service's field stands on our page.
_PLACES = {"due_at": "when", "alt_text": "photos", "crop": "photos"}


class Blocked(Exception):
    """The post cannot be handed on like this."""

    def __init__(self, findings: list[drafting.Finding]) -> None:
        super().__init__([finding.code for finding in findings])
        self.findings = findings


@dataclass
class Composer:
    """One request to the composer. post_id: None until there is a draft."""

    post_id: int | None
    choices: list[reading.Choice]
    draft: reading.Draft | None
    form: Compose
    status: int = 200

    @property
    def connectors(self) -> dict[str, str]:
        """Connector → label, of the accounts there are."""
        return {choice.connector: choice.label for choice in self.choices}

    @property
    def settled(self) -> bool:
        """Accounts and time no longer change: a refused post is only mended."""
        return self.draft is not None and self.draft.state not in ("draft", "in_review")


def opened(post_id: int | None) -> Composer:
    """The composer as it stands in the database, with the form as sent or with its first values."""
    with parts().db.read() as session:
        draft = reading.draft(session, post_id) if post_id is not None else None
        choices = reading.choices(session, draft.organisation_id if draft else organisation_id())
        number = reading.form_number(session, draft.id) if draft else None
    connectors = {choice.connector: choice.label for choice in choices}
    kind = compose_form(connectors, [photo.id for photo in draft.photos] if draft else [])
    if request.method == "POST":
        return Composer(post_id, choices, draft, kind(request.form))
    form = kind(form_number=number or secrets.token_urlsafe(18))
    if draft is None:
        form.accounts.data, form.when.data = [choice.id for choice in choices], "slot"
    else:
        _fill(form, draft)
    return Composer(post_id, choices, draft, form)


def _fill(form: Compose, draft: reading.Draft) -> None:
    form.caption.data, form.accounts.data, form.revision.data = draft.caption, draft.account_ids, str(draft.revision)
    form.title.data, form.village.data, form.task.data = draft.title, draft.village, draft.task
    form.done_on.data = draft.done_on.isoformat() if draft.done_on else ""
    form.say_due(draft.due_at, zone())
    for name, text in draft.variants.items():
        if f"variant_{name}" in form:
            form[f"variant_{name}"].data = text
    for photo in draft.photos:
        form[f"alt_{photo.id}"].data = photo.alt_text


def page(composer: Composer) -> Any:
    """The page."""
    with parts().db.read() as session:
        free = reading.free_hour(session, organisation_id(), clock.now(), zone(), but=composer.post_id)
        found = drafting.findings(session, composer.post_id) if composer.post_id is not None else []
    form = composer.form
    if form.when.data != "slot" or composer.status != 200:
        form.slot.data = None
    form.slot.data = form.slot.data or free.isoformat()
    if composer.status == 200 and not form.day.data and not form.hour.data:
        form.day.data, form.hour.data = f"{free:%Y-%m-%d}", f"{free:%H:%M}"
    answer = render_template(
        "kiriman/tulis.html",
        form=form,
        draft=composer.draft,
        choices=composer.choices,
        connectors=composer.connectors,
        settled=composer.settled,
        free=free,
        warnings=[each for each in found if not each.blocking],
        most=max((choice.limits.photos for choice in composer.choices), default=10),
        length=drafting.length,
        marked=lambda text, sign: sum(1 for word in text.split() if word.startswith(sign) and len(word) > 1),
    )
    return answer, composer.status


def sent(composer: Composer) -> Any:
    """Take what was sent: the text if all of it can be read, the photos in any case, then the wished step."""
    wanted = request.form.get("do", "draft")
    if wanted in ("approve", "now") and not standing().may("kiriman.setujui"):
        abort(403)
    files = [file for file in request.files.getlist("photos") if file.filename]
    try:
        kept = _keep_text(composer, wanted, alone=not files)
    except Problem as problem:
        # Already on its way, perhaps by the same button a moment ago: its page says where it stands.
        if problem.code not in ("not_editable", "wrong_state") or composer.post_id is None:
            raise
        return _elsewhere(composer.post_id, words_of(problem))
    added = _keep_photos(composer, files)
    moved = _arrange(composer)
    if kept and not composer.form.errors and not composer.form.form_errors:
        if moved is not None or (wanted not in FINAL):
            return _stay(composer, wanted, added, moved)
        if (answer := _hand_on(composer, wanted)) is not None:
            return answer
    composer = _again(composer)
    composer.status = 409 if composer.status == 409 else 422
    return page(composer)


def _content(composer: Composer) -> composing.Content | None:
    """What the form says; None when part of it cannot be read, with the sentence at its field."""
    form, draft = composer.form, composer.draft
    valid = form.validate()
    due_at = draft.due_at if composer.settled and draft else form.due(zone(), draft.due_at if draft else None)
    if form.errors:
        return None
    ids = draft.account_ids if composer.settled and draft else list(form.accounts.data or [])
    about = composing.About(
        form.title.data or "", read_day(form.done_on.data), form.village.data or "", form.task.data or ""
    )
    alts = form.alts([photo.id for photo in draft.photos] if draft else [])
    variants = form.variants(list(composer.connectors))
    said = composing.Content(form.caption.data or "", ids, due_at, variants, alts, about)
    return said if valid else None


def _keep_text(composer: Composer, wanted: str, *, alone: bool) -> bool:
    """Write the text. alone: no photo came with it, so that a new post which cannot go on leaves nothing behind."""
    content = _content(composer)
    form, db = composer.form, parts().db
    if content is None:
        return False
    photos = composer.draft.photos if composer.draft else []
    if alone and not content.caption.strip() and not photos and content.about.empty:
        form.blame(Problem("empty_post", field="caption"), words.sentence("empty_post"))
        return False
    try:
        with db.write() as session:
            post_id, fresh = composer.post_id, False
            if post_id is None:
                post_id, fresh = composing.begin(session, organisation_id(), actor(), form.form_number.data or "")
                composer.post_id = None if fresh else post_id
            composing.save(session, post_id, actor(), content, revision=form.from_revision())
            if fresh and alone and wanted in FINAL:
                _unblocked(session, post_id)
    except Blocked as blocked:
        _blame(form, blocked.findings)
        return False
    except Problem as problem:
        if problem.code in ("not_editable", "wrong_state"):
            raise
        form.blame(_placed(problem), words_of(problem))
        return False
    except Stale:
        form.form_errors.append(words.sentence("stale") + " Tulisan Anda masih ada di bawah ini.")
        composer.status = 409
        return False
    composer.post_id = post_id
    return True


def _keep_photos(composer: Composer, files: list[FileStorage]) -> int:
    """Store the good photos, name the bad ones; how many were added."""
    added = 0
    for file in files:
        try:
            added += keep_photo(composer, file)[1]
        except (PhotoProblem, Problem) as problem:
            name = (file.filename or "foto").replace("\\", "/").rsplit("/", 1)[-1][:80]
            sentence = words.sentence(problem.code, problem.facts)
            composer.form.photos.errors = [*composer.form.photos.errors, f"“{name}”: {sentence}"]
    return added


def keep_photo(composer: Composer, file: FileStorage) -> tuple[int, bool]:
    """One photo into the draft, which is made if need be: its id, and whether it is new. PhotoProblem, Problem."""
    if composer.post_id is not None:
        with parts().db.read() as session:
            drafting.editable(session, composer.post_id)
    taken = take(file.stream, store=parts().store)  # type: ignore[arg-type]  # werkzeug types it IO[bytes]
    with parts().db.write() as session:
        if composer.post_id is None:
            number = composer.form.form_number.data or ""
            composer.post_id, fresh = composing.begin(session, organisation_id(), actor(), number)
            if fresh:
                _first_words(session, composer)
        return composing.keep_photo(session, composer.post_id, taken, actor())


def _first_words(session: Session, composer: Composer) -> None:
    """A draft made for its photos: the words and accounts go with it, so that it is found again by them."""
    form, known = composer.form, {choice.id for choice in composer.choices}
    drafting.edit(
        session,
        composer.post_id or 0,
        actor(),
        caption=(form.caption.data or "")[:70_000],
        account_ids=[id_ for id_ in form.accounts.data or [] if id_ in known],
        due_at=None,
    )


def _arrange(composer: Composer) -> int | None:
    """Move or take out the photo whose button was pressed; its id, None when none was."""
    move, drop = request.form.get("move", ""), request.form.get("drop", "")
    if not (move or drop) or composer.post_id is None or composer.draft is None:
        return None
    order = [photo.id for photo in composer.draft.photos]
    name, _, way = (move or drop).partition(":")
    photo_id = int(name) if name.isascii() and name.isdigit() and len(name) < 10 else 0
    try:
        with parts().db.write() as session:
            if drop:
                composing.drop_photo(session, composer.post_id, photo_id, actor())
            else:
                at = order.index(photo_id) + 1 if photo_id in order else 1
                to = {"left": at - 1, "right": at + 1}.get(way) or (int(way) if way in map(str, range(1, 11)) else at)
                composing.shift_photo(session, composer.post_id, photo_id, actor(), to=to)
    except Problem as problem:
        composer.form.blame(_placed(problem), words_of(problem))
    return photo_id


def _stay(composer: Composer, wanted: str, added: int, moved: int | None) -> Any:
    """Kept; back to the composer."""
    if added:
        say(f"{added} foto ditambahkan. Lokasi foto sudah dihapus.")
    elif moved is None:
        say("Perubahan disimpan." if composer.draft and composer.draft.state != "draft" else "Draf disimpan.")
    anchor = "foto" if moved is not None or added or wanted == "upload" else None
    return redirect(url_for("kiriman.ubah", post_id=composer.post_id, _anchor=anchor), 303)


def _hand_on(composer: Composer, wanted: str) -> Any:
    """Submit, approve or send again; None with the faults in the form when it cannot go on."""
    post_id = composer.post_id or 0
    try:
        with parts().db.write() as session:
            _unblocked(session, post_id)
            _step(session, post_id, wanted)
    except Blocked as blocked:
        _blame(composer.form, blocked.findings)
        return None
    except Problem as problem:
        if problem.code == "wrong_state":
            return _elsewhere(post_id, words_of(problem))
        composer.form.blame(_placed(problem), words_of(problem))
        return None
    except Stale:
        return _elsewhere(post_id, words.sentence("stale"))
    return redirect(url_for("kiriman.show", post_id=post_id), 303)


def _elsewhere(post_id: int, otherwise: str) -> Any:
    """The post has moved on, mostly by a second tap of the same button: its page shows where it stands."""
    with parts().db.read() as session:
        draft = reading.draft(session, post_id)
    done = {
        "in_review": "Kiriman ini sudah diajukan.",
        "scheduled": "Kiriman ini sudah disetujui.",
        "publishing": "Kiriman ini sudah disetujui.",
        "published": "Kiriman ini sudah terbit.",
    }
    say(done.get(draft.state if draft else "", otherwise), "wait")
    return redirect(url_for("kiriman.show", post_id=post_id), 303)


def _step(session: Session, post_id: int, wanted: str) -> None:
    settings, by = parts().settings, actor()
    if wanted == "resend":
        again = composing.resend_refused(session, settings, post_id, by)
        say("Dikirim ulang ke akun yang belum tayang." if again else "Perubahan disimpan; tidak ada yang gagal lagi.")
        return
    if wanted == "submit":
        composing.promise(session, post_id)
        drafting.submit(session, post_id, by)
        say("Diajukan. Kami terbitkan pada waktunya setelah disetujui.", "wait")
        return
    if wanted == "now":
        queueing.reschedule(session, settings, post_id, clock.now(), by)
    composing.promise(session, post_id)
    post = queueing.approve(session, settings, post_id, by)
    at = times.moment(post.due_at or clock.now(), zone(), clock.now())
    say("Disetujui, diterbitkan sekarang." if wanted == "now" else f"Disetujui. Terbit {at}.")


def _unblocked(session: Session, post_id: int) -> None:
    found = [finding for finding in drafting.findings(session, post_id) if finding.blocking]
    if found:
        raise Blocked(found)


def _blame(form: Compose, findings: list[drafting.Finding]) -> None:
    for finding in findings:
        form.blame(Problem(finding.code, field=finding.field), words.sentence(finding.code, finding.facts))


def _placed(problem: Problem) -> Problem:
    return Problem(problem.code, field=_PLACES.get(problem.field or "", problem.field), **problem.facts)


def _again(composer: Composer) -> Composer:
    """The same form over the draft as it is now: kept photos have their fields, faults stay where they are."""
    now = opened(composer.post_id)
    for name, old in composer.form._fields.items():
        if name in now.form and old.errors:
            now.form[name].errors = list(old.errors)
    now.form.form_errors = list(composer.form.form_errors)
    now.form.revision.data = str(now.draft.revision) if now.draft else ""
    now.status = composer.status
    return now
