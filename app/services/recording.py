"""Writing down what became of a step: published, refused, unclear, waiting. Always under the fence of the claim,
except that a remote id arriving late always wins. What later looks are reckoned from is by the clock of the claims.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from app import clock
from app.db import lease_time
from app.failpoints import reach
from app.models import Account, Delivery
from app.parts import Parts
from app.problems import Problem, Stale
from app.services import accounts, outcomes, pace, queueing, withdrawing
from app.services.claiming import PUBLISHER, Work, held_look
from app.states import move, note, tell
from connectors import ConnectorError, Published, Staged, Unsure, load

log = logging.getLogger(__name__)

#: After this long without a readable answer a person has to look.
UNREADABLE_AFTER = timedelta(hours=24)


def staging(parts: Parts, claimed: Work, content: str, staged: Staged) -> None:
    """Staged, or still being worked on by the platform."""
    with parts.db.write() as session:
        present = lease_time(session)
        delivery = session.get(Delivery, claimed.delivery_id)
        assert delivery is not None
        ids: dict[str, Any] = {
            "staged": dict(staged.ids),
            "staged_at": delivery.staged_at or present,
            "staged_of": content,
            "repeatable": staged.repeatable,
            "lease_until": None,
        }
        if staged.ready:
            clean: dict[str, Any] = {"ready": True, "polls": 0, "error_code": None, "error_facts": {}}
            move(session, delivery, "staged", PUBLISHER, under=claimed.fence, wake_at=delivery.due_at, **ids, **clean)
            reach("result.written")
            return
        # The platform is still working on it: no thread waits, the delivery just becomes due again.
        # A connector that only paused between two photos wants another round at once.
        gap = 0.0 if staged.wait_s == 0 else min(60.0, parts.settings.container_poll_s * 1.5**delivery.polls)
        ids |= {"wake_at": present + timedelta(seconds=gap), "polls": delivery.polls + 1}
        move(session, delivery, "wait", PUBLISHER, under=claimed.fence, **ids)


def absent(parts: Parts, claimed: Work) -> None:
    """The account was read and the post is not there."""
    with parts.db.write() as session:
        present = lease_time(session)
        fresh = session.get(Delivery, claimed.delivery_id)
        assert fresh is not None
        lasted = (present - (fresh.unsure_since or present)).total_seconds()
        # A repeatable commit may simply be called again. Another kind must stay absent for the stated time.
        if fresh.repeatable or (fresh.looks >= 2 and lasted >= parts.settings.unsure_for_s):
            why = f"absent on {fresh.looks} looks over {lasted:.0f} s"
            if fresh.attempts >= outcomes.MOST_ATTEMPTS:
                # Never a clear answer and never to be seen: one more time would be no better.
                move(session, fresh, "unreadable", PUBLISHER, under=claimed.fence, why=why, wake_at=None)
                queueing.settle(session, fresh.post_id, PUBLISHER)
                return
            again = outcomes.resend_at(fresh.attempts, parts.settings, present)
            # What had vanished before the commit is of no use any more.
            anew: dict[str, Any] = {"staged": {}, "ready": False} if fresh.error_code == "staged_gone" else {}
            anew |= {"wake_at": again, "unsure_since": None}
            move(session, fresh, "absent", PUBLISHER, under=claimed.fence, why=why, **anew)
            withdrawing.follow(session, fresh, PUBLISHER)
        else:
            _look_later(parts, session, fresh, claimed, None)
        reach("result.written")


def unread(parts: Parts, claimed: Work, error: ConnectorError | Problem) -> None:
    """The account could not be read: look again, and after a day leave it to a person."""
    with parts.db.write() as session:
        present = lease_time(session)
        delivery = session.get(Delivery, claimed.delivery_id)
        assert delivery is not None
        if delivery.fence != claimed.fence or delivery.state != "unsure":
            raise Stale(f"delivery {claimed.delivery_id} while looking")
        if present - (delivery.unsure_since or present) > UNREADABLE_AFTER:
            move(session, delivery, "unreadable", PUBLISHER, wake_at=None, facts={"code": error.code})
            queueing.settle(session, delivery.post_id, PUBLISHER)
        else:
            _look_later(parts, session, delivery, claimed, error)
        accounts.heed(session, delivery.account_id, error, PUBLISHER)


def _look_later(
    parts: Parts, session: Session, delivery: Delivery, claimed: Work, error: ConnectorError | Problem | None
) -> None:
    again = outcomes.look_at(error, delivery.looks, parts.settings, lease_time(session))
    session.exec(
        update(Delivery)
        .where(col(Delivery.id) == delivery.id, col(Delivery.fence) == claimed.fence, col(Delivery.state) == "unsure")
        .values(wake_at=again)
    )


def published(parts: Parts, claimed: Work, public: Published, action: str) -> None:
    """Write down that it is public. The id wins over whatever became of the row meanwhile."""
    present = clock.now()
    # With whoever else has a result in this moment: a round hour has fifty accounts.
    parts.db.together(lambda session: _published(session, claimed, public, action, present))


def _published(session: Session, claimed: Work, public: Published, action: str, present: datetime) -> None:
    delivery, practice, connector = session.exec(
        select(Delivery, Account.practice, Account.connector)
        .join(Account, col(Account.id) == Delivery.account_id)
        .where(Delivery.id == claimed.delivery_id)
        .with_for_update(of=Delivery)
    ).one()
    if delivery.state in ("published", "withdrawing"):
        if delivery.remote_id is None:
            # A person said so before the answer came: without its id no comment of it would ever be read.
            delivery.remote_id, delivery.permalink = public.remote_id, delivery.permalink or public.permalink
            if delivery.state == "withdrawing":  # now it can be taken back from here
                delivery.wake_at = present
            session.add(delivery)
            note(session, delivery, "late_id", PUBLISHER, facts={"remote_id": public.remote_id})
        elif delivery.remote_id != public.remote_id:
            note(session, delivery, "second_id", PUBLISHER, facts={"remote_id": public.remote_id})
        return
    if delivery.state in ("unsure", "needs_person"):
        action = "found"
    elif delivery.state != "committing":
        action = "late_id"
    source = delivery.state
    at = present if action == "publish" else delivery.commit_at or present
    move(
        session,
        delivery,
        action,
        PUBLISHER,
        facts={"remote_id": public.remote_id},
        remote_id=public.remote_id,
        permalink=public.permalink,
        published_at=at,
        wake_at=None,
        lease_until=None,
        error_code=None,
        error_facts={},
        fence=delivery.fence + 1,
        **pace.follow(at, practice=practice, can=load()[connector].can),
    )
    if source == "cancelled":
        tell(session, delivery, "public_after_cancel")
    withdrawing.follow(session, delivery, PUBLISHER)
    reach("result.written")


def failed(parts: Parts, claimed: Work, error: Exception, *, committing: bool) -> None:
    """Write down what an error means for the delivery and its account."""
    if not isinstance(error, ConnectorError | Problem):
        log.exception("delivery %s", claimed.delivery_id, exc_info=error)
    with parts.db.write() as session:
        present = lease_time(session)
        delivery = session.get(Delivery, claimed.delivery_id)
        assert delivery is not None
        attempts = delivery.attempts + (0 if committing else 1)
        given: dict[str, Any] = {"attempts": attempts, "settings": parts.settings, "present": present}
        outcome = outcomes.decide(error, committing=committing, doubted=bool(delivery.looks), **given)
        if committing and outcome.drop and delivery.looks:
            # An earlier try got no clear answer, and what it worked on is not there now. It may be public under an id
            # we never heard: only a lasting absence, by its words too, allows to begin anew.
            outcome = outcomes.decide(Unsure("staged_gone"), committing=True, **given)
            outcome.changes["repeatable"] = False
        changes: dict[str, Any] = {"lease_until": None, **outcome.changes}
        if outcome.drop:
            changes |= {"staged": {}, "ready": False, "staged_at": None}
        why = getattr(error, "code", type(error).__name__)
        if why == "clock_off":
            # Not by our clock: when it is right again, this row is due.
            changes["wake_at"] = delivery.due_at
        if outcome.action == "hold":
            changes["wake_at"] = held_look(parts, delivery, present)
        facts = getattr(error, "facts", {})
        move(session, delivery, outcome.action, PUBLISHER, under=claimed.fence, why=why, facts=facts, **changes)
        if outcome.broken and not accounts.mark_broken(session, delivery.account_id, outcome.broken, PUBLISHER):
            # The key was changed while this call was on its way: with the new one it goes on at once.
            delivery.wake_at = present
            session.add(delivery)
        if outcome.limit:
            accounts.pause(session, delivery.account_id, outcome.limit, PUBLISHER)
        withdrawing.follow(session, delivery, PUBLISHER)
        reach("result.written")
