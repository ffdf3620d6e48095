"""Times, dates and numbers in Indonesian words. Pure functions: an aware time, a zone, and now go in, text comes out.

The zone is an organisation's (app/models/organisation.ZONES); every time a person sees says WIB, WITA or WIT.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

#: Names of the zones by law (Keppres 41/1987): west, middle, east.
ZONE_WORDS = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
SHORT_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des")
#: What stands where the platform gave no figure; never 0.
NO_NUMBER = "belum ada angka"


def local(at: datetime, zone: str) -> datetime:
    """The same moment in the zone. ValueError for a naive time."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return at.astimezone(ZoneInfo(zone))


def hour(at: datetime, zone: str) -> str:
    """ "19.00"."""
    return f"{local(at, zone):%H.%M}"


def clock_time(at: datetime, zone: str) -> str:
    """ "19.00 WIB"."""
    return f"{hour(at, zone)} {ZONE_WORDS[zone]}"


def long_date(day: date) -> str:
    """ "Kamis, 20 Agustus 2026"."""
    return f"{DAYS[day.weekday()]}, {plain_date(day)}"


def plain_date(day: date) -> str:
    """ "20 Agustus 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date, today: date | None = None) -> str:
    """ "Kam 20 Agt"; with the year when it is not today's."""
    words = f"{SHORT_DAYS[day.weekday()]} {day.day} {SHORT_MONTHS[day.month - 1]}"
    return words if today is None or day.year == today.year else f"{words} {day.year}"


def day_near(day: date, today: date) -> str:
    """ "hari ini", "kemarin", "besok", else the short date."""
    near = {0: "hari ini", -1: "kemarin", 1: "besok"}.get((day - today).days)
    return near or short_date(day, today)


def moment(at: datetime, zone: str, now: datetime) -> str:
    """ "hari ini 07.31 WIB", "kemarin 16.05 WIB", "besok 08.05 WIB", "Sel 18 Agt, 19.00 WIB"."""
    day, today = local(at, zone).date(), local(now, zone).date()
    comma = "" if abs((day - today).days) <= 1 else ","
    return f"{day_near(day, today)}{comma} {clock_time(at, zone)}"


def exact(at: datetime, zone: str, now: datetime) -> str:
    """As ``moment``, to the second: "hari ini 07.31.04 WIB"."""
    here = local(at, zone)
    return moment(at, zone, now).replace(f"{here:%H.%M}", f"{here:%H.%M.%S}", 1)


def span(seconds: float) -> str:
    """A length of time in its two largest units: "2 hari 3 jam", "7 jam", "2 menit 5 detik"; at least a second."""
    left = max(round(abs(seconds)), 1)
    parts: list[str] = []
    for unit, name in ((86400, "hari"), (3600, "jam"), (60, "menit"), (1, "detik")):
        count, left = divmod(left, unit)
        if count or parts:
            parts.append(f"{count} {name}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts))


def ago(at: datetime, zone: str, now: datetime) -> str:
    """On the same day "baru saja", "6 menit lalu", "3 jam lalu"; else, and for a time to come, as ``moment``."""
    gone = now - at
    if timedelta(0) <= gone < timedelta(minutes=1):
        return "baru saja"
    if timedelta(0) <= gone < timedelta(hours=1):
        return f"{int(gone.total_seconds() // 60)} menit lalu"
    if timedelta(0) <= gone and local(at, zone).date() == local(now, zone).date():
        return f"{int(gone.total_seconds() // 3600)} jam lalu"
    return moment(at, zone, now)


def _weekday(day: date) -> bool:
    return day.weekday() < 5


def deadline(at: datetime, zone: str, now: datetime, works: Callable[[date], bool] = _weekday) -> tuple[int, str]:
    """Beats and words of a deadline: 1 there is time, 2 today or tomorrow, 3 (titir) late.

    "Lewat sejak kemarin", "Lewat sejak 09.00 WIB", "Hari ini, 15.00 WIB", "Besok, 08.05 WIB", "Sisa 2 hari kerja"
    (works: whether people work on a date, Monday to Friday by default; without one left the day is named).
    """
    day, today = local(at, zone).date(), local(now, zone).date()
    if at <= now:
        since = clock_time(at, zone) if day == today else day_near(day, today)
        return 3, f"Lewat sejak {since}"
    near = day_near(day, today)
    far = (day - today).days
    working = sum(works(today + timedelta(days=n)) for n in range(1, far + 1)) if 1 < far < 400 else 0
    if working:
        return 1, f"Sisa {working} hari kerja"
    return (2 if far <= 1 else 1), f"{near[0].upper()}{near[1:]}, {clock_time(at, zone)}"


def next_midnight(now: datetime, zone: str) -> datetime:
    """When the day of the zone ends, aware."""
    return datetime.combine(local(now, zone).date() + timedelta(days=1), time(), ZoneInfo(zone))


def greeting(now: datetime, zone: str) -> str:
    """ "Selamat pagi" until 11, "siang" until 15, "sore" until 18.30, else "malam"."""
    here = local(now, zone)
    minute = here.hour * 60 + here.minute
    for until, part in ((3 * 60, "malam"), (11 * 60, "pagi"), (15 * 60, "siang"), (18 * 60 + 30, "sore")):
        if minute < until:
            return f"Selamat {part}"
    return "Selamat malam"


def number(value: int | None) -> str:
    """ "12.345"; None is "belum ada angka"."""
    return NO_NUMBER if value is None else f"{value:,}".replace(",", ".")


def decimal(value: Decimal | float | int | str | None, places: int = 1) -> str:
    """ "1.234,5", rounded half even; None is "belum ada angka"."""
    if value is None:
        return NO_NUMBER
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return f"{exact:,f}".translate(str.maketrans(",.", ".,"))
