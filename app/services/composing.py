"""The composer's form as one change: a draft made once per form, its words, the words of its photos, its activity.

Rules of content stand in ``drafting``; this only puts its steps together, inside the caller's write transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from app import clock
from app.models import Activity, Delivery, Event, Person, Photo, Post
from app.problems import Problem, Stale
from app.services import drafting, resolving
from app.settings import Settings
from app.states import Actor, note
from media.intake import Taken

#: A form is remembered this long: a tap repeated after a night without signal still makes one post.
REMEMBERED = timedelta(days=7)
#: What a page may send as the number of its form (``secrets.token_urlsafe``).
FORM_NUMBER = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class About:
    """The activity a post tells of. All empty: none. task: a key of the six tugas (domain.md section 2)."""

    title: str = ""
    done_on: date | None = None
    village: str = ""
    task: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was said."""
        return not (self.title or self.done_on or self.village or self.task)


@dataclass(frozen=True)
class Content:
    """What the form says. alts: photo id → words for people who cannot see it. due_at None: as soon as approved."""

    caption: str
    account_ids: Sequence[int]
    due_at: datetime | None
    variants: Mapping[str, str] = field(default_factory=dict)
    alts: Mapping[int, str] = field(default_factory=dict)
    about: About = About()


def begin(session: Session, organisation_id: int, by: Actor, form_number: str) -> tuple[int, bool]:
    """The draft of this form, the same for the same number and person, and whether it was made just now."""
    # Two taps at once wait for each other here; on SQLite write transactions do so anyway. NO KEY UPDATE: an Event of
    # this person, which refers to the row, is not kept waiting (a plain FOR UPDATE ended in a deadlock when tried).
    session.exec(select(Person.id).where(Person.id == by.person_id).with_for_update(key_share=True)).first()
    known = session.exec(
        select(Event.subject_id)
        .join(Post, (col(Post.id) == col(Event.subject_id)))
        .where(
            Event.subject == "post",
            Event.what == "form",
            Event.why == form_number,
            Post.author_id == by.person_id,
            Post.organisation_id == organisation_id,
            col(Post.created_at) > clock.now() - REMEMBERED,
        )
    ).first()
    if known is not None:
        return known, False
    post = drafting.create(session, organisation_id, by)
    if FORM_NUMBER.fullmatch(form_number):
        note(session, post, "form", by, why=form_number)
    return post.id or 0, True


def save(session: Session, post_id: int, by: Actor, content: Content, *, revision: int | None = None) -> Post:
    """Write everything the form says. revision: the one the form was made from; Stale when the post moved on since."""
    post = drafting.editable(session, post_id)
    if revision is not None and post.revision != revision:
        if _said_already(session, post, content):
            return post
        raise Stale(f"post {post_id}: revision {post.revision}, the form knows {revision}")
    _describe(session, post_id, by, content.alts)
    drafting.edit(
        session,
        post_id,
        by,
        caption=content.caption,
        account_ids=content.account_ids,
        due_at=content.due_at,
        variants=content.variants,
    )
    _tell_about(session, post, content.about)
    session.flush()
    return post


def keep_photo(session: Session, post_id: int, taken: Taken, by: Actor) -> tuple[int, bool]:
    """The id of this photo in the post, and whether it is new there: an upload repeated after a break is no fault."""
    drafting.editable(session, post_id)
    for photo in drafting.photos_of(session, post_id):
        if photo.sha256 == taken.sha256:
            return photo.id or 0, False
    return drafting.add_photo(session, post_id, taken, by).id or 0, True


def shift_photo(session: Session, post_id: int, photo_id: int, by: Actor, *, to: int) -> None:
    """Put a photo of this post at a place counted from 1. Problem("unknown_photo") when it is another post's."""
    _own(session, post_id, photo_id)
    drafting.move_photo(session, photo_id, by, to=to)


def drop_photo(session: Session, post_id: int, photo_id: int, by: Actor) -> None:
    """Take a photo out of this post. Problem("unknown_photo") when it is another post's."""
    _own(session, post_id, photo_id)
    drafting.remove_photo(session, photo_id, by)


def promise(session: Session, post_id: int) -> None:
    """Before it is handed in or approved: a time that passed long ago is asked for again, never sent at once."""
    post = session.get(Post, post_id)
    if post is not None:
        drafting.promised(post.due_at)


def resend_refused(session: Session, settings: Settings, post_id: int, by: Actor) -> int:
    """Send again whatever the platforms refused or missed its time; how many."""
    stopped = col(Delivery.state).in_(("failed", "missed"))
    wanted = list(session.exec(select(Delivery.id).where(Delivery.post_id == post_id, stopped)))
    for delivery_id in wanted:
        resolving.resolve(session, settings, delivery_id or 0, "resend", by)
    return len(wanted)


def _own(session: Session, post_id: int, photo_id: int) -> None:
    photo = session.get(Photo, photo_id)
    if photo is None or photo.post_id != post_id:
        raise Problem("unknown_photo", id=photo_id)


def _said_already(session: Session, post: Post, content: Content) -> bool:
    """Whether the post holds exactly these words: then the form was sent twice, and nobody else's work is lost."""
    alts = {photo.id: photo.alt_text for photo in drafting.photos_of(session, post.id or 0)}
    variants = {name: _plain(text) for name, text in content.variants.items() if _plain(text)}
    return (
        post.caption == _plain(content.caption)
        and post.variants == variants
        and all(alts.get(id_) == " ".join(text.split()) for id_, text in content.alts.items())
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _describe(session: Session, post_id: int, by: Actor, alts: Mapping[int, str]) -> None:
    for photo in drafting.photos_of(session, post_id):
        said = alts.get(photo.id or 0)
        if said is not None and " ".join(said.split()) != photo.alt_text:
            drafting.describe_photo(session, photo.id or 0, by, alt_text=said, crop=photo.crop)


def _tell_about(session: Session, post: Post, about: About) -> None:
    """Fill the post's activity, make it, or let go of it when everything was emptied."""
    row = session.get(Activity, post.activity_id) if post.activity_id else None
    if about.empty and row is None:
        return
    if row is None:
        row = Activity(organisation_id=post.organisation_id, title=about.title)
    row.title, row.done_on = about.title, about.done_on
    row.village, row.task = about.village or None, about.task or None
    session.add(row)
    session.flush()
    post.activity_id = row.id
    session.add(post)
