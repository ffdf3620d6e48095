"""Bands of followers, so that a small village is not compared with a large office (domain.md section 4).

An organisation's size is the followers of its largest account: the same people follow it on several platforms. Read on
the first day of the award or the last time before; where nothing was read by then, the first time after.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.awarding import rubric
from app.models import Account, AccountDay, Award, Watched

#: Organisations asked for in one statement.
_SOME = 200


def of(session: Session, award: Award, ids: Collection[int]) -> dict[int, str]:
    """Organisation → the name of its band by the award's rubric; whose followers are not known is not there."""
    edges = rubric.read(award.rubric).bands
    sizes = followers(session, award, ids)
    groups = {each: rubric.banded("", number, edges) for each, number in sizes.items()}
    return {each: group.removeprefix(rubric.BAND_SIGN) for each, group in groups.items() if group}


def followers(session: Session, award: Award, ids: Collection[int]) -> dict[int, int]:
    """Organisation → followers of its largest account, where any are known."""
    found: dict[int, int] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), _SOME):
        some = ordered[start : start + _SOME]
        known = select(col(Account.organisation_id), col(AccountDay.account_id), col(AccountDay.followers))
        known = known.join(Account, col(Account.id) == col(AccountDay.account_id))
        known = known.where(col(Account.organisation_id).in_(some), col(AccountDay.followers).is_not(None))
        # Of each account the last day up to the first one of the award, and the first one after it.
        before = select(col(AccountDay.account_id), func.max(col(AccountDay.day)).label("day"))
        before = before.where(col(AccountDay.day) <= award.first, col(AccountDay.followers).is_not(None))
        after = select(col(AccountDay.account_id), func.min(col(AccountDay.day)).label("day"))
        after = after.where(col(AccountDay.day) > award.first, col(AccountDay.followers).is_not(None))
        sized: dict[int, tuple[int, int]] = {}
        for bound in (after.group_by(col(AccountDay.account_id)), before.group_by(col(AccountDay.account_id))):
            edge = bound.subquery()
            query = known.join(
                edge, (col(AccountDay.account_id) == edge.c.account_id) & (col(AccountDay.day) == edge.c.day)
            )
            for organisation_id, account_id, number in session.execute(query):
                sized[account_id] = (organisation_id, number or 0)
        for organisation_id, number in sized.values():
            found[organisation_id] = max(found.get(organisation_id, 0), number)
        seen = select(col(Watched.organisation_id), col(Watched.followers))
        seen = seen.where(col(Watched.organisation_id).in_(some), col(Watched.followers).is_not(None))
        for organisation_id, number in session.execute(seen):
            found[organisation_id] = max(found.get(organisation_id, 0), number or 0)
    return found
