"""The switches in plain words: what a volunteer or a tester can make happen, and to which requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: Kinds of call in words; keys as in ``faults.PLACES``.
PLACES: dict[str, str] = {
    "any": "permintaan apa saja",
    "photo": "mengunggah foto ke Facebook",
    "feed": "membuat kiriman Facebook",
    "flip": "menayangkan kiriman Facebook yang sudah disiapkan",
    "container": "menyiapkan foto di Instagram",
    "publish": "menayangkan kiriman Instagram",
    "reply": "membalas komentar",
    "hide": "menyembunyikan komentar",
    "delete": "menghapus kiriman atau komentar",
    "edit": "mengubah kiriman atau komentar",
    "comments": "membaca komentar",
    "insights": "membaca statistik",
    "read": "membaca yang lain",
}


@dataclass(frozen=True, slots=True)
class Accident:
    """One switch: what goes wrong, in a title and a sentence; ``what`` and ``params`` as ``faults.add`` takes them."""

    title: str
    text: str
    what: str
    params: dict[str, Any] = field(default_factory=dict)


ACCIDENTS: dict[str, Accident] = {
    "hilang": Accident(
        "Jawaban hilang di jalan",
        "Permintaan dikerjakan, tetapi sambungan putus sebelum jawabannya sampai. "
        "Inilah saat kiriman mudah tayang dua kali.",
        "lost_answer",
    ),
    "galat_jadi": Accident(
        "Galat, padahal jadi", "Permintaan dikerjakan, tetapi jawabannya galat 500.", "error_500_acted"
    ),
    "galat": Accident("Galat dan tidak jadi", "Permintaan tidak dikerjakan, jawabannya galat 500.", "error_500"),
    "halaman": Accident(
        "Halaman galat", "Yang datang halaman web 502, bukan jawaban yang dapat dibaca program.", "html_502"
    ),
    "terpotong": Accident("Jawaban terpotong", "Permintaan dikerjakan, jawabannya hanya datang separuh.", "truncated"),
    "lambat": Accident(
        "Jawaban lambat", "Permintaan dikerjakan, jawabannya baru datang setelah 45 detik.", "slow", {"seconds": 45}
    ),
    "batas_halaman": Accident(
        "Terlalu sering (Facebook)",
        "Batas pemakaian Halaman tercapai; coba lagi setelah 5 menit.",
        "rate_limit",
        {"code": 80001, "minutes": 5},
    ),
    "batas_ig": Accident(
        "Terlalu sering (Instagram)",
        "Batas pemakaian Instagram tercapai; coba lagi setelah 5 menit.",
        "rate_limit",
        {"code": 80002, "minutes": 5},
    ),
    "kedaluwarsa": Accident(
        "Sambungan akun berakhir", "Kunci akun sudah kedaluwarsa; akun harus disambungkan lagi.", "expired_token"
    ),
    "izin": Accident("Izin kurang", "Akun tidak lagi memberi izin untuk tindakan ini.", "permission", {"code": 10}),
    "isi": Accident(
        "Isi ditolak", "Kiriman ditolak karena dianggap melanggar aturan.", "refused", {"code": 368, "subcode": 1346003}
    ),
}


def sentence(place: str, what: str, times: int | None) -> str:
    """A switch that is on, in one sentence."""
    title = next((one.title for one in ACCIDENTS.values() if one.what == what), what)
    how_often = "sampai dimatikan" if times is None else f"{times} kali lagi"
    return f"{title}: saat {PLACES.get(place, place)}, {how_often}"
