"""Allowances of the platforms, shared by all processes: pause before the block, for as long as the platform says.

Usage headers tell how much of an allowance is used (meta-platform.md section 6). At ``PAUSE_AT`` percent everything of
that scope waits: one Page, one Instagram account, or the whole app. Waiting costs no attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.models import Account, Budget

#: Percent at which we stop by ourselves; Meta advises to slow down at 80 to 90.
PAUSE_AT = 85.0
#: Percent; smaller changes are not written down.
STEP = 5.0


@dataclass(frozen=True)
class Pauses:
    """The scopes that wait now, read once for many rows."""

    ends: dict[tuple[str, str], datetime]

    def until(self, account: Account, present: datetime) -> datetime | None:
        """When something of this account may be tried again; None when nothing hinders it."""
        ends = [account.paused_until, *(self.ends.get(key) for key in scopes(account))]
        later = [end for end in ends if end is not None and end > present]
        return max(later, default=None)


def pauses(session: Session, present: datetime) -> Pauses:
    """What waits now."""
    rows = session.exec(select(Budget).where(col(Budget.paused_until) > present)).all()
    return Pauses({(row.scope, row.remote_id): row.paused_until for row in rows if row.paused_until})


def scopes(account: Account) -> list[tuple[str, str]]:
    """The allowances an account draws on: the app's and its own."""
    app = "practice" if account.practice else "graph"
    own = "ig" if account.connector == "instagram" else "page"
    found = [(own, account.remote_id)]
    if account.connector in ("facebook", "instagram"):
        found.append(("app", app))
    return found
