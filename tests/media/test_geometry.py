"""Ratios, crops, padding: the rules hold for every photo, not only for the ones we thought of."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import Spec, common_ratio
from media.geometry import check_box, plan, ratio_of
from tests.media.photos import CALM

SIZES = st.tuples(st.integers(50, 4096), st.integers(50, 4096))
EDGES = st.floats(0, 1)
BOXES = st.tuples(EDGES, EDGES, EDGES, EDGES).filter(lambda b: b[2] - b[0] > 0.02 and b[3] - b[1] > 0.02)
INSTAGRAM = Spec(0.8, 1.91, 1440, 8_000_000)


@CALM
@given(SIZES, st.none() | BOXES, st.integers(64, 2048))
def test_instagram_never_gets_a_ratio_it_refuses(
    size: tuple[int, int], crop: tuple[float, float, float, float] | None, edge: int
) -> None:
    made = plan(size, Spec(0.8, 1.91, edge, 8_000_000), crop)
    wide, tall = made.canvas
    assert 0.8 <= wide / tall <= 1.91
    assert max(made.canvas) <= edge
    assert 0 <= made.at[0] <= wide - made.content[0]
    assert 0 <= made.at[1] <= tall - made.content[1]


@CALM
@given(SIZES, st.none() | BOXES)
def test_a_photo_is_neither_enlarged_nor_stretched(
    size: tuple[int, int], crop: tuple[float, float, float, float] | None
) -> None:
    made = plan(size, INSTAGRAM, crop)
    part = made.part
    width, height = size[0] * (part[2] - part[0]), size[1] * (part[3] - part[1])
    across, down = made.content[0] / width, made.content[1] / height
    assert across <= 1 + 1.5 / width
    assert down <= 1 + 1.5 / height
    # Whole pixels: each edge may be off by one or two, nothing more.
    assert abs(made.content[0] - width * down) <= 2 + 2 * width / height
    assert abs(made.content[1] - height * across) <= 2 + 2 * height / width


@CALM
@given(st.lists(SIZES, min_size=1, max_size=10), st.data())
def test_a_carousel_has_one_ratio(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    crops = [data.draw(st.none() | BOXES) for _ in sizes]
    ratio = common_ratio(sizes, crops)
    assert ratio == min(1.91, max(0.8, ratio_of(sizes[0], crops[0])))
    spec = Spec(0.8, 1.91, 1440, 8_000_000, fixed_ratio=ratio)
    for size, crop in zip(sizes, crops, strict=True):
        wide, tall = plan(size, spec, crop).canvas
        assert abs(wide - tall * ratio) <= 2 + ratio or abs(tall - wide / ratio) <= 2 + 1 / ratio


@CALM
@given(SIZES, st.integers(64, 4096))
def test_without_a_ratio_nothing_is_added(size: tuple[int, int], edge: int) -> None:
    made = plan(size, Spec(None, None, edge, 4_000_000), None)
    assert made.canvas == made.content
    assert max(made.canvas) == min(edge, max(size))


def test_known_cases() -> None:
    assert common_ratio([(4032, 3024), (100, 100)]) == 4032 / 3024
    assert common_ratio([(1080, 1920)]) == 0.8
    assert common_ratio([(3000, 1000)]) == 1.91
    assert common_ratio([(1000, 1000)], [(0, 0, 1, 0.5)]) == 1.91
    tall = plan((1080, 1920), Spec(0.8, 1.91, 1350, 8_000_000), None)
    assert (tall.canvas, tall.content, tall.at) == ((1080, 1350), (759, 1350), (160, 0))
    cropped = plan((3024, 4032), Spec(0.8, 1.91, 1350, 8_000_000), (0, 0.03125, 1, 0.96875))
    assert cropped.canvas == cropped.content == (1080, 1350)


def test_bad_boxes_and_specs() -> None:
    for box in [(0, 0, 0, 1), (0.5, 0, 0.2, 1), (math.nan, 0, 1, 1), (0, 0, math.inf, 1), (1.5, 0, 2, 1), (0, 0, 1)]:
        with pytest.raises(ValueError):
            check_box(box)
    assert check_box((-0.5, 0, 1.5, 1)) == (0, 0, 1, 1)
    for bad in [
        (2, 1, 500, 50_000, None),
        (0.8, 1.9, 10, 50_000, None),
        (0.8, 1.9, 500, 10, None),
        (0.8, 1.9, 500, 50_000, 3),
    ]:
        with pytest.raises(ValueError):
            Spec(*bad)
    with pytest.raises(ValueError):
        common_ratio([])
    with pytest.raises(ValueError):
        common_ratio([(0, 10)])
