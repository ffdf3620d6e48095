"""Runs in the child: renditions of one master, decoded once and no larger than the largest of them needs."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from media._master import save
from media.geometry import Box, Plan, Spec, check_box, plan

PAPER = (236, 233, 226)
"""What stands beside a padded photo: a warm light grey, calm on a white feed and on a black one."""

_QUALITIES = (86, 80, 72, 64, 55, 46, 38)
_HEADROOM = 1.25
"""Halving in the decoder averages plainly; right down to the final size it would cost fine detail (10 dB on noise)."""

_CELLS = 6
"""A blurred box keeps this many colours across its longer edge: too few for a face or a number."""

Wanted = tuple[Path, Spec, Box | None]


def make(source: Path, wanted: Sequence[Wanted], blur: Sequence[Box]) -> None:
    """Write every rendition of the master ``source``. PhotoProblem or a decoder's error leaves none that counts."""
    with Image.open(source, formats=("JPEG",)) as photo:
        size = photo.size
        plans = [plan(size, spec, crop) for _, spec, crop in wanted]
        shrunk = [_halves(size, each) for each in plans]
        by = min(shrunk)
        if by > 1:
            photo.draft("RGB", (size[0] // by, size[1] // by))
        photo.load()
        pixels = photo.convert("RGB") if photo.mode != "RGB" else photo
        if blur:
            pixels = pixels.copy()
            for box in blur:
                _cover(pixels, check_box(box))
        # What the decoder could not halve for the largest rendition is halved once for all the smaller ones.
        levels = {by: pixels, **{each: pixels.reduce(each // by) for each in set(shrunk) - {by}}}
        for (target, spec, crop), each, level in zip(wanted, plans, shrunk, strict=True):
            target.write_bytes(_fitting(levels[level], size, spec, crop, each))


def _halves(size: tuple[int, int], each: Plan) -> int:
    """By how much (1, 2, 4, 8) the decoder may shrink so that a good filter still has the last quarter to do."""
    left, top, right, bottom = each.part
    room = min(size[0] * (right - left) / each.content[0], size[1] * (bottom - top) / each.content[1])
    return next((by for by in (8, 4, 2) if room >= by * _HEADROOM), 1)


def _fitting(pixels: Image.Image, size: tuple[int, int], spec: Spec, crop: Box | None, first: Plan) -> bytes:
    """JPEG of at most spec.max_bytes: quality goes down first, then the edge."""
    each = first
    while True:
        drawn = _draw(pixels, each)
        for quality in _QUALITIES:
            out = io.BytesIO()
            save(drawn, out, quality)
            if out.tell() <= spec.max_bytes:
                return out.getvalue()
        each = plan(size, spec, crop, edge=max(each.canvas) * 4 // 5)


def _draw(pixels: Image.Image, each: Plan) -> Image.Image:
    left, top, right, bottom = each.part
    wide, tall = pixels.size
    box = (left * wide, top * tall, right * wide, bottom * tall)
    if each.content == (round(box[2] - box[0]), round(box[3] - box[1])):
        x, y = min(round(box[0]), wide - each.content[0]), min(round(box[1]), tall - each.content[1])
        content = pixels.crop((x, y, x + each.content[0], y + each.content[1]))
    else:
        content = pixels.resize(each.content, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    if each.content == each.canvas:
        return content
    paper = Image.new("RGB", each.canvas, PAPER)
    paper.paste(content, each.at)
    return paper


def _cover(pixels: Image.Image, box: Box) -> None:
    """Blur a box beyond recovery: averaged to a few cells, then drawn softly at its old size."""
    left, top = math.floor(box[0] * pixels.width), math.floor(box[1] * pixels.height)
    right, bottom = math.ceil(box[2] * pixels.width), math.ceil(box[3] * pixels.height)
    part = pixels.crop((left, top, right, bottom))
    scale = _CELLS / max(part.size)
    cells = part.resize((max(1, round(part.width * scale)), max(1, round(part.height * scale))), Image.Resampling.BOX)
    pixels.paste(cells.resize(part.size, Image.Resampling.BICUBIC), (left, top))
