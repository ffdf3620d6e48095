"""Sentences about tables that are handed in and papers that are made (app/papers)."""

from __future__ import annotations

PROBLEMS = {
    "sheet_large": "Berkas itu terlalu besar; paling banyak {most} MB. Bagi menjadi beberapa berkas.",
    "sheet_format": "Berkas itu bukan tabel XLSX atau CSV. Simpan ulang sebagai salah satunya.",
    "sheet_old": "Berkas itu berformat Excel lama atau dikunci sandi. Simpan ulang sebagai XLSX tanpa sandi.",
    "sheet_broken": "Berkas itu rusak atau terpotong, jadi tidak dapat dibaca. Simpan ulang, lalu coba lagi.",
    "sheet_rows": "Tabel itu terlalu panjang; paling banyak {most} baris. Bagi menjadi beberapa berkas.",
    "sheet_columns": "Tabel itu terlalu lebar; paling banyak {most} kolom.",
    "sheet_empty": "Tabel itu kosong.",
    "sheet_letters": "Huruf di berkas itu tidak dikenali. Simpan ulang sebagai “CSV UTF-8” atau XLSX.",
    "paper_failed": "PDF tidak dapat dibuat saat ini. Coba lagi; bila tetap gagal, unduh XLSX.",
    "report_month": "Bulan “{month}” tidak dikenal. Tulis seperti 2026-10, paling akhir bulan ini.",
}
