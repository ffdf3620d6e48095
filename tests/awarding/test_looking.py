"""The draw anyone can do again, how firm an order is, and what looks odd."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from app.awarding import draw, flags, rubric, scoring, sensitivity
from app.awarding.sensitivity import Trial
from tests.awarding.making import item, jury, participant, post, snapshot

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_draw_depends_on_the_seed_the_organisation_and_the_post() -> None:
    posts = [f"delivery:{n}" for n in range(40)]
    drawn = draw.draw("20260707", 12, posts, 10)
    assert draw.draw("20260707", 12, [*reversed(posts), *posts], 10) == drawn, "neither order nor repetition"
    # Again, as anybody would by hand.
    sums = {hashlib.sha256(f"20260707|12|{post}".encode()).hexdigest(): post for post in posts}
    assert drawn == [sums[one] for one in sorted(sums)[:10]]
    assert len({tuple(draw.draw(seed, who, posts, 10)) for seed in ("a", "b") for who in (1, 2)}) == 4
    assert draw.draw("a", 1, posts, 100) == draw.draw("a", 1, posts, 40)
    # A post more takes at most one place; what was drawn else stays in its order.
    more = draw.draw("20260707", 12, [*posts, "seen:1"], 10)
    assert [post for post in more if post != "seen:1"] == drawn[: len([post for post in more if post != "seen:1"])]
    # Over many seeds every post is drawn about as often: 10 of 40, 400 times, is 100 each.
    times = dict.fromkeys(posts, 0)
    for seed in range(400):
        for post_id in draw.draw(str(seed), 12, posts, 10):
            times[post_id] += 1
    assert all(60 < number < 140 for number in times.values())


@pytest.mark.parametrize(("seed", "n"), [("", 10), ("1|2", 10), ("1", -1)])
def test_a_draw_that_could_be_read_two_ways_is_refused(seed: str, n: int) -> None:
    with pytest.raises(ValueError, match=r"seed|n"):
        draw.draw(seed, 1, ["delivery:1"], n)


def test_an_order_that_hangs_on_one_weight_is_told() -> None:
    """A and D, 50 each: 100 and 50 (75) beside 50 and 98 (74). With A at 40: (4000 + 2500) / 90 = 72.22 beside
    (2000 + 4900) / 90 = 76.67. With D at 60: 72.73 beside 76.18. Otherwise the first stays before the second."""
    weights = {**dict.fromkeys(rubric.INDICATORS, 0), "konsistensi": 50, "kualitas": 50}
    everybody = [
        participant(1, posts=[post(week) for week in range(4)], jury=jury(2, 2)),
        participant(2, posts=[post(0), post(1)], jury=jury("3.92", "3.92")),
        participant(3, posts=[post(0)], jury=jury(1, 1)),
        participant(4, posts=[post(0)], jury=jury(1, 1)),
        participant(5, public=False),
        participant(6, category="kelurahan", posts=[post(0)]),
    ]
    given = snapshot(*everybody, rubric={"weights": weights})
    found = sensitivity.firmness(scoring.score(given), rubric.read(given["rubric"]))
    assert [one.category for one in found] == ["desa"], "a category without ranks is not tried"
    desa = found[0]
    turned = (Trial("konsistensi", Fraction(4, 5)), Trial("kualitas", Fraction(6, 5)))
    assert desa.trials == 12
    assert not desa.unchanged
    assert desa.winner_changes_in == turned
    assert [(rank.holders, rank.others) for rank in desa.podium] == [
        ((1,), {2: turned}),
        ((2,), {1: turned}),
        ((3, 4), {}),
    ]
    assert [(swap.first, swap.second, swap.equal, swap.trials) for swap in desa.swaps] == [(1, 2, False, turned)]
    assert desa.ranks[turned[0]] == {2: 1, 1: 2, 3: 3, 4: 3}
    firm = sensitivity.firmness(scoring.score(snapshot(*everybody[:1], *everybody[2:4])), rubric.read())
    assert firm[0].unchanged


def test_a_trial_gives_the_ranks_of_scoring_anew() -> None:
    """Eight categories by chance: what points say is what the whole calculation says with that weight."""
    chance = random.Random(5)
    differing = 0
    for _ in range(8):
        everybody = [_by_chance(number, chance) for number in range(1, 6)]
        results = scoring.score(snapshot(*everybody))
        before = {one.organisation_id: one.rank for one in results}
        for trial, ranks in sensitivity.firmness(results, rubric.read())[0].ranks.items():
            weight = float(rubric.DEFAULT["weights"][trial.indicator] * trial.factor)
            anew = scoring.score(snapshot(*everybody, rubric={"weights": {trial.indicator: weight}}))
            assert {one.organisation_id: one.rank for one in anew} == ranks
            differing += ranks != before
    assert differing, "some trial changes something"


def _by_chance(number: int, chance: random.Random) -> dict[str, Any]:
    return participant(
        number,
        posts=[post(chance.randrange(4), chance.randrange(40), chance.randrange(50, 300)) for _ in range(3)],
        items=[item(chance.random() < 0.6, chance.randrange(30)) for _ in range(chance.randrange(4))],
        jury=jury(*[chance.randrange(5) for _ in range(chance.randrange(3))]),
        breaches=int(chance.random() < 0.2),
    )


def _daily(*counts: int | None) -> list[tuple[datetime, int | None]]:
    return [(MARCH + timedelta(days=day), count) for day, count in enumerate(counts)]


QUIET = [1000 + 3 * day for day in range(10)]


@pytest.mark.parametrize(
    ("readings", "jumps"),
    [
        # Steady, also when it is fast: 200 a day is usual there.
        (_daily(*QUIET), []),
        (_daily(*[1000 + 200 * day for day in range(10)]), []),
        # 400 at once, between the tenth and the eleventh day; and back again, as when a platform removes them.
        (_daily(*QUIET, 1427, 1430), [(10, 400)]),
        (_daily(*QUIET, 1427, 1027), [(10, 400), (11, -400)]),
        # Too few to matter: below 50, and below 5 %.
        (_daily(*QUIET, 1070), []),
        (_daily(*[10_000 + day for day in range(10)], 10_400), []),
        # An account that never moves, and one that is not known for a while: a gap is no jump.
        (_daily(*[800] * 9, 900), [(9, 100)]),
        (_daily(*[800 + 9 * day for day in range(9)], *[None] * 15, 1010), []),
        # Nobody knows yet what is usual.
        (_daily(800, 803, 806, 1400), []),
        ([], []),
    ],
)
def test_followers_that_come_at_once(readings: list[tuple[datetime, int | None]], jumps: list[tuple[int, int]]) -> None:
    found = flags.follower_jumps(readings)
    assert [((jump.at - MARCH).days, jump.change) for jump in found] == jumps
    shuffled = random.Random(1).sample(readings, len(readings))
    assert flags.follower_jumps(shuffled) == found, "order never matters"
    twice = [*readings, *[(at + timedelta(minutes=5), count) for at, count in readings]]
    assert [jump.change for jump in flags.follower_jumps(twice)] == [change for _, change in jumps], "read twice"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        flags.follower_jumps([(datetime(2026, 3, 1), 5)])  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize(
    ("comments", "found"),
    [
        ([("a", "p1")] * 10 + [("b", f"p{n}") for n in range(30)], [("b", 30, 30), ("a", 10, 1)]),
        # 10 of 51 are less than a fifth; 9 are not many; 19 in all say nothing.
        ([("a", "p1")] * 10 + [(f"w{n}", "p2") for n in range(41)], []),
        ([("a", "p1")] * 9 + [(f"w{n}", "p2") for n in range(11)], []),
        ([("a", "p1")] * 19, []),
        # Those whose author is not known are nobody's, and are counted among all.
        ([(None, "p1")] * 40 + [("a", "p1")] * 10, [("a", 10, 1)]),
        ([(None, "p1")] * 41 + [("a", "p1")] * 10, []),
        ([], []),
    ],
)
def test_one_voice_again_and_again(comments: list[tuple[str | None, str]], found: list[tuple[str, int, int]]) -> None:
    told = flags.repeated_commenters(comments)
    assert [(one.author, one.comments, one.posts) for one in told] == found
    assert all(one.share == Fraction(one.comments, len(comments)) for one in told)
