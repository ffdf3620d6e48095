"""The lembar nilai in sentences: how each figure came about, with its own numbers, so that a hall can follow it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from app.times import decimal, local, number, plain_date

_UNITS = {"reach": "jangkauan", "followers": "pengikut"}
_NETS = {"facebook": "Facebook", "instagram": "Instagram", "website": "Halaman kami"}
SOURCES = {
    "own": "sambungan sendiri",
    "public": "dibaca dari luar",
    "shared": "halaman dibagikan",
    "sheet": "tabel yang diperiksa",
    "reported": "dilaporkan sendiri",
}
#: What the jury looks at.
CRITERIA = {
    "manfaat": "Manfaat bagi warga",
    "kejelasan": "Kejelasan",
    "orisinalitas": "Orisinalitas",
    "aksesibilitas": "Aksesibilitas",
    "privasi": "Privasi",
}
FLAGS = {"follower_jump": "Lonjakan pengikut", "repeated_commenter": "Komentar berulang dari orang yang sama"}


def told(indicator: str, detail: dict[str, Any], figure: Decimal | None, units: dict[str, str]) -> str:
    """How a figure came about. detail: app/awarding/rows.py. units: platform → reach or followers."""
    if detail.get("dropped"):
        return (
            "Tidak dinilai di kategori ini, sebab tidak dapat diukur pada semua peserta; bobotnya dibagi ke yang lain."
        )
    if not detail:
        return "Belum memenuhi syarat, jadi belum dihitung."
    return _WORDS[indicator](detail, figure, units)


def flag(kind: str, facts: dict[str, Any], zone: str) -> str:
    """What is odd, in a sentence. facts: app/services/flags.py."""
    if kind == "repeated_commenter":
        return (
            f"Satu orang menulis {number(facts.get('comments'))} dari {number(facts.get('of'))} komentar, pada "
            f"{number(facts.get('posts'))} kiriman."
        )
    since, at = (_day(facts.get(name), zone) for name in ("since", "at"))
    return (
        f"Pengikut berubah dari {number(facts.get('before'))} menjadi {number(facts.get('after'))} antara {since} dan "
        f"{at}; biasanya {decimal(facts.get('usual_a_day'))} sehari."
    )


def handled(participant: dict[str, Any]) -> list[str]:
    """What its own people did that the figures do not show, in sentences: no wrong in itself, but to be seen.

    participant: of the snapshot; what it does not say is not told.
    """
    items = participant.get("items") or []
    notes = [item for item in items if item.get("source") == "catatan"]
    quick = sum((item.get("first_reply_working_hours") or 0) < 1 and bool(item["answered_in_time"]) for item in notes)
    marked = sum(item.get("answer") == "marked" for item in items)
    joined, unsorted = len(participant.get("joined_items") or []), participant.get("unsorted_items") or 0
    found = []
    if notes:
        found.append(
            f"{number(len(notes))} dari {number(len(items))} tanggapan dicatat sendiri oleh petugas, bukan dikirim "
            f"warga; {number(quick)} di antaranya ditanggapi dalam satu jam kerja."
        )
    if marked:
        found.append(
            f"{number(marked)} tanggapan hanya ditandai sudah ditanggapi; jawabannya tidak tercatat di platform maupun "
            "di halaman kami."
        )
    if joined:
        found.append(f"{number(joined)} tanggapan digabungkan ke tanggapan lain dan tidak dihitung sendiri.")
    if unsorted:
        found.append(f"{number(unsorted)} tanggapan belum dipilah jenisnya, jadi tidak masuk hitungan.")
    return found


def _day(text: str | None, zone: str) -> str:
    return plain_date(local(datetime.fromisoformat(text.replace("Z", "+00:00")), zone).date()) if text else "?"


def _consistency(detail: dict[str, Any], figure: Decimal | None, _units: dict[str, str]) -> str:
    need = "sedikitnya satu kiriman" if detail["needed"] == 1 else f"sedikitnya {detail['needed']} kiriman"
    return (
        f"{detail['met']} dari {detail['weeks']} pekan punya {need}: "
        f"{detail['met']} ÷ {detail['weeks']} = {decimal(figure, 2)}."
    )


def _engagement(detail: dict[str, Any], _figure: Decimal | None, units: dict[str, str]) -> str:
    found = []
    for one in detail["platforms"]:
        unit = _UNITS.get(units.get(one["platform"], "reach"), "jangkauan")
        found.append(
            f"{_NETS.get(one['platform'], one['platform'])}: {number(int(one['interactions']))} interaksi dari {unit} "
            f"{number(int(one['out_of']))} pada {one['posts']} kiriman; setelah disesuaikan untuk akun kecil "
            f"{decimal(100 * Decimal(one['r']), 2)}%, setara atau lebih tinggi dari "
            f"{decimal(one['percentile'], 2)}% dari {one['among']} peserta."
        )
    return " ".join(found) or "Belum ada kiriman yang angkanya terbaca pada umurnya."


def _answered(detail: dict[str, Any], _figure: Decimal | None, _units: dict[str, str]) -> str:
    return _shrunk(detail, "tanggapan dijawab sebelum batas waktu", "tanggapan yang harus dijawab")


def _settled(detail: dict[str, Any], _figure: Decimal | None, _units: dict[str, str]) -> str:
    return _shrunk(detail, "keluhan selesai atau diteruskan dengan bukti pada waktunya", "keluhan")


def _speed(detail: dict[str, Any], _figure: Decimal | None, _units: dict[str, str]) -> str:
    if not detail["count"]:
        return _shrunk(detail, "", "tanggapan yang harus dijawab")
    hours = detail.get("median_hours")
    middle = f"Tengah-tengah jawaban pertama {decimal(hours)} jam kerja. " if hours is not None else ""
    return f"{middle}Rata-rata {detail['count']} tanggapan {_percent(detail['own'])}; {_drawn(detail)}"


def _quality(detail: dict[str, Any], figure: Decimal | None, _units: dict[str, str]) -> str:
    jurors = detail["jurors"]
    if figure is None:
        done = f"Baru {len(jurors)} juri yang" if jurors else "Belum ada juri yang"
        return f"{done} selesai menilai, jadi belum ada angkanya; bobotnya dibagi ke yang lain."
    spread = decimal(detail["spread"], 2)
    return f"{len(jurors)} juri menilai kiriman yang diundi; beda juri tertinggi dan terendah {spread} dari 4."


def _shrunk(detail: dict[str, Any], done: str, what: str) -> str:
    if detail["p"] is None:
        return f"Belum ada {what} di kategori ini; bobotnya dibagi ke yang lain."
    if not detail["count"]:
        return f"Belum ada {what}, jadi dipakai rata-rata kategori {_percent(detail['p'])} (data sedikit)."
    return f"{int(Decimal(detail['sum']))} dari {detail['count']} {done}; {_drawn(detail)}"


def _drawn(detail: dict[str, Any]) -> str:
    added = decimal(detail["added"], 0)
    return f"ditarik ke rata-rata kategori {_percent(detail['p'])} dengan {added} tanggapan tambahan."


def _percent(value: Any) -> str:
    return f"{decimal(100 * Decimal(value), 1)}%"


_WORDS = {
    "konsistensi": _consistency,
    "keterlibatan": _engagement,
    "tingkat_respons": _answered,
    "kecepatan": _speed,
    "tuntas": _settled,
    "kualitas": _quality,
}
