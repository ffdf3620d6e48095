"""Accounts that are read from outside, and tables of posts that were handed in, in Indonesian."""

from __future__ import annotations

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
    # A table of posts (app/services/post_table.py, app/services/sheets.py).
    "post_link": "“{text}” bukan alamat sebuah kiriman. Salin tautan kirimannya, misalnya https://www.instagram.com/p/...",
    "post_time": "Kolom {column} berisi “{text}”, bukan tanggal. Tulis seperti 20/08/2026 19.00.",
    "post_future": "Tanggalnya belum terjadi. Periksa tahunnya.",
    "post_read_before": "Angka dicatat sebelum kirimannya terbit. Periksa kedua tanggalnya.",
    "post_number": "Kolom {column} berisi “{text}”, bukan bilangan bulat. Kosongkan bila tidak ada angkanya.",
    "post_no_figure": "Tidak ada satu angka pun di baris ini.",
    "post_twice": "Kiriman itu sudah ada di baris {first}.",
    "post_known": "Kiriman itu sudah terbaca lewat sambungan, jadi angkanya tidak perlu dilaporkan.",
    "post_in_sheet": "Kiriman itu sudah ada di tabel nomor {number}.",
    "post_of_other": "Kiriman itu sudah dicatat atas nama organisasi lain.",
    "sheet_nothing": "Tidak ada baris yang dapat diambil dari tabel itu.",
    "sheet_twice": "Tabel itu sudah disimpan sebagai nomor {number}.",
    "unknown_sheet": "Tabel dengan nomor {id} tidak ada.",
    "sheet_checked": "Tabel itu sudah diperiksa oleh {by}.",
    "sheet_own": "{by} menyerahkan tabel ini sendiri. Minta orang lain memeriksanya.",
}
