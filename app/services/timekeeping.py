"""Is our clock right? What the platforms' Date headers say, carried on by a clock that nobody can set.

A post is due by our clock. A machine whose clock jumped would send tomorrow's posts today, or call today's posts
missed. So each answer's Date is kept together with the time since boot, and before anything is sent or given up the
platform's present is reckoned from both: more than ``LIMIT_S`` off, nothing is done. That sees a jump in the moment it
happens, without asking anybody. Kept per process; a process that has heard nothing yet asks first, and where nobody
answers (a machine that is up before its router) waits a while before it goes by its own clock.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, false, or_
from sqlmodel import col, select, update

from app import clock
from app.db import lease_time
from app.models import Account, Worker
from app.parts import Parts
from connectors import Busy, Wire, date_of, load

log = logging.getLogger(__name__)

#: Seconds. More than this and neither "due" nor "too late" means anything.
LIMIT_S = 120.0
#: Seconds. Whole-second Date headers and a call's own time make so much noise.
_NOISE_S = 5.0
#: What was heard is believed this long by itself (quartz: about 5 s a day); then it is asked for again.
_FRESH_S = 3600.0
#: A platform that gave no date is not asked again at every commit.
_ASK_AGAIN_S = 60.0
#: Seconds. So long a fresh process that reaches nobody does nothing by its own clock; then a post must not wait for
#: ever without a word, and people are to hear of it.
PATIENCE_S = 600.0

PLATFORMS = ("practice", "graph", "instagram_private")
_guard = threading.Lock()
_heard: dict[str, tuple[datetime, float]] = {}
_asked: dict[str, float] = {}
#: Platform of which nothing was ever heard → since when nobody answers, seconds since boot.
_unreached: dict[str, float] = {}
#: When (database, platform) was last found to be as everybody sees it, and right.
_right: dict[tuple[str, str], float] = {}


def platform_of(account: Account) -> str:
    """Whose clock an account's posts are compared with; of our own page nobody's ("home")."""
    if account.practice:
        return "practice"
    if account.connector in _at_home():
        return "home"
    return "instagram_private" if account.connector == "instagram_private" else "graph"


def _at_home() -> list[str]:
    """Connectors of our own page: no other machine has a word about their time."""
    return [name for name, kind in load().items() if kind.at_home]


def heard(platform: str, date: datetime) -> None:
    """A Date header came in just now. Of our own page it is our own clock's word, and says nothing."""
    if platform not in PLATFORMS:
        return
    with _guard:
        _heard[platform] = (date, clock.since_boot())
        _unreached.pop(platform, None)


def off_s(platform: str, present: datetime) -> float | None:
    """The platform's clock less ours in seconds; None before anything was heard. present: as claims count it."""
    with _guard:
        date, at = _heard.get(platform, (None, 0.0))
    if date is None:
        return None
    there = date + timedelta(seconds=clock.since_boot() - at)
    # A test's own travels are no jump of the clock.
    return (there - (present - clock.shift())).total_seconds()


def wrong(platform: str, present: datetime) -> bool:
    """Whether our clock is known to be so far off that nothing may be sent or given up by it."""
    off = off_s(platform, present)
    return off is not None and abs(off) > LIMIT_S


def unknown(platform: str) -> bool:
    """Whether nobody could be asked yet since this process began, and it is too early to go by our own clock."""
    with _guard:
        since = _unreached.get(platform)
    return since is not None and clock.since_boot() - since < PATIENCE_S


def right_for(present: datetime) -> Any:
    """SQL condition on Account: not of a platform whose answers show that our clock is wrong, or that gave none yet.

    Nothing of such a one is even put off: a time written by a wrong clock would still stand when the clock is right.
    """
    private = col(Account.connector) == "instagram_private"
    home = col(Account.connector).in_(_at_home())
    of = {
        "practice": col(Account.practice),
        "instagram_private": and_(~col(Account.practice), private),
        "graph": and_(~col(Account.practice), ~private, ~home),
    }
    held = [of[name] for name in PLATFORMS if wrong(name, present) or unknown(name)]
    if wrong("graph", present):
        held.append(home)  # what is due on our own page is reckoned by the same clock
    return ~or_(false(), *held)


def ask(parts: Parts, platform: str, wire: Wire, *, doubt: bool = False, first: bool = False) -> None:
    """Have an answer's date that is fresh enough: asks the platform when there is none. doubt: not believed as it is.

    One that was asked within the last minute is not asked again. first: asked at the begin of a process, and until
    somebody has answered; until then our own clock is ``unknown``.
    """
    if platform not in PLATFORMS:
        return
    now = clock.since_boot()
    with _guard:
        fresh = platform in _heard and now - _heard[platform][1] < _FRESH_S
        waiting = first and platform in _unreached
        tried = not waiting and now - _asked.get(platform, -_ASK_AGAIN_S) < _ASK_AGAIN_S
        if tried or (fresh and not doubt):
            return
        _asked[platform] = now
    try:
        date = date_of(wire)
    except Busy:
        with _guard:
            if first and platform not in _heard:
                _unreached.setdefault(platform, now)
        return
    with _guard:
        _unreached.pop(platform, None)
    if date is not None:
        heard(platform, date)
        publish(parts, platform)


def publish(parts: Parts, platform: str) -> None:
    """Let everybody see how far off we are (doctor, start page), when that has changed."""
    if platform not in PLATFORMS:
        return
    near = off_s(platform, clock.now())
    key, now = (str(parts.db.engine.url), platform), clock.since_boot()
    with _guard:
        right = near is not None and abs(near) <= _NOISE_S
        if right and now - _right.get(key, -_ASK_AGAIN_S) < _ASK_AGAIN_S:
            return  # as a moment ago: after each post of a full minute the database need not be asked
        _right.pop(key, None)
    with parts.db.read() as session:
        off = off_s(platform, lease_time(session))
        known = session.exec(select(Worker.clock_off_s).order_by(col(Worker.beat_at).desc())).first()
    if off is None or abs(off - (known or 0)) <= _NOISE_S:
        with _guard:
            if off is not None and right:
                _right[key] = now
        return
    with parts.db.write() as session:
        session.exec(update(Worker).values(clock_off_s=off))


def forget() -> None:
    """Nothing was heard yet, as in a new process (tests)."""
    with _guard:
        _heard.clear()
        _asked.clear()
        _unreached.clear()
        _right.clear()
