"""What an organisation's own page shows: the profile, its public posts newest first, the archive by month.

A post stands here while its delivery to the page is ``published``, and not a moment longer: nothing is kept elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, cast, func, or_, select
from sqlmodel import Session, col

from app import times
from app.models import Account, Activity, Delivery, Organisation, Photo, Post
from app.queries.home import headline
from app.services.slugs import WEBSITE

#: Cards on the front page, on a page of the archive; entries of a feed.
FRONT, PAGE, FEED = 6, 12, 20
#: When it became public; a person's word for it carries no time of its own.
_moment = func.coalesce(Delivery.published_at, Delivery.due_at)


@dataclass(frozen=True)
class Elsewhere:
    """The same organisation on a platform. url: None where it cannot be linked to."""

    connector: str
    name: str
    url: str | None


@dataclass(frozen=True)
class Profile:
    """What the page says of the organisation. address: "" unless it may be shown."""

    id: int
    slug: str
    name: str
    zone: str
    parent: str | None
    tagline: str
    about: str
    contacts: list[tuple[str, str]]
    hours: str
    address: str
    sk_number: str | None
    office_from: date | None
    office_to: date | None
    form_open: bool
    villages: list[str]
    elsewhere: list[Elsewhere] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """One photo of a post. boxes: shares of width and height that are made unrecognisable."""

    sha256: str
    alt_text: str
    width: int
    height: int


@dataclass(frozen=True)
class Card:
    """A public post. name: the last part of its address. pictures: all of them, or only the first in lists."""

    delivery_id: int
    name: str
    at: datetime
    changed_at: datetime
    headline: str
    caption: str
    village: str | None
    done_on: date | None
    pictures: list[Picture]
    more_pictures: int = 0

    @property
    def body(self) -> str:
        """The caption without the line that is its headline already."""
        first, _, rest = self.caption.strip().partition("\n")
        return rest.strip() if first.strip() == self.headline else self.caption.strip()


def profile(session: Session, slug: str) -> Profile | None:
    """The organisation of this slug."""
    row = session.execute(select(Organisation).where(col(Organisation.slug) == slug)).scalar_one_or_none()
    if row is None or row.id is None or not _has_page(session, row.id):
        return None
    parent = session.get(Organisation, row.parent_id) if row.parent_id else None
    said: dict[str, Any] = row.profile
    return Profile(
        id=row.id,
        slug=slug,
        name=row.name,
        zone=row.zone,
        parent=parent.name if parent else None,
        tagline=said.get("tagline", ""),
        about=said.get("about", ""),
        contacts=[(pair[0], pair[1]) for pair in said.get("contacts", []) if len(pair) == 2],
        hours=said.get("hours", ""),
        address=said.get("address", "") if said.get("show_address") else "",
        sk_number=row.sk_number,
        office_from=row.office_from,
        office_to=row.office_to,
        form_open=bool(said.get("form", True)),
        villages=list(said.get("villages", [])) or _villages(session, row.id),
        elsewhere=_elsewhere(session, row.id),
    )


def moved_to(session: Session, slug: str) -> str | None:
    """The slug that took over from this former one."""
    rows = session.execute(
        select(col(Organisation.slug), col(Organisation.profile)).where(col(Organisation.slug).is_not(None))
    )
    return next((now for now, said in rows if slug in said.get("former", [])), None)


def cards(
    session: Session,
    organisation_id: int,
    limit: int,
    *,
    before: tuple[datetime, int] | None = None,
    between: tuple[datetime, datetime] | None = None,
) -> list[Card]:
    """Public posts, newest first. before: (at, delivery id) of the last one seen. between: from, and until before."""
    query = _public(organisation_id).order_by(_moment.desc(), col(Delivery.id).desc()).limit(limit)
    if before is not None:
        at, delivery_id = before
        query = query.where(or_(_moment < at, and_(_moment == at, col(Delivery.id) < delivery_id)))
    if between is not None:
        query = query.where(_moment >= between[0], _moment < between[1])
    rows = list(session.execute(query))
    pictures = _pictures(session, [row.post_id for row in rows])
    return [_card(row, pictures.get(row.post_id, []), whole=False) for row in rows]


def card(session: Session, organisation_id: int, name: str) -> Card | None:
    """One public post by the last part of its address."""
    named = func.coalesce(Delivery.remote_id, cast(Delivery.id, String)) == name
    row = session.execute(_public(organisation_id).where(named)).first()
    return None if row is None else _card(row, _pictures(session, [row.post_id]).get(row.post_id, []), whole=True)


def count(session: Session, organisation_id: int) -> int:
    """How many posts the page shows in all."""
    found = select(func.count()).select_from(_public(organisation_id).subquery())
    return int(session.execute(found).scalar_one())


def months(session: Session, organisation_id: int, zone: str) -> list[tuple[int, int, int]]:
    """(year, month, posts) of every month with posts, in the organisation's zone, newest first."""
    at = _public(organisation_id).with_only_columns(_moment)
    local = (times.local(row[0], zone) for row in session.execute(at))
    found = Counter((day.year, day.month) for day in local)
    return [(year, month, posts) for (year, month), posts in sorted(found.items(), reverse=True)]


