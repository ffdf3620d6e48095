"""The monthly report in Indonesian: what stands on the paper, and the letter that brings it."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from app import times
from app.words_statistik import more

#: Smaller counts of residents' items are not told on a wall: in a small village a count of one has a name.
LEAST = 5
NO_TASK = "Tanpa tugas"
NOTES = (
    "Interaksi: suka, komentar, dibagikan, dan disimpan. Terjangkau: orang yang melihat kiriman, menurut platform; "
    "Facebook dan Instagram tidak dijumlah karena orangnya bisa sama. Angka yang tidak diberikan platform tidak "
    "dihitung nol. Laporan ini tidak memuat data pribadi warga."
)


class Answers(Protocol):
    """See app/queries/statistics.py."""

    @property
    def in_time(self) -> int: ...
    @property
    def due(self) -> int: ...
    @property
    def hours(self) -> Decimal | None: ...


def month(year: int, number: int) -> str:
    """ "Oktober 2026"."""
    return f"{times.MONTHS[number - 1]} {year}"


def answered(answers: Answers) -> tuple[str, str]:
    """(big figure, its sentence) of how residents were answered; counts below ``LEAST`` are not told."""
    if not answers.due:
        return "–", "Tidak ada pesan warga yang menunggu jawaban."
    if answers.due < LEAST or answers.in_time < LEAST:
        many = f"{answers.due} pesan warga" if answers.due >= LEAST else f"Kurang dari {LEAST} pesan warga"
        return "–", f"{many}; terlalu sedikit yang tepat waktu untuk dirinci."
    said = f"dari {answers.due} pesan warga dijawab tepat waktu"
    hours = "" if answers.hours is None else f"; separuhnya dalam {max(round(answers.hours), 1)} jam"
    return times.number(answers.in_time), f"{said}{hours}."


def letter(organisation: str, name: str, posts: tuple[int, int], interactions: int | None) -> tuple[str, str]:
    """Title and text of the mail that carries the report."""
    done = "" if interactions is None else f" Semuanya mengumpulkan {times.number(interactions)} interaksi."
    body = (
        f"Laporan {organisation} untuk {name} terlampir sebagai PDF, siap dicetak dan ditempel.\n\n"
        f"{times.number(posts[0])} kiriman terbit, {more(*posts)} bulan sebelumnya.{done}\n\n"
        "Surat ini dikirim setiap awal bulan. Koordinator dapat menghentikannya di halaman Statistik."
    )
    return f"Kentongan {organisation}: laporan {name}", body
