"""What people are told of residents' items: urgent, near a deadline, late, promised; and the weekly digest.

Kinds, numbers and times only. Words of a resident stand in the digest alone, masked and cut, and never those of items
that are secret, masked or urgent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from app import times

#: As words_notices.TROUBLES: (how many of what and what is the case, what to do next).
REMINDERS = {
    "urgent": (
        "{n} mungkin darurat",
        "Buka sekarang juga dan pastikan orangnya aman. Bahaya: 112. Kesehatan jiwa: 119 tekan 8. Perempuan dan anak: "
        "129.",
    ),
    "answer_near": (
        "{n} hampir lewat batas jawaban",
        "Jawab sebelum batasnya. “Kami cek dulu” dengan tanggal kabar berikutnya sudah sebuah jawaban.",
    ),
    "answer_late": ("{n} lewat batas jawaban", "Jawab hari ini juga, dan sebutkan kapan kabar berikutnya."),
    "settle_near": ("{n} hampir lewat batas penyelesaian", "Selesaikan dengan bukti, atau beri tahu warga alasannya."),
    "settle_late": ("{n} lewat batas penyelesaian", "Selesaikan dengan bukti, atau beri tahu warga alasannya."),
    "promise_near": ("janji untuk {n} segera jatuh tempo", "Tepati, atau beri tahu warga tanggal barunya."),
    "promise_late": ("janji untuk {n} lewat tanggalnya", "Tepati, atau beri tahu warga tanggal barunya."),
    "handover_late": (
        "{n} belum dijawab pihak yang diserahi",
        "Tanyakan kepada mereka, atau ambil kembali dan beri tahu warga.",
    ),
}
_KINDS = {"perlu dipilah": "masukan yang belum dipilah"}


class Concern(Protocol):
    """A resident's item in a letter (services/troubles.Item with its kind set)."""

    @property
    def kind(self) -> str | None: ...
    @property
    def number(self) -> int | None: ...
    @property
    def on(self) -> date | None: ...
    @property
    def due_at(self) -> datetime: ...


def kind(name: str) -> str:
    """A kind after a number: "keluhan", "masukan yang belum dipilah"."""
    return _KINDS.get(name, name)


def counted(kinds: Sequence[str]) -> list[str]:
    """ "3 keluhan", "1 pertanyaan": the most first."""
    return [f"{count} {kind(name)}" for name, count in Counter(kinds).most_common()]


def line(item: Concern, what: str, zone: str) -> str:
    """ "• Keluhan nomor 12, batasnya Sel 18 Agt, 09.00 WIB"."""
    name = kind(item.kind or "")
    day = times.short_date(item.on or times.local(item.due_at, zone).date())
    when = day if item.on else f"{day}, {times.clock_time(item.due_at, zone)}"
    label = "ditulis" if what == "urgent" else ("tanggalnya" if item.on else "batasnya")
    return f"• {name[0].upper()}{name[1:]} nomor {item.number}, {label} {when}"