def picture(session: Session, organisation_id: int, sha256: str) -> list[list[float]] | None:
    """The boxes of a photo that the page shows now; None for every other photo."""
    query = _public(organisation_id).join(Photo, col(Photo.post_id) == col(Post.id)).where(col(Photo.sha256) == sha256)
    found = [list(boxes or []) for (boxes,) in session.execute(query.with_only_columns(col(Photo.boxes)))]
    # Whoever is hidden in one post is hidden wherever the same photo stands.
    return [box for boxes in found for box in boxes] if found else None


def addresses(session: Session) -> Iterator[tuple[str, str | None, datetime]]:
    """(slug, name or None for the front page, changed at) of all that search engines may know."""
    fronts = session.execute(
        select(col(Organisation.slug), col(Organisation.created_at))
        .join(Account, col(Account.organisation_id) == col(Organisation.id))
        .where(col(Account.connector) == WEBSITE, col(Organisation.slug).is_not(None))
        .order_by(col(Organisation.slug))
    ).all()
    for slug, at in fronts:
        yield slug, None, at
    posts = (
        _public(None)
        .join(Organisation, col(Organisation.id) == col(Account.organisation_id))
        .with_only_columns(col(Organisation.slug), col(Delivery.id), col(Delivery.remote_id), col(Post.updated_at))
        .where(col(Organisation.slug).is_not(None))
        .order_by(_moment.desc())
        .limit(40_000)  # one sitemap holds 50,000 addresses (sitemaps.org, protocol)
    )
    for slug, delivery_id, remote_id, at in session.execute(posts):
        yield slug, remote_id or str(delivery_id), at


def _public(organisation_id: int | None) -> Any:
    """Query: every post that stands on the page (of one organisation) now."""
    query: Any = (
        select(
            col(Delivery.id),
            col(Delivery.remote_id),
            _moment.label("at"),
            col(Post.id).label("post_id"),
            col(Post.caption),
            col(Post.variants),
            col(Post.updated_at),
            col(Activity.title),
            col(Activity.village),
            col(Activity.done_on),
        )
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(col(Account.connector) == WEBSITE, col(Delivery.state) == "published", col(Post.withdraw_at).is_(None))
    )
    return query if organisation_id is None else query.where(col(Account.organisation_id) == organisation_id)


def _card(row: Any, pictures: list[Picture], *, whole: bool) -> Card:
    caption = row.variants.get(WEBSITE, row.caption)
    return Card(
        delivery_id=row.id,
        name=row.remote_id or str(row.id),
        at=row.at,
        changed_at=max(row.updated_at, row.at),
        headline=headline(caption, row.title),
        caption=caption,
        village=row.village,
        done_on=row.done_on,
        pictures=pictures if whole else pictures[:1],
        more_pictures=max(len(pictures) - 1, 0),
    )


def _pictures(session: Session, post_ids: list[int]) -> dict[int, list[Picture]]:
    columns = (Photo.post_id, Photo.sha256, Photo.alt_text, Photo.width, Photo.height)
    query = select(*map(col, columns)).where(col(Photo.post_id).in_(post_ids)).order_by(col(Photo.position))
    found: dict[int, list[Picture]] = {}
    for post_id, *facts in session.execute(query):
        found.setdefault(post_id, []).append(Picture(*facts))
    return found


def _has_page(session: Session, organisation_id: int) -> bool:
    own = (col(Account.organisation_id) == organisation_id, col(Account.connector) == WEBSITE, col(Account.active))
    return session.execute(select(col(Account.id)).where(*own).limit(1)).first() is not None


def _villages(session: Session, organisation_id: int) -> list[str]:
    below = (col(Organisation.parent_id) == organisation_id, col(Organisation.category).in_(("desa", "kelurahan")))
    names = session.execute(select(col(Organisation.name)).where(*below).order_by(col(Organisation.name))).scalars()
    return [name.removeprefix("Desa ").removeprefix("Kelurahan ") for name in names]


def _elsewhere(session: Session, organisation_id: int) -> list[Elsewhere]:
    """Real accounts only: what is practised on is seen by nobody."""
    rows = session.execute(
        select(Account)
        .where(
            col(Account.organisation_id) == organisation_id,
            col(Account.connector) != WEBSITE,
            col(Account.active),
            ~col(Account.practice),
        )
        .order_by(col(Account.connector), col(Account.id))
    ).scalars()
    return [Elsewhere(row.connector, row.name, _url(row)) for row in rows]


def _url(account: Account) -> str | None:
    if account.connector == "facebook":
        return f"https://www.facebook.com/{account.remote_id}"
    if account.connector.startswith("instagram") and account.handle:
        return f"https://www.instagram.com/{account.handle.lstrip('@')}/"
    return None
