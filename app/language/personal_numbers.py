"""Numbers that belong to somebody: NIK, KK, phones, accounts. The shape proposes, the word beside it decides.

A number is looked for as a row of groups of digits with up to three separating signs between them, so that no
way of writing it matters: `3201392008850001`, `32.01.39.200885.0001`, `3 2 0 1 …`. Each row is at most 16 digits long,
so the time is linear in the text.
"""

from __future__ import annotations

import re

from app.language import personal_labels as labels
from app.language.personal_rows import LONGEST, THOUSANDS, Row, glued, linked, only_dates, rows, years
from app.language.personal_text import Reading, vocabulary

Span = tuple[str, int, int]

#: Province codes of the Kemendagri: the 38 of today (91 to 96 are Papua) and 54, Timor Timur, on old cards.
PROVINCES = vocabulary(
    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 54 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93"
    " 94 95 96"
)
_HIGHEST_REGENCY = 79
_MOBILE = re.compile(r"0?8[1-9][0-9]{6,10}")
_MOBILE_ABROAD = re.compile(r"(?:00)?620?8[1-9][0-9]{6,10}")
_LANDLINE = re.compile(r"(?:00?62|0|62)(?:2[1-9]|[3-79][1-9]|[3-79]0)[0-9]{6,9}")
_AREA = re.compile(r"0(?:2[1-9]|[3-79][1-9])[0-9]?")
_ABROAD = re.compile(r"(?:1|2[07]|3[0-9]|4[0-9]|5[1-8]|6[013-6]|7|8[1246]|9[0-8])[0-9]{7,12}")
_FILE = re.compile(r"\.(?:jpe?g|png|pdf|mp4|docx?|xlsx?|webp)(?![a-z])")
_SHORTEST_ACCOUNT, _LONGEST_ACCOUNT = 8, 18


def find(reading: Reading) -> list[Span]:
    """(type, start, end) on the layers, in their order, without overlap."""
    row = rows(reading)
    layer = row.layer
    banking = labels.speaks_of_accounts(reading.low)
    found: list[Span] = []
    at = 0
    while at < len(row.texts):
        taken = _identity(row, at, reading) or _phone(row, at, reading)
        if banking and (taken is None or taken[0] == "telepon"):
            taken = _account(row, at, reading, taken) or taken
        if taken is None:
            at += 1
            continue
        kind, last = taken
        start = row.starts[at]
        while kind in ("telepon", "rekening") and start and layer[start - 1] in "+(" and row.starts[at] - start < 2:
            start -= 1
        found.append((kind, start, row.ends[last]))
        at = last + 1
    return found


Taken = tuple[str, int]


# --- NIK and KK ------------------------------------------------------------------------------------------------------
def _identity(row: Row, at: int, reading: Reading) -> Taken | None:
    if row.texts[at][:2] not in PROVINCES and len(row.texts[at]) > 1:
        return None
    whole = next(((last, digits) for last, digits in row.joined(at) if len(digits) == LONGEST), None)
    if whole is None or whole[1][:2] not in PROVINCES:
        return None
    last, digits = whole
    start, written = row.starts[at], row.written(at, last)
    beside = labels.before(row.layer, start)
    behind = labels.named_behind(row.layer, start, row.ends[last])
    kind = labels.second_of_both(row.layer, start) or behind or beside.kind
    if not behind and kind not in ("nik", "kk") and not beside.near:
        later = labels.after(reading.low, reading.cased, row.ends[last])
        kind = later.kind if later.kind in ("nik", "kk") else ""
    if kind == "kk" and region(digits):
        return "kk", last
    if not valid_nik(digits) or (beside.near and kind in ("account", "other", "bank")):
        return None
    if kind != "nik" and (
        row.layer[row.ends[last] : row.ends[last] + 1].isalpha()
        or THOUSANDS.fullmatch(written)
        or only_dates(row.texts[at : last + 1])
        or linked(row.layer, start)
    ):
        return None
    return "nik", last


