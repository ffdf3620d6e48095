"""Four outputs of one 12-megapixel photo in one decode beside naive Pillow. Bar 10 of performance.md asks pyvips; a
comparison with what people write by hand needs nothing installed.
"""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

from media import intake, renditions
from media.geometry import Spec
from media.storage import Store
from tests.bench._measure import compare

EDGES = (1440, 1080, 2048, 400)


def run() -> None:
    """Print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        taken = intake.take(_photo(), store=store)
        master = store.path(taken.sha256)
        turn = iter(range(1000))

        def ours() -> None:
            # Another byte limit each round, so that what is kept from the last round is not found.
            most = 1_000_000 + next(turn)
            renditions.render_all(store, taken.sha256, [Spec(0.8, 1.91, edge, most) for edge in EDGES])

        compare("4 renditions of a 12 MP photo, child included, beside naive Pillow", ours, lambda: _naive(master))


def _naive(path: Path) -> None:
    for edge in EDGES:
        with Image.open(path) as picture:
            fitted = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGB"), (edge * 4 // 5, edge))
        fitted.save(io.BytesIO(), "JPEG", quality=85)


def _photo() -> bytes:
    chance = random.Random(1)
    noise = Image.frombytes("RGB", (403, 302), chance.randbytes(403 * 302 * 3))
    kept = io.BytesIO()
    noise.resize((4032, 3024), Image.Resampling.BICUBIC).save(kept, "JPEG", quality=90)
    return kept.getvalue()
