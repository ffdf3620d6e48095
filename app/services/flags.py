"""What looks odd in an award's figures (app/awarding/flags.py), put before a person, who decides.

A flag changes nothing. Deciding that a repeated commenter is left out takes that one's comments out of the engagement
of that organisation. A jump of followers is printed with the decision and changes no figure: bought followers only make
the denominator larger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app import clock
from app.awarding import exact
from app.awarding import flags as detectors
from app.models import DECISIONS, Account, Aspiration, Award, Comment, Delivery, Flag, Reading
from app.parts import Parts
from app.problems import Problem
from app.services import awards, participants
from app.services.gathering_comments import author_key
from app.services.gathering_frame import iso
from app.states import Actor, note

WHY_MOST = 1000
#: Readings from before the period tell what is usual for an account.
_BEFORE = timedelta(days=30)
_BATCH = 100


def find(parts: Parts, award_id: int, by: Actor) -> int:
    """Look for what is odd until now; how many flags are new. May be repeated: known ones stay as they are.

    Problem: unknown_award.
    """
    with parts.db.read() as session:
        award = awards.get(session, award_id)
        ids = [each.organisation_id for each in participants.field(session, award).entrants]
        found: list[dict[str, Any]] = []
        for some in participants.chunks(ids, 50):
            found += [*_jumps(session, award, some), *_repeated(session, award, some)]
    new = 0
    for start in range(0, len(found), _BATCH):
        with parts.db.write() as session:
            award = awards.opened(session, award_id)
            known = {
                (row.organisation_id, row.kind, row.key)
                for row in session.execute(select(Flag).where(col(Flag.award_id) == award_id)).scalars()
            }
            for line in found[start : start + _BATCH]:
                if (line["organisation_id"], line["kind"], line["key"]) in known:
                    continue
                row = Flag(award_id=award_id, at=clock.now(), **line)
                session.add(row)
                session.flush()
                note(session, row, "flag", by, facts=line)
                new += 1
    return new


def decide(session: Session, flag_id: int, by: Actor, decision: str, why: str) -> Flag:
    """Decide about one: "counts" or "left_out", with the reason.

    Problem: unknown_flag, award_released, flag_decision, reason_needed, text_too_long.
    """
    flag = session.get(Flag, flag_id, with_for_update=True, populate_existing=True)
    if flag is None:
        raise Problem("unknown_flag", id=flag_id)
    if awards.opened(session, flag.award_id).state == "released":
        raise Problem("award_released")
    if decision not in DECISIONS:
        raise Problem("flag_decision", field="decision", name=decision, known=", ".join(DECISIONS))
    why = awards.line(why, WHY_MOST, "why")
    if not why:
        raise Problem("reason_needed", field="why")
    before = flag.decision
    flag.decision, flag.why, flag.by_name, flag.decided_at = decision, why, by.who, clock.now()
    session.add(flag)
    session.flush()
    note(session, flag, "decide", by, why=why, facts={"award": flag.award_id, "from": before, "to": decision})
    return flag


def of_award(session: Session, award_id: int) -> Sequence[Flag]:
    """All of an award: undecided ones first, then by organisation."""
    query = select(Flag).where(col(Flag.award_id) == award_id)
    order = (col(Flag.decision).is_not(None), col(Flag.organisation_id), col(Flag.id))
    return session.execute(query.order_by(*order)).scalars().all()


def _jumps(session: Session, award: Award, ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    until = min(awards.end(award), clock.now())
    query = (
        select(col(Account.organisation_id), col(Account.id), col(Reading.read_at), col(Reading.followers))
        .join(Reading, col(Reading.account_id) == col(Account.id))
        .where(
            col(Account.organisation_id).in_(ids), col(Reading.delivery_id).is_(None),
            col(Reading.followers).is_not(None), col(Reading.read_at) >= awards.start(award) - _BEFORE,
            col(Reading.read_at) < until,
        )
        .order_by(col(Account.organisation_id), col(Account.id), col(Reading.read_at))
    )  # fmt: skip
    series: dict[tuple[int, int], list[Any]] = {}
    for organisation_id, account_id, at, followers in session.execute(query).yield_per(1000):
        series.setdefault((organisation_id, account_id), []).append((at, followers))
    for (organisation_id, account_id), readings in series.items():
        for jump in detectors.follower_jumps(readings):
            if jump.at < awards.start(award):
                continue
            facts = {"account": account_id, "since": iso(jump.since), "at": iso(jump.at), "before": jump.before}
            facts |= {"after": jump.after, "usual_a_day": str(exact.rounded(jump.usual))}
            key = f"{account_id}:{iso(jump.at)}"
            yield {"organisation_id": organisation_id, "kind": "follower_jump", "key": key, "facts": facts}


def _repeated(session: Session, award: Award, ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    query = (
        select(
            col(Account.organisation_id), col(Comment.delivery_id), col(Comment.author_id), col(Comment.author_name),
            col(Aspiration.kind),
        )
        .join(Delivery, col(Delivery.id) == col(Comment.delivery_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .outerjoin(Aspiration, col(Aspiration.comment_id) == col(Comment.id))
        .where(
            col(Account.organisation_id).in_(ids), col(Comment.own).is_(False), col(Comment.staff).is_(False),
            col(Delivery.published_at) >= awards.start(award), col(Delivery.published_at) < awards.end(award),
        )
    )  # fmt: skip
    given: dict[int, list[tuple[str | None, str]]] = {}
    for organisation_id, delivery_id, author_id, author_name, kind in session.execute(query).yield_per(1000):
        if kind != "spam":
            key = author_key(award.id or 0, author_id, author_name)
            given.setdefault(organisation_id, []).append((key, str(delivery_id)))
    for organisation_id, comments in sorted(given.items()):
        for one in detectors.repeated_commenters(comments):
            facts = {"comments": one.comments, "of": one.of, "posts": one.posts}
            yield {"organisation_id": organisation_id, "kind": "repeated_commenter", "key": one.author, "facts": facts}
