"""Awards in Indonesian: what cannot be done, why somebody has no rank, why something is not counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from app.words_rubric import PROBLEMS as RUBRIC

PROBLEMS = {
    "unknown_award": "Penilaian dengan nomor {id} tidak ada.",
    "award_order": "Tanggal akhir lebih awal daripada tanggal mulai.",
    "award_long": "Masa penilaian terlalu panjang; paling banyak {most} hari.",
    "award_years": "Tahun masa penilaian harus di antara {first} dan {last}.",
    "award_categories": "Pilih paling sedikit satu kategori peserta.",
    "award_fixed": "Aturan penilaian ini sudah ditetapkan, jadi tidak dapat diubah.",
    "award_not_draft": "Aturan penilaian ini sudah ditetapkan.",
    "award_not_fixed": "Aturan penilaian ini belum ditetapkan. Tetapkan dahulu.",
    "award_begun": "Masa penilaian sudah mulai, jadi aturannya tidak dapat dibuka lagi.",
    "award_not_begun": "Masa penilaian baru mulai {at}, jadi belum ada yang dapat dibekukan.",
    "award_not_frozen": "Nilai penilaian ini belum dibekukan.",
    "award_released": "Hasilnya sudah diumumkan. Tarik dahulu pengumumannya, lalu bekukan versi baru.",
    "award_not_released": "Hasil penilaian ini belum diumumkan.",
    "award_objections": "Masa sanggah belum selesai, atau masih ada sanggahan yang belum dijawab. "
    "Tulis alasannya bila tetap diumumkan sekarang.",
    "award_frozen_meanwhile": "Versi {version} baru saja dibekukan orang lain. Lihat dahulu versi itu.",
    "correction_why": "Tulis alasan versi baru ini; alasannya ikut dicetak.",
    "snapshot_unusable": "Data penilaian tidak dapat dihitung ({reason}). Laporkan kepada pengelola.",
    "not_participant": "Organisasi dengan nomor {id} bukan peserta penilaian ini.",
    "unknown_version": "Versi {version} tidak ada.",
    "exclude_what": "“{key}” tidak dikenal. Tulis seperti delivery:5, seen:7, comment:3, atau item:9.",
    "exclude_unknown": "“{key}” tidak ada pada peserta penilaian ini.",
    "excluded_already": "“{key}” sudah dikecualikan.",
    "unknown_breach": "Pelanggaran dengan nomor {id} tidak ada.",
    "award_closed": "Nilai penilaian ini sudah dibekukan, jadi penjurian tidak dapat diubah.",
    "unknown_juror": "Juri dengan nomor {id} tidak ada.",
    "juror_already": "{name} sudah menjadi juri penilaian ini.",
    "juror_has_marked": "Juri ini sudah memberi nilai, jadi tidak dapat dihapus.",
    "not_that_juror": "Hanya juri itu sendiri yang dapat melakukannya.",
    "draw_early": "Undian baru dapat dilakukan sesudah masa penilaian berakhir, {at}.",
    "jury_few": "Tunjuk paling sedikit {least} juri sebelum undian.",
    "bad_seed": "Benih undian paling banyak {most} huruf, tanpa garis tegak.",
    "unknown_draw": "Kiriman undian dengan nomor {id} tidak ada.",
    "juror_undeclared": "Nyatakan dahulu peserta mana yang dekat dengan Anda, atau bahwa tidak ada.",
    "juror_partial": "Anda menyatakan dekat dengan peserta ini, jadi tidak menilainya.",
    "marks_open": "Semua nilai juri sudah masuk dan terbuka, jadi tidak dapat diubah lagi.",
    "bad_mark": "Nilai “{name}” harus angka bulat 0 sampai {most}.",
    "objection_late": "Masa sanggah berakhir {at}.",
    "objection_part": "Bagian “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "objection_attachments": "Lampiran sanggahan tidak dapat dipakai; paling banyak {most} foto.",
    "objection_waiting": "Sanggahan untuk bagian ini sudah masuk dan sedang menunggu jawaban.",
    "unknown_objection": "Sanggahan dengan nomor {id} tidak ada.",
    "objection_closed": "Sanggahan ini sudah dijawab atau ditarik.",
    "objection_outcome": "Putusan “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "answer_needed": "Jawaban sanggahan belum ditulis.",
    "not_your_organisation": "Hanya anggota organisasi itu yang dapat menyanggah nilainya.",
    "unknown_flag": "Catatan kejanggalan dengan nomor {id} tidak ada.",
    "flag_decision": "Putusan “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "register_outside": "Organisasi dengan nomor {id} tidak ada di wilayah penilaian ini.",
    "register_category": "Aturan sudah ditetapkan, jadi kategori peserta tidak dapat diubah.",
    "register_why": "Tulis alasannya di catatan: mengapa tidak ikut, atau mengapa akunnya tidak terbuka.",
    "register_columns": "Tabel ini tidak punya kolom “nomor”, “kode wilayah”, atau “nama”.",
    "register_unknown": "“{name}” tidak ada di wilayah penilaian ini.",
    "register_several": "Ada beberapa organisasi yang cocok dengan “{name}”. Isi kolom nomor.",
    "register_twice": "Organisasi ini sudah ada di baris {line}.",
    "register_yes": "Isi kolom {column} dengan ya atau tidak, bukan “{name}”.",
    "award_disagrees": "Versi {version} tidak cocok dengan dirinya sendiri: {wrong}. "
    "Bandingkan dengan ekspor yang disimpan.",
    "certificate_none": "Peserta ini tidak mendapat peringkat, jadi tidak ada sertifikatnya.",
    "bad_date": "Tanggal “{text}” tidak dapat dibaca. Tulis seperti 2026-06-30.",
    "rubric_file": "Berkas rubrik {path} bukan JSON yang benar.",
}

#: Why an organisation of the area takes no part.
LEFT_OUT = {
    "no_account": "Belum ada akun yang tersambung atau terbaca",
    "taken_out": "Dikeluarkan dari daftar peserta",
    "other_category": "Kategorinya tidak ikut dinilai",
    "merged": "Bergabung ke organisasi lain",
    "has_left": "Keluar sebelum masa penilaian berakhir",
    "not_yet": "Baru ikut sesudah masa penilaian",
}

#: Why a post or an item is not counted, where no person wrote a reason.
EXCLUDED = {
    "withdrawn": "Ditarik oleh organisasinya",
    "gone": "Hilang dari platform sebelum berumur sepekan",
    "same_post": "Sama dengan kiriman yang sudah dihitung",
    "before_joining": "Terbit sebelum organisasinya ikut",
    "own": "Ditulis akunnya sendiri, bukan warga",
    "staff": "Ditulis anggotanya sendiri, bukan warga",
}

#: Why a comment is no engagement.
UNCOUNTED = {
    "own": "balasan sendiri",
    "staff": "komentar anggota",
    "spam": "spam",
    "left_out": "dikecualikan pemeriksa",
    "repeated": "komentar berulang dari orang yang sama",
}

STATES = {
    "draft": "Draf",
    "fixed": "Aturan ditetapkan",
    "frozen": "Masa sanggah",
    "released": "Diumumkan",
}

OBJECTIONS = {
    "filed": "Masuk",
    "examined": "Sedang diperiksa",
    "accepted": "Diterima",
    "partly": "Diterima sebagian",
    "rejected": "Tidak diterima",
    "withdrawn": "Ditarik",
}

INDICATORS = {
    "konsistensi": "Konsistensi",
    "keterlibatan": "Keterlibatan",
    "tingkat_respons": "Tingkat respons",
    "kecepatan": "Kecepatan",
    "tuntas": "Tuntas",
    "kualitas": "Kualitas",
}

#: How each row comes about, in one sentence.
FORMULAS = {
    "konsistensi": "Pekan dengan cukup kiriman, dari semua pekan masa penilaian.",
    "keterlibatan": "Interaksi dibanding jangkauan (atau pengikut) kiriman berumur {age} hari, dibandingkan dengan "
    "peserta sekategori.",
    "tingkat_respons": "Tanggapan warga yang dijawab dalam satu hari kerja.",
    "kecepatan": "Jam kerja sampai jawaban pertama: penuh sampai {full} jam, nol mulai {zero} jam.",
    "tuntas": "Keluhan yang selesai, atau diteruskan dengan bukti, dalam 14 hari kerja.",
    "kualitas": "Rata-rata nilai juri untuk kiriman yang diundi.",
}
SMALL = "Data sedikit."
DROPPED = "Tidak dinilai di kategori ini."

#: What is said beside a version that was frozen before its posts were a week old.
EARLY = (
    "Dibekukan sebelum kiriman hari terakhir berumur tujuh hari, jadi angka kiriman terakhir belum lengkap. "
    "Bekukan versi baru sesudah waktunya."
)
#: What is said of rules that were fixed after the period had begun.
FIXED_LATE = "Aturan baru ditetapkan sesudah masa penilaian mulai."


def reason(found: Mapping[str, Any] | None) -> str | None:
    """Why there is no rank, None where there is one. found: {code, and facts}, as
    app.awarding.scoring.Result.plain has it."""
    if found is None:
        return None
    known = defaultdict(lambda: "-", {key: str(value) for key, value in found.items()})
    return RUBRIC.get(str(found.get("code")), "Tidak memenuhi syarat.").format_map(known)


def formula(name: str, rules: Any) -> str:
    """How a row comes about by these rules (app.awarding.rubric.Rubric)."""
    full, zero = rules.speed_full_hours, rules.speed_zero_hours
    return FORMULAS[name].format(age=rules.reading_age_days, full=full, zero=zero)


def left_out(why: str) -> str:
    """Why an organisation takes no part: our sentence, or what a person wrote."""
    return LEFT_OUT.get(why, why)


def excluded(why: str) -> str:
    """Why a post is not counted."""
    return EXCLUDED.get(why, why)