def region(digits: str) -> bool:
    """Whether a number begins with a province, a regency or city (01 to 79) and a kecamatan (not 00)."""
    return digits[:2] in PROVINCES and 1 <= int(digits[2:4]) <= _HIGHEST_REGENCY and digits[4:6] != "00"


def valid_nik(digits: str) -> bool:
    """PPKKCC DDMMYY SSSS: a region, a day (a woman's plus 40) that its month has, a serial that is not 0000."""
    if len(digits) != LONGEST or not region(digits) or digits[12:] == "0000" or len(set(digits)) == 1:
        return False
    day, month = int(digits[6:8]), int(digits[8:10])
    day -= 40 if day > 40 else 0
    return 1 <= month <= 12 and 1 <= day <= (29, 30, 31)[0 if month == 2 else 1 if month in (4, 6, 9, 11) else 2]


# --- phones ----------------------------------------------------------------------------------------------------------
def _phone(row: Row, at: int, reading: Reading) -> Taken | None:
    first, start = row.texts[at], row.starts[at]
    plus = (start > 0 and row.layer[start - 1] == "+") or row.layer[max(0, start - 2) : start] in ("+(", "(+")
    if not plus and first[0] not in "068":
        return None
    last = _extent(row, at, plus)
    if last is None or not _plausible(row, at, last, plus, reading):
        return None
    return "telepon", last


def _extent(row: Row, at: int, plus: bool) -> int | None:
    """The last group of a phone number that begins at a group: as far as its own separators carry it."""
    best: int | None = None
    seen: set[str | None] = set()
    for last, digits in row.joined(at):
        gap = row.gaps[last - 1] if last > at else None
        if best is not None:
            fresh = re.match("0[0-9]{2}|62", row.texts[last]) and len(digits) - len(row.texts[last]) >= 11
            strange = len(seen) == 1 and gap not in seen
            if fresh or strange or "," in (gap or "") or (last == at + 1 and not _goes_on(row, at, gap or "")):
                break
        if last > at:
            seen.add(gap)
        if _shaped(digits, plus):
            best = last
    if best is None:
        return None
    # A longer number with the same dash or dot all through is an account or a serial, no phone.
    after = row.gaps[best]
    if after and after.strip() and after in seen and row.texts[best + 1][0] not in "06+":
        return None
    return best


def _goes_on(row: Row, at: int, gap: str) -> bool:
    """Whether a first group of ten digits and more is no whole number yet: «0812345678 90»; not «081234567890 2»."""
    length, more = len(row.texts[at]), len(row.texts[at + 1])
    if length < 10 or gap.strip() in ("-", ".", "_"):
        return True
    return not gap.strip() and length == 10 and more >= 2 and length + more <= 12


def _shaped(digits: str, plus: bool) -> bool:
    if plus:
        abroad = digits[2:] if digits.startswith("620") else digits
        return (
            _ABROAD.fullmatch(abroad) is not None
            or _MOBILE_ABROAD.fullmatch(digits) is not None
            or (_LANDLINE.fullmatch(digits) is not None)
        )
    return any(shape.fullmatch(digits) for shape in (_MOBILE, _MOBILE_ABROAD, _LANDLINE))


