"""What comes in: every kind a phone makes, upright and bare; every liar refused by its code."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageCms

from media import PhotoProblem, Store, take
from tests.media.photos import CORNERS, assert_bare, cornered, corners_of, encoded, exif, near

pillow_heif.register_heif_opener()

TO_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # how a camera that holds the scene this way stores it: the inverse of what a viewer does


def refused(source: Any, store: Store) -> PhotoProblem:
    with pytest.raises(PhotoProblem) as caught:
        take(source, store=store)
    assert list(store.masters()) == []
    assert list((store.root / ".tmp").glob("*")) == []
    return caught.value


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (body, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_ends_upright_and_bare(store: Store, orientation: int) -> None:
    turn = TO_STORED[orientation]
    stored = cornered() if turn is None else cornered().transpose(turn)
    thumbnail = encoded(cornered(80, 60))
    taken = take(encoded(stored, exif=exif(orientation, thumbnail=thumbnail), quality=95), store=store)
    assert (taken.width, taken.height, taken.format) == (320, 240, "jpeg")
    assert all(near(a, b) for a, b in zip(corners_of(store.path(taken.sha256)), CORNERS, strict=True))
    assert_bare(store.path(taken.sha256).read_bytes())


def test_xmp_iptc_comment_profile_and_trailer_are_gone(store: Store) -> None:
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0bSECRETIPTC\x00"
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(cornered(), comment=b"SECRETCOMMENT", xmp=b"<x:xmpmeta>SECRETXMP</x:xmpmeta>", icc_profile=profile)
    data = data[:2] + segment + data[2:] + b"SECRETTRAILER"
    assert data.count(b"SECRET") == 4
    taken = take(data, store=store)
    assert_bare(store.path(taken.sha256).read_bytes())
    assert taken.bytes == store.size(taken.sha256)


def test_same_bytes_same_hash_by_path_stream_and_bytes(store: Store, tmp_path: Path) -> None:
    data = encoded(cornered(), exif=exif(6))
    file = tmp_path / "kartu.txt"
    file.write_bytes(data)
    with file.open("rb") as stream:
        hashes = {take(source, store=store).sha256 for source in (data, file, stream)}
        assert not stream.closed
    assert len(hashes) == 1
    assert store.sizes().photos == 1


def test_mpo_gives_its_first_photo(store: Store) -> None:
    out = io.BytesIO()
    cornered().save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240), "black")])
    taken = take(out.getvalue(), store=store)
    assert near(corners_of(store.path(taken.sha256))[0], CORNERS[0])
    assert_bare(store.path(taken.sha256).read_bytes())


@pytest.mark.parametrize(
    ("mode", "form"), [("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("RGB", "WEBP"), ("RGBA", "WEBP")]
)
def test_colours_survive_other_modes(store: Store, mode: str, form: str) -> None:
    taken = take(encoded(cornered().convert(mode), form), store=store)
    assert taken.format == form.lower()
    corners = corners_of(store.path(taken.sha256))
    assert all(near(a, b, 30) for a, b in zip(corners, CORNERS, strict=True)), corners


@pytest.mark.parametrize("mode", ["P", "RGBA", "LA", "L", "RGB"])
def test_transparency_lies_over_white(store: Store, mode: str) -> None:
    photo = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    photo.paste((200, 200, 200, 255), (100, 0, 200, 200))
    if mode == "P":
        photo = photo.quantize(8)
    elif mode in {"L", "RGB"}:  # tRNS: one colour that counts as transparent
        photo = Image.new(mode, (200, 200), "black")
        photo.paste("#c8c8c8", (100, 0, 200, 200))
    else:
        photo = photo.convert(mode)
    how = {"transparency": {"L": 0, "RGB": (0, 0, 0)}[mode]} if mode in {"L", "RGB"} else {}
    taken = take(encoded(photo, "PNG", **how), store=store)
    left, right, *_ = corners_of(store.path(taken.sha256))
    assert near(left, (255, 255, 255))
    assert near(right, (200, 200, 200))


def test_16_bit_grey_is_scaled_not_clipped(store: Store) -> None:
    row = (0x4000).to_bytes(2, "little") * 100 + (0xC000).to_bytes(2, "little") * 100
    photo = Image.frombytes("I;16", (200, 100), row * 100)
    taken = take(encoded(photo, "PNG"), store=store)
    left, right, *_ = corners_of(store.path(taken.sha256))
    assert near(left, (0x40,) * 3, 4)
    assert near(right, (0xC0,) * 3, 4)


def test_an_embedded_profile_is_applied(store: Store) -> None:
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = swapped.index(b"rXYZ"), swapped.index(b"bXYZ")
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"  # a device whose red is blue
    taken = take(encoded(cornered(), icc_profile=bytes(swapped), quality=95), store=store)
    assert near(corners_of(store.path(taken.sha256))[0], (30, 30, 220), 20)
    broken = take(encoded(cornered(), icc_profile=b"no profile at all", quality=95), store=store)
    assert near(corners_of(store.path(broken.sha256))[0], CORNERS[0])


def test_heic_comes_in_upright(store: Store) -> None:
    stored = cornered().transpose(Image.Transpose.ROTATE_90)
    data = encoded(stored, "HEIF", quality=90, exif=exif(6))
    taken = take(data, store=store)
    assert (taken.width, taken.height, taken.format) == (320, 240, "heic")
    assert all(near(a, b, 25) for a, b in zip(corners_of(store.path(taken.sha256)), CORNERS, strict=True))
    assert_bare(store.path(taken.sha256).read_bytes())
    assert refused(data[: len(data) // 2], Store(store.root.parent / "other")).code == "broken"


def test_a_large_photo_is_made_smaller(store: Store) -> None:
    taken = take(encoded(Image.new("RGB", (5200, 400), "teal")), store=store)
    assert (taken.width, taken.height) == (4096, 315)


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"", "empty", None),
        (b"GIF89a" + b"\0" * 200, "not_a_photo", "gif"),
        (b"%PDF-1.7\n" + b"x" * 200, "not_a_photo", "pdf"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "not_a_photo", "svg"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "not_a_photo", "html"),
        ("Laporan kegiatan désa\n".encode() * 300, "not_a_photo", "text"),
        (b"\0\0\0\x18ftypisom\0\0\x02\0isommp42", "not_a_photo", "video"),
        (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", "not_a_photo", "avif"),
        (os.urandom(64) + b"\0" * 64, "not_a_photo", "unknown"),
        (b"\xff\xd8\xff", "broken", "jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "broken", "png"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_its_name(
    store: Store, tmp_path: Path, data: bytes, code: str, kind: str | None
) -> None:
    file = tmp_path / "foto.jpg"
    file.write_bytes(data)
    problem = refused(file, store)
    assert (problem.code, problem.facts.get("kind")) == (code, kind)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_truncated_files_are_broken(store: Store, form: str) -> None:
    data = encoded(Image.effect_noise((400, 300), 80).convert("RGB"), form)
    assert refused(data[: len(data) * 2 // 3], store).code == "broken"


def test_paths_that_are_no_files(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    for path in (tmp_path / "absent.jpg", tmp_path, tmp_path / "pipe.jpg", Path("/dev/zero"), Path("a\0b.jpg")):
        assert refused(path, store).code == "unreadable"


def test_the_size_limit_holds_for_an_endless_stream(store: Store) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            assert self.given < 50_000_000
            return b"\xff\xd8\xff" + b"\0" * (size - 3)

    problem = refused(Endless(), store)
    assert (problem.code, problem.facts) == ("too_large", {"limit": 40_000_000})


def test_a_stream_that_hands_out_little_at_a_time(store: Store) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(1 if self.tell() < 20 else size)

    assert take(Dripping(encoded(cornered())), store=store).width == 320


def test_bombs_by_their_header(store: Store) -> None:
    problem = refused(png_header(60_000, 60_000), store)
    assert (problem.code, problem.facts["width"], problem.facts["kind"]) == ("too_many_pixels", 60_000, "png")
    # A WebP canvas of 16,384 x 16,384, which its decoder would allocate as soon as it is opened.
    vp8x = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (16383).to_bytes(3, "little") * 2
    assert refused(b"RIFF" + struct.pack("<I", 100) + b"WEBP" + vp8x + b"\0" * 74, store).code == "too_many_pixels"


def test_real_photos_over_the_limits(store: Store) -> None:
    noughts = Image.new("L", (8200, 6500))
    assert refused(encoded(noughts), store).code == "too_many_pixels"
    assert refused(encoded(Image.new("CMYK", (5000, 4300))), store).code == "too_many_pixels"
    assert refused(encoded(Image.new("1", (5000, 4300)), "PNG"), store).code == "too_many_pixels"
    assert refused(encoded(Image.new("RGB", (900, 30))), store).code == "too_small"


def test_a_phone_of_50_megapixels_is_welcome(store: Store) -> None:
    taken = take(encoded(Image.new("RGB", (8192, 6144), "olive"), quality=60), store=store)
    assert (taken.width, taken.height) == (4096, 3072)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(store: Store, form: str) -> None:
    data = encoded(cornered(), form, save_all=True, append_images=[Image.new("RGB", (320, 240), "red")])
    assert refused(data, store).code == "animated"
