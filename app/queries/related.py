"""Items that belong together: of the same person, saying the same as another of these days, or joined already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from app.language import normal, stem
from app.models import Aspiration
from app.queries.masking import mask
from app.queries.privacy import counted_once, visible_to

#: Days around an item that are searched for the same matter, items looked at, and how many are named.
DAYS, LOOKED_AT, NAMED = 30, 300, 5
#: Share of the shorter text's words that both have, and how many words that are at least.
SHARE, LEAST = 0.6, 3
#: Words that two texts share whatever they are about.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        yang dan atau ini itu ada tidak sudah belum juga saja lagi akan bisa untuk dari dengan pada agar supaya karena
        kalau seperti tapi tetapi mohon tolong minta bantu bapak pak ibu kami kita saya aku mereka warga orang desa
        admin min kakak terima kasih selamat pagi siang sore malam halo assalamualaikum mau tanya kapan mana bagaimana
        apa kenapa siapa dong sih
        """,
    )
)
_TEXT_MOST = 120


@dataclass(frozen=True)
class Near:
    """An item that goes with another; text: masked and cut, not shown where it is secret or names somebody. share: of
    words, 0 to 1."""

    id: int
    kind: str
    status: str
    text: str
    said_at: datetime
    share: float = 1.0


def of_person(session: Session, item_id: int, person_id: int | None = None, most: int = 20) -> list[Near]:
    """Other items of the same person in the organisation, newest first; none where nobody knows who wrote.

    person_id: who reads it; what is about them is not there.
    """
    rules = _same_person(session, item_id, person_id)
    return named(session, *rules, most=most) if rules else []


def many_of_person(session: Session, item_id: int, person_id: int | None = None) -> int:
    """How many other items of the same person there are, as ``of_person`` finds them."""
    rules = _same_person(session, item_id, person_id)
    found: int = (
        session.execute(select(func.count()).select_from(Aspiration).where(*rules)).scalar_one() if rules else 0
    )
    return found


def _same_person(session: Session, item_id: int, reader: int | None) -> list[Any]:
    """Conditions of the other items; none where nobody knows who wrote."""
    who = (col(Aspiration.organisation_id), col(Aspiration.author_key))
    row = session.execute(select(*who).where(col(Aspiration.id) == item_id)).first()
    if row is None or row[1] is None:
        return []
    return [who[0] == row[0], who[1] == row[1], col(Aspiration.id) != item_id, visible_to(reader)]


def named(session: Session, *rules: Any, most: int = NAMED) -> list[Near]:
    """Items for which some conditions hold, newest first."""
    order = (col(Aspiration.said_at).desc(), col(Aspiration.id).desc())
    return [_near(row) for row in session.execute(select(*_COLUMNS).where(*rules).order_by(*order).limit(most))]


def same_matter(session: Session, item_id: int, person_id: int | None = None) -> list[Near]:
    """Items of the days around it that seem to say the same, the nearest first; those that are joined to another, to
    it or lead it are left out."""
    own: Any = session.execute(
        select(
            col(Aspiration.organisation_id), col(Aspiration.text), col(Aspiration.duplicate_of_id),
            col(Aspiration.said_at),
        ).where(col(Aspiration.id) == item_id)
    ).first()  # fmt: skip
    wanted = matter(own[1]) if own else frozenset()
    if len(wanted) < LEAST:
        return []
    organisation_id, _, leading, said_at = own
    around = timedelta(days=DAYS)
    rows = session.execute(
        select(*_COLUMNS)
        .where(col(Aspiration.organisation_id) == organisation_id, col(Aspiration.id) != item_id, visible_to(person_id))
        .where(col(Aspiration.said_at) > said_at - around, col(Aspiration.said_at) < said_at + around)
        .where(col(Aspiration.kind).not_in(("spam", "pujian")), counted_once())
        .order_by(col(Aspiration.said_at).desc())
        .limit(LOOKED_AT)
    ).all()
    found = [(overlap(wanted, matter(row[3])), row) for row in rows if row[0] != leading]
    best = sorted((share, row[0], row) for share, row in found if share >= SHARE)[::-1]
    return [_near(row, share) for share, _, row in best[:NAMED]]


@lru_cache(maxsize=4096)
def matter(text: str) -> frozenset[str]:
    """What a text is about: the stems of its words in one spelling, without those that are in every text."""
    single, _ = normal.lexicon()
    plain = (part for word in stem.words(text) for part in single.get(word, (word,)))
    return frozenset(stem.stem(word) for word in plain if word not in _COMMON and (len(word) > 2 or word.isdecimal()))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that is in both, 0 where they share too few words or one is far longer."""
    both = len(one & other)
    if both < LEAST or both < 0.3 * max(len(one), len(other)):
        return 0.0
    return both / min(len(one), len(other))


_COLUMNS = (
    col(Aspiration.id), col(Aspiration.kind), col(Aspiration.status), col(Aspiration.text), col(Aspiration.said_at),
    or_(col(Aspiration.secret), col(Aspiration.masked)),
)  # fmt: skip


def _near(row: Any, share: float = 1.0) -> Near:
    id_, kind, status, text, said_at, secret = row
    shown = "(rahasia)" if secret else mask(" ".join(text.split()))[:_TEXT_MOST]
    return Near(id_, kind, status, shown, said_at, share)
