"""How often to look: readings of engagement at growing ages, polls of comments by the age of the post. Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any

_HOUR = 3600
_DAY = 24 * _HOUR
#: Ages at which engagement is read, in seconds after publishing (design.md section 9): 1, 3, 6, 12 h, 1 ... 30 days.
READING_AGES = tuple(h * _HOUR for h in (1, 3, 6, 12)) + tuple(d * _DAY for d in (1, 2, 3, 7, 14, 30))
#: At this percent of an account's allowance the ages below a day are left out; the one of a week never is.
SPARE, SPARED_BELOW_S = 70.0, _DAY
#: On the practice platform hours are played in seconds, so its posts are also read at these ages.
PRACTICE_AGES = (5, 15, 30, 45, 60, 120, 300, 900)
#: (age below, seconds between polls). A post is polled for 90 days.
POLLS = ((_HOUR, 120), (6 * _HOUR, 600), (_DAY, 1800), (7 * _DAY, 4 * _HOUR), (90 * _DAY, _DAY))
#: (used percent below, factor on the time between polls). At 85 everything of the account rests (services/budgets).
SLOWER = ((50.0, 1), (70.0, 2), (float("inf"), 4))
#: Seconds from a notification to the read that tells how it really is.
SOON_S, PRACTICE_SOON_S = 30, 2
PRACTICE_POLLS = ((600, 4), (_DAY, 60), (90 * _DAY, _DAY))


def next_reading(
    published_at: datetime, after: datetime, *, practice: bool = False, used_percent: float = 0.0
) -> tuple[datetime, int] | None:
    """The first planned reading after a moment: when, and for which age in seconds. None after the last.

    used_percent: of the account's fullest allowance; as it fills, it is left to posts, answers and the later ages.
    """
    ages = sorted({*READING_AGES, *PRACTICE_AGES}) if practice else READING_AGES
    for age in ages:
        at = published_at + timedelta(seconds=age)
        if at > after and (practice or used_percent < SPARE or age >= SPARED_BELOW_S):
            return at, age
    return None


def late_s(published_at: datetime, read_at: datetime, planned_age_s: int | None) -> int | None:
    """How many seconds after its planned age a reading was made, at least 0; None of one that was not planned."""
    if planned_age_s is None:
        return None
    return max(0, int((read_at - published_at).total_seconds()) - planned_age_s)


def due_age(published_at: datetime, at: datetime, *, practice: bool = False) -> int | None:
    """The planned age that a reading made now serves: the latest one that has been reached; None before the first."""
    ages = sorted({*READING_AGES, *PRACTICE_AGES}) if practice else READING_AGES
    reached = [age for age in ages if published_at + timedelta(seconds=age) <= at]
    return reached[-1] if reached else None


def next_poll(
    published_at: datetime, after: datetime, *, practice: bool = False, keep_on: bool = False, used_percent: float = 0.0
) -> datetime | None:
    """The next poll of comments; None after 90 days, unless keep_on (an award's period is open).

    used_percent: of the account's fullest allowance; as it fills, polls become rarer and leave it to posts and answers.
    """
    age = (after - published_at).total_seconds()
    slower = next(factor for below, factor in SLOWER if used_percent < below)
    for below, gap in PRACTICE_POLLS if practice else POLLS:
        if age < below:
            return after + timedelta(seconds=gap * slower)
    return after + timedelta(seconds=_DAY * slower) if keep_on else None


def soon(present: datetime, *, practice: bool = False) -> datetime:
    """When to read a post of which a notification came: what belongs together comes together."""
    return present + timedelta(seconds=PRACTICE_SOON_S if practice else SOON_S)


def follow(
    published_at: datetime, *, practice: bool = False, can: Container[str] = ("comments", "counts")
) -> dict[str, Any]:
    """Columns of a delivery that has just become public: count it and collect its comments from now on.

    can: of its connector. What has neither comments nor numbers is asked for neither.
    """
    reading = next_reading(published_at, published_at, practice=practice) if "counts" in can else None
    poll = next_poll(published_at, published_at, practice=practice) if "comments" in can else None
    return {"reading_at": reading[0] if reading else None, "collect_at": poll}
