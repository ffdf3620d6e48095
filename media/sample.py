"""Drawn photos for the demo: a village road, a posyandu, a meeting. Flat shapes, no font, nothing downloaded.

Made like a phone's files, so that the demo shows the cleaning: the road lies on its side with EXIF orientation 6 and
carries a GPS position, the others say which camera took them.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

KINDS = ("road", "posyandu", "meeting")

Colour = tuple[int, int, int]
Pen = ImageDraw.ImageDraw

_SKINS: tuple[Colour, ...] = ((141, 94, 66), (164, 113, 80), (183, 133, 98))
_CLOTHES: tuple[Colour, ...] = ((196, 92, 74), (67, 121, 139), (222, 174, 88), (106, 140, 98), (139, 103, 150))
_GREENS: tuple[Colour, ...] = ((74, 124, 78), (92, 145, 84), (58, 106, 74))


def drawn(kind: str, seed: int) -> bytes:
    """JPEG bytes of one of KINDS; the same kind and seed draw the same. ValueError for another kind.

    "road" is 3:4 upright (1,200 x 1,600; stored lying, orientation 6, GPS of central Java), the others are 4:3
    (1,600 x 1,200).
    """
    if kind not in _SCENES:
        raise ValueError(f"no sample photo of that kind: {kind}")
    chance = random.Random(f"{kind} {seed}")  # noqa: S311 - draws pictures, guards nothing
    wide, tall = (1200, 1600) if kind == "road" else (1600, 1200)
    picture = Image.new("RGB", (wide, tall))
    _SCENES[kind](picture, chance)
    picture = picture.filter(ImageFilter.GaussianBlur(1.1))  # takes the jagged edges off the shapes
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Contoh", "Kamera gambar"  # Make, Model
    if kind == "road":
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = 6
        # GPS IFD: latitude 7 deg 32' 10" S, longitude 110 deg 30' 20" E (EXIF 2.32 section 4.6.6)
        exif[0x8825] = {1: "S", 2: (7.0, 32.0, 10.0), 3: "E", 4: (110.0, 30.0, 20.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def _shade(colour: Colour, by: int) -> Colour:
    r, g, b = (max(0, min(255, part + by)) for part in colour)
    return r, g, b


def _fade(picture: Image.Image, top: int, bottom: int, above: Colour, below: Colour) -> None:
    """Fill the rows top..bottom with a vertical gradient."""
    mask = Image.linear_gradient("L").resize((picture.width, bottom - top))
    picture.paste(
        Image.composite(Image.new("RGB", mask.size, below), Image.new("RGB", mask.size, above), mask), (0, top)
    )


def _person(pen: Pen, x: int, foot: int, height: int, chance: random.Random, *, sitting: bool = False) -> None:
    """A figure on ``foot``: legs, a round-shouldered body, a head with hair or a veil."""
    skin, cloth = chance.choice(_SKINS), chance.choice(_CLOTHES)
    head = height // 8
    half = height // 7
    shoulder = foot - height + 2 * head
    if not sitting:
        pen.rounded_rectangle((x - half * 2 // 3, foot - height // 2, x - 3, foot), 8, (62, 66, 84))
        pen.rounded_rectangle((x + 3, foot - height // 2, x + half * 2 // 3, foot), 8, (56, 60, 78))
    hip = foot if sitting else foot - height * 2 // 5
    pen.rounded_rectangle((x - half, shoulder, x + half, hip), half // 2, cloth)
    pen.rounded_rectangle((x - half - head // 3, shoulder + 8, x - half + head // 3, hip - 12), 10, _shade(cloth, -18))
    pen.rounded_rectangle((x + half - head // 3, shoulder + 8, x + half + head // 3, hip - 12), 10, _shade(cloth, -18))
    middle = shoulder - head * 3 // 4
    if chance.random() < 0.5:
        veil = _shade(chance.choice(_CLOTHES), 25)
        pen.ellipse((x - head * 5 // 4, middle - head * 5 // 4, x + head * 5 // 4, middle + head * 3 // 2), veil)
        pen.ellipse((x - head * 3 // 4, middle - head * 3 // 4, x + head * 3 // 4, middle + head), skin)
    else:
        pen.ellipse((x - head, middle - head, x + head, middle + head), (44, 36, 34))
        pen.ellipse((x - head * 5 // 6, middle - head * 2 // 3, x + head * 5 // 6, middle + head), skin)


def _tree(pen: Pen, x: int, foot: int, size: int, chance: random.Random) -> None:
    pen.rectangle((x - size // 14, foot - size, x + size // 14, foot), (112, 84, 62))
    for _ in range(9):
        dx, dy, r = chance.randint(-size // 2, size // 2), chance.randint(-size // 3, size // 3), size // 3
        pen.ellipse((x + dx - r, foot - size + dy - r, x + dx + r, foot - size + dy + r), chance.choice(_GREENS))


def _house(pen: Pen, x: int, foot: int, wide: int, chance: random.Random) -> None:
    """Walls, a tiled hip roof, a door and a window."""
    tall = wide * 5 // 9
    wall = chance.choice([(232, 220, 196), (206, 222, 214), (238, 206, 178)])
    pen.rectangle((x, foot - tall, x + wide, foot), wall)
    roof = [(x - wide // 9, foot - tall), (x + wide // 4, foot - tall * 5 // 3)]
    roof += [(x + wide * 3 // 4, foot - tall * 5 // 3), (x + wide * 10 // 9, foot - tall)]
    pen.polygon(roof, (168, 88, 66))
    pen.rectangle((x + wide // 8, foot - tall * 2 // 3, x + wide // 3, foot), (126, 92, 68))
    pen.rectangle((x + wide // 2, foot - tall * 2 // 3, x + wide * 5 // 6, foot - tall // 4), (150, 190, 204))
    pen.line((x + wide * 2 // 3, foot - tall * 2 // 3, x + wide * 2 // 3, foot - tall // 4), wall, 6)


def _road(picture: Image.Image, chance: random.Random) -> None:
    """A concrete village road to the hills, half of it still being laid, with two people at work."""
    wide, tall = picture.size
    horizon = tall * 2 // 5
    _fade(picture, 0, horizon, (146, 196, 226), (236, 240, 230))
    _fade(picture, horizon, tall, (150, 182, 104), (98, 142, 78))
    pen = ImageDraw.Draw(picture)
    for x, size in ((wide // 6, 520), (wide * 3 // 5, 760)):
        top = horizon - size // 2 - chance.randint(0, 60)
        pen.polygon(
            [(x - size, horizon), (x, top), (x + size, horizon)], _shade((124, 158, 164), chance.randint(-12, 12))
        )
    middle = wide // 2 + chance.randint(-50, 50)
    pen.polygon([(middle - 26, horizon), (middle + 26, horizon), (wide, tall), (0, tall)], (188, 184, 176))
    pen.polygon([(middle - 26, horizon), (middle, horizon), (wide // 2, tall), (0, tall)], (164, 140, 112))
    for step in range(7):  # the joints of the slabs come closer towards the hills
        y = horizon + int((tall - horizon) * (0.06 + 0.94 * (step / 7) ** 1.6))
        share = (y - horizon) / (tall - horizon)
        pen.line(
            (middle + int((wide // 2 - middle) * share), y, middle + int((wide - middle) * share), y),
            (160, 156, 150),
            5,
        )
    _house(pen, 60, horizon + 190, 300, chance)
    _tree(pen, wide - 170, horizon + 200, 300, chance)
    _tree(pen, 50, horizon + 330, 230, chance)
    _person(pen, wide // 2 - 210, tall - 330, 430, chance)
    _person(pen, wide // 2 - 20, tall - 520, 330, chance)


def _posyandu(picture: Image.Image, chance: random.Random) -> None:
    """Mothers and a cadre before the posyandu: an awning, a table, a hanging scale, bunting."""
    tall = picture.height
    ground = tall * 3 // 5
    _fade(picture, 0, ground, (250, 238, 214), (238, 216, 184))
    _fade(picture, ground, tall, (206, 178, 146), (178, 148, 118))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((140, 250, 640, ground), (214, 232, 226))
    pen.rectangle((240, 350, 420, ground), (132, 100, 76))
    pen.rectangle((480, 350, 600, 500), (150, 190, 204))
    for stripe in range(8):  # the awning
        colour = (92, 150, 132) if stripe % 2 else (244, 242, 232)
        left = 90 + stripe * 76
        pen.polygon([(left, 280), (left + 76, 280), (left + 76, 190), (left, 190)], colour)
    for flag in range(13):  # bunting
        x = 60 + flag * 118
        y = 90 + abs(6 - flag) * -6 + 40
        pen.polygon([(x, y), (x + 70, y), (x + 35, y + 70)], _CLOTHES[(flag + chance.randint(0, 1)) % len(_CLOTHES)])
    pen.line((1210, 300, 1210, 470), (90, 90, 90), 8)
    pen.ellipse((1150, 440, 1270, 560), (246, 246, 240), (90, 90, 90), 8)
    pen.line((1210, 500, 1240, 468), (196, 92, 74), 7)
    pen.polygon([(1140, 640), (1280, 640), (1250, 740), (1170, 740)], (222, 174, 88))
    pen.line((1210, 560, 1210, 640), (90, 90, 90), 6)
    for place, x in enumerate((300, 520, 800, 1010, 1430)):
        _person(pen, x + chance.randint(-20, 20), 1010 + (place % 2) * 60, 520 + chance.randint(-30, 30), chance)
    pen.rounded_rectangle((620, 930, 1330, 980), 10, (150, 108, 76))
    pen.rectangle((660, 980, 690, 1150), (122, 86, 60))
    pen.rectangle((1260, 980, 1290, 1150), (122, 86, 60))
    for left in (720, 860, 1100):
        pen.rounded_rectangle((left, 890, left + 90, 930), 6, _shade(chance.choice(_CLOTHES), 40))


def _meeting(picture: Image.Image, chance: random.Random) -> None:
    """A village meeting in the hall: a board in front, rows of people seated on a mat."""
    wide, tall = picture.size
    floor = tall // 2
    _fade(picture, 0, floor, (226, 222, 206), (240, 234, 216))
    _fade(picture, floor, tall, (176, 136, 100), (142, 106, 78))
    pen = ImageDraw.Draw(picture)
    for x in (120, 1330):
        pen.rectangle((x, 120, x + 150, 400), (168, 206, 216))
        pen.line((x + 75, 120, x + 75, 400), (240, 236, 222), 8)
    pen.rounded_rectangle((470, 90, 1130, 430), 14, (250, 250, 246), (120, 96, 76), 12)
    for bar in range(5):
        top = 390 - (bar + 1) * 40 - chance.randint(0, 40)
        pen.rectangle((540 + bar * 110, top, 600 + bar * 110, 390), _CLOTHES[bar])
    _person(pen, 1230, 640, 430, chance)
    pen.polygon([(180, 640), (1420, 640), (1600, 1200), (0, 1200)], (150, 74, 66))
    for row, (foot, size, count) in enumerate(((800, 300, 6), (960, 360, 5), (1170, 440, 5))):
        gap = (wide - 200) // count
        for place in range(count):
            x = 100 + gap // 2 + place * gap + (row % 2) * 30 + chance.randint(-18, 18)
            _person(pen, x, foot, size, chance, sitting=True)


_SCENES: dict[str, Callable[[Image.Image, random.Random], None]] = {
    "road": _road,
    "posyandu": _posyandu,
    "meeting": _meeting,
}
