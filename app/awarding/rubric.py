"""The rubric: weights and thresholds of an award, fixed before its period begins. The default is "v1" of the design.

As JSON it is a plain dict that any writer takes; read, it is a ``Rubric`` of exact numbers. Whoever changes one value
gives that value only: what is not given stays as in the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.awarding import canonical, exact
from app.awarding.exact import Unusable

#: The six rows, in the order in which they are shown: A, B, C1, C2, C3, D.
INDICATORS = ("konsistensi", "keterlibatan", "tingkat_respons", "kecepatan", "tuntas", "kualitas")
#: The rows whose weighted mean decides between equal scores.
RESPONSE = ("tingkat_respons", "kecepatan", "tuntas")
CATEGORIES = ("perangkat daerah", "kecamatan", "kelurahan", "desa", "organisasi")
#: Between a category and its band of followers: "desa · 500–1.999".
BAND_SIGN = " · "

DEFAULT: dict[str, Any] = {
    "version": "v1",
    "weights": {
        "konsistensi": 20,
        "keterlibatan": 25,
        "tingkat_respons": 12,
        "kecepatan": 8,
        "tuntas": 10,
        "kualitas": 25,
    },
    "posts_per_week": {"perangkat daerah": 2, "kecamatan": 1, "kelurahan": 1, "desa": 1, "organisasi": 1},
    "min_posts": 12,
    "min_active_months": 0.75,
    "shrink_items": 5,
    "shrink_posts": 5,
    "speed_full_hours": 4,
    "speed_zero_hours": 24,
    "small_sample": 5,
    "min_jurors": 2,
    "jury_posts": 10,
    "breach_points": 5,
    "breach_most": 15,
    "min_ranked": 3,
    "reading_age_days": 7,
    "reading_within_hours": 24,
    "bands": [500, 2000, 10000],
    "criteria": ["manfaat", "kejelasan", "orisinalitas", "aksesibilitas", "privasi"],
}

#: Key → least, most. Numbers of things, and parts of which there are no halves.
_WHOLE = {
    "min_posts": (0, 10_000),
    "small_sample": (0, 1_000),
    "min_jurors": (1, 100),
    "jury_posts": (1, 1_000),
    "min_ranked": (1, 1_000),
    "reading_age_days": (1, 30),
    "reading_within_hours": (0, 240),
}
#: Key → least, most. Decimals are allowed.
_EXACT = {
    "min_active_months": (0, 1),
    "shrink_items": (0, 1_000),
    "shrink_posts": (0, 1_000),
    "speed_full_hours": (0, 10_000),
    "speed_zero_hours": (0, 10_000),
    "breach_points": (0, 100),
    "breach_most": (0, 100),
}
_WEIGHT = (0, 1_000_000)
_PER_WEEK = (1, 100)
_BAND = (1, 1_000_000_000)
_LETTERS = 40


@dataclass(frozen=True)
class Rubric:
    """Weights and thresholds, exact. Hours are working hours; min_active_months is a share of the period's months.

    shrink_items, shrink_posts: how many average items and posts are added to everybody's own. bands: followers from
    which the next band begins. reading_age_days and reading_within_hours: which reading of a post counts.
    """

    version: str
    weights: dict[str, Fraction]
    posts_per_week: dict[str, int]
    min_posts: int
    min_active_months: Fraction
    shrink_items: Fraction
    shrink_posts: Fraction
    speed_full_hours: Decimal
    speed_zero_hours: Decimal
    small_sample: int
    min_jurors: int
    jury_posts: int
    breach_points: Fraction
    breach_most: Fraction
    min_ranked: int
    reading_age_days: int
    reading_within_hours: int
    bands: tuple[int, ...]
    criteria: tuple[str, ...]

    def per_week(self, category: str) -> int:
        """Posts a week needs to count; of "desa · 500–1.999" as of "desa", 1 for a category without a number."""
        return self.posts_per_week.get(base(category), 1)


def base(category: str) -> str:
    """The category without its band.

    >>> base("desa · 500–1.999"), base("desa")
    ('desa', 'desa')
    """
    return category.split(BAND_SIGN)[0]


def banded(category: str, followers: int | None, bands: tuple[int, ...]) -> str:
    """The category with its band of followers; without it where the followers are not known.

    >>> [banded("desa", n, (500, 2000)) for n in (499, 500, 1999, 2000, None)]
    ['desa · di bawah 500', 'desa · 500–1.999', 'desa · 500–1.999', 'desa · 2.000 ke atas', 'desa']
    """
    if followers is None or not bands:
        return category
    reached = sum(followers >= edge for edge in bands)
    words = [f"{edge:,}".replace(",", ".") for edge in bands]
    if reached == 0:
        name = f"di bawah {words[0]}"
    elif reached == len(bands):
        name = f"{words[-1]} ke atas"
    else:
        name = f"{words[reached - 1]}–" + f"{bands[reached] - 1:,}".replace(",", ".")
    return category + BAND_SIGN + name


def read(given: object = None) -> Rubric:
    """The rubric of a JSON object: what is not given is as in ``DEFAULT``; None gives the default.

    Unusable with a code and facts: rubric_shape {key}, rubric_key {key} for a name that is not known, rubric_number
    {key}, rubric_range {key, least, most}, rubric_places {key, places}, rubric_whole {key}, rubric_weights,
    rubric_speed {full, zero}, rubric_reading, rubric_bands, rubric_names {key}. Text and booleans are no numbers.

    >>> read({"weights": {"kualitas": 12.5}}).weights["kualitas"]
    Fraction(25, 2)
    """
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        raise Unusable("rubric_shape", key="")
    _known(given, [field.name for field in fields(Rubric)], "")
    merged = {**DEFAULT, **given}
    for key in ("weights", "posts_per_week"):
        if not isinstance(merged[key], Mapping):
            raise Unusable("rubric_shape", key=key)
        _known(merged[key], DEFAULT[key], f"{key}.")
        merged[key] = {**DEFAULT[key], **merged[key]}
    numbers: dict[str, Any] = {key: _count(merged[key], key, *limits) for key, limits in _WHOLE.items()}
    for key, limits in _EXACT.items():
        decimal = _number(merged[key], key, *limits)
        numbers[key] = decimal if key.startswith("speed_") else Fraction(decimal)
    weekly = merged["posts_per_week"]
    found = Rubric(
        version=_name(merged["version"], "version"),
        weights={key: Fraction(_number(merged["weights"][key], f"weights.{key}", *_WEIGHT)) for key in INDICATORS},
        posts_per_week={key: _count(weekly[key], f"posts_per_week.{key}", *_PER_WEEK) for key in CATEGORIES},
        bands=tuple(_count(edge, "bands", *_BAND) for edge in _list(merged["bands"], "bands")),
        criteria=tuple(_name(one, "criteria") for one in _list(merged["criteria"], "criteria")),
        **numbers,
    )
    _together(found)
    return found


def _together(found: Rubric) -> None:
    if not any(found.weights.values()):
        raise Unusable("rubric_weights")
    if found.speed_zero_hours <= found.speed_full_hours:
        raise Unusable("rubric_speed", full=str(found.speed_full_hours), zero=str(found.speed_zero_hours))
    if found.reading_within_hours >= 24 * found.reading_age_days:
        raise Unusable("rubric_reading")
    if list(found.bands) != sorted(set(found.bands)):
        raise Unusable("rubric_bands")
    if not found.criteria or len(set(found.criteria)) < len(found.criteria):
        raise Unusable("rubric_names", key="criteria")


def plain(found: Rubric) -> dict[str, Any]:
    """The whole rubric for JSON: every key, numbers as ints or as floats whose shortest writing is the number.

    ``read(plain(rubric)) == rubric``; ``canonical`` writes it as it stands.
    """
    kept: dict[str, Any] = {}
    for field in fields(Rubric):
        value = getattr(found, field.name)
        if isinstance(value, dict):
            kept[field.name] = {key: _shown(inner) for key, inner in value.items()}
        else:
            kept[field.name] = list(value) if isinstance(value, tuple) else _shown(value)
    return kept


def sha256(found: Rubric) -> str:
    """Of the canonical JSON of the whole rubric: two ways to write the same rubric have the same."""
    return canonical.sha256(plain(found))


def _shown(value: str | int | Fraction | Decimal) -> str | int | float:
    if isinstance(value, str | int):
        return value
    return int(value) if value == int(value) else float(value)


def _known(given: Mapping[Any, Any], names: Any, under: str) -> None:
    for key in given:
        if key not in names:
            raise Unusable("rubric_key", key=f"{under}{key}")


def _number(value: object, key: str, least: int, most: int) -> Decimal:
    read = exact.decimal(value)
    if read is None:
        raise Unusable("rubric_number", key=key)
    if not least <= read <= most:
        raise Unusable("rubric_range", key=key, least=least, most=most)
    if not exact.fits(read):
        raise Unusable("rubric_places", key=key, places=exact.PLACES)
    return read


def _count(value: object, key: str, least: int, most: int) -> int:
    read = _number(value, key, least, most)
    if read != int(read):
        raise Unusable("rubric_whole", key=key)
    return int(read)


def _list(value: object, key: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Unusable("rubric_shape", key=key)
    return list(value)


def _name(value: object, key: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LETTERS or not value.isprintable():
        raise Unusable("rubric_names", key=key)
    return value
