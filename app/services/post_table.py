"""Rows of a table of posts that somebody hands in: address, when published, when read, and the figures on that day.

Headings in Indonesian or English, in any order. A figure that is missing is left empty (or "-"), never 0. Times are in
the organisation's zone unless WIB, WITA or WIT stands behind; a day without a time is taken at noon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from app import times
from app.faults import Fault
from app.papers import uploads
from app.papers.uploads import Cell, Limits
from app.problems import Problem

MOST = Limits(size=2_000_000, unpacked=20_000_000, rows=500, columns=40)
CAPTION_MOST, LINK_MOST = 2_200, 500
#: The largest figure that can be meant: all people of the country, several times over.
FIGURE_MOST = 2_000_000_000
#: Column → headings, letters only.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "link": ("tautan", "link", "url", "alamat", "permalink"),
    "published_at": ("terbit", "tanggalterbit", "tanggalposting", "waktuterbit", "published", "publishedat"),
    "read_at": ("dibaca", "tanggaldibaca", "waktudibaca", "dicatat", "tanggaldicatat", "read", "readat"),
    "reactions": ("suka", "reaksi", "like", "likes", "reactions"),
    "comments": ("komentar", "comments"),
    "shares": ("bagikan", "dibagikan", "share", "shares"),
    "saves": ("simpan", "disimpan", "saves"),
    "reach": ("jangkauan", "reach"),
    "views": ("tayangan", "dilihat", "views"),
    "followers": ("pengikut", "pengikutsaatterbit", "followers"),
    "caption": ("keterangan", "caption", "isi", "judul"),
}
FIGURES = ("reactions", "comments", "shares", "saves", "reach", "views")
#: What people call them (for sentences).
NAMES = {name: words[0] for name, words in HEADINGS.items()}
_NEEDED = ("link", "published_at", "read_at")
_ZONES = {word: zone for zone, word in times.ZONE_WORDS.items()}
_HOURS = re.compile(r"(\d{1,2})[.:](\d{2})(?:[.:]\d{2})?\s*(WIB|WITA|WIT)?", re.I | re.ASCII)
_MONTHS = {
    word.lower(): number for words in (times.MONTHS, times.SHORT_MONTHS) for number, word in enumerate(words, start=1)
}
#: Query keys of Facebook addresses that say which post it is.
_TELLING = ("story_fbid", "fbid", "id", "v")
_SITES = {
    "facebook": ("facebook.com", "fb.com", "fb.watch"),
    "instagram": ("instagram.com",),
}


@dataclass(frozen=True)
class Line:
    """One post of the table. figures: by names in FIGURES, None where not given. line: as Excel counts."""

    line: int
    platform: str
    link: str
    address: str
    published_at: datetime
    read_at: datetime
    figures: dict[str, int | None]
    followers: int | None
    caption: str


@dataclass
class Table:
    """What could be read and what could not."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def parse(content: bytes, zone: str, now: datetime) -> Table:
    """The posts of a file. Problem: see ``uploads.read``; table_columns when a needed heading is missing."""
    rows = uploads.read(content, MOST)
    at, columns = _headings(rows)
    found, first = Table(), dict[str, int]()
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        if not row:
            continue
        try:
            line = _line(number, {name: row[place] if place < len(row) else None for name, place in columns.items()},
                         zone, now)  # fmt: skip
        except Problem as problem:
            found.faults.append(Fault(number, problem.code, problem.facts))
            continue
        if line.address in first:
            found.faults.append(Fault(number, "post_twice", {"first": first[line.address]}))
            continue
        first[line.address] = number
        found.lines.append(line)
    return found


