"""A day that an answer promises: "paling lambat Senin", "besok", "24 Agustus", "minggu depan", "dalam 3 hari".

A suggestion for the person who writes, never more: what cannot be told is None. Pure; the days are those of the zone
that the caller's "today" is of.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

_DAYS = {
    "senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "jum'at": 4, "jum’at": 4, "jumaat": 4, "sabtu": 5,
    "minggu": 6, "ahad": 6,
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan", "februari feb pebruari", "maret mar", "april apr", "mei", "juni jun", "juli jul",
            "agustus agt agu ags", "september sep sept", "oktober okt", "november nov nopember", "desember des",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {
    "satu": 1, "se": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
    "sembilan": 9, "sepuluh": 10, "dua belas": 12, "empat belas": 14,
}  # fmt: skip
_DAY = r"(?:senin|selasa|rabu|kamis|jum['’]?at|jumaat|sabtu|minggu|ahad)"
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_COUNT = r"(?:\d{1,3}|satu|dua belas|empat belas|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)"

#: Words right before a day that make it a day of the past, or of somebody else's doing.
_SINCE = re.compile(r"(?:sejak|dari|semenjak|per|kemarin|kmrn|mulai)\s+(?:hari\s+|tanggal\s+|tgl\.?\s+)?$")
#: Words right after it that say the same.
_GONE = re.compile(r"\s+(?:yang |yg )?(?:lalu|kemarin|kmrn|silam|tadi)\b")
#: Words right before it that make it a promise.
_AT_LATEST = re.compile(
    r"(?:paling (?:lambat|telat|lama)|selambat-?(?:lambat)?nya|maksimal|sampai(?: dengan)?|hingga|s/d|sd)\s+"
    r"(?:(?:pada|hari|tanggal|tgl\.?)\s+)*$"
)
_BEFORE = re.compile(r"sebelum\s+(?:(?:pada|hari|tanggal|tgl\.?)\s+)*$")
#: A day without its year lies this far ahead at most, in days: else it is one of the past.
_AHEAD = 150

Found = tuple[int, int, date]


def find_date(text: str, today: date) -> date | None:
    """The first day of today or later that the text promises; one that is "at the latest" goes before all others."""
    low = text.lower()
    taken = bytearray(len(low))
    found: list[tuple[bool, int, date]] = []
    for finder in _FINDERS:
        for start, end, day in finder(low, today):
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            before = low[max(0, start - 40) : start]
            if _SINCE.search(before) or _GONE.match(low, end):
                continue
            if _BEFORE.search(before):
                day = max(today, day - timedelta(days=1))
            if day >= today:
                found.append((not (_AT_LATEST.search(before) or _BEFORE.search(before)), start, day))
    return min(found)[2] if found else None


def _full_dates(low: str, today: date) -> Iterator[Found]:
    """24 Agustus 2026, Senin 24 Agustus, 24/8/2026, 24-8."""
    pattern = rf"(?:{_DAY},?\s+)?(?:(?:tanggal|tgl\.?)\s+)?\b(\d{{1,2}})\s+({_MONTH})(?:\s+((?:20)\d\d)\b)?"
    for match in re.finditer(pattern, low):
        month = _MONTHS[match[2].rstrip(".")]
        if (day := _dated(int(match[1]), month, match[3], today)) is not None:
            yield match.start(), match.end(), day
    for match in re.finditer(r"(?<![\d/.-])(\d{1,2})([/-])(\d{1,2})(?:\2((?:20)?\d\d))?(?![\d/-])", low):
        # "1/2" of a street or "4-5" houses is no day: without a year only where the word for a day stands before it.
        if match[4] is None and not re.search(rf"(?:tanggal|tgl\.?|{_DAY},?)\s*\(?$", low[: match.start()][-16:]):
            continue
        year = f"20{match[4][-2:]}" if match[4] else None
        if (day := _dated(int(match[1]), int(match[3]), year, today)) is not None:
            yield match.start(), match.end(), day


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    for at in (int(year),) if year else (today.year, today.year + 1):
        try:
            found = date(at, month, day)
        except ValueError:
            continue
        if year or today <= found <= today + timedelta(days=_AHEAD):
            return found
    # Known to be a day all the same, so that nothing else is read into its words.
    return date.min if year is None and 1 <= month <= 12 and 1 <= day <= 31 else None


def _spans(low: str, today: date) -> Iterator[Found]:
    """dalam 3 hari, 2 minggu lagi, 3 hari kerja, 1x24 jam, seminggu lagi."""
    pattern = (
        rf"(?:(dalam(?: waktu)?|maksimal|paling lambat|paling lama)\s+)?\b(?:({_COUNT})\s+|(se))"
        r"(hari kerja|hari|minggu|pekan|bulan)(\s+(?:lagi|ke ?depan|mendatang))?\b"
    )
    for match in re.finditer(pattern, low):
        if not (match[1] or match[5]):
            continue
        count = int(match[2]) if match[2] and match[2].isdecimal() else _NUMBERS.get(match[2] or "se", 1)
        if 0 < count <= 366:
            yield match.start(), match.end(), _later(today, count, match[4])
    for match in re.finditer(r"\b(\d)\s?[x×]\s?24\s?jam\b", low):
        yield match.start(), match.end(), today + timedelta(days=int(match[1]))


def _later(today: date, count: int, unit: str) -> date:
    if unit == "hari kerja":
        day = today
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < 5
        return day
    if unit == "bulan":
        months = today.year * 12 + today.month - 1 + count
        year, month = divmod(months, 12)
        return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    return today + timedelta(days=count * (1 if unit == "hari" else 7))


def _weeks(low: str, today: date) -> Iterator[Found]:
    """Senin minggu depan; minggu depan (its Friday), pekan ini, bulan depan, akhir bulan."""
    monday = today - timedelta(days=today.weekday())
    for match in re.finditer(rf"\b({_DAY})\s+(?:minggu|pekan)\s+(depan|ini)\b", low):
        week = monday + timedelta(days=7 * (match[2] == "depan"))
        yield match.start(), match.end(), week + timedelta(days=_DAYS[match[1]])
    for match in re.finditer(r"\b(awal\s+|akhir\s+)?(?:minggu|pekan)\s+(depan|ini)\b", low):
        week = monday + timedelta(days=7 * (match[2] == "depan"))
        day = week + timedelta(days=0 if (match[1] or "").startswith("awal") else 4)
        yield match.start(), match.end(), day if day >= today else week + timedelta(days=6)
    for match in re.finditer(r"\b(?:(awal|akhir)\s+)?bulan\s+(depan|ini)\b|\b(akhir)\s+bulan\b", low):
        months = today.year * 12 + today.month - 1 + (match[2] == "depan")
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        yield match.start(), match.end(), date(year, month + 1, 7 if match[1] == "awal" else last)


def _weekdays(low: str, today: date) -> Iterator[Found]:
    """Senin, hari Minggu, Kamis depan; "minggu" alone is a week, no day."""
    for match in re.finditer(rf"\b(hari\s+)?({_DAY})\b(\s+(?:depan|besok|nanti|ini|mendatang))?", low):
        lone = match[2] == "minggu" and not match[1]
        if lone and not (_AT_LATEST.search(low[: match.start()][-40:]) or _BEFORE.search(low[: match.start()][-40:])):
            continue
        ahead = (_DAYS[match[2]] - today.weekday()) % 7
        same_day = (match[3] or "").strip() == "ini"
        yield match.start(), match.end(), today + timedelta(days=ahead or (0 if same_day else 7))


def _near(low: str, today: date) -> Iterator[Found]:
    """besok, lusa, hari ini, nanti sore, malam ini."""
    for match in re.finditer(r"\b(besok lusa|lusa|besok|besuk|bsk|isuk|isukan|sesuk|mbenjing|enjing)\b", low):
        yield match.start(), match.end(), today + timedelta(days=2 if "lusa" in match[1] else 1)
    for match in re.finditer(
        r"\bhari ini\b|\b(?:nanti )?(?:siang|sore|malam) (?:ini|nanti)\b|\bnanti (?:siang|sore|malam)\b", low
    ):
        yield match.start(), match.end(), today


def _numbered(low: str, today: date) -> Iterator[Found]:
    """tanggal 24."""
    for match in re.finditer(r"\b(?:tanggal|tgl\.?)\s+(\d{1,2})\b(?!\s*[/-]\s*\d)", low):
        for months in (0, 1, 2):
            year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
            try:
                day = date(year, month + 1, int(match[1]))
            except ValueError:
                continue
            if day >= today:
                yield match.start(), match.end(), day
                break


#: The more a form says, the earlier it is looked for: what it took is not read again.
_FINDERS: tuple[Callable[[str, date], Iterator[Found]], ...] = (
    _full_dates, _numbered, _spans, _weeks, _near, _weekdays,
)  # fmt: skip
