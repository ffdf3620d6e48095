"""What is kept only for a while: a resident's phone number and the photos of a case, six months after it was settled.

domain.md section 5 (retention must be told, and it is: templates/publik/data.html). The item itself, its text and its
history stay.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select

from app import clock
from app.models import Aspiration, Attachment
from app.parts import Parts
from app.states import Actor, note_all

#: After settling; six months in days.
KEPT = timedelta(days=183)
#: Items in one transaction.
BATCH = 100
TIDY = Actor("tidy")


def forget(parts: Parts, go_on: Callable[[], bool] = lambda: True) -> int:
    """Blank the phone numbers and drop the photos of cases that were settled long ago; of how many items.

    The files of the photos go with the next sweep of the store, since nothing points to them any more.
    """
    done = 0
    while go_on():
        with parts.db.write() as session:
            rows = _due(session)
            if not rows:
                break
            ids = [row.id for row in rows]
            for row in rows:
                row.contact = ""
                session.add(row)
            session.exec(delete(Attachment).where(col(Attachment.aspiration_id).in_(ids)))
            session.flush()
            note_all(session, rows, "forget", TIDY)
            done += len(rows)
    return done


def _due(session: Session) -> list[Aspiration]:
    with_photo = select(Attachment.aspiration_id)
    query = (
        select(Aspiration)
        .where(
            col(Aspiration.settled_at) < clock.now() - KEPT,
            or_(col(Aspiration.contact) != "", col(Aspiration.id).in_(with_photo)),
        )
        .order_by(col(Aspiration.id))
        .limit(BATCH)
        .with_for_update()
    )
    return list(session.exec(query).all())
