"""Words of the statistics, for pages, papers and the command line: where a figure comes from, what was done."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from app import times

#: How far a figure can be trusted (app/models/measured.SOURCE_CLASSES), in words.
SOURCES = {
    "own": "sambungan sendiri",
    "public": "dibaca dari luar",
    "shared": "dibagikan",
    "sheet": "tabel diperiksa",
    "reported": "dilaporkan sendiri",
}
#: The six tugas (domain.md section 2): working labels, the official text of three of them was not found.
TASKS = {
    "inisiatif": "Inisiatif",
    "penggerak": "Penggerak",
    "pendampingan": "Pendampingan",
    "kemitraan": "Kemitraan",
    "pemantauan": "Pemantauan",
    "lainnya": "Lainnya",
}
PLATFORMS = {
    "facebook": "Facebook",
    "instagram": "Instagram",
    "instagram_private": "Instagram",
    "website": "Halaman kami",
    "tangan": "Diterbitkan tangan",
}
#: Metrics with their titles, in the order of tables.
METRICS = {
    "reach": "Jangkauan",
    "views": "Dilihat",
    "reactions": "Suka",
    "comments": "Komentar",
    "shares": "Dibagikan",
    "saves": "Disimpan",
    "clicks": "Klik",
}


def compare(now: int | None, before: int | None) -> str:
    """A comparison in words: "naik 46% dari 5.770"."""
    if now is None or before is None:
        return "belum ada pembandingnya"
    if now == before:
        return f"sama dengan {times.number(before)}"
    if before == 0:
        return "sebelumnya 0"
    share = (Decimal(100) * abs(now - before) / before).quantize(Decimal(1), ROUND_HALF_EVEN)
    way = "naik" if now > before else "turun"
    return f"{way} {times.number(int(share)) if share else 'kurang dari 1'}% dari {times.number(before)}"


def more(now: int, before: int) -> str:
    """A comparison of counts: "3 lebih banyak dari 14"."""
    if now == before:
        return f"sama dengan {times.number(before)}"
    way = "banyak" if now > before else "sedikit"
    return f"{times.number(abs(now - before))} lebih {way} dari {times.number(before)}"


def percent(value: Decimal | None) -> str:
    """ "4,9%"; "belum ada angka" for none."""
    return times.NO_NUMBER if value is None else f"{times.decimal(value, 1)}%"
