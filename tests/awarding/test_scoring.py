"""Scores of small categories, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F
from typing import Any

import pytest

from app.awarding import canonical, scoring
from app.awarding.exact import Unusable
from app.awarding.scoring import Result
from tests.awarding.making import item, jury, participant, post, snapshot


def score(*participants: dict[str, Any], **more: Any) -> dict[int, Result]:
    """Organisation → result."""
    return {one.organisation_id: one for one in scoring.score(snapshot(*participants, **more))}


def three() -> list[dict[str, Any]]:
    """The three desa of the worked example."""
    one = participant(
        1,
        posts=[post(0), post(1), post(2), post(3, 1, 50, platform="instagram")],
        items=[item(True, 4), item(True, Decimal("9.0"))],
        jury=jury(Decimal("3.2"), "3.4"),
    )
    two = participant(
        2,
        breaches=1,
        posts=[post(0, 5), post(0, None, 70), post(0, 3, None)],
        items=[
            item(True, 14, resolved=True),
            item(False, 24, resolved=False),
            item(False, None),
            item(False, None, kind="pertanyaan"),
            item(True, 1, kind="pujian"),
        ],
        jury=jury(4),
    )
    return [one, two, participant(3, posts=[post(0, 5), post(2, 5)], jury=jury(2, 3))]


def test_three_desa_by_hand() -> None:
    found = score(*three())
    # A: 4, 1 and 2 of 4 weeks.
    # B on Facebook: E 30, 5, 10 of R 300, 100, 200; m = 45/600; every counted post reached 100, so k = 500,
    # k m = 37.5; r = 67.5/800 > 42.5/600 > 47.5/700: percentiles 100 x 2.5/3, 100 x 1.5/3, 100 x 0.5/3. Alone on
    # Instagram: 50.
    # C1: 2 of 2, 1 of 4, none: p = 3/6. C2: 1 + 0.75, then 0.5, none: p = 2.25/6. C3: 1 of 2, p = 1/2. Praise is none.
    # D: (3.2 + 3.4) / 2 of 4; one juror is too few; (2 + 3) / 2 of 4.
    rows: dict[int, list[F | None]] = {
        1: [F(100), (3 * F(250, 3) + 50) / 4, 100 * F(9, 2) / 7, 100 * F(29, 8) / 7, F(50), F(165, 2)],
        2: [F(25), F(50), 100 * F(7, 2) / 9, 100 * F(19, 8) / 9, 100 * F(7, 2) / 7, None],
        3: [F(50), F(50, 3), F(50), F(75, 2), F(50), F(125, 2)],
    }
    assert {number: list(one.indicators.values()) for number, one in found.items()} == rows
    # 2000 + 1875 + 771.43 + 414.29 + 500 + 2062.5; (500 + 1250 + 466.67 + 211.11 + 500) / 75 - 5; 4379.17 / 100.
    assert {number: str(one.score) for number, one in found.items()} == {1: "76.23", 2: "34.04", 3: "43.79"}
    assert [one.organisation_id for one in scoring.score(snapshot(*three()))] == [1, 3, 2]
    assert [found[number].rank for number in (1, 2, 3)] == [1, 3, 2]
    assert found[1].small_sample == ["tingkat_respons", "kecepatan", "tuntas"]
    # The weight of D is spread: 20 of 75 and so on.
    assert found[2].weights["konsistensi"] == F(2000, 75)
    assert "kualitas" not in found[2].weights
    for one in found.values():
        assert one.exact == sum(one.points.values()) - one.deduction
        assert sum(one.weights.values()) == 100
    instagram = found[1].detail["keterlibatan"]["platforms"][1]
    assert (instagram["platform"], instagram["posts"], instagram["percentile"]) == ("instagram", 1, 50)
    assert (found[2].detail["without_figures"], found[2].detail["keterlibatan"]["platforms"][0]["posts"]) == (2, 1)
    assert found[3].detail["tingkat_respons"]["median"] == 50
    assert found[1].detail["kecepatan"]["median_hours"] == F(13, 2)
    assert found[1].detail["kualitas"]["spread"] == F(1, 5)
    shown = found[2].plain()
    assert canonical.load(canonical.dump(shown)) == shown
    assert (shown["score"], shown["indicators"]["kualitas"]) == ("34.04", None)
    assert shown["indicators"]["tingkat_respons"] == "38.89"


def even(number: int, weeks: int, answered: tuple[int, int], mark: Any, breaches: int = 0) -> dict[str, Any]:
    """A: weeks x 25; C1: the share answered; D: mark x 25."""
    return participant(
        number,
        posts=[post(week) for week in range(weeks)],
        items=[item(place < answered[0], 1) for place in range(answered[1])],
        jury=jury(mark, mark),
        breaches=breaches,
    )


@pytest.mark.parametrize(
    ("rows", "ranks"),
    [
        # Weights 1, 1 and 1 of A, C1 and D; C1 without shrinkage; D in marks of 4.
        ([(4, (1, 1), 4), (4, (1, 2), 4), (2, (1, 2), 4)], [1, 2, 3]),
        # 50 + 100 + 50 and 100 + 50 + 50 and 50 + 50 + 100: the higher C, then the higher A.
        ([(2, (1, 2), 4), (4, (1, 2), 2), (2, (1, 1), 2)], [3, 2, 1]),
        # (100 + 100 + 100) / 3 - 5 and (100 + 100 + 85) / 3: fewer breaches.
        ([(4, (1, 1), 4, 1), (4, (1, 1), "3.4", 0), (1, (0, 1), 0)], [2, 1, 3]),
        # All the same: the same rank, and the next is skipped; never the name or the number.
        ([(4, (1, 2), 3), (4, (1, 1), 3), (4, (1, 2), 3), (2, (1, 2), 3)], [2, 1, 2, 4]),
        ([(1, (0, 1), 0), (1, (0, 1), 0), (1, (0, 1), 0)], [1, 1, 1]),
    ],
)
def test_equal_scores(rows: list[tuple[Any, ...]], ranks: list[int]) -> None:
    weights = {"konsistensi": 1, "keterlibatan": 0, "tingkat_respons": 1, "kecepatan": 0, "tuntas": 0, "kualitas": 1}
    everybody = [even(number, *row) for number, row in enumerate(rows)]
    found = score(*everybody, rubric={"weights": weights, "shrink_items": 0})
    assert [found[number].rank for number in range(len(rows))] == ranks


def test_equal_at_two_decimals_is_equal() -> None:
    """1/3 of a hundredth apart: the same score; C and A are the same, so the same rank."""
    marks = ("3.0001", "3.0002", 1)
    weights = {
        "konsistensi": 100,
        "keterlibatan": 0,
        "tingkat_respons": 0,
        "kecepatan": 0,
        "tuntas": 0,
        "kualitas": 100,
    }
    found = score(*(even(n, 4, (1, 1), mark) for n, mark in enumerate(marks)), rubric={"weights": weights})
    assert found[0].exact != found[1].exact
    assert [found[n].rank for n in range(3)] == [1, 1, 3]


def test_who_is_not_eligible_and_what_two_are_too_few_for() -> None:
    many = [post(week) for week in range(4)] * 3
    found = score(
        participant(1, posts=many),
        participant(2, posts=many, public=False),
        participant(3, posts=many[:11]),
        participant(4, posts=[post(0)] * 12, items=[item(True, 1)]),
        participant(5, posts=[*many, post(3, published_at="2026-02-01T03:00:00Z")], items=[item(False, None)]),
        rubric={"min_posts": 12, "min_active_months": 0.5},
    )
    assert {n: (one.reason.code if one.reason else None) for n, one in found.items()} == {
        1: None,
        2: "account_not_public",
        3: "few_posts",
        4: None,
        5: None,
    }
    assert [found[n].rank is None for n in range(1, 6)] == [False, True, True, False, False]
    assert found[3].reason is not None
    assert found[3].reason.facts == {"posts": 11, "least": 12}
    assert found[3].score is None
    assert found[3].detail["months"] == {"active": 1, "of": 2}
    # Who is not eligible changes nothing for the others: three are compared.
    assert found[4].detail["tingkat_respons"]["p"] == F(1, 2)
    assert found[4].detail["keterlibatan"]["platforms"][0]["among"] == 3

    strict = score(*(participant(n, posts=many) for n in (1, 2, 3)), rubric={"min_active_months": 0.51})
    assert [one.reasons[0].code for one in strict.values()] == ["few_months"] * 3
    assert strict[1].reasons[0].facts == {"months": 1, "least": 2, "of": 2}

    # A alone and with B, in the middle of two equals: (20 x 100 + 25 x 50) / 45.
    two = score(participant(1, posts=many), participant(2, posts=many[:6]))
    assert [(one.rank, str(one.score)) for one in two.values()] == [(None, "72.22")] * 2
    assert {one.reason.code for one in two.values() if one.reason} == {"few_eligible"}
    assert all(one.eligible for one in two.values())


def test_what_a_category_decided_beforehand() -> None:
    """Bands: denominators, dropped rows and posts a week of the whole category hold for each band."""
    named = {"desa · 500–1.999": {"facebook": "followers"}, "desa": {"facebook": "reach"}}
    everybody = [
        *(participant(n, category="desa · 500–1.999", posts=[post(0, n, 1)]) for n in (1, 2, 3)),
        *(participant(n, category="desa · di bawah 500", posts=[post(0, n, 1)]) for n in (4, 5, 6)),
        *(participant(n, category="perangkat daerah", posts=[post(0), post(1), post(1)]) for n in (7, 8)),
    ]
    found = score(*everybody, denominators=named, dropped={"desa": ["tingkat_respons", "keterlibatan"]})
    assert found[1].indicators["keterlibatan"] is None
    assert found[1].detail["keterlibatan"]["platforms"][0]["out_of"] == 500
    assert found[1].detail["keterlibatan"]["dropped"]
    assert found[4].detail["keterlibatan"]["platforms"][0]["out_of"] == 1
    assert found[1].detail["konsistensi"]["needed"] == 1
    assert found[7].indicators["konsistensi"] == 25
    assert found[7].indicators["keterlibatan"] == 50
    assert [
        one.category
        for one in scoring.score(
            snapshot(
                *everybody,
                award={
                    "first": "2026-01-05",
                    "last": "2026-02-01",
                    "categories": ["perangkat daerah", "desa"],
                },
            )
        )
    ][:2] == ["perangkat daerah"] * 2


def test_weeks_and_months_are_those_of_the_participants_zone() -> None:
    """Sunday 23.30 WIB is Monday 01.30 WIT: another week; 31 January 23.30 WIB is February there."""
    posts = [post(0, published_at="2026-01-11T16:30:00Z"), post(0, published_at="2026-01-31T16:30:00Z")]
    west, east = (score(participant(1, zone=zone, posts=posts))[1] for zone in ("Asia/Jakarta", "Asia/Jayapura"))
    assert west.detail["konsistensi"]["by_week"] == [1, 0, 0, 1]
    assert east.detail["konsistensi"]["by_week"] == [0, 1, 0, 1]
    assert (west.detail["months"]["active"], east.detail["months"]["active"]) == (1, 2)


def test_five_items_are_not_few_and_only_complaints_are_settled() -> None:
    """Nor does a month count that the period does not touch: 23.30 WIB on its last day is the next one in the east."""
    five = participant(1, items=[item(True, 1)] * 5, posts=[post(3, published_at="2026-01-31T16:30:00Z")])
    four = participant(2, items=[item(True, 1, resolved=False)] * 4)
    thanked = participant(3, items=[item(True, 1, resolved=True, kind="aspirasi")] * 4)
    found = score(five, four, thanked, award={"first": "2026-01-05", "last": "2026-01-31", "zone": "Asia/Jayapura"})
    assert found[1].small_sample == ["tuntas"]
    assert found[2].small_sample == ["tingkat_respons", "kecepatan", "tuntas"]
    assert [found[n].indicators["tuntas"] for n in (1, 2, 3)] == [0, 0, 0]
    assert found[3].detail["tuntas"]["count"] == 0
    assert found[1].detail["months"] == {"active": 0, "of": 1}


def test_nothing_to_score() -> None:
    """A period without a Thursday, nobody read anything: no figure is not 0."""
    lone = snapshot(participant(1, posts=[post(0, None, None)]), award={"first": "2026-01-05", "last": "2026-01-06"})
    one = scoring.score(lone)[0]
    assert (one.score, one.rank, one.eligible) == (None, None, True)
    assert [reason.code for reason in one.reasons] == ["no_figures", "few_eligible"]
    assert set(one.indicators.values()) == {None}
    zeros = score(*(participant(n, posts=[post(0, 0, 0)]) for n in (1, 2, 3)))
    assert zeros[1].indicators["keterlibatan"] is None, "nothing of nothing is no ratio"
    assert scoring.score(snapshot()) == []


VIEWS = {"desa": {"facebook": "views"}}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"layout": 2}, "snapshot_layout"),
        ({"award": {"first": "2026-02-01", "last": "2026-01-05"}}, "snapshot_time"),
        ({"award": {"first": "kemarin", "last": "2026-01-05"}}, "snapshot_time"),
        ({"award": None}, "snapshot_shape"),
        ({"participants": {}}, "snapshot_shape"),
        ({"participants": [7]}, "snapshot_shape"),
        ({"participants": [{"organisation_id": "1", "category": "desa"}]}, "snapshot_shape"),
        ({"participants": [participant(1), participant(1)]}, "snapshot_twice"),
        ({"participants": [participant(1, public=None)]}, "snapshot_shape"),
        ({"participants": [participant(1, breaches=-1)]}, "snapshot_number"),
        ({"participants": [participant(1, zone="Asia/Bogor")]}, "snapshot_zone"),
        ({"participants": [participant(1, zone="../etc")]}, "snapshot_zone"),
        ({"participants": [participant(1, posts=[post(0, published_at="2026-01-05T09:00:00")])]}, "snapshot_time"),
        ({"participants": [participant(1, posts=[post(0, published_at=None)])]}, "snapshot_time"),
        ({"participants": [participant(1, posts=[post(0, id="delivery:1")] * 2)]}, "snapshot_twice"),
        ({"participants": [participant(1, posts=[post(0, -1)])]}, "snapshot_number"),
        ({"participants": [participant(1, posts=[post(0, True)])]}, "snapshot_number"),
        ({"participants": [participant(1, posts=[post(0, Decimal("NaN"))])]}, "snapshot_number"),
        ({"participants": [participant(1, posts=[post(0, "1e999999")])]}, "snapshot_number"),
        ({"participants": [participant(1, posts=["delivery:1"])]}, "snapshot_shape"),
        ({"participants": [participant(1, posts=[post(0)])], "denominators": VIEWS}, "snapshot_shape"),
        ({"participants": [participant(1, items=[item(None, "lama")])]}, "snapshot_number"),
        ({"participants": [participant(1, items=[item(True, Decimal("-1"))])]}, "snapshot_number"),
        ({"participants": [participant(1, items=[{"kind": "keluhan", "answered_in_time": "ya"}])]}, "snapshot_shape"),
        ({"participants": [participant(1, jury=jury(3, 5))]}, "snapshot_number"),
        ({"participants": [participant(1, jury=jury(3) * 2)]}, "snapshot_twice"),
        ({"rubric": {"weights": {"kualitas": -1}}}, "rubric_range"),
    ],
)  # fmt: skip  # one line a liar
def test_a_snapshot_that_cannot_be_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Unusable) as refused:
        scoring.score({**snapshot(), **change})
    assert refused.value.code == code
    if code.startswith("snapshot"):
        assert refused.value.facts["where"]


def test_numbers_however_they_are_written() -> None:
    """Ints, Decimals, texts, and floats of a reader that knows no better: the same exact number."""
    for three_and_a_half in (Decimal("3.5"), Decimal("3.5000"), "3.5", 3.5):
        one = score(participant(1, posts=[post(0, three_and_a_half, "100.0")], items=[item(True, three_and_a_half)]))[1]
        assert one.detail["keterlibatan"]["platforms"][0]["own"] == F(35, 1000)
        assert one.detail["kecepatan"]["median_hours"] == F(7, 2)
