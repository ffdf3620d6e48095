"""One-time codes that work once: Flask-Security accepts a used code again for as long as its time lasts."""

from __future__ import annotations

from typing import Any

from flask_security.totp import Totp
from sqlalchemy import update
from sqlmodel import Session

from app.models import Person


class OnceTotp(Totp):
    """``last_counter`` is a column of Person, so that the rule outlives the process and holds for all of them."""

    def get_last_counter(self, user: Any) -> int | None:
        """The last time step whose code was accepted; None before the first."""
        return user.tf_last_counter or None

    def match(self, code: str, secret: str, person: Person, window_s: int) -> int | None:
        """The time step of a right and unused code, None for any other. Writes nothing."""
        try:
            found: Any = self._totp.verify(code, secret, window=window_s, last_counter=self.get_last_counter(person))
        except (ValueError, TypeError):  # every refusal of passlib's is a ValueError
            return None
        return int(found.counter)


def use_up(session: Session, person_id: int, counter: int) -> bool:
    """Mark this time step as used; False when another request was faster. To be called in a write transaction."""
    table = Person.__table__  # type: ignore[attr-defined]  # SQLModel puts it there for table classes
    hit = session.execute(
        update(table).where(table.c.id == person_id, table.c.tf_last_counter < counter).values(tf_last_counter=counter)
    )
    return bool(hit.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE gives CursorResult
