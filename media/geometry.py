"""Which part of a photo goes where: ratios, crops, padding. Pure arithmetic, no pixels.

A ratio is width / height. A box is (left, top, right, bottom) as fractions 0-1 of the upright photo.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

INSTAGRAM_LOW = 0.8
INSTAGRAM_HIGH = 1.91
"""Instagram takes feed photos from 4:5 to 1.91:1 (Graph API reference, ig-user/media)."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a platform takes: ratios (None: any), longest edge in pixels, most bytes; fixed_ratio for a carousel."""

    ratio_min: float | None
    ratio_max: float | None
    edge: int
    max_bytes: int
    fixed_ratio: float | None = None

    def __post_init__(self) -> None:
        low, high = self.low, self.high
        if not (0 <= low <= high and high > 0):
            raise ValueError("ratio_min must not be above ratio_max")
        if self.fixed_ratio is not None and not (math.isfinite(self.fixed_ratio) and low <= self.fixed_ratio <= high):
            raise ValueError("fixed_ratio lies outside ratio_min..ratio_max")
        if not 64 <= self.edge <= 4096:
            raise ValueError("edge must be 64 to 4096 pixels")
        if self.max_bytes < 10_000:
            raise ValueError("max_bytes must be at least 10,000")

    @property
    def low(self) -> float:
        """The narrowest ratio as a number."""
        return 0.0 if self.ratio_min is None else self.ratio_min

    @property
    def high(self) -> float:
        """The widest ratio as a number."""
        return math.inf if self.ratio_max is None else self.ratio_max


THUMBNAIL = Spec(None, None, 400, 60_000)
"""For lists and the composer: any ratio, small enough for a slow line."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one rendition is made: which part (fractions), how large, on which canvas, where (pixels)."""

    part: Box
    content: tuple[int, int]
    canvas: tuple[int, int]
    at: tuple[int, int]


def check_box(box: Sequence[float]) -> Box:
    """The box clamped into the photo. ValueError when it is not four finite numbers or holds no area."""
    if len(box) != 4 or not all(math.isfinite(edge) for edge in box):
        raise ValueError("a box is four finite numbers")
    left, top, right, bottom = (min(1.0, max(0.0, float(edge))) for edge in box)
    if right - left < 1e-4 or bottom - top < 1e-4:
        raise ValueError("a box needs an area")
    return left, top, right, bottom


def ratio_of(size: tuple[int, int], crop: Box | None = None) -> float:
    """width / height of a photo of ``size`` pixels, or of the part that was chosen."""
    left, top, right, bottom = check_box(crop) if crop else WHOLE
    return size[0] * (right - left) / (size[1] * (bottom - top))


def common_ratio(
    sizes: Sequence[tuple[int, int]],
    crops: Sequence[Box | None] = (),
    low: float = INSTAGRAM_LOW,
    high: float = INSTAGRAM_HIGH,
) -> float:
    """The one ratio of a carousel: the first photo's (as cropped, when it was), clamped into low..high.

    Instagram crops every photo to the first one's ratio (content-publishing guide), so the others are padded to it.
    ValueError without photos or with a size that is not positive.
    """
    if not sizes or any(edge < 1 for size in sizes for edge in size):
        raise ValueError("sizes of photos in pixels are needed")
    return min(high, max(low, ratio_of(sizes[0], crops[0] if crops else None)))


def plan(size: tuple[int, int], spec: Spec, crop: Box | None, edge: int | None = None) -> Plan:
    """Lay out one rendition of a photo of ``size`` pixels: never enlarged, canvas within the spec's ratios and edge.

    Without padding content and canvas are the same. ``edge`` lowers the spec's own, for a photo that stays too heavy.
    """
    part = check_box(crop) if crop else WHOLE
    edge = min(spec.edge, edge or spec.edge)
    width, height = size[0] * (part[2] - part[0]), size[1] * (part[3] - part[1])
    ratio = width / height
    wanted = spec.fixed_ratio or min(spec.high, max(spec.low, ratio))
    # A difference of less than a pixel is rounding of the crop, not a wish for a border: the part is taken as it is.
    fits = abs(width - height * wanted) <= 1.0 or abs(height - width / wanted) <= 1.0
    full_w, full_h = (width, width / wanted) if ratio > wanted else (height * wanted, height)
    scale = min(1.0, edge / max(full_w, full_h))
    canvas = _whole_canvas(full_w * scale, full_h * scale, spec, edge)
    if fits:
        return Plan(part, canvas, canvas, (0, 0))
    content = (
        min(canvas[0], max(1, round(width * scale))),
        min(canvas[1], max(1, round(height * scale))),
    )
    return Plan(part, content, canvas, ((canvas[0] - content[0]) // 2, (canvas[1] - content[1]) // 2))


def _whole_canvas(width: float, height: float, spec: Spec, edge: int) -> tuple[int, int]:
    """Whole pixels that stay inside the ratios: 863 x 1079 is 0.7998 and would be refused where 0.8 is the limit."""
    wide, tall = min(edge, max(1, round(width))), min(edge, max(1, round(height)))
    while tall > 1 and wide / tall < spec.low:
        tall = min(tall - 1, math.ceil(wide / spec.low))
    while wide > 1 and wide / tall > spec.high:
        wide = min(wide - 1, math.ceil(tall * spec.high))
    return wide, tall
