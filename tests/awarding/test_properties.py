"""What holds for every snapshot (the issue names these), and where a promise has a limit, the limit.

Two limits, found here and kept as examples:

- "n to k n at equal mix moves a row only toward its own mean" holds for every C row. Of keterlibatan it holds for r, as
  long as the posts that were added do not raise the category's median reach more than k times (the added reach is made
  of it); and r is not yet the row: the row is a percentile, and a participant that has most of its category's reach
  moves the category's ratio m, to which all the others are drawn.
- "one more item answered at full value never lowers a score" is about one's own score. The rank may fall: the mean of
  the category rises too, and lifts whoever has fewer items more.
"""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.awarding import canonical, rubric, scoring
from app.awarding.scoring import Result
from tests.awarding.making import item, jury, participant, post, snapshot

C_ROWS = ("tingkat_respons", "kecepatan", "tuntas")
#: No deadline: a busy machine is no wrong score.
FEW = settings(max_examples=20, deadline=None)


def _post(code: int) -> dict[str, Any]:
    """One drawn number is one post: quick to draw, and small numbers are simple posts."""
    code, week = divmod(code, 4)
    code, platform = divmod(code, 2)
    reach, interactions = divmod(code, 60)
    return post(
        week,
        None if interactions > 55 else interactions,
        None if reach % 10 == 9 else reach * 13 % 700,
        platform=("facebook", "instagram")[platform],
    )


def _item(code: int) -> dict[str, Any]:
    code, answered = divmod(code, 3)
    code, kind = divmod(code, 4)
    resolved = (True, False, None)[code % 3] if kind == 0 else None
    hours = Decimal(code % 70) / 2 if answered else None
    return item(answered == 2, hours, resolved=resolved, kind=("keluhan", "aspirasi", "kritik", "pujian")[kind])


CODES = st.integers(0, 50_000)
POSTS, ITEMS = st.lists(CODES.map(_post), max_size=6), st.lists(CODES.map(_item), max_size=6)
PEOPLE = st.lists(
    st.tuples(POSTS, ITEMS, st.lists(st.integers(0, 4), max_size=3), st.integers(0, 4)), min_size=1, max_size=5
)


def _everybody(drawn: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        participant(number, posts=posts, items=items, jury=jury(*marks), breaches=breaches)
        for number, (posts, items, marks, breaches) in enumerate(drawn, 1)
    ]


def _score(everybody: list[dict[str, Any]], **rules: Any) -> dict[int, Result]:
    return {one.organisation_id: one for one in scoring.score(snapshot(*everybody, rubric=rules))}


def _shown(found: dict[int, Result]) -> list[dict[str, Any]]:
    return [found[number].plain() for number in sorted(found)]


def _with(everybody: list[dict[str, Any]], place: int, **changed: Any) -> list[dict[str, Any]]:
    return [{**one, **changed} if position == place else one for position, one in enumerate(everybody)]


@FEW
@given(PEOPLE, st.randoms(use_true_random=False), st.sampled_from(["3", "0.25", "1.7"]))
def test_neither_order_nor_the_size_of_weights_matters(drawn: Any, chance: random.Random, factor: str) -> None:
    everybody = _everybody(drawn)
    found = _score(everybody)
    shuffled = [
        {**one, **{name: chance.sample(one[name], len(one[name])) for name in ("posts", "items", "jury")}}
        for one in chance.sample(everybody, len(everybody))
    ]
    assert _shown(_score(shuffled)) == _shown(found)
    assert [one.organisation_id for one in scoring.score(snapshot(*shuffled))] == list(found)

    weights = {name: weight * Decimal(factor) for name, weight in rubric.DEFAULT["weights"].items()}
    assert _shown(_score(everybody, weights=weights)) == _shown(found)

    written = canonical.load(canonical.dump(snapshot(*everybody)))
    assert {one.organisation_id: one for one in scoring.score(written)} == found