def _plausible(row: Row, at: int, last: int, plus: bool, reading: Reading) -> bool:
    start, written = row.starts[at], row.written(at, last)
    digits = "".join(row.texts[at : last + 1])
    beside = labels.before(row.layer, start)
    if _FILE.match(row.layer, row.ends[last]):  # «081234567890.pdf»
        return False
    called = beside.kind == "phone" or (beside.kind == "wallet" and beside.near)
    if (
        (beside.kind == "other" and beside.near)
        or row.layer[max(0, start - 1) : start] == "#"
        or linked(row.layer, start)
    ):
        return False
    if (plus and not digits.startswith("62")) or _MOBILE.fullmatch(digits) or _MOBILE_ABROAD.fullmatch(digits):
        if digits[0] == "8" and not plus:
            return called and not THOUSANDS.fullmatch(written)
        if plus:
            return not THOUSANDS.fullmatch(written) or called
        if len(digits) < 10 and not called:
            return False
        if "/" in written and years(row, last, last):  # «nomor 081/123/456/2024» is a letter's
            return False
        decimal = not called and row.texts[at] == "0" and last == at + 1 and row.gaps[at] in (".", ",")
        return not decimal and not glued(row.layer, start)
    strong = plus or written[0] == "(" or row.layer[start - 1 : start] == "("
    dashed = (
        last > at
        and _AREA.fullmatch(row.texts[at]) is not None
        and (row.gaps[at] or "").strip() in ("-", ")", ")-", "/", ".")
    )
    length = len(digits)
    area = last > at and row.gaps[at] == " " and _AREA.fullmatch(row.texts[at]) is not None and last - at <= 2
    dashed = dashed or (area and length >= 10 and beside.kind not in ("account", "bank", "other"))
    return (called or (strong and length >= 9) or dashed) and 8 <= length <= 13 and not years(row, at, last)


# --- accounts --------------------------------------------------------------------------------------------------------
def _account(row: Row, at: int, reading: Reading, phone: Taken | None) -> Taken | None:
    start = row.starts[at]
    beside = labels.before(row.layer, start)
    telling = beside.kind in ("account", "bank", "wallet")
    last = phone[1] if phone and beside.kind in ("wallet", "phone", "") else _whole(row, at)
    if last is None:
        return None
    end = row.ends[last]
    later = labels.after(reading.low, reading.cased, end)
    digits = "".join(row.texts[at : last + 1])
    if not telling and later.kind not in ("bank", "wallet", "named"):
        return None
    if beside.kind in ("phone", "nik", "kk", "other") and later.kind != "wallet":
        return None
    if phone:
        wallet = (beside.kind == "wallet" and beside.near) or (
            later.kind == "wallet" and beside.kind not in ("nik", "kk", "other")
        )
        owned = beside.near and beside.kind in ("account", "bank") and (beside.word != "rek" or later.kind == "named")
        return ("rekening", last) if wallet or owned else None
    if beside.kind == "wallet" and not (beside.near and re.match("8[1-9]|62", digits)):
        return None
    if not _account_shaped(row, at, last, beside):
        return None
    return "rekening", last


def _whole(row: Row, at: int) -> int | None:
    """The last group of the account number that begins here: one separator all through, or one group alone."""
    joint = row.gaps[at - 1] if at else None
    if joint is not None and joint.strip() in ("-", ".") and len(row.texts[at - 1]) < _SHORTEST_ACCOUNT:
        return None  # begins in the middle of one
    last, length = at, len(row.texts[at])
    signs: set[str] = set()
    while row.gaps[last] is not None and length + len(row.texts[last + 1]) <= _LONGEST_ACCOUNT:
        sign = (row.gaps[last] or "").strip()
        if "," in sign or "/" in sign or ":" in sign or len(signs | {sign}) > 2:
            break
        if not sign and length >= 10 and (last == at or len(row.texts[last + 1]) < 2):
            break
        signs.add(sign)
        last += 1
        length += len(row.texts[last])
    return last if _SHORTEST_ACCOUNT <= length <= _LONGEST_ACCOUNT else None


def _account_shaped(row: Row, at: int, last: int, beside: labels.Label) -> bool:
    digits = "".join(row.texts[at : last + 1])
    if THOUSANDS.fullmatch(row.written(at, last)) and not (beside.kind == "account" and beside.near):
        return False
    if years(row, at, last) or row.layer[max(0, row.starts[at] - 1) : row.starts[at]] == "#":
        return False
    least = _SHORTEST_ACCOUNT if beside.kind == "account" else 10
    return len(digits) >= least and len(set(digits)) > 1
