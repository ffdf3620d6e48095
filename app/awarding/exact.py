"""Numbers as they were written: never a float in any sum. What is refused is refused with a code and its facts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

#: What the formulas calculate with.
Exact = int | Fraction
#: Decimals a number in a snapshot or a rubric may have.
PLACES = 4
_STEP = Decimal(1).scaleb(-PLACES)
#: Digits before and behind the point beyond which a number is none that anybody counted.
_DIGITS = 18
#: Below this a Decimal that fits needs no closer look.
_USUAL = 10**9


class Unusable(ValueError):
    """A snapshot or rubric that cannot be used. ``code`` is a key of ``app/words.py``, ``facts`` fill its sentence."""

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


def decimal(value: object) -> Decimal | None:
    """The number as it was written, or None for what is no finite number (booleans and text are none).

    A float is taken by its shortest writing, which is what stood in the JSON it came from.

    >>> decimal(0.75), decimal(True), decimal("3"), decimal(float("nan")), decimal(Decimal("Infinity"))
    (Decimal('0.75'), None, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return _sane(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))


def number(value: object) -> Decimal | None:
    """As ``decimal``, and a number written as text too: "3.5".

    >>> number("3.5"), number("3,5"), number("nan"), number("")
    (Decimal('3.5'), None, None, None)
    """
    if type(value) is Decimal and value.is_finite() and abs(value) < _USUAL and value.quantize(_STEP) == value:
        return value
    if not isinstance(value, str):
        return decimal(value)
    try:
        return _sane(Decimal(value))
    except InvalidOperation:
        return None


def _sane(read: Decimal) -> Decimal | None:
    """None for what is not finite, and for 1e999999, whose fraction would fill the memory."""
    if not read.is_finite() or read.adjusted() > _DIGITS:
        return None
    exponent = read.as_tuple().exponent
    return read if isinstance(exponent, int) and exponent >= -_DIGITS else None


def fits(value: Decimal) -> bool:
    """Whether it has at most ``PLACES`` decimals. Only for what ``decimal`` or ``number`` gave.

    >>> fits(Decimal("0.1234")), fits(Decimal("0.12345")), fits(Decimal("1.500000"))
    (True, False, True)
    """
    return value.quantize(_STEP) == value


def whole(value: Decimal) -> int | Decimal:
    """An int where it is one: 4.0 and 4 are written alike."""
    return int(value) if value == value.to_integral_value() else value


def rounded(value: Exact, places: int = 2) -> Decimal:
    """Rounded half even. Decimal("81.13")'s way of writing is kept: always that many decimals.

    >>> rounded(Fraction(1, 8)), rounded(Fraction(3, 8)), rounded(80), rounded(Fraction(2, 3), 4)
    (Decimal('0.12'), Decimal('0.38'), Decimal('80.00'), Decimal('0.6667'))
    """
    return Decimal(round(value * 10**places)).scaleb(-places)


def written(value: Exact) -> int | str:
    """For JSON: whole numbers as they are, others as text with at most 10 decimals, half even.

    >>> written(Fraction(6, 2)), written(Fraction(1, 3)), written(Fraction(1, 4))
    (3, '0.3333333333', '0.25')
    """
    if isinstance(value, int) or value.denominator == 1:
        return int(value)
    text = format(rounded(value, 10), "f").rstrip("0")
    return text.rstrip(".")
