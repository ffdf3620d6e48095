"""Random periods, reckoned by the program and by somebody who has not seen it: the same to 2 decimals.

KENTONGAN_TEST_PERIODS=5000 looks longer than the whole run has time for.
"""

from __future__ import annotations

import copy
import json
import os
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.awarding import scoring
from tests.awarding import second_opinion

PERIODS = int(os.environ.get("KENTONGAN_TEST_PERIODS", "60"))
CATEGORIES = ("desa", "kecamatan", "desa · <500", "desa · 500–1.999", "organisasi")
ROWS = ("konsistensi", "keterlibatan", "tingkat_respons", "kecepatan", "tuntas", "kualitas")
KINDS = ("aspirasi", "kritik", "keluhan", "keluhan", "pertanyaan", "pujian", "spam", "perlu dipilah")
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
CRITERIA = ("manfaat", "kejelasan", "orisinalitas", "aksesibilitas", "privasi")
#: Begin and end on all sorts of weekdays, over the end of a month and of a year; one too short to hold a Thursday.
SPANS = (
    ("2026-02-02", "2026-03-01"),
    ("2025-12-27", "2026-01-23"),
    ("2026-01-29", "2026-02-04"),
    ("2026-02-06", "2026-02-09"),
    ("2026-01-01", "2026-03-31"),
)


def _rubric(chance: Random) -> dict[str, Any]:
    """The default as domain.md has it, or an odd one."""
    rubric: dict[str, Any] = {
        "weights": dict(zip(ROWS, (20, 25, 12, 8, 10, 25), strict=True)),
        "posts_per_week": {"perangkat daerah": 2, "kecamatan": 1, "kelurahan": 1, "desa": 1, "organisasi": 1},
        "min_posts": 12,
        "min_active_months": 0.75,
        "shrink_posts": 5,
        "shrink_items": 5,
        "speed_full_hours": 4,
        "speed_zero_hours": 24,
        "small_sample": 5,
        "min_jurors": 2,
        "breach_points": 5,
        "breach_most": 15,
        "min_ranked": 3,
    }
    # Few posts are enough here.
    rubric["min_posts"] = chance.choice((1, 2, 2, 3))
    rubric["min_active_months"] = chance.choice((0.5, 0.5, 0.75, 1))
    if chance.random() < 0.6:
        rubric["weights"] = {row: chance.choice((1, 7, 12.5, 20, 0.25, 33)) for row in ROWS}
        rubric["weights"][chance.choice(ROWS)] = 0
        rubric["posts_per_week"] = {name: chance.choice((1, 2, 3)) for name in rubric["posts_per_week"]}
        rubric["shrink_posts"] = chance.choice((5, 0, 1.5, 10))
        rubric["shrink_items"] = chance.choice((5, 0, 3, 0.5))
        rubric["speed_full_hours"], rubric["speed_zero_hours"] = chance.choice(((4, 24), (0, 3), (1.5, 8)))
        rubric["small_sample"] = chance.choice((5, 2, 10))
        rubric["min_jurors"] = chance.choice((2, 1, 3))
        rubric["breach_points"], rubric["breach_most"] = chance.choice(((5, 15), (2.5, 7), (0, 10), (60, 100)))
        rubric["min_ranked"] = chance.choice((3, 1, 2, 5))
    return rubric


def _moment(chance: Random, span: tuple[str, str]) -> str:
    """Within the period, at hours that are another day, week or month two zones further east."""
    days = (_ordinal(span[1]) - _ordinal(span[0])) + 1
    day = _ordinal(span[0]) + chance.randrange(days)
    return f"{_date(day)}T{chance.choice(('02', '15', '16', '17', '23'))}:{chance.choice(('00', '59'))}:00Z"


def _ordinal(day: str) -> int:
    return second_opinion.date.fromisoformat(day).toordinal()


def _date(ordinal: int) -> str:
    return second_opinion.date.fromordinal(ordinal).isoformat()


def _post(chance: Random, number: int, platforms: list[str], span: tuple[str, str]) -> dict[str, Any]:
    return {
        "id": f"delivery:{number}",
        "platform": chance.choice(platforms),
        "published_at": _moment(chance, span),
        "read_at": None,
        "source": "own",
        "how": "read",
        "interactions": chance.choice((None, 0, 1, 3, 10, 10, 25, 400)),
        "reach": chance.choice((None, 0, 10, 100, 100, 250, 999, 12000)),
        "followers": chance.choice((None, 30, 480, 480, 5000)),
    }


