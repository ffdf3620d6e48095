"""Photos: intake, storage, renditions per platform, public links. Code only; files live where the caller's Store says.

Nothing here knows Flask or a database, and the caller's process never decodes a photo (see ``_workshop``).
"""

from __future__ import annotations

from media._workshop import Bounds
from media.geometry import THUMBNAIL, Box, Spec, common_ratio
from media.intake import Taken, take
from media.links import sign, verify
from media.problems import LinkProblem, PhotoProblem
from media.renditions import reference, render, render_all
from media.storage import Sizes, Store

__all__ = [
    "THUMBNAIL",
    "Bounds",
    "Box",
    "LinkProblem",
    "PhotoProblem",
    "Sizes",
    "Spec",
    "Store",
    "Taken",
    "common_ratio",
    "reference",
    "render",
    "render_all",
    "sign",
    "take",
    "verify",
]
