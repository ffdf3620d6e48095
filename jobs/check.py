"""Ask each account once a day whether it still works, so that a dead connection is known before a post needs it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import and_, or_
from sqlmodel import col, select

from app import clock
from app.models import Account
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, budgets, vetting
from app.states import Actor

log = logging.getLogger(__name__)

CHECKER = Actor("checker")
DAILY = timedelta(days=1)


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Check what was not checked for a day, and at once what has come within the warning or to the end of its key."""
    with parts.db.read() as session:
        present = clock.now()
        warned, ended = present + vetting.SOON, present
        rows = session.exec(
            select(Account).where(
                col(Account.active),
                or_(
                    col(Account.checked_at).is_(None),
                    col(Account.checked_at) < present - DAILY,
                    and_(col(Account.health) == "connected", col(Account.expires_at) < warned),
                    and_(col(Account.health) == "expiring", col(Account.expires_at) < ended),
                ),
            )
        ).all()
        pauses = budgets.pauses(session, present)
        # Even a question counts against an allowance: what waits is asked at a later round.
        due = [row.id for row in rows if pauses.until(row, present) is None]
    for account_id in due:
        if not go_on():
            return
        try:
            accounts.check(parts, account_id or 0, CHECKER)
        except Problem:
            continue  # written down at the account
        except Exception:
            # One account that cannot be asked must not keep the others from being checked.
            log.exception("check of account %s", account_id)