def _item(chance: Random, number: int) -> dict[str, Any]:
    kind = chance.choice(KINDS)
    return {
        "id": number,
        "kind": kind,
        "said_at": "2026-02-03T01:00:00Z",
        "answered_in_time": chance.random() < 0.5,
        "first_reply_working_hours": chance.choice((None, 0, 3.9999, 4, 4.5, 7.3333, 10, 23.99, 24, 70)),
        "resolved_in_time": chance.choice((None, True, False)) if kind == "keluhan" else None,
    }


def _participant(chance: Random, number: int, categories: list[str], span: tuple[str, str]) -> dict[str, Any]:
    platforms = [[], ["facebook"], ["instagram"], ["facebook", "instagram"], ["facebook", "instagram", "tangan"]]
    here = chance.choice(platforms[1:])
    posts = [_post(chance, 100 * number + n, here, span) for n in range(chance.choice((0, 2, 3, 4, 6)))]
    return {
        "organisation_id": number,
        "organisation": f"Desa {number}",
        "region_code": None,
        "category": chance.choice(categories),
        "zone": chance.choice(ZONES),
        "public": chance.random() < 0.9,
        "public_note": "",
        "breaches": chance.choice((0, 0, 0, 1, 2, 4)),
        "jury": [
            {"juror": juror, "criteria": {name: chance.choice((0, 1.5, 2, 3.3333, 4)) for name in CRITERIA}}
            for juror in range(chance.randrange(4))
        ],
        "posts": sorted(posts, key=lambda post: (post["published_at"], post["id"])),
        "items": [_item(chance, 100 * number + n) for n in range(chance.choice((0, 0, 1, 2, 5)))],
    }


def _period(chance: Random) -> dict[str, Any]:
    span = chance.choice(SPANS)
    categories = list(chance.choice((CATEGORIES[:1], CATEGORIES[:2], CATEGORIES[2:4], CATEGORIES[1:])))
    participants: list[dict[str, Any]] = []
    for number in range(chance.choice((1, 3, 5, 7))):
        if participants and chance.random() < 0.25:  # one who did exactly the same: places are shared
            twin = copy.deepcopy(chance.choice(participants))
            participants.append({**twin, "organisation_id": number, "breaches": chance.choice((0, twin["breaches"]))})
        else:
            participants.append(_participant(chance, number, categories, span))
    below = ("reach", "reach", "followers", None)
    denominators = {
        name: {platform: unit for platform in ("facebook", "instagram") if (unit := chance.choice(below))}
        for name in categories
    }
    dropped = {name: [chance.choice(ROWS)] for name in categories if chance.random() < 0.2}
    if categories[0].startswith("desa ·") and chance.random() < 0.5:  # said of all bands at once
        denominators, dropped = {"desa": denominators[categories[0]]}, {"desa": dropped.get(categories[0], [])}
    award = {"id": 1, "name": "Uji", "first": span[0], "last": span[1], "zone": "Asia/Jakarta", "bands": False}
    made = {
        "layout": 1,
        "award": {**award, "categories": categories},
        "frozen": {"at": "2026-04-10T00:00:00Z", "version": 1, "early": False, "why": ""},
        "rubric": _rubric(chance),
        "denominators": denominators,
        "dropped": dropped,
        "participants": participants,
    }
    # As a snapshot is read: exact decimals, no floats.
    snapshot: dict[str, Any] = json.loads(json.dumps(made), parse_float=Decimal)
    return snapshot


def _two(figure: Fraction | Decimal | None) -> str | None:
    if figure is None:
        return None
    if isinstance(figure, Decimal):
        figure = Fraction(figure.quantize(Decimal(1).scaleb(-18)))  # the noise of 28 digits
    hundredths = round(figure * 100)  # half even
    return str(Decimal(hundredths).scaleb(-2))


@settings(max_examples=PERIODS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.randoms(use_true_random=False), st.integers(0, 2**32).map(Random)))
def test_two_who_reckon_apart_agree(chance: Random) -> None:
    snapshot = _period(chance)
    theirs = {result.organisation_id: result for result in scoring.score(copy.deepcopy(snapshot))}
    ours = second_opinion.results(snapshot)
    assert theirs.keys() == ours.keys()
    for organisation, mine in ours.items():
        other = theirs[organisation]
        assert other.eligible == mine["eligible"]
        assert other.rank == mine["rank"], (organisation, mine)
        if not mine["eligible"]:
            continue
        assert _two(other.score) == _two(mine["score"]), (organisation, mine, other)
        assert {row: _two(other.indicators.get(row)) for row in ROWS} == {
            row: _two(mine["indicators"][row]) for row in ROWS
        }
        assert sorted(other.small_sample) == sorted(mine["small_sample"])
