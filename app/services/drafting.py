"""Writing a post: caption, accounts, time, photos; and what stands in its way.

Every function takes a session inside a write transaction and ids. Problems carry the form field they belong to.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from app import clock, words_personal
from app.language.findings import find
from app.models import Account, Delivery, Organisation, Photo, Post, Target
from app.problems import Problem
from app.states import Actor, move, note
from connectors import Limits, load
from media.intake import Taken

#: States in which content may still change. A refused post is mended and sent again.
EDITABLE = ("draft", "in_review", "failed", "partly")
#: A time up to this long ago means "now": forms are slow and clocks differ. An older one is a mistake.
JUST_PASSED = timedelta(hours=1)
FURTHEST = timedelta(days=366)
#: A post may be looked up by its words: changed now, it would not be found there and would go out twice.
_SENT = ("committing", "unsure", "needs_person")
#: Deliveries that no edit concerns any more.
_OVER = ("published", "withdrawing", "withdrawn", "gone", "cancelled")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing about a draft. blocking: it cannot go out like this. account_id: None concerns the whole post."""

    code: str
    blocking: bool
    account_id: int | None = None
    field: str = "caption"
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def promised(due_at: datetime | None) -> datetime | None:
    """The time as it will be promised: one just passed is now. Problem time_past, time_far or time_naive."""
    if due_at is None:
        return None
    if due_at.utcoffset() is None:
        raise Problem("time_naive", field="due_at")
    present = clock.now()
    if due_at < present - JUST_PASSED:
        raise Problem("time_past", field="due_at", at=due_at.isoformat())
    if due_at > present + FURTHEST:
        raise Problem("time_far", field="due_at")
    return max(due_at, present)


def create(
    session: Session,
    organisation_id: int,
    by: Actor,
    *,
    caption: str = "",
    account_ids: Sequence[int] = (),
    due_at: datetime | None = None,
    variants: Mapping[str, str] | None = None,
) -> Post:
    """A new draft; its author is the acting person."""
    if session.get(Organisation, organisation_id) is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    post = Post(
        organisation_id=organisation_id,
        author_id=by.person_id,
        caption=_clean(caption),
        variants={name: _clean(text) for name, text in (variants or {}).items() if _clean(text)},
        due_at=promised(due_at),
    )
    session.add(post)
    session.flush()
    _aim(session, post, account_ids)
    note(session, post, "create", by)
    return post


def edit(
    session: Session,
    post_id: int,
    by: Actor,
    *,
    caption: str,
    account_ids: Sequence[int],
    due_at: datetime | None,
    variants: Mapping[str, str] | None = None,
) -> Post:
    """Change a draft (or a refused post). Problem("not_editable") once it is on its way."""
    post = editable(session, post_id)
    post.caption = _clean(caption)
    post.variants = {name: _clean(text) for name, text in (variants or {}).items() if _clean(text)}
    if due_at != post.due_at and post.state in ("draft", "in_review"):
        post.due_at = promised(due_at)
    if post.state in ("draft", "in_review"):
        _aim(session, post, account_ids)
    _touch(session, post, "edit", by)
    return post


def editable(session: Session, post_id: int) -> Post:
    """The post if its content may still change; Problem("unknown_post"), ("not_editable") or ("being_looked_up")."""
    # Locked where writes run side by side: two edits must not raise the same revision.
    post = session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    if post.state not in EDITABLE:
        raise Problem("not_editable", state=post.state)
    sent = select(Delivery.id).where(Delivery.post_id == post_id, col(Delivery.state).in_(_SENT)).limit(1)
    if session.exec(sent).first() is not None:
        raise Problem("being_looked_up")
    return post


