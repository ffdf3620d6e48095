"""What the platforms say to a photo's bytes. Nothing is trusted but the bytes; they are kept exactly as they came."""

from __future__ import annotations

import io

import requests
from PIL import Image

from connectors.practice.errors import GraphError, invalid, media_error

#: "Photos should be smaller than 4 MB": the text of subcode 1366046.
FB_BYTES = 4_000_000
#: Instagram: at most 8 MiB, width / height between 4:5 and 1.91:1 (ig-user/media reference).
IG_BYTES = 8 * 1024 * 1024
IG_RATIO = (0.8, 1.91)
#: Half a pixel of a 320-pixel edge: rounding of a crop is not a wrong ratio.
_RATIO_SLACK = 0.003
_MOST_PIXELS = 60_000_000
_FB_FORMATS = {"JPEG", "MPO", "PNG", "GIF", "TIFF", "WEBP", "HEIF"}
_FETCH_TIMEOUT_S = (5, 15)


def look(data: bytes) -> tuple[str, tuple[int, int]]:
    """Format name and size in pixels of an image that decodes to its last byte. Raises ValueError otherwise."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise ValueError("too many pixels")
            image.load()
            return str(image.format), image.size
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("not a readable image") from error


def check_facebook(data: bytes) -> tuple[str, tuple[int, int]]:
    """(MIME type, size) of a Page photo. Raises 100/1366046 (too large) or 324/2069019 (not a usable image)."""
    if len(data) >= FB_BYTES:
        raise invalid(
            "Invalid parameter",
            subcode=1366046,
            title="Can't Read Files",
            user_msg="Your photos couldn't be uploaded. Photos should be smaller than 4 MB and saved as JPG, PNG, GIF, "
            "TIFF, HEIF or WebP files.",
        )
    try:
        kind, size = look(data)
    except ValueError as error:
        raise _bad_image() from error
    if kind not in _FB_FORMATS:
        raise _bad_image()
    return Image.MIME.get(kind, "application/octet-stream"), size


def _bad_image() -> GraphError:
    return GraphError(
        324,
        "(#324) Missing or invalid image file",
        subcode=2069019,
        title="Invalid image",
        user_msg="The image file is missing, broken or of a type that is not supported.",
    )


def check_instagram(data: bytes) -> tuple[str, tuple[int, int]]:
    """("image/jpeg", size) of an Instagram photo, or the exact refusal. MPO, which many phones write, is no JPEG."""
    if len(data) > IG_BYTES:
        raise media_error(
            36000,
            2207004,
            "Image size too large",
            "The image is too large to download. It should be less than 8 MiB.",
            "The image size is too large.",
        )
    try:
        kind, size = look(data)
    except ValueError as error:
        raise _bad_format("broken") from error
    if kind != "JPEG":
        raise _bad_format(kind)
    ratio = size[0] / size[1]
    if not IG_RATIO[0] - _RATIO_SLACK <= ratio <= IG_RATIO[1] + _RATIO_SLACK:
        raise media_error(
            36003,
            2207009,
            "Invalid aspect ratio",
            f"The submitted image with aspect ratio ('{size[0]}/{size[1]}',) cannot be published. Please submit an "
            "image with a valid aspect ratio.",
            "The aspect ratio is not supported.",
        )
    return "image/jpeg", size


def _bad_format(found: str) -> GraphError:
    return media_error(
        36001,
        2207005,
        "Unsupported image format",
        f"The image format is not supported ({found}). Supported formats are: JPEG.",
        "The image format is not supported.",
    )


def fetch(url: str) -> bytes:
    """Fetch ``image_url`` as Meta's servers do. Raises 9004/2207052; reads at most one byte over 8 MiB."""
    if not url.isascii() or not url.lower().startswith(("http://", "https://")):
        raise _unfetchable("the address is not a plain US-ASCII http(s) address")
    try:
        with requests.get(
            url, timeout=_FETCH_TIMEOUT_S, stream=True, headers={"User-Agent": "latihan-fetcher/1.0"}
        ) as answer:
            if answer.status_code != 200:
                raise _unfetchable(f"HTTP {answer.status_code}")
            if "html" in answer.headers.get("Content-Type", "").lower():
                raise _unfetchable("an HTML page came instead of an image")
            return _read_some(answer)
    except (requests.RequestException, ValueError, OSError) as error:
        raise _unfetchable(type(error).__name__) from error


def _read_some(answer: requests.Response) -> bytes:
    data = bytearray()
    for chunk in answer.iter_content(65536):
        data += chunk
        if len(data) > IG_BYTES:
            break
    return bytes(data)


def _unfetchable(why: str) -> GraphError:
    return media_error(
        9004,
        2207052,
        "Media download has failed",
        "The media could not be fetched from this URI: the URI should be public and lead directly to the file.",
        f"Only photo or video can be accepted as media type. ({why})",
    )