@FEW
@given(PEOPLE, CODES, CODES)
def test_what_is_missing_is_as_if_it_were_not_there(drawn: Any, a_post: int, an_item: int) -> None:
    """Never as 0: a post without figures, an item that is not decided, a criterion without a mark, a silent juror."""
    everybody = _everybody(drawn)
    found = _score(everybody)
    one = everybody[0]
    for gone in ("interactions", "reach"):
        blind = _score(_with(everybody, 0, posts=[*one["posts"], {**_post(a_post), gone: None}]))
        assert [blind[n].indicators["keterlibatan"] for n in blind] == [
            found[n].indicators["keterlibatan"] for n in blind
        ]
    undecided = {
        **_item(an_item),
        "answered_in_time": None,
        "first_reply_working_hours": None,
        "resolved_in_time": None,
    }
    assert _shown(_score(_with(everybody, 0, items=[*one["items"], undecided]))) == _shown(found)
    marks = [{**entry, "criteria": {**entry["criteria"], "orisinalitas": None}} for entry in one["jury"]]
    silent = {"juror": "diam", "criteria": {"manfaat": None}}
    assert _shown(_score(_with(everybody, 0, jury=[*marks, silent]))) == _shown(found)
    # Nor is a row without a figure a 0: its weight is spread, so the score is the mean of the others.
    for result in found.values():
        if result.indicators["kualitas"] is None and result.exact is not None:
            assert "kualitas" not in result.weights
            assert sum(result.weights.values()) == 100
            worst = min(value for value in result.indicators.values() if value is not None)
            assert result.exact >= worst - result.deduction


@FEW
@given(PEOPLE, st.booleans(), st.sampled_from([0, 4]))
def test_one_more_item_at_full_value_never_lowers_the_own_score(drawn: Any, complaint: bool, hours: int) -> None:
    everybody = _everybody(drawn)
    best = item(True, hours, resolved=True if complaint else None)
    before = _score(everybody)[1]
    after = _score(_with(everybody, 0, items=[*everybody[0]["items"], best]))[1]
    assert before.exact is not None
    assert after.exact is not None
    assert after.exact >= before.exact
    for name in C_ROWS:
        was, now = before.indicators[name], after.indicators[name]
        assert was is None or now is None or now >= was


@FEW
@given(PEOPLE, st.integers(2, 5))
def test_more_of_the_same_moves_a_row_only_toward_its_own_mean(drawn: Any, times: int) -> None:
    everybody = _everybody(drawn)
    more = _with(everybody, 0, items=everybody[0]["items"] * times, posts=everybody[0]["posts"] * times)
    before, after = _score(everybody)[1].detail, _score(more)[1]
    for name in C_ROWS:
        own, was = before[name]["own"], _score(everybody)[1].indicators[name]
        if own is not None:
            _toward(100 * own, was, after.indicators[name])
    then = {part["platform"]: part for part in after.detail["keterlibatan"]["platforms"]}
    for was in before["keterlibatan"]["platforms"]:
        now = then.get(was["platform"])
        if was["own"] is not None and now is not None and now["k"] <= times * was["k"]:
            _toward(was["own"], was["r"], now["r"])


def _toward(own: Fraction, was: Fraction | None, now: Fraction | None) -> None:
    assert was is not None
    assert now is not None
    assert min(own, was) <= now <= max(own, was)


@FEW
@given(PEOPLE, st.integers(2, 4))
def test_volume_itself_is_no_input(drawn: Any, times: int) -> None:
    """Everybody k times as much at the same mix: without what draws to the mean, which asks how much one knows, every
    score is the same; with it nobody who is the mean moves, and Konsistensi never does."""
    everybody = _everybody(drawn)
    more = [{**one, "posts": one["posts"] * times, "items": one["items"] * times} for one in everybody]
    plain = {"shrink_items": 0, "shrink_posts": 0, "small_sample": 0}
    before, after = _score(everybody, **plain), _score(more, **plain)
    assert [(one.organisation_id, one.rank, one.exact, one.indicators) for one in after.values()] == [
        (one.organisation_id, one.rank, one.exact, one.indicators) for one in before.values()
    ]
    before, after = _score(everybody), _score(more)
    for number, one in before.items():
        assert after[number].indicators["konsistensi"] == one.indicators["konsistensi"]
        for name in C_ROWS:
            row = one.detail[name]
            if row["own"] == row["p"]:
                assert after[number].indicators[name] == one.indicators[name]


