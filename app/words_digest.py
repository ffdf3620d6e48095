"""The weekly digest in Indonesian: plain text, short enough for a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from app import times, words_reminders
from app.words_notices import line

#: Characters of a resident's words that are shown, and items of which some are.
FIRST, OLDEST = 60, 5


class Count(Protocol):
    """See app/queries/oversight.py."""

    @property
    def name(self) -> object: ...
    @property
    def open(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def late(self) -> int: ...


class Promises(Protocol):
    """See app/queries/oversight.py."""

    @property
    def open(self) -> int: ...
    @property
    def overdue(self) -> int: ...


@dataclass(frozen=True)
class Old:
    """One of the longest-waiting items. text: masked, None where no word of it is to be shown. about: a person's id."""

    id: int
    kind: str
    village: str | None
    said_at: datetime
    status: str
    text: str | None
    about: int | None = None


@dataclass(frozen=True)
class Week:
    """What one digest says. middle: median working hours until the first answer, of what came in the week."""

    organisation: str
    zone: str
    first: date
    last: date
    came: int
    answered: int
    settled: int
    middle: Fraction | None
    open: Count
    kinds: Sequence[Count]
    promises: Promises
    due_this_week: int
    silent: int
    oldest: Sequence[Old]

    @property
    def quiet(self) -> bool:
        """Nothing came, nothing is open: nobody needs a letter."""
        return not (self.came or self.answered or self.open.open or self.promises.open)


def letter(week: Week, oldest: Sequence[Old], now: datetime, base: str) -> tuple[str, str]:
    """Title and text. base: the address of the pages without a slash at its end, or empty."""
    where = line(week.organisation)[:60].strip()
    span = f"{times.short_date(week.first)} – {times.short_date(week.last, now.date())}"
    parts = [f"{where}\nMinggu {span}", _came(week), _open(week), *_promised(week)]
    if oldest:
        parts.append("\n".join(["Paling lama terbuka:", *(_old(each, week.zone, now, base) for each in oldest)]))
    if base:
        parts.append(f"Selengkapnya: {base}/pengawasan")
    head = f"{week.open.late} lewat batas" if week.open.late else f"{week.open.open} masih terbuka"
    return f"Kentongan {where}: ringkasan minggu lalu, {head}", "\n\n".join(parts)


def _came(week: Week) -> str:
    said = f"Masuk {week.came}, dijawab {week.answered}, selesai {week.settled}."
    if week.middle is not None:
        hours = Decimal(week.middle.numerator) / week.middle.denominator
        said += f" Jawaban pertama biasanya dalam {times.decimal(hours)} jam kerja."
    return said


def _open(week: Week) -> str:
    if not week.open.open:
        return "Tidak ada yang terbuka. Terima kasih, semua sudah ditangani."
    kinds = ", ".join(f"{each.open} {words_reminders.kind(str(each.name))}" for each in week.kinds)
    return f"Masih terbuka {week.open.open}: {kinds}.\nBelum dijawab {week.open.waiting}, lewat batas {week.open.late}."


def _promised(week: Week) -> list[str]:
    said = []
    if week.promises.open:
        said.append(
            f"Janji kepada warga: {week.promises.open} belum ditepati, {week.promises.overdue} lewat tanggalnya, "
            f"{week.due_this_week} jatuh tempo minggu ini."
        )
    if week.silent:
        said.append(f"Diteruskan dan belum dijawab sampai lewat tanggalnya: {week.silent}.")
    return ["\n".join(said)] if said else []


def _old(old: Old, zone: str, now: datetime, base: str) -> str:
    days = (times.local(now, zone).date() - times.local(old.said_at, zone).date()).days
    kind = words_reminders.kind(old.kind)
    where = f", {line(old.village)[:40]}" if old.village else ""
    shown = line(old.text)[:FIRST].rstrip() if old.text is not None else ""
    said = f"• {kind[0].upper()}{kind[1:]} nomor {old.id}{where}, {days} hari, {old.status}"
    if shown:
        said += f": “{shown}{' …' if len(line(old.text or '')) > FIRST else ''}”"
    return f"{said}\n  {base}/kotak/{old.id}" if base else said
