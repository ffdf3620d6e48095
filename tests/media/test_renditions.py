"""Renditions on disk: the chosen part, the right frame, light enough, bare, made once."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from media import THUMBNAIL, PhotoProblem, Spec, Store, _workshop, common_ratio, reference, render, render_all, take
from media._prints import PAPER
from tests.media.photos import CORNERS, assert_bare, cornered, corners_of, encoded, exif, near

ANY = Spec(None, None, 1080, 4_000_000)


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as photo:
        assert (photo.format, photo.mode) == ("JPEG", "RGB")
        return photo.size


def pixel(path: Path, x: float, y: float) -> tuple[int, ...]:
    with Image.open(path) as photo:
        return photo.getpixel((int(x * photo.width), int(y * photo.height)))  # type: ignore[return-value]  # RGB


def test_all_of_one_photo_upright_bare_and_in_order(store: Store) -> None:
    lying = cornered(1600, 1200).transpose(Image.Transpose.ROTATE_90)
    taken = take(encoded(lying, exif=exif(6), comment=b"SECRET"), store=store)
    specs = [ANY, Spec(1.0, 1.0, 600, 500_000), Spec(0.8, 0.8, 500, 500_000), THUMBNAIL]
    paths = render_all(store, taken.sha256, specs)
    assert [size(path) for path in paths] == [(1080, 810), (600, 600), (400, 500), (400, 300)]
    for path in paths:
        assert_bare(path.read_bytes())
    assert all(near(a, b) for a, b in zip(corners_of(paths[0]), CORNERS, strict=True))


def test_a_crop_shows_that_part_only(store: Store) -> None:
    taken = take(encoded(cornered(1600, 1200), quality=95), store=store)
    path = render(store, taken.sha256, Spec(0.8, 1.91, 300, 500_000), (2 / 3, 0, 1, 1 / 3))
    assert size(path) == (300, 225)
    assert all(near(each, CORNERS[1]) for each in corners_of(path))


def test_a_photo_too_tall_is_padded_with_the_calm_colour(store: Store) -> None:
    taken = take(encoded(cornered(600, 1200)), store=store)
    path = render(store, taken.sha256, Spec(0.8, 1.91, 1350, 8_000_000))
    assert size(path) == (960, 1200)
    assert near(pixel(path, 0.02, 0.5), PAPER, 3)
    assert near(pixel(path, 0.98, 0.02), PAPER, 3)
    assert near(pixel(path, 0.25, 0.1), CORNERS[0])


def test_a_carousel_of_different_photos(store: Store) -> None:
    photos = [take(encoded(cornered(*each)), store=store) for each in ((1200, 900), (900, 1200), (1300, 400))]
    ratio = common_ratio([(each.width, each.height) for each in photos])
    spec = Spec(0.8, 1.91, 1080, 8_000_000, fixed_ratio=ratio)
    sizes = [size(render(store, each.sha256, spec)) for each in photos]
    assert all(abs(wide / tall - 4 / 3) < 0.003 for wide, tall in sizes)


def decibel(one: Image.Image, other: Image.Image) -> float:
    return 20 * math.log10(255 / max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other)).rms))


def test_small_ones_are_as_sharp_as_if_made_from_the_whole(store: Store) -> None:
    """Halving while decoding, and once more for the smaller ones, costs under 1 dB beside the JPEG's own loss."""
    detail = Image.effect_noise((500, 375), 90).resize((2000, 1500), Image.Resampling.BICUBIC).convert("RGB")
    taken = take(encoded(detail, quality=95), store=store)
    for path in render_all(store, taken.sha256, [Spec(None, None, edge, 4_000_000) for edge in (1400, 950, 480, 240)]):
        with Image.open(path) as made:
            plain = detail.resize(made.size, Image.Resampling.LANCZOS)
            with Image.open(io.BytesIO(encoded(plain, quality=86))) as best:
                assert decibel(made, plain) > decibel(best, plain) - 1, made.size


@pytest.mark.parametrize("limit", [400_000, 60_000, 10_000])
def test_noise_stays_under_max_bytes(store: Store, limit: int) -> None:
    taken = take(encoded(Image.effect_noise((900, 900), 120).convert("RGB")), store=store)
    path = render(store, taken.sha256, Spec(0.8, 1.91, 1080, limit))
    assert path.stat().st_size <= limit
    assert size(path)[0] >= 90


def test_blurred_boxes_lose_their_detail_before_the_crop(store: Store) -> None:
    photo = Image.new("RGB", (800, 600), "white")
    for x in range(0, 800, 8):
        photo.paste("black", (x, 0, x + 4, 600))
    taken = take(encoded(photo, quality=95), store=store)
    path = render(store, taken.sha256, ANY, (0, 0, 0.5, 1), blur=[(0, 0, 0.25, 1.2)])
    with Image.open(path) as made:
        grey = made.convert("L")
        low, high = grey.crop((0, 0, 190, 600)).getextrema()
        assert high - low < 40  # type: ignore[operator]  # numbers for L
        assert grey.crop((210, 0, 400, 600)).getextrema()[0] < 20  # type: ignore[operator]  # numbers for L
    assert path != render(store, taken.sha256, ANY, (0, 0, 0.5, 1))


def test_made_once_and_named_by_the_recipe(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = take(encoded(cornered()), store=store)
    first = render(store, taken.sha256, ANY)
    assert first == store.rendition_path(reference(taken.sha256, ANY))
    other = Store(store.root.parent / "other")
    again = render(other, take(encoded(cornered()), store=other).sha256, ANY)
    assert first.read_bytes() == again.read_bytes()

    def never(*_: object, **__: object) -> dict[str, object]:
        raise AssertionError("a rendition was made twice")

    monkeypatch.setattr(_workshop, "run", never)
    assert render_all(store, taken.sha256, [ANY, (ANY, None)]) == [first, first]


def test_missing_or_damaged_masters(store: Store) -> None:
    with pytest.raises(PhotoProblem) as caught:
        render(store, "0" * 64, ANY)
    assert caught.value.code == "missing"
    with pytest.raises(ValueError, match="SHA-256"):
        render(store, "../" * 20, ANY)
    taken = take(encoded(cornered()), store=store)
    whole = store.path(taken.sha256).read_bytes()
    store.path(taken.sha256).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PhotoProblem) as caught:
        render(store, taken.sha256, ANY)
    assert caught.value.code == "broken"
    assert store.sizes().renditions == 0


def test_a_photo_deleted_meanwhile_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = take(encoded(cornered()), store=store)
    real = _workshop.run

    def late(*args: object, **how: object) -> dict[str, object]:
        answer = real(*args, **how)  # type: ignore[arg-type]  # passed on as given
        store.delete(taken.sha256)
        return answer

    monkeypatch.setattr(_workshop, "run", late)
    with pytest.raises(PhotoProblem) as caught:
        render(store, taken.sha256, ANY)
    assert caught.value.code == "missing"
    assert store.sizes().renditions == 0
