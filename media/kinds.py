"""What a file is, by its first bytes. Its name and the sender's content type are never asked."""

from __future__ import annotations

HEAD = 4096
"""How many of a file's first bytes ``kind`` wants to see."""

PHOTOS = frozenset({"jpeg", "png", "webp", "heic"})

MEGAPIXEL = 1 << 20
"""Phone makers' 50 MP is 8160 x 6144 or 8192 x 6144, a little over 50 million: a megapixel is 2**20 here."""

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis"}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF", "pdf"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"PK\x03\x04", "zip"),
    (b"\x1aE\xdf\xa3", "video"),
)


def kind(head: bytes) -> str:
    """One of ``PHOTOS``, or the name of what else it looks like ("gif", "pdf", "html", "text", ..., "unknown").

    Sources: JPEG SOI marker (ITU T.81), PNG signature (RFC 2083), RIFF header of WebP (RFC 9649), ``ftyp`` brands of
    ISO base media files (ISO/IEC 14496-12, 23008-12).
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF":
        return "webp" if head[8:12] == b"WEBP" else "video"
    if head[4:8] == b"ftyp":
        return _brand(head)
    return _words(head)


def _brand(head: bytes) -> str:
    """Which ISO base media file: a still HEIC, an AVIF, another HEIF, or a film."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    if _HEIC_BRANDS & set(brands):
        return "heic"
    if b"avif" in brands:
        return "avif"
    return "heif" if {b"mif1", b"msf1", b"hevc", b"hevx"} & set(brands) else "video"


def _words(head: bytes) -> str:
    """Which sort of text, or "unknown" for binary content."""
    start = head[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<svg", b"<?xml")) and b"<svg" in head.lower():
        return "svg"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "html"
    if not start or b"\x00" in head:
        return "unknown"
    try:
        head.decode()
    except UnicodeDecodeError as problem:
        if problem.end < len(head) - 4:  # a character cut at the end of ``head`` is still text
            return "unknown"
    return "text"


def most_pixels(kind: str, mode: str) -> int:
    """Most pixels that may be decoded: JPEG (RGB, grey) and HEIC decode cheaply, others hold four channels whole."""
    cheap = kind == "heic" or (kind == "jpeg" and mode in {"RGB", "L"})
    return (50 if cheap else 20) * MEGAPIXEL


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Canvas of a WebP file from its first chunk (RFC 9649 2.4-2.7), since its decoder allocates before it tells.

    None when the chunk is not one of the three known ones.
    """
    chunk, body = head[12:16], head[20:30]
    if len(body) < 10:
        return None
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None