def add_photo(session: Session, post_id: int, taken: Taken, by: Actor, *, alt_text: str = "") -> Photo:
    """Put a photo that is already in the store at the end."""
    post = editable(session, post_id)
    photos = photos_of(session, post_id)
    most = max((limits.photos for limits in _limits(session, post_id).values()), default=10)
    if len(photos) >= most:
        raise Problem("too_many_photos", field="photos", most=most)
    if any(photo.sha256 == taken.sha256 for photo in photos):
        raise Problem("same_photo_twice", field="photos")
    photo = Photo(
        post_id=post_id,
        position=photos[-1].position + 1 if photos else 1,
        sha256=taken.sha256,
        width=taken.width,
        height=taken.height,
        alt_text=_alt(alt_text),
    )
    session.add(photo)
    session.flush()
    _touch(session, post, "add_photo", by, photo=photo.id)
    return photo


def describe_photo(
    session: Session, photo_id: int, by: Actor, *, alt_text: str, crop: Sequence[float] | None = None
) -> Photo:
    """Set the words for people who cannot see it, and the part that is shown (left, top, right, bottom; 0 to 1)."""
    photo = _photo(session, photo_id)
    post = editable(session, photo.post_id)
    photo.alt_text = _alt(alt_text)
    if crop is not None:
        left, top, right, bottom = crop
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise Problem("bad_crop", field="crop")
    photo.crop = list(crop) if crop is not None else None
    _touch(session, post, "describe_photo", by, photo=photo_id)
    return photo


def move_photo(session: Session, photo_id: int, by: Actor, *, to: int) -> None:
    """Put a photo at a place counted from 1; the others keep their order."""
    photo = _photo(session, photo_id)
    post = editable(session, photo.post_id)
    others = [other for other in photos_of(session, photo.post_id) if other.id != photo_id]
    _number(session, [*others[: max(to, 1) - 1], photo, *others[max(to, 1) - 1 :]])
    _touch(session, post, "move_photo", by, photo=photo_id, to=to)


def remove_photo(session: Session, photo_id: int, by: Actor) -> None:
    """Take a photo out of the post. Its file goes when nothing points to it any more (jobs/tidy)."""
    photo = _photo(session, photo_id)
    post = editable(session, photo.post_id)
    session.delete(photo)
    session.flush()
    _number(session, photos_of(session, post.id or 0))
    _touch(session, post, "remove_photo", by, photo=photo_id)


def photos_of(session: Session, post_id: int) -> list[Photo]:
    """Photos in their order."""
    return list(session.exec(select(Photo).where(Photo.post_id == post_id).order_by(col(Photo.position))))


def caption_for(post: Post, connector: str) -> str:
    """The words that this platform gets."""
    return post.variants.get(connector, post.caption)


def findings(session: Session, post_id: int) -> list[Finding]:
    """Everything that stands in the way (blocking) or should be looked at, per account by its connector's limits."""
    post = session.get(Post, post_id)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    photos = photos_of(session, post_id)
    limits = _limits(session, post_id)
    found = []
    if not limits:
        found.append(Finding("no_account", True, field="accounts"))
    if not photos and not post.caption:
        found.append(Finding("empty_post", True))
    found += [
        Finding("alt_text_missing", False, field="photos", facts={"photo": at})
        for at, photo in enumerate(photos, 1)
        if not photo.alt_text
    ]
    found += _personal(post)
    accounts = {account.id: account for account in session.exec(select(Account).where(col(Account.id).in_(limits)))}
    for account_id, limit in limits.items():
        account = accounts[account_id]
        found += _against(limit, account, caption_for(post, account.connector), len(photos))
    return found


def _personal(post: Post) -> list[Finding]:
    """What the captions give away of somebody: a warning, since an office's own number is there on purpose."""
    types = [each.type for caption in (post.caption, *post.variants.values()) for each in find(caption)]
    return [Finding("personal_data", False, facts={"what": words_personal.listed(types)})] if types else []