@FEW
@given(PEOPLE, st.integers(0, 3), st.integers(1, 200))
def test_flooding_never_raises_consistency(drawn: Any, week: int, flood: int) -> None:
    """A week that has enough gains nothing from more; one that has not gains itself, and nothing beyond."""
    everybody = [{**one, "category": "perangkat daerah"} for one in _everybody(drawn)]
    before = _score(everybody)[1]
    after = _score(_with(everybody, 0, posts=[*everybody[0]["posts"], *([post(week)] * flood)]))[1]
    was, now = before.indicators["konsistensi"], after.indicators["konsistensi"]
    assert was is not None
    assert now is not None
    enough = before.detail["konsistensi"]["by_week"][week] >= 2
    reached = after.detail["konsistensi"]["by_week"][week] >= 2
    assert now - was == (0 if enough or not reached else 25)


def test_the_limits_of_more_of_the_same() -> None:
    """Twice the same two posts of reach 1000 beside three of reach 1: the median goes from 1 to 1000, k from 5 to 5000,
    and r from 198/401 further away from its own 1/2. Below: who has most of the reach pulls everybody's mean along."""
    loud = participant(1, posts=[post(0, 500, 1000)] * 2)
    quiet = [participant(n, posts=[post(0, 0, 1)]) for n in (2, 3, 4)]
    was, now = (_facebook(_score([{**loud, "posts": loud["posts"] * times}, *quiet])) for times in (1, 2))
    assert was["own"] == now["own"] == Fraction(1, 2)
    assert (was["k"], now["k"]) == (5, 5000)
    assert now["r"] < was["r"] < was["own"]

    # 1 has 1/5 of its reach, 2 nothing of little, 3 all of it. With 30 times the same of 1 the m of all falls from 0.57
    # to 0.23; 2, which has hardly a reach of its own, falls with it, from 0.48 to 0.19, and 1 only from 0.32 to 0.20.
    others = [participant(2, posts=[post(0, 0, 100)]), participant(3, posts=[post(0, 100, 100)] * 10)]
    few, many = (_score([participant(1, posts=[post(0, 20, 100)] * (10 * times)), *others]) for times in (1, 30))
    rows = [[found[n].indicators["keterlibatan"] for n in (1, 2, 3)] for found in (few, many)]
    assert rows == [[Fraction(50, 3), 50, Fraction(250, 3)], [50, Fraction(50, 3), Fraction(250, 3)]]


def test_the_limit_of_one_more_good_answer() -> None:
    """1 answered 20 of 20, 3 none of 20, 2 has no item and stands at p. A 21st answer moves 1 from 90 to 90.62 and p
    from 50 to 51.22: both scores rise, and 2, which was a hundredth behind by its jury, passes."""
    weights = {**dict.fromkeys(rubric.INDICATORS, 0), "tingkat_respons": 1, "kualitas": 1}
    found = []
    for answered in (20, 21):
        one = participant(1, items=[item(True, 1)] * answered, jury=jury(2, 2))
        two = participant(2, jury=jury("3.5992", "3.5992"))
        three = participant(3, items=[item(False, None)] * 20, jury=jury(0, 0))
        found.append(_score([one, two, three], weights=weights))
    assert [[str(one[n].score) for n in (1, 2)] for one in found] == [["70.00", "69.99"], ["70.31", "70.60"]]
    assert [[one[n].rank for n in (1, 2)] for one in found] == [[1, 2], [2, 1]]


def _facebook(found: dict[int, Result]) -> dict[str, Any]:
    part: dict[str, Any] = found[1].detail["keterlibatan"]["platforms"][0]
    return part
