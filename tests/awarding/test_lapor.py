"""The ranking of LAPOR! figures: what counts, what never does."""

from __future__ import annotations

import doctest
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from app.awarding import lapor
from app.awarding.lapor import QUALITY, SPEED, Agency, rank

DEMAK = Agency("Demak", 422, 373, 21, Decimal("0.1"), Decimal(80))
DEPOK = Agency("Depok", 1000, 996, 0, Decimal("17.9"), Decimal(70))
RIAU = Agency("Riau", 50, 39, 0, Decimal("6.3"), None)


def test_the_worked_example_in_the_docstring() -> None:
    assert doctest.testmod(lapor).failed == 0


def test_places_and_what_is_missing() -> None:
    places = {one.agency.name: one for one in rank([RIAU, DEPOK, DEMAK])}
    assert {name: one.rank for name, one in places.items()} == {"Demak": 1, "Riau": 2, "Depok": 3}
    assert places["Demak"].share == Fraction(37300, 401), "wrongly addressed ones are nobody's fault"
    assert places["Riau"].points[QUALITY] is None
    assert sum(places["Riau"].weights.values()) == 100, "its weight is spread"
    assert places["Riau"].weights[SPEED] * 4 == places["Riau"].weights["tindak_lanjut"] * 3
    assert rank([DEMAK, DEPOK])[0].rank is None, "two are no ranking"
    assert rank([DEMAK, DEPOK])[0].score is not None
    nothing = Agency("Tanpa laporan", 3, 0, 3, Decimal(1), Decimal(100))
    last = rank([nothing, DEMAK, DEPOK])[-1]
    assert (last.agency, last.rank, last.score) == (nothing, None, None)
    assert all(one.rank is None for one in rank([nothing, DEMAK, DEPOK])), "it does not make them three"


def test_volume_is_no_input_and_places_are_shared() -> None:
    alike = [Agency(f"Dinas {letter}", 40, 30, 0, Decimal(9), Decimal(70)) for letter in "CAB"]
    assert [(one.agency.name, one.rank) for one in rank(alike)] == [("Dinas A", 1), ("Dinas B", 1), ("Dinas C", 1)]
    busy = replace(alike[0], received=4000, followed_up=3000)
    assert {one.rank for one in rank([busy, *alike[1:]])} == {1}, "a hundred times as many, as well: the same"
    [first, second, third, fourth] = rank([*alike[:2], replace(alike[2], name="Z", followed_up=10), busy])
    # Where somebody is worse, the mean is lower, and who has more reports is drawn to it less, as in the C rows.
    assert [one.rank for one in (first, second, third, fourth)] == [1, 2, 2, 4]
    assert first.agency == busy
    assert abs((first.score or 0) - (second.score or 0)) < 3
    lucky = Agency("Satu laporan", 1, 1, 0, Decimal(1), Decimal(70))
    large = Agency("Banyak laporan", 400, 396, 0, Decimal(2), Decimal(70))
    order = [one.agency.name for one in rank([lucky, large, *alike])]
    assert order[0] == "Banyak laporan", "one report answered by chance is no win over four hundred"


def test_who_answers_nothing_gains_nothing_by_it() -> None:
    silent = Agency("Diam", 20, 0, 0, None, None)
    fast, slow = replace(DEMAK, quality=None), replace(DEPOK, quality=None)
    assert rank([silent, fast, slow])[-1].agency == silent
    points = rank([silent, fast, slow])[-1].points[SPEED]
    assert points is not None
    assert points < 25
    assert all(one.points[SPEED] is None for one in rank([replace(one, days=None) for one in (silent, fast, slow)]))
