"""Photos as a platform takes them, made from a master and kept beside it.

    spec = Spec(0.8, 1.91, 1440, 8_000_000, fixed_ratio=common_ratio(sizes, crops))
    path = render(store, sha256, spec, crop)

What is asked for twice is made once; the recipe (spec, crop, blurred boxes) names the file.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from media import _workshop
from media.geometry import THUMBNAIL, Box, Spec, check_box, common_ratio, plan
from media.problems import PhotoProblem
from media.storage import Store

__all__ = ["THUMBNAIL", "Box", "Spec", "common_ratio", "plan", "reference", "render", "render_all"]

_RECIPE = 1
"""Raised when the same recipe is to give other bytes, so that old renditions are not taken for new ones."""


def reference(sha256: str, spec: Spec, crop: Box | None = None, blur: Sequence[Box] = ()) -> str:
    """``SHA256-KEY``: the rendition's name in the store and in public links. ValueError for a bad box."""
    recipe = [_RECIPE, asdict(spec), check_box(crop) if crop else None, [check_box(box) for box in blur]]
    return f"{sha256}-{hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:16]}"


def render(
    store: Store,
    sha256: str,
    spec: Spec,
    crop: Box | None = None,
    *,
    blur: Sequence[Box] = (),
    bounds: _workshop.Bounds = _workshop.BOUNDS,
) -> Path:
    """One rendition, see ``render_all``."""
    return render_all(store, sha256, [(spec, crop)], blur=blur, bounds=bounds)[0]


def render_all(
    store: Store,
    sha256: str,
    specs: Sequence[Spec | tuple[Spec, Box | None]],
    *,
    blur: Sequence[Box] = (),
    bounds: _workshop.Bounds = _workshop.BOUNDS,
) -> list[Path]:
    """Renditions of one master in the order asked for, by one decode: sRGB baseline JPEG without metadata.

    specs: what to make, each with the officer's crop or None. A part whose ratio the spec does not take is padded.
    blur: boxes of the whole photo made unrecognisable before anything else. Boxes are fractions 0-1 (geometry.Box).
    PhotoProblem: missing, broken (the master was damaged), too_slow, too_heavy, busy, no_room.
    ValueError: a malformed hash or box.
    """
    pairs = [(each, None) if isinstance(each, Spec) else each for each in specs]
    names = [reference(sha256, spec, crop, blur) for spec, crop in pairs]
    master = store.path(sha256)
    if not store.has(sha256):
        raise PhotoProblem("missing", sha256=sha256)
    absent = {name: pair for name, pair in zip(names, pairs, strict=True) if store.find(name) is None}
    if absent:
        try:
            _make(store, master, absent, blur, bounds)
        except OSError as problem:
            if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise PhotoProblem("no_room") from problem
            raise
    if not store.has(sha256):  # deleted while we worked (consent withdrawn): leave nothing of it behind
        store.delete(sha256)
        raise PhotoProblem("missing", sha256=sha256)
    return [store.rendition_path(name) for name in names]


def _make(
    store: Store,
    master: Path,
    absent: dict[str, tuple[Spec, Box | None]],
    blur: Sequence[Box],
    bounds: _workshop.Bounds,
) -> None:
    with store.workroom() as room:
        wanted: list[dict[str, Any]] = [
            {"target": str((room / name).absolute()), "spec": asdict(spec), "crop": crop}
            for name, (spec, crop) in absent.items()
        ]
        job = {"job": "prints", "source": str(master.absolute()), "wanted": wanted, "blur": [list(box) for box in blur]}
        _workshop.run(job, room=room, bounds=bounds)
        for name in absent:
            store.adopt_rendition(room / name, name)
