"""The history of a post and of its deliveries in Indonesian: (what is written about, what happened) → words and sign.

Keys are the names of moves in ``app/states.py`` and of the notes that services write beside them. A pattern may use
{account} and {who}; the sign is one of icons.svg, the tone one of parts.css.
"""

from __future__ import annotations

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
    ("delivery", "withdraw"): ("wait", "again", "Ditarik dari {account}"),
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
