"""The history of a post and of its deliveries in Indonesian: (what is written about, what happened) → words and sign.

Keys are the names of moves in ``app/states.py`` and of the notes that services write beside them. A pattern may use
{account} and {who}; the sign is one of icons.svg, the tone one of parts.css.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.words import known, sentence

#: (tone, sign, words)
HISTORY: dict[tuple[str, str], tuple[str, str, str]] = {
    ("post", "create"): ("draft", "draft", "Draf dibuat"),
    ("post", "edit"): ("draft", "compose", "Isi diubah"),
    ("post", "add_photo"): ("draft", "photo", "Foto ditambahkan"),
    ("post", "describe_photo"): ("draft", "photo", "Keterangan foto diubah"),
    ("post", "move_photo"): ("draft", "photo", "Urutan foto diubah"),
    ("post", "remove_photo"): ("draft", "photo", "Foto dihapus dari kiriman"),
    ("post", "submit"): ("wait", "half", "Diajukan untuk disetujui"),
    ("post", "approve"): ("ok", "check", "Disetujui"),
    ("post", "send_back"): ("wait", "reply", "Dikembalikan untuk diperbaiki"),
    ("post", "cancel"): ("draft", "x", "Dibatalkan"),
    ("post", "reschedule"): ("plan", "calendar", "Waktu diubah"),
    ("post", "now_scheduled"): ("plan", "clock", "Menunggu waktunya"),
    ("post", "now_publishing"): ("plan", "again", "Mulai diterbitkan"),
    ("post", "now_published"): ("ok", "check", "Terbit di semua akun"),
    ("post", "now_partly"): ("wait", "half", "Terbit sebagian"),
    ("post", "now_failed"): ("fail", "stop", "Belum tayang di mana pun"),
    ("post", "now_cancelled"): ("draft", "x", "Dibatalkan di semua akun"),
    ("post", "now_withdrawn"): ("draft", "x", "Ditarik dari semua akun"),
    ("delivery", "queue"): ("plan", "clock", "Dijadwalkan ke {account}"),
    ("delivery", "reschedule"): ("plan", "calendar", "Waktu untuk {account} diubah"),
    ("delivery", "stage"): ("plan", "again", "Mulai disiapkan di {account}"),
    ("delivery", "staged"): ("plan", "check", "Sudah disiapkan di {account}, belum terlihat umum"),
    ("delivery", "wait"): ("plan", "clock", "{account}: menunggu sebentar"),
    ("delivery", "expire"): ("doubt", "again", "Pengerjaan untuk {account} terhenti, dilanjutkan"),
    ("delivery", "commit"): ("plan", "again", "Diterbitkan di {account}"),
    ("delivery", "publish"): ("ok", "check", "Terbit di {account}"),
    ("delivery", "late_id"): ("ok", "check", "Ternyata terbit di {account}"),
    ("delivery", "unclear"): ("doubt", "ask", "{account} tidak memberi jawaban jelas"),
    ("delivery", "look_again"): ("doubt", "search", "Halaman {account} dibaca ulang"),
    ("delivery", "found"): ("ok", "check", "Ditemukan sudah terbit di {account}"),
    ("delivery", "absent"): ("plan", "again", "Tidak ada di {account}, jadi dikirim lagi"),
    ("delivery", "unreadable"): ("doubt", "ask", "Halaman {account} tidak terbaca; perlu dilihat orang"),
    ("delivery", "fail"): ("fail", "stop", "{account} menolak"),
    ("delivery", "hold"): ("wait", "lock", "Ditahan: sambungan {account} terputus"),
    ("delivery", "release"): ("plan", "plug", "{account} tersambung lagi, dilanjutkan"),
    ("delivery", "miss"): ("fail", "clock", "Terlewat di {account}"),
    ("delivery", "resend"): ("plan", "again", "Dikirim ulang ke {account}"),
    ("delivery", "confirm"): ("ok", "check", "Dinyatakan sudah tayang di {account}"),
    ("delivery", "cancel"): ("draft", "x", "Pengiriman ke {account} dibatalkan"),
    ("delivery", "hand_over"): ("plan", "forward", "Diserahkan ke {account}"),
    ("delivery", "second_id"): ("doubt", "warn", "{account} menyebut kiriman kedua; periksa apakah tayang dua kali"),
    ("delivery", "drop"): ("draft", "x", "Yang sudah disiapkan di {account} dihapus lagi"),
    ("post", "withdraw"): ("wait", "again", "Diminta ditarik dari semua akun"),
    ("delivery", "withdraw"): ("wait", "again", "Mulai ditarik dari {account}"),
    ("delivery", "by_hand"): ("wait", "warn", "{account} harus dihapus sendiri"),
    ("delivery", "seen_there"): ("plan", "search", "Terlihat di {account}"),
    ("delivery", "unseen"): ("doubt", "search", "Tidak terlihat di {account}; dilihat sekali lagi"),
    ("delivery", "withdrawn"): ("draft", "x", "Sudah ditarik dari {account}"),
    ("delivery", "vanish"): ("draft", "x", "Sudah tidak ada di {account}"),
}
#: Written for the program, not for people.
SILENT = frozenset({("post", "form")})


def told(subject: str, what: str, account: str | None) -> tuple[str, str, str]:
    """Tone, sign and words of one event. An unknown one is said openly with its name."""
    tone, sign, words = HISTORY.get((subject, what), ("draft", "note", f"Dicatat: {what}"))
    return tone, sign, words.format(account=account or "akun itu")


#: Names under which the program itself acts.
AUTOMATIC = frozenset({"publisher", "collector", "counter", "answerer", "checker"})

#: (what was tried, what came of it) → words; "*": whatever was tried.
_CAME_OF_IT = {
    ("*", "staged"): ("plan", "check", "siap, belum terlihat umum"),
    ("*", "wait"): ("plan", "clock", "belum selesai, dilanjutkan sebentar lagi"),
    ("stage", "expire"): ("doubt", "again", "terhenti di tengah jalan, dimulai lagi"),
    ("commit", "expire"): ("doubt", "ask", "terhenti di tengah jalan, jadi dicek dulu di sana"),
    ("*", "publish"): ("ok", "check", "terbit"),
    ("*", "late_id"): ("ok", "check", "ternyata terbit"),
    ("*", "unclear"): ("doubt", "ask", "tidak ada jawaban jelas"),
    ("*", "found"): ("ok", "check", "ditemukan, sudah terbit"),
    ("*", "absent"): ("plan", "again", "tidak ada di sana, jadi dikirim lagi"),
    ("*", "unreadable"): ("doubt", "ask", "tidak terbaca; perlu dilihat orang"),
    ("*", "fail"): ("fail", "stop", "ditolak"),
    ("*", "hold"): ("wait", "lock", "ditahan, sambungan akun terputus"),
    ("*", "by_hand"): ("wait", "warn", "tidak bisa dari sini; harus dihapus sendiri"),
    ("*", "withdrawn"): ("ok", "check", "sudah tidak ada"),
    ("*", "vanish"): ("ok", "check", "sudah tidak ada"),
}
#: What was tried → sign and words; without an answer yet these stand alone.
_TRIED = {
    "stage": ("again", "Penyiapan di sana"),
    "commit": ("again", "Penerbitan"),
    "look_again": ("search", "Pembacaan ulang halaman"),
    "withdraw": ("again", "Penghapusan di sana"),
}
#: Answers that explain themselves by why they came; "menunggu" by what is waited for.
_REASONED = frozenset({"wait", "fail", "hold", "unclear", "by_hand", "unreadable"})


def attempt(tried: str, answer: str | None, number: int | None, account: str) -> tuple[str, str, str]:
    """Tone, sign and words of one attempt of a delivery (queries/history.Attempt)."""
    if tried not in _TRIED:
        tone, sign, words = HISTORY.get(("delivery", tried), ("draft", "note", "Dicatat oleh program"))
        return tone, sign, words.format(account=account)
    sign, words = _TRIED[tried]
    if number is not None and number > 1:
        words += f" (percobaan ke-{number})"
    if answer is None:
        return ("doubt", sign, f"{words}: belum ada kepastian") if tried == "look_again" else ("plan", sign, words)
    came = _CAME_OF_IT.get((tried, answer)) or _CAME_OF_IT.get(("*", answer))
    if came is None:
        return "draft", sign, words
    return came[0], came[1], f"{words}: {came[2]}"


def reason(answer: str | None, why: str | None, facts: Mapping[str, Any], zone: str) -> str:
    """Why an attempt ended as it did, in words; empty where nothing more is to be said than that it did."""
    if answer not in _REASONED:
        return ""
    code = str(facts.get("code") or "") if answer == "unreadable" else why or ""
    if not code:
        return ""
    # A name that is no code of ours is one of a fault in the program.
    return sentence(code if known(code) else "internal", facts, zone)
