"""The one table from an error of a connector to what happens next. Pure: no database, no network.

It serves deliveries and outgoing answers alike.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.problems import Problem
from app.services.budgets import FIRST_S, LONGEST_S
from app.settings import Settings
from connectors import Busy, ConnectorError, Gone, Refused, SignInAgain, Unsupported, Unsure
from media.problems import PhotoProblem

MOST_ATTEMPTS = 8
#: Photo problems of this machine, not of the photo: they pass.
OURS = ("busy", "no_room", "too_slow", "too_heavy")
_NETWORK = timedelta(seconds=15)
#: "The same was posted just now", "already published" (whatever number it has), "these photos were posted".
_PERHAPS_OURS = ("duplicate", "unknown_refusal", "photo_already_posted")
#: What a person mends at the account, not at the post.
_OF_ACCOUNT = ("sealed_with_other_key",)


@dataclass(frozen=True)
class Outcome:
    """The action for `states.move`, columns to write, and what else the caller must do.

    drop: staged ids are of no use any more. broken: the account needs a person. limit: the platform asks for a pause,
    which `accounts.pause` keeps.
    """

    action: str
    changes: dict[str, Any] = field(default_factory=dict)
    drop: bool = False
    broken: ConnectorError | None = None
    limit: Busy | None = None


def decide(
    error: Exception, *, committing: bool, attempts: int, settings: Settings, present: datetime, doubted: bool = False
) -> Outcome:
    """What follows from an error while staging or committing.

    attempts: how many were made, this one included. doubted: an earlier commit got no clear answer, so a refusal may
    speak of what that one published: no end, but unclear again. An error that is not a connector's is a fault of ours:
    while committing nobody knows what it did, so it is looked up like an unclear answer.
    """
    if doubted and committing and isinstance(error, Refused) and error.code in _PERHAPS_OURS:
        error = Unsure(error.code, **error.facts)
    if isinstance(error, Unsure):
        if committing:
            looked_at = present + timedelta(seconds=settings.unsure_first_s)
            return Outcome("unclear", {"wake_at": looked_at, "unsure_since": present, "looks": 0, **_reason(error)})
        return _again(error, attempts, settings, present)
    if isinstance(error, Busy):
        return _busy(error, attempts, settings, present)
    if isinstance(error, SignInAgain):
        return Outcome("hold", {"wake_at": None, **_reason(error)}, broken=error)
    if isinstance(error, Gone):
        # What was staged disappeared there: nothing is public, begin anew.
        return _again(error, attempts, settings, present, drop=True)
    if isinstance(error, Refused) and error.code == "photo_already_posted" and not committing:
        # An unpublished post that we made and never heard of holds these photos: begin anew with fresh ones.
        return _again(error, attempts, settings, present, drop=True)
    if isinstance(error, Refused | Unsupported):
        return Outcome("fail", {"wake_at": None, **_reason(error)})
    if isinstance(error, PhotoProblem) and error.code in OURS:
        return _again(Busy(error.code, **error.facts), attempts, settings, present)
    if isinstance(error, Problem) and error.code == "practice_not_running":
        return _busy(Busy(error.code, unreached=True), attempts, settings, present)
    if isinstance(error, Problem) and error.code in _OF_ACCOUNT:
        return decide(
            SignInAgain(error.code), committing=committing, attempts=attempts, settings=settings, present=present
        )
    if isinstance(error, PhotoProblem | Problem):
        return Outcome("fail", {"wake_at": None, "error_code": error.code, "error_facts": dict(error.facts)})
    if committing:
        return decide(Unsure("internal"), committing=True, attempts=attempts, settings=settings, present=present)
    return _again(Busy("internal"), attempts, settings, present)


def back_off(attempts: int, settings: Settings) -> timedelta:
    """Exponential with full jitter on its upper half, capped: seconds first, 2 first, 4 first, ..."""
    longest = min(settings.retry_max_s, settings.retry_first_s * _doubled(attempts))
    return timedelta(seconds=longest * random.uniform(0.5, 1))  # noqa: S311  jitter, not a secret


def _doubled(times: int) -> int:
    # A row may be looked at for weeks: a power without bound does not fit into a float.
    return int(2 ** min(max(times - 1, 0), 30))


def asked_s(error: Exception | None) -> float:
    """Seconds the platform asked for, 0 where it did not; at most a day, the longest window of any platform."""
    asked = error.retry_after if isinstance(error, Busy) else None
    if asked is None or math.isnan(asked) or asked <= 0:
        return FIRST_S if isinstance(error, Busy) and error.limit else 0.0
    return min(asked, LONGEST_S)


def resend_at(attempts: int, settings: Settings, present: datetime) -> datetime:
    """When to send again after a look showed that it did not arrive: at once, then ever later."""
    return present if attempts <= 1 else present + back_off(attempts - 1, settings)


def look_at(error: Exception | None, looks: int, settings: Settings, present: datetime) -> datetime:
    """The next look at something unclear: ever later, up to ten minutes, never within a pause that was asked for."""
    gap = min(settings.unsure_first_s * _doubled(looks), 600.0)
    if looks > 1:
        # What became unclear in one outage is not looked at in one moment.
        gap *= random.uniform(0.75, 1)  # noqa: S311  jitter, not a secret
    return present + timedelta(seconds=max(gap, asked_s(error)))


def _busy(error: Busy, attempts: int, settings: Settings, present: datetime) -> Outcome:
    if error.limit:
        # A pause the platform asked for is never shortened, and costs no attempt.
        until = present + timedelta(seconds=asked_s(error))
        return Outcome("wait", {"wake_at": until, "attempts": attempts - 1, **_reason(error)}, limit=error)
    if error.code in ("lease_short", "clock_off", "paused"):
        # Nothing was sent: claimed anew at once, with a whole lease, or when our clock is right, or after the pause.
        return Outcome("wait", {"wake_at": present, "attempts": attempts - 1, **_reason(error)})
    if error.unreached:
        wait = min(back_off(1, settings), _NETWORK)
        return Outcome("wait", {"wake_at": present + wait, "attempts": attempts - 1, **_reason(error)})
    # What was staged disappeared there before the commit: nothing is public, begin anew.
    return _again(error, attempts, settings, present, drop=error.code == "staged_gone")


def _again(
    error: ConnectorError, attempts: int, settings: Settings, present: datetime, *, drop: bool = False
) -> Outcome:
    if attempts >= MOST_ATTEMPTS:
        return Outcome("fail", {"wake_at": None, "attempts": attempts, **_reason(error)}, drop=drop)
    wait = max(back_off(attempts, settings), timedelta(seconds=asked_s(error)))
    return Outcome("wait", {"wake_at": present + wait, "attempts": attempts, **_reason(error)}, drop=drop)


def _reason(error: ConnectorError) -> dict[str, Any]:
    return {"error_code": error.code, "error_facts": dict(error.facts)}
