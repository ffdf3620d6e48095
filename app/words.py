"""Codes and states → Indonesian sentences, for pages and the command line alike.

A sentence says what happened and what to do next. Facts that a sentence does not name are left out, a fact that is
missing is written as "-": a reason must never fail to be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import times
from app.words_award import PROBLEMS as AWARD
from app.words_handling import PROBLEMS as HANDLING
from app.words_measuring import PROBLEMS as MEASURING
from app.words_papers import PROBLEMS as PAPERS
from app.words_reasons import REASONS
from app.words_rubric import PROBLEMS as RUBRIC
from app.words_tables import PROBLEMS as TABLES

#: What a person did or typed that cannot be done so.
PROBLEMS = {
    "settings": "Pengaturan {name} tidak dapat dipakai: {reason}.",
    "view_name": "Beri nama, paling banyak {most} huruf.",
    "view_name_taken": "Sudah ada tampilan bernama {name}. Pilih nama lain.",
    "view_empty": "Saring dahulu, lalu simpan sebagai tampilan.",
    "views_many": "Sudah ada {most} tampilan. Hapus yang tidak dipakai lagi.",
    "unknown_view": "Tampilan itu sudah tidak ada.",
    "settings_lease": "KENTONGAN_LEASE_S harus lebih dari dua kali KENTONGAN_HTTP_TIMEOUT_S.",
    "env_unreadable": "Berkas {path} tidak dapat dibaca sebagai UTF-8.",
    "no_key": "Kunci pemasangan belum ada. Jalankan `kentongan db upgrade` lebih dahulu.",
    "database_behind": "Basis data belum siap. Jalankan `kentongan db upgrade` lebih dahulu.",
    "database_newer": "Basis data dibuat oleh versi program yang lebih baru. Perbarui programnya.",
    "key_empty": "Berkas kunci {path} kosong. Pulihkan dari cadangan.",
    "database_down": "Basis data tidak dapat dibuka: {reason}.",
    "sealed_with_other_key": "Kunci rahasia berubah, sehingga sambungan akun tidak dapat dibuka. Pasang kunci lama "
    "atau sambungkan akun lagi.",
    "demo_home": "Folder {home} berisi data peragaan. Pilih KENTONGAN_HOME lain untuk data sungguhan.",
    "not_demo_home": "Folder {home} sudah berisi data sungguhan, jadi peragaan tidak dijalankan di sana. "
    "Pilih KENTONGAN_HOME lain atau kosongkan.",
    "port_taken": "Port {port} sedang dipakai program lain. Pilih yang lain dengan --port.",
    "unknown_organisation": "Organisasi dengan nomor {id} tidak ada.",
    "unknown_account": "Akun dengan nomor {id} tidak ada di organisasi ini.",
    "unknown_post": "Kiriman dengan nomor {id} tidak ada.",
    "unknown_photo": "Foto itu sudah tidak ada di kiriman ini.",
    "unknown_delivery": "Pengiriman dengan nomor {id} tidak ada.",
    "unknown_item": "Aspirasi dengan nomor {id} tidak ada.",
    "unknown_person": "Tidak ada pengguna dengan surel {email}.",
    "unknown_handle": "Akun anggota “{name}” tidak tercatat.",
    "handle_needed": "Nama akun anggota belum diisi.",
    "handle_taken": "Akun anggota “{name}” sudah tercatat.",
    "unknown_category": "Kategori “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "unknown_role": "Peran “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "unknown_zone": "Zona waktu “{name}” tidak dikenal. Pilih WIB, WITA, atau WIT.",
    "unknown_connector": "Sambungan “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "unknown_kind": "Jenis “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "unknown_status": "Status “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "unknown_state": "Keadaan “{name}” tidak dikenal. Pilih salah satu: {known}.",
    "unknown_choice": "Pilihan “{choice}” tidak dikenal. Pilih published, resend, atau withdrawn.",
    "status_impossible": "Status tidak dapat diubah dari “{source}” menjadi “{target}”.",
    "unknown_day": "Hari itu sudah tidak ada di kalender kerja; mungkin rekan Anda baru menghapusnya.",
    "day_order": "Tanggal akhir lebih awal daripada tanggal mulai.",
    "day_long": "Rentangnya terlalu panjang; paling banyak {most} hari.",
    "day_far": "Tahun itu terlalu jauh. Periksa tahunnya.",
    "hours_none": "Paling sedikit satu hari dalam seminggu harus ada jam kerjanya.",
    "hours_order": "Jam selesai harus sesudah jam mulai.",
    "term_days": "Hari kerja untuk {kind} harus 1 sampai {most}, dan selesai tidak lebih cepat dari jawaban pertama.",
    "name_needed": "Nama belum diisi.",
    "text_needed": "Tulisannya masih kosong.",
    "say_more": "Tulis sedikitnya satu kalimat, misalnya “Lampu jalan depan posyandu mati tiga hari”.",
    "kind_needed": "Pilih dahulu: keluhan, aspirasi, kritik, atau pertanyaan.",
    "form_closed": "Formulir ini sedang ditutup. Hubungi kami lewat cara lain di halaman depan.",
    "additions_many": "Keterangan tambahan untuk aspirasi ini sudah terlalu banyak. Kirim aspirasi baru.",
    "no_phone": "Warga ini tidak meninggalkan nomor HP, atau sudah dihapus.",
    "not_settled": "Aspirasi ini belum dinyatakan selesai.",
    "text_too_long": "Tulisan terlalu panjang; paling banyak {most} huruf.",
    "reason_needed": "Alasan wajib diisi, karena disimpan dalam riwayat.",
    "remote_id_needed": "Nomor Halaman atau akun belum diisi.",
    "token_needed": "Kunci akses (token) belum diisi.",
    "drill_failed": "Uji tidak berhasil ({result}); kiriman akun ini tetap diterbitkan langsung.",
    "bad_slug": "Alamat halaman “{text}” tidak dapat dipakai. Pakai 3 sampai 40 huruf kecil, angka, dan tanda hubung, "
    "misalnya ipsm-leuwisadeng.",
    "slug_taken": "Alamat halaman “{slug}” sudah dipakai organisasi lain.",
    "page_already": "Organisasi ini sudah punya halaman. Ubah alamatnya di profil, atau dengan `kentongan org page`.",
    "period_backwards": "Masa bakti berakhir sebelum dimulai. Periksa tahunnya.",
    "account_taken": "Akun {remote_id} sudah tersambung di pemasangan ini.",
    "risk_not_accepted": "Sambungan tidak resmi ini dapat membuat akun Instagram diblokir. Pakai sambungan “instagram” "
    "bila akunnya bisa profesional. Kalau tetap ingin memakainya, tambahkan --setting accept_risk=ya.",
    "instagram_private_risk": "Jalur tidak resmi: Instagram dapat meminta verifikasi atau memblokir akun ini. "
    "Jangan dipakai untuk akun yang bisa dijadikan profesional.",
    "practice_token": "Kunci latihan hanya berlaku untuk akun latihan, dan sebaliknya.",
    "practising_already": "Organisasi ini sudah punya akun latihan.",
    "practice_not_running": "Platform latihan sedang tidak berjalan.",
    "bad_email": "Alamat surel “{email}” tidak benar.",
    "password_needed": "Kata sandi belum diisi.",
    "password_short": "Kata sandi terlalu pendek; paling sedikit {least} huruf.",
    "password_long": "Kata sandi terlalu panjang.",
    "bad_setting": "Pengaturan “{text}” harus berbentuk nama=nilai.",
    "bad_time": "Waktu “{text}” tidak dapat dibaca. Tulis seperti 2026-08-20T19:00+07:00 atau now.",
    "time_naive": "Waktu harus menyebut selisih zona, misalnya 2026-08-20T19:00+07:00.",
    "time_past": "Waktu itu sudah lewat lebih dari satu jam. Pilih waktu yang akan datang.",
    "time_far": "Waktu itu lebih dari setahun lagi. Periksa tahunnya.",
    "file_unreadable": "Berkas {path} tidak dapat dibaca.",
    "caption_not_text": "Berkas {path} bukan tulisan UTF-8.",
    "nothing_chosen": "Sebutkan {what}.",
    "no_account": "Belum ada akun tujuan. Pilih paling sedikit satu.",
    "empty_post": "Kiriman masih kosong: tulis keterangan atau tambahkan foto.",
    "personal_data": "Ada {what} di tulisan ini. Hapus dulu?",
    "caption_too_long": "Keterangan terlalu panjang untuk {account}: {is} huruf, paling banyak {most}.",
    "too_many_hashtags": "Tagar terlalu banyak untuk {account}: {is}, paling banyak {most}.",
    "too_many_mentions": "Sebutan @ terlalu banyak untuk {account}: {is}, paling banyak {most}.",
    "too_many_photos": "Foto terlalu banyak; paling banyak {most}.",
    "photo_needed": "{account} memerlukan paling sedikit {least} foto.",
    "alt_text_missing": "Foto ke-{photo} belum punya keterangan untuk tunanetra.",
    "alt_text_too_long": "Keterangan foto terlalu panjang; paling banyak {most} huruf.",
    "account_broken": "Sambungan {account} terputus. Kiriman akan ditahan sampai disambungkan lagi.",
    "same_photo_twice": "Foto yang sama sudah ada di kiriman ini.",
    "bad_crop": "Potongan foto tidak benar.",
    "not_editable": "Kiriman ini sudah berjalan, jadi isinya tidak dapat diubah lagi.",
    "being_looked_up": "Kiriman ini sedang dicek di platform, jadi isinya belum dapat diubah. Putuskan dahulu yang "
    "“Perlu dicek”.",
    "already_cancelled": "Kiriman ini sudah dibatalkan.",
    "refused_resend": "Kiriman ini ditolak platform. Perbaiki isinya, lalu pilih “kirim ulang”.",
    "wrong_state": "Kiriman ini sudah berpindah keadaan. Muat ulang halamannya.",
    "unstorable": "Ada tulisan atau angka yang tidak dapat disimpan: bukan UTF-8, atau terlalu besar.",
    "home_unusable": "Folder atau berkas tidak dapat dipakai: {reason}.",
    "internal_error": "Terjadi kesalahan di program kami ({name}). Laporkan kepada pengelola.",
    "stale": "Orang lain baru saja mengubahnya. Muat ulang, lalu coba lagi.",
    "too_late_to_cancel": "Sudah terlambat untuk dibatalkan: kiriman sedang atau sudah tayang di {accounts}.",
    "too_late_to_reschedule": "Sudah terlambat untuk mengubah waktu: kiriman sedang atau sudah tayang di {accounts}.",
    "already_withdrawn": "Kiriman ini sudah ditarik.",
    "withdraw_under_way": "Kiriman ini sedang ditarik.",
    "not_public": "Kiriman ini belum tayang di mana pun. Batalkan saja.",
    "bad_address": "Itu bukan alamat sebuah kiriman di sana. Buka kirimannya, salin tautannya, lalu tempelkan di sini.",
    "address_taken": "Alamat itu milik kiriman lain yang sudah kami catat. Periksa lagi kirimannya.",
    "nothing_to_resolve": "Pengiriman ini tidak menunggu keputusan siapa pun.",
    "no_platform": "Aspirasi ini tidak datang dari media sosial, jadi tidak dapat dibalas di sana.",
    "answer_on_platform": "Aspirasi ini datang dari media sosial. Balas di sana.",
    "not_for_page": "Aspirasi ini tidak dapat ditampilkan di halaman umum: belum dijawab di sini, dirahasiakan, atau "
    "memuat data pribadi.",
    "not_possible_there": "{platform} tidak menyediakan hal itu.",
    "answer_on_its_way": "Balasan lain untuk aspirasi ini sedang dikirim. Tunggu sebentar.",
    "comment_gone": "Komentar itu sudah dihapus di platformnya.",
    "post_gone": "Kirimannya sudah ditarik atau dihapus di platform, jadi komentarnya tidak dapat ditanggapi di sana. "
    "Aspirasinya tetap tercatat; tindak lanjuti dengan cara lain.",
    "notice_kind": "Alamat kabar ke-{number} tidak diawali jenis yang dikenal, seperti tgram:// atau mailtos://.",
    "notice_address": "Alamat kabar ke-{number} ({kind}) tidak dapat dipakai. Periksa tulisannya.",
    "notices_many": "Alamat kabar terlalu banyak; paling banyak {most}.",
    "notices_none": "Belum ada alamat kabar untuk organisasi ini. Isi dengan --urls-stdin.",
    "notices_not_sent": "Pesan uji coba tidak sampai ke {failed} dari {count} alamat.",
    "forbidden": "Anda tidak berhak melakukan itu.",
    **HANDLING,
    **TABLES,
    **MEASURING,
    **PAPERS,
    **RUBRIC,
    **AWARD,
}

#: Photos that cannot be taken in (media/problems.py).
PHOTOS = {
    "empty": "Berkas foto itu kosong.",
    "unreadable": "Berkas foto tidak dapat dibaca.",
    "too_large": "Berkas foto terlalu besar; paling besar 40 MB.",
    "not_a_photo": "Berkas itu bukan foto. Pakai JPEG, PNG, WebP, atau HEIC.",
    "animated": "Gambar bergerak tidak dapat dipakai. Pilih foto diam.",
    "too_many_pixels": "Foto terlalu besar ({width} × {height} titik). Kecilkan dahulu.",
    "too_small": "Foto terlalu kecil ({width} × {height} titik).",
    "broken": "Foto rusak atau belum terkirim seluruhnya. Ambil atau unggah lagi.",
    "too_heavy": "Foto terlalu berat untuk diolah. Kecilkan dahulu.",
    "too_slow": "Foto terlalu lama diolah. Coba lagi.",
    "busy": "Sedang banyak foto diolah. Coba lagi sebentar.",
    "no_room": "Ruang simpan penuh. Hubungi pengelola.",
    "missing": "Foto tidak ditemukan di penyimpanan.",
}

#: State of a delivery → (what it means, what to do next).
DELIVERY = {
    "queued": ("Terjadwal", "Menunggu waktunya."),
    "staging": ("Disiapkan", "Sedang disiapkan di platform; belum terlihat umum."),
    "committing": ("Sedang diterbitkan", "Tunggu sebentar."),
    "published": ("Terbit", "Sudah terlihat umum."),
    "handed": ("Diserahkan", "Menunggu kabar bahwa sudah tayang."),
    "held": ("Ditahan", "Kiriman jalan sendiri begitu akun tersambung lagi."),
    "unsure": ("Sedang dicek", "Sedang kami periksa di platform; jangan kirim ulang dulu."),
    "needs_person": ("Perlu dicek", "Buka akunnya: bila sudah tayang pilih “sudah tayang”, bila belum “kirim ulang”."),
    "failed": ("Gagal", "Perbaiki, lalu kirim ulang. Foto Anda tetap aman."),
    "missed": ("Terlewat", "Pilih waktu baru atau kirim sekarang."),
    "cancelled": ("Dibatalkan", "Tidak dikirim."),
    "withdrawing": ("Sedang ditarik", "Tunggu sebentar."),
    "withdrawn": ("Ditarik", "Sudah tidak terlihat umum."),
    "gone": ("Tidak ada lagi", "Sudah dihapus di platformnya."),
}

POST = {
    "draft": "Draf",
    "in_review": "Menunggu persetujuan",
    "scheduled": "Terjadwal",
    "publishing": "Sedang diterbitkan",
    "published": "Terbit",
    "partly": "Terbit sebagian",
    "failed": "Gagal",
    "cancelled": "Dibatalkan",
    "withdrawn": "Ditarik",
}

HEALTH = {
    "unchecked": "Belum diperiksa",
    "connected": "Tersambung",
    "expiring": "Hampir habis",
    "broken": "Terputus",
}

ROLES = {
    "petugas": "Petugas media",
    "koordinator": "Koordinator",
    "pembina": "Pembina (penyetuju)",
    "juri": "Juri",
    "kominfo": "Kominfo",
    "pengelola": "Pengelola",
}

METRICS = {
    "reactions": "Suka",
    "comments": "Komentar",
    "shares": "Dibagikan",
    "saves": "Disimpan",
    "reach": "Jangkauan",
    "views": "Dilihat",
    "clicks": "Klik",
    "followers": "Pengikut",
}

_ALL = {**PHOTOS, **REASONS, **PROBLEMS}


#: Reasons that do not say themselves what is wrong: only there the platform's words, in its language, are added.
_VAGUE = frozenset({"refused", "unknown_refusal", "abusive", "spam", "media_type", "video", "checkpoint"})
#: Where an organisation's zone is not known, as on the command line.
_ZONE = "Asia/Jakarta"


def sentence(code: str, facts: Mapping[str, Any] | None = None, zone: str = _ZONE) -> str:
    """The sentence for a code, its dates in the zone. An unknown code is said openly, so that it can be looked up."""
    if code == "permission" and not str((facts or {}).get("permission") or "").strip():
        code = "permission_unnamed"  # Meta's commonest text is "(#200) Permissions error", which names none
    pattern = _ALL.get(code)
    if pattern is None:
        return f"Terjadi hal yang belum kami kenal ({code})."
    said = _filled(pattern, facts, zone)
    told = str((facts or {}).get("user_msg") or "").strip()
    return f"{said} Kata platform: “{told}”." if told and code in _VAGUE else said


def _filled(pattern: str, facts: Mapping[str, Any] | None, zone: str = _ZONE) -> str:
    known = {key: _plain(key, value, zone) for key, value in (facts or {}).items()}
    known["which"] = f" ke-{known['photo']}" if known.get("photo") else ""
    return pattern.format_map(defaultdict(lambda: "-", known))


def photo(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code of media/problems.py: "unreadable" is said of a platform's answer too."""
    return sentence(code, facts) if code not in PHOTOS else _filled(PHOTOS[code], facts)


def known(code: str) -> bool:
    """Whether there is a sentence for this code."""
    return code in _ALL


def _plain(key: str, value: Any, zone: str) -> str:
    """A fact as text. A time, and ``at`` that came back from the database as ISO 8601, is said as its date."""
    try:
        at = datetime.fromisoformat(value) if key == "at" and isinstance(value, str) else value
        return times.plain_date(times.local(at, zone).date()) if isinstance(at, datetime) else str(value)
    except (ValueError, OverflowError):  # no time, none of a zone, or the year 0: a reason must never fail to be shown
        return str(value)