def _against(limit: Limits, account: Account, caption: str, photos: int) -> list[Finding]:
    """Where a post breaks the limits of one account."""
    counts = {
        "caption_too_long": (length(caption), limit.caption, "caption"),
        "too_many_hashtags": (_marked(caption, "#"), limit.hashtags, "caption"),
        "too_many_mentions": (_marked(caption, "@"), limit.mentions, "caption"),
        "too_many_photos": (photos, limit.photos, "photos"),
    }
    found = [
        Finding(code, True, account.id, where, {"is": number, "most": most, "account": account.name})
        for code, (number, most, where) in counts.items()
        if most is not None and number > most
    ]
    if photos < limit.min_photos:
        facts = {"least": limit.min_photos, "account": account.name}
        found.append(Finding("photo_needed", True, account.id, "photos", facts))
    if account.health == "broken":
        found.append(Finding("account_broken", False, account.id, "accounts", {"account": account.name}))
    return found


def length(text: str) -> int:
    """Characters as the stricter count: Meta does not say whether code points or UTF-16 units, so the larger one."""
    return max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2)


def blocked(session: Session, post_id: int, *, account_id: int | None = None) -> None:
    """Raise the first blocking finding as a Problem; nothing otherwise. account_id: only what concerns this account."""
    for finding in findings(session, post_id):
        if finding.blocking and (account_id is None or finding.account_id in (None, account_id)):
            raise Problem(finding.code, field=finding.field, **finding.facts)


def submit(session: Session, post_id: int, by: Actor) -> Post:
    """Hand a draft to the approver."""
    post = _in_state(session, post_id, "draft")
    blocked(session, post_id)
    move(session, post, "submit", by, sent_back=None)
    return post


def discard(session: Session, post_id: int, by: Actor) -> None:
    """Call a draft off; it stays in the history."""
    post = _in_state(session, post_id, "draft", "in_review")
    move(session, post, "cancel", by)


def _in_state(session: Session, post_id: int, *states: str) -> Post:
    post = session.get(Post, post_id)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    if post.state not in states:
        raise Problem("wrong_state", state=post.state)
    return post


def _aim(session: Session, post: Post, account_ids: Sequence[int]) -> None:
    """Set the accounts a draft is meant for: active ones of its own organisation."""
    wanted = list(dict.fromkeys(account_ids))
    known = set(
        session.exec(
            select(Account.id).where(
                col(Account.id).in_(wanted), Account.organisation_id == post.organisation_id, col(Account.active)
            )
        )
    )
    for account_id in wanted:
        if account_id not in known:
            raise Problem("unknown_account", field="accounts", id=account_id)
    session.exec(delete(Target).where(col(Target.post_id) == post.id))
    session.add_all(Target(post_id=post.id or 0, account_id=account_id) for account_id in wanted)
    session.flush()


def _limits(session: Session, post_id: int) -> dict[int, Limits]:
    """Account id → limits of its platform, for the accounts that are still to be served."""
    rows = session.exec(
        select(Account.id, Account.connector)
        .join(Target, col(Target.account_id) == Account.id)
        .outerjoin(Delivery, (col(Delivery.post_id) == Target.post_id) & (col(Delivery.account_id) == Account.id))
        .where(Target.post_id == post_id, col(Delivery.state).is_(None) | col(Delivery.state).not_in(_OVER))
        .order_by(col(Account.id))
    )
    return {account_id: load()[connector].limits for account_id, connector in rows if account_id is not None}


def _touch(session: Session, post: Post, what: str, by: Actor, **facts: Any) -> None:
    post.revision += 1
    post.updated_at = clock.now()
    session.add(post)
    session.flush()
    note(session, post, what, by, facts=facts)


def _photo(session: Session, photo_id: int) -> Photo:
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise Problem("unknown_photo", id=photo_id)
    return photo


def _number(session: Session, photos: Sequence[Photo]) -> None:
    """Number photos from 1, in two steps because (post, position) is unique at every moment."""
    for start in (1000, 1):
        for position, photo in enumerate(photos, start):
            photo.position = position
            session.add(photo)
        session.flush()


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _alt(text: str) -> str:
    text = " ".join(_clean(text).split())
    if len(text) > 1000:
        raise Problem("alt_text_too_long", field="alt_text", most=1000)
    return text


def _marked(text: str, sign: str) -> int:
    """Hashtags or mentions: the sign at the start of a word and something after it."""
    words = text.split()
    return sum(1 for word in words if word.startswith(sign) and len(word) > 1)
