"""What looks odd, for a person to decide about. A flag changes nothing by itself.

Bought followers come all at once; comments count as interest, and are none when one person writes a third of them.
Both are measured against the account itself, never against others: a small account may grow fast, a village may have a
faithful reader. Pure: readings and comments go in, what was found comes out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.awarding import formulas

_DAY = 86_400
#: A jump is at least this many followers, this share of them, and this many times the account's own usual change a day.
JUMP_FOLLOWERS = 50
JUMP_SHARE = Fraction(1, 20)
JUMP_TIMES = 10
#: Steps between readings without which nobody can say what is usual for the account.
JUMP_STEPS = 7
#: Readings closer together than this are taken as one: a step of seconds has no change a day.
JUMP_NEAR_S = 3600
#: Comments of one author from which they are many, and their share of all comments of the period.
REPEATED_COMMENTS = 10
REPEATED_SHARE = Fraction(1, 5)
#: Comments of all below which a share says nothing.
REPEATED_OF = 20


@dataclass(frozen=True)
class Jump:
    """Followers that came or went at once. since, at: between which readings. usual: the median change a day of the
    account's other steps, without its sign. a_day: the change a day of this one."""

    since: datetime
    at: datetime
    before: int
    after: int
    a_day: Fraction
    usual: Fraction

    @property
    def change(self) -> int:
        """Followers more, or fewer (below 0)."""
        return self.after - self.before


@dataclass(frozen=True)
class Repeated:
    """One author with a large part of the comments. posts: on how many posts they are."""

    author: str
    comments: int
    of: int
    posts: int

    @property
    def share(self) -> Fraction:
        """Of all comments of the period."""
        return Fraction(self.comments, self.of)


def follower_jumps(readings: Iterable[tuple[datetime, int | None]]) -> list[Jump]:
    """The jumps of one account, in time order. readings: (aware time, followers), in any order; None: not known.

    A step is from one reading to the next that is at least an hour later; its change is taken a day, so that a week
    without readings is no jump. It is one where it has at least 50 followers and 5 % of those before (of those after
    when they went), and is at least 10 times the median of the other steps, each without its sign. Nothing with fewer
    than 7 other steps. ValueError for a naive time.

    Ten quiet days of 2 more each and one of 400:

    >>> from datetime import UTC
    >>> counts = [500 + 2 * day + (400 if day > 5 else 0) for day in range(11)]
    >>> days = [datetime(2026, 3, 1 + day, tzinfo=UTC) for day in range(11)]
    >>> [(jump.at.day, jump.change, jump.usual) for jump in follower_jumps(zip(days, counts))]
    [(7, 402, Fraction(2, 1))]
    """
    steps = _steps(readings)
    speeds = [abs(step[4]) for step in steps]
    inline = sorted(speeds)
    found: list[Jump] = []
    if len(steps) <= JUMP_STEPS:
        return found
    for (since, at, before, after, a_day), speed in zip(steps, speeds, strict=True):
        size = abs(after - before)
        if size < JUMP_FOLLOWERS or size < JUMP_SHARE * min(before, after):
            continue
        usual = _median_without(inline, speed)
        if speed >= JUMP_TIMES * usual:
            found.append(Jump(since, at, before, after, a_day, usual))
    return found


def repeated_commenters(comments: Iterable[tuple[str | None, str]]) -> list[Repeated]:
    """Who wrote a large part of the comments on a participant's posts, most first. comments: (author key, post id).

    At least 10 comments and a fifth of all, of at least 20. Comments whose author is not known are among all, and are
    nobody's.

    >>> many = [("a", f"p{n}") for n in range(10)] + [(None, "p1")] * 5 + [("b", "p2")] * 5
    >>> [(one.author, one.comments, one.of, one.posts) for one in repeated_commenters(many)]
    [('a', 10, 20, 10)]
    """
    given = list(comments)
    if len(given) < REPEATED_OF:
        return []
    times = Counter(author for author, _ in given if author is not None)
    posts: dict[str, set[str]] = {}
    for author, post in given:
        if author is not None:
            posts.setdefault(author, set()).add(post)
    found = [
        Repeated(author, count, len(given), len(posts[author]))
        for author, count in times.items()
        if count >= REPEATED_COMMENTS and count >= REPEATED_SHARE * len(given)
    ]
    return sorted(found, key=lambda one: (-one.comments, one.author))


def _steps(
    readings: Iterable[tuple[datetime, int | None]],
) -> list[tuple[datetime, datetime, int, int, Fraction]]:
    """(since, at, before, after, change a day), in time order. Of readings at one moment the highest is taken, so that
    what comes out does not depend on the order of what went in."""
    known = [(at, count) for at, count in readings if count is not None]
    if any(at.tzinfo is None for at, _ in known):
        raise ValueError("a time without a zone")
    known.sort(key=lambda reading: (reading[0], -reading[1]))
    steps: list[tuple[datetime, datetime, int, int, Fraction]] = []
    last: tuple[datetime, int] | None = None
    for at, count in known:
        if last is not None:
            seconds = int((at - last[0]).total_seconds())
            if seconds < JUMP_NEAR_S:
                continue
            steps.append((last[0], at, last[1], count, Fraction((count - last[1]) * _DAY, seconds)))
        last = (at, count)
    return steps


def _median_without(inline: Sequence[Fraction], one: Fraction) -> Fraction:
    """The median of the others. inline: all in order, with it."""
    place = inline.index(one)
    return formulas.median([*inline[:place], *inline[place + 1 :]]) or Fraction(0)
