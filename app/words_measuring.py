"""Readings, accounts that are read from outside, and tables of posts that were handed in, in Indonesian."""

from __future__ import annotations

from app import times

PROBLEMS = {
    "unknown_platform": "Platform “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "unknown_watched": "Akun pantauan dengan nomor {id} tidak ada.",
    "reader_cannot": "Akun {account} tidak dapat dipakai membaca akun {platform} lain. Pilih akun {platform} resmi "
    "yang tersambung.",
    "watch_twice": "Akun {handle} sudah dipantau.",
    "watch_no_reader": "Akun pembaca belum ada atau sambungannya terputus. Sambungkan lagi akun pembacanya.",
    "watch_other": "Nama {handle} kini dipakai akun lain. Tanyakan nama akun yang baru, lalu daftarkan lagi.",
    "watch_lost": "Akun {handle} tadinya terbaca, sekarang tidak: berganti nama, dikunci, dibatasi umur, atau tidak "
    "lagi profesional. Tanyakan kepada pemiliknya.",
    "watch_connected": "Akun {handle} sudah tersambung langsung, jadi tidak perlu dibaca dari luar.",
}

#: Source classes (app/models/measured.SOURCE_CLASSES), as people read them.
SOURCES = {
    "own": "sambungan sendiri",
    "public": "dibaca dari luar",
    "shared": "Halaman yang dibagikan",
    "sheet": "tabel yang sudah diperiksa",
    "reported": "dilaporkan sendiri",
}


def late(seconds: int) -> str:
    """ "terbaca 6 jam terlambat"."""
    return f"terbaca {times.span(seconds)} terlambat"
