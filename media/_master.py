"""Runs in the child: a photo of any accepted kind becomes the master, an upright sRGB JPEG without a word about it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageCms

from media.kinds import most_pixels, webp_size
from media.problems import PhotoProblem

EDGE = 4096
"""Longest edge of a master, pixels: the largest a platform asks for is 2048."""

LEAST = 50
"""Shortest edge taken in, pixels: what is smaller is an icon."""

QUALITY = 92

_FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",), "heic": ("HEIF",)}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # EXIF 2.32, tag 0x0112


def make(source: Path, target: Path, kind: str) -> tuple[int, int]:
    """Write the master of ``source`` to ``target``; its width and height.

    PhotoProblem: too_many_pixels, too_small, animated, broken. Whatever else the decoder raises is the caller's.
    The same bytes give the same master with the same library versions.
    """
    if kind == "heic":
        import pillow_heif  # only here: it loads a large library

        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    if kind == "webp":
        with source.open("rb") as file:
            size = webp_size(file.read(64))
        if size:
            _check(size, kind, "RGBA")
    with Image.open(source, formats=_FORMATS[kind]) as photo:
        _check(photo.size, kind, photo.mode)
        if kind in {"png", "webp"} and getattr(photo, "is_animated", False):
            raise PhotoProblem("animated", kind=kind)
        turn = _TURNS.get(_orientation(photo))
        profile = photo.info.get("icc_profile")
        upright = _pixels(photo, kind, profile)
    if turn is not None:
        upright = upright.transpose(turn)
    save(upright, target, QUALITY)
    return upright.size


def save(photo: Image.Image, target: Path | io.BytesIO, quality: int) -> None:
    """Baseline JPEG and nothing else in it: Pillow would carry a comment over from ``info``."""
    photo.info.clear()
    photo.save(target, "JPEG", quality=quality, subsampling="4:2:0", progressive=False, optimize=False)


def _check(size: tuple[int, int], kind: str, mode: str) -> None:
    width, height = size
    limit = most_pixels(kind, mode)
    if width * height > limit:
        raise PhotoProblem("too_many_pixels", width=width, height=height, limit=limit, kind=kind)
    if min(size) < LEAST:
        raise PhotoProblem("too_small", width=width, height=height, least=LEAST)


def _orientation(photo: Image.Image) -> int:
    """EXIF orientation 1-8. HEIC turns by its own boxes (ISO/IEC 23008-12): pillow-heif applies them and says 1."""
    try:
        found = photo.getexif().get(0x0112, 1)
    except Exception:  # damaged EXIF says nothing, the photo itself may be well
        return 1
    return found if isinstance(found, int) else 1


def _pixels(photo: Image.Image, kind: str, profile: bytes | None) -> Image.Image:
    """Decoded, opaque, at most EDGE long, sRGB; not yet upright."""
    if kind == "jpeg":
        # The decoder can halve while it decodes: a quarter of the memory. Taken when at least 3/4 of EDGE remain.
        halves = next((by for by in (8, 4, 2) if max(photo.size) // by >= EDGE * 3 // 4), 1)
        if halves > 1:
            photo.draft(photo.mode, (photo.width // halves, photo.height // halves))
    photo.load()
    flat = _flatten(photo)
    if max(flat.size) > EDGE:
        scale = EDGE / max(flat.size)
        smaller = (max(1, round(flat.width * scale)), max(1, round(flat.height * scale)))
        flat = flat.resize(smaller, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _srgb(flat, profile)


def _flatten(photo: Image.Image) -> Image.Image:
    """One of RGB, L, CMYK with 8 bits: 16-bit grey scaled (Pillow's convert would clip it), transparency over white."""
    if photo.mode.startswith("I") or photo.mode == "F":
        photo = photo.convert("I").point(lambda value: value * (1 / 256), "L")
    if photo.mode in {"RGB", "L", "CMYK"} and "transparency" not in photo.info:
        return photo
    if photo.mode in {"LAB", "YCbCr", "1", "CMYK"}:
        return photo.convert("L" if photo.mode == "1" else "RGB")
    grey = photo.mode in {"L", "LA", "La"} and "transparency" not in photo.info
    mode = "L" if grey else "RGB"
    seen = photo.convert("LA" if grey else "RGBA")
    paper = Image.new(mode, photo.size, "white")
    paper.paste(seen.convert(mode), mask=seen.getchannel("A"))
    return paper


def _srgb(photo: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours by the embedded profile; without a usable one Pillow's plain conversion (RGB is taken for sRGB)."""
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile)) if profile else None
        space = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}[photo.mode]
        if embedded and embedded.profile.xcolor_space.strip() == space:
            transform = ImageCms.buildTransform(embedded, ImageCms.createProfile("sRGB"), photo.mode, "RGB")
            if photo.mode != "RGB" or not _changes_nothing(transform):
                return ImageCms.applyTransform(photo, transform) or photo
    except (ImageCms.PyCMSError, OSError, ValueError):
        pass  # a damaged profile: the pixels are still good
    return photo if photo.mode == "RGB" else photo.convert("RGB")


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Most phones embed sRGB itself: a cube of 512 colours tells, and saves a pass over twelve million pixels."""
    levels = [0, 36, 73, 109, 146, 182, 219, 255]
    cube = bytes(level for r in levels for g in levels for b in levels for level in (r, g, b))
    before = Image.frombytes("RGB", (64, 8), cube)
    after = ImageCms.applyTransform(before, transform)
    return after is not None and all(abs(a - b) <= 1 for a, b in zip(cube, after.tobytes(), strict=True))
