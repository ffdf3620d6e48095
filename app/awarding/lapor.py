"""SP4N-LAPOR! figures ranked, apart from social media: two prizes, two rankings (domain.md sections 1 and 3).

What offices are measured by there are the share that was followed up, how fast, and how well (Depok 2023, Riau 2022).
How many reports came is no merit and no fault: many complaints mean that people know the way. It only says how sure
the other figures are: they are drawn to the mean of all by five reports, so that one report answered well is no win
over four hundred. Nowhere are weights for this published; ``WEIGHTS`` are ours and stand on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.awarding import formulas
from app.awarding.exact import rounded

FOLLOWED, SPEED, QUALITY = "tindak_lanjut", "laju", "kualitas"
ROWS = (FOLLOWED, SPEED, QUALITY)
WEIGHTS: Mapping[str, int] = {FOLLOWED: 40, SPEED: 30, QUALITY: 30}
#: Days from disposisi: the shortest term of Permenpan RB 62/2018 (aspirasi, permintaan informasi: 5) gives full points,
#: its longest (pengaduan berkadar pengawasan: 60) none.
FULL_DAYS, ZERO_DAYS = 5, 60
#: Reports that draw an agency to the mean of all, and the fewest agencies that make a ranking.
SHRINK, LEAST = 5, 3


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency's figures. received: reports that came by disposisi, archived of them (wrong address) not counted.

    days: mean from disposisi to the follow-up; quality: 0 to 100; None where not given.
    """

    name: str
    received: int
    followed_up: int
    archived: int = 0
    days: Decimal | None = None
    quality: Decimal | None = None

    @property
    def own(self) -> int:
        """Reports that were its to follow up."""
        return self.received - self.archived


@dataclass(frozen=True, slots=True)
class Standing:
    """An agency's place. rank None: fewer than three, or nothing to score. score: two decimals, half even.

    share: percent followed up as it is, not shrunk. points: out of 100, None without a figure. weights: as they count
    for it, out of 100, those of rows without a figure spread over the others.
    """

    agency: Agency
    rank: int | None
    score: Decimal | None
    share: Fraction | None
    points: Mapping[str, Fraction | None]
    weights: Mapping[str, Fraction]


def rank(agencies: Sequence[Agency]) -> list[Standing]:
    """Best first, equal scores share a place (1, 2, 2, 4) and stand by name; without a score last.

    >>> three = [Agency("A", 100, 95, 0, Decimal(10)), Agency("B", 10, 9, 0, Decimal(5)), Agency("C", 4, 0)]
    >>> [(one.agency.name, one.rank, str(one.score)) for one in rank(three)]
    [('B', 1, '93.25'), ('A', 2, '93.16'), ('C', 3, '50.79')]
    """
    measured = [one for one in agencies if one.own > 0]
    followed = formulas.pooled((one.followed_up, one.own) for one in measured)
    quick = formulas.pooled((one.followed_up * _speed(one.days), one.followed_up) for one in measured if _timed(one))
    found = [_stand(one, followed, quick) for one in agencies]
    scores = [one.score for one in found if one.score is not None]
    ranked = len(scores) >= LEAST
    placed = [
        Standing(
            one.agency,
            1 + sum(other > one.score for other in scores) if ranked and one.score is not None else None,
            one.score,
            one.share,
            one.points,
            one.weights,
        )
        for one in found
    ]
    return sorted(placed, key=lambda one: (one.score is None, -(one.score or 0), one.agency.name.casefold()))


def _stand(agency: Agency, followed: Fraction | None, quick: Fraction | None) -> Standing:
    points: dict[str, Fraction | None] = dict.fromkeys(ROWS)
    if agency.own <= 0 or followed is None:
        return Standing(agency, None, None, None, points, {})
    points[FOLLOWED] = formulas.shrunk_mean(agency.followed_up, agency.own, followed, SHRINK)
    if quick is not None and _timed(agency):
        total = agency.followed_up * _speed(agency.days)
        points[SPEED] = formulas.shrunk_mean(total, agency.followed_up, quick, SHRINK)
    elif quick is not None and not agency.followed_up:  # as elsewhere, what was not answered has no speed: 0
        points[SPEED] = formulas.shrunk_mean(0, agency.own, quick, SHRINK)
    if agency.quality is not None:
        points[QUALITY] = Fraction(agency.quality)
    weights = formulas.effective(WEIGHTS, points)
    score = sum((weights[name] * (points[name] or 0) for name in weights), Fraction(0)) / 100
    share = Fraction(100 * agency.followed_up, agency.own)
    return Standing(agency, None, rounded(score), share, points, weights)


def _timed(agency: Agency) -> bool:
    """Nothing followed up has no speed, whatever stands in the column."""
    return agency.days is not None and agency.followed_up > 0


def _speed(days: Decimal | None) -> Fraction:
    """1 up to 5 days, falling in a line to 0 at 60. 17.9 days (Depok 2023, called "cukup"): 0.77."""
    return formulas.speed(days, FULL_DAYS, ZERO_DAYS)