def address(link: str) -> str:
    """An address without what changes nothing: scheme, www, the phone's site, tracking marks, the last slash."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return link.strip()
    host = re.sub(r"^(www|m|web|id-id)\.", "", (parts.hostname or "").lower())
    kept = sorted((key, value) for key, value in parse_qsl(parts.query) if key in _TELLING)
    query = f"?{urlencode(kept)}" if kept and host.endswith(("facebook.com", "fb.com")) else ""
    return f"https://{host}{parts.path.rstrip('/')}{query}"


def _headings(rows: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]]:
    """The line of the headings, among the first ten as titles may stand above them, and column → place."""
    best: tuple[int, dict[str, int]] = (0, {})
    for at, row in enumerate(rows[:10]):
        said = [re.sub(r"[^a-z]", "", uploads.text(cell).lower()) for cell in row]
        columns = {
            name: said.index(word) for name, words in HEADINGS.items() for word in reversed(words) if word in said
        }
        if len(columns) > len(best[1]):
            best = (at, columns)
    missing = [NAMES[name] for name in _NEEDED if name not in best[1]]
    if missing:
        raise Problem("table_columns", field="file", missing=", ".join(missing))
    return best


def _line(number: int, cells: Mapping[str, Cell], zone: str, now: datetime) -> Line:
    link = uploads.text(cells["link"])
    platform = _platform(link)
    published_at = moment(cells["published_at"], zone, "published_at")
    read_at = moment(cells["read_at"], zone, "read_at")
    if read_at > now or published_at > now:
        raise Problem("post_future")
    if read_at < published_at:
        raise Problem("post_read_before")
    figures = {name: _figure(cells.get(name), name) for name in FIGURES}
    if all(value is None for value in figures.values()):
        raise Problem("post_no_figure")
    caption = uploads.text(cells.get("caption"))[:CAPTION_MOST]
    followers = _figure(cells.get("followers"), "followers")
    return Line(number, platform, link, address(link), published_at, read_at, figures, followers, caption)


def _platform(link: str) -> str:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or "." not in host or len(link) > LINK_MOST:
        raise Problem("post_link", text=link[:80])
    for platform, sites in _SITES.items():
        if any(host == site or host.endswith(f".{site}") for site in sites):
            if not parts.path.strip("/"):
                raise Problem("post_link", text=link[:80])
            return platform
    return "website"


def _figure(cell: Cell, name: str) -> int | None:
    if uploads.text(cell) in ("-", "–", "—"):
        return None
    try:
        value = uploads.number(cell)
    except ValueError:
        value = Decimal(-1)
    if value is None:
        return None
    if not 0 <= value <= FIGURE_MOST or value != int(value):
        raise Problem("post_number", column=NAMES[name], text=uploads.text(cell)[:40])
    return int(value)


def moment(cell: Cell, zone: str, name: str) -> datetime:
    """A cell as an aware time in UTC. Problem: post_time."""
    found: datetime | None = None
    try:
        if isinstance(cell, datetime):
            found = cell if cell.time() != time() else datetime.combine(cell.date(), time(12))
            found = found.replace(tzinfo=found.tzinfo or ZoneInfo(zone))
        elif isinstance(cell, date):
            found = datetime.combine(cell, time(12), ZoneInfo(zone))
        else:
            found = _said(uploads.text(cell), zone)
        if found is not None and found.year >= 2004:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Problem("post_time", column=NAMES[name], text=uploads.text(cell)[:40])


def _said(text: str, zone: str) -> datetime | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)", text):
        return datetime.fromisoformat(text)
    if iso := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        day, rest = date(int(iso[1]), int(iso[2]), int(iso[3])), text[iso.end() :]
    elif number := re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        day, rest = date(int(number[3]), int(number[2]), int(number[1])), text[number.end() :]
    elif word := re.match(r"(?:[A-Za-z']+,\s*)?(\d{1,2})\s+([A-Za-z]+)\.?\s+(\d{4})", text):
        month = _MONTHS.get(word[2].lower())
        if month is None:
            return None
        day, rest = date(int(word[3]), month, int(word[1])), text[word.end() :]
    else:
        return None
    rest = re.sub(r"^[\s,T]*(pukul|jam)?\s*", "", rest)
    if not rest:
        return datetime.combine(day, time(12), ZoneInfo(zone))
    hours = _HOURS.fullmatch(rest)
    if hours is None:
        return None
    return datetime.combine(
        day, time(int(hours[1]), int(hours[2])), ZoneInfo(_ZONES.get((hours[3] or "").upper(), zone))
    )
