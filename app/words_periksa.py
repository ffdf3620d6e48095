"""What ``award verify`` finds, in words: what does not agree with itself, and what changed since it was frozen."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from app.queries.masking import mask
from app.times import clock_time, decimal, local, plain_date
from app.words_lembar import SOURCES

WRONG = {
    "hash": "sidiknya berbeda",
    "canonical": "susunan berkasnya berbeda",
    "scores": "nilai yang tersimpan bukan hasil hitungan datanya",
    "formula": "rumus yang dipakai sekarang lain",
    "snapshot": "datanya tidak terbaca",
}
#: What changed: keys of a snapshot (app/awarding/snapshot.md).
WHAT = {
    "award": "penilaian", "rubric": "aturan", "rubric_sha256": "sidik aturan", "fixed_at": "waktu aturan ditetapkan",
    "fixed_late": "aturan ditetapkan terlambat", "denominators": "pembagi keterlibatan",
    "dropped": "indikator yang tidak dinilai", "jurors": "daftar juri", "left_out": "daftar yang tidak ikut",
    "participant": "ikut dinilai", "organisation": "nama", "region_code": "kode wilayah", "category": "kategori",
    "band": "golongan pengikut", "zone": "zona waktu", "public": "akun terbuka", "public_note": "catatan akun",
    "sources": "cara mengukur", "joined_on": "tanggal bergabung", "succeeds": "penggabungan",
    "breaches": "banyaknya pelanggaran", "breach_details": "catatan pelanggaran", "jury": "nilai juri",
    "jury_detail": "nilai juri satu per satu", "seed": "benih undian", "drawn": "kiriman undian",
    "conflicts": "kedekatan juri", "flags": "pola ganjil", "relabelled": "jenis tanggapan yang diubah",
    "hidden": "komentar yang disembunyikan", "posts": "kiriman", "excluded_posts": "kiriman tidak dihitung",
    "items": "tanggapan", "undecided_items": "tanggapan belum habis waktunya",
    "excluded_items": "tanggapan tidak dihitung", "joined_items": "tanggapan yang digabung",
    "unsorted_items": "tanggapan belum dipilah",
}  # fmt: skip
FIELDS = {
    "interactions": "interaksi", "reactions": "suka", "comments": "komentar", "shares": "dibagikan",
    "saves": "disimpan", "reach": "jangkauan", "paid_reach": "jangkauan berbayar", "followers": "pengikut",
    "excluded_comments": "komentar tidak dihitung", "excluded_why": "sebab komentar tidak dihitung",
    "read_at": "waktu dibaca", "published_at": "waktu terbit", "how": "cara membaca", "source": "sumber",
    "platform": "platform", "permalink": "tautan", "caption": "keterangan", "activity_id": "kegiatan",
    "evidence": "foto", "gone": "hilang dari platform", "kind": "jenis", "said_at": "waktu disampaikan",
    "answered_in_time": "dijawab pada waktunya", "first_reply_working_hours": "jam kerja sampai dijawab",
    "answer": "jawabannya", "into": "digabung ke",
    "resolved_in_time": "tuntas pada waktunya", "reason": "alasan", "by": "oleh", "at": "waktu", "why": "alasan",
}  # fmt: skip
_HOW = {
    "read": "dibaca", "between": "di antara dua bacaan", "spoken": "tercatat", "marked": "hanya ditandai",
}  # fmt: skip


def wrong(code: str) -> str:
    """What does not agree with itself."""
    return WRONG.get(code.partition(":")[0], "datanya berbeda")


def what(line: dict[str, Any]) -> str:
    """What changed, without the number that only a machine needs. line: of Verified.differences."""
    about = WHAT.get(line["what"], "catatan lain")
    return f"{about}: {FIELDS.get(line['field'], 'catatan lain')}" if line["field"] else about


def value(line: dict[str, Any], side: str, zone: str) -> str:
    """A value of a difference; side: "frozen" or "now"."""
    found = line[side]
    if found is None:
        return "tidak ada"
    if isinstance(found, bool):
        there = line["field"] is None and (line["id"] is not None or line["what"] == "participant")
        return ("ada" if found else "tidak ada") if there else ("ya" if found else "tidak")
    if isinstance(found, int):
        return str(found)
    if found[:1] in ("[", "{"):
        return _many(found)
    if line["field"] in ("read_at", "published_at", "said_at", "at") or line["what"] == "fixed_at":
        at = datetime.fromisoformat(found.replace("Z", "+00:00"))
        return f"{plain_date(local(at, zone).date())}, {clock_time(at, zone)}"
    if line["field"] == "first_reply_working_hours":
        return decimal(found, 2)
    return mask(_HOW.get(found) or SOURCES.get(found) or found or "kosong")


def _many(found: str) -> str:
    try:
        rows = json.loads(found)
    except ValueError:
        return f"{found.strip('[]')} baris"
    return f"{len(rows)} baris" if rows else "tidak ada"
