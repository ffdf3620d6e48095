"""The inbox in Indonesian: its history, what is on its way, the ready replies, the reasons for hiding.

The sign is one of icons.svg, the tone one of parts.css. Patterns may use {source} (where it came from), {old}, {new}.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from app import times

#: (subject, what) or (subject, action of the answer, what) → (tone, sign, words)
HISTORY: dict[tuple[str, ...], tuple[str, str, str]] = {
    ("aspiration", "arrive"): ("draft", "inbox", "Masuk dari {source}"),
    ("aspiration", "kind"): ("plan", "sort", "Jenis: {old} menjadi {new}"),
    ("aspiration", "calendar"): ("plan", "calendar", "Batas waktu bergeser"),
    ("aspiration", "assign"): ("plan", "people", "Ditangani {new}"),
    ("aspiration", "sudah ditanggapi"): ("ok", "reply", "Sudah ditanggapi"),
    ("aspiration", "ditindaklanjuti"): ("plan", "again", "Ditindaklanjuti"),
    ("aspiration", "diteruskan"): ("plan", "forward", "Diteruskan"),
    ("aspiration", "menunggu warga"): ("wait", "clock", "Menunggu warga"),
    ("aspiration", "selesai"): ("ok", "check", "Selesai"),
    ("aspiration", "dibuka lagi"): ("wait", "again", "Dibuka lagi"),
    ("aspiration", "diarsipkan"): ("draft", "lock", "Diarsipkan"),
    ("aspiration", "answer_here"): ("ok", "reply", "Dijawab di halaman lacak"),
    ("aspiration", "on_page"): ("plan", "globe", "Izin tampil di halaman umum diubah"),
    ("aspiration", "contact_seen"): ("draft", "phone", "Nomor HP dilihat"),
    ("aspiration", "forget"): ("draft", "lock", "Nomor HP dan foto dihapus, enam bulan setelah selesai"),
    ("aspiration", "add"): ("wait", "note", "Warga menambah keterangan"),
    ("aspiration", "content"): ("ok", "heart", "Warga menyatakan selesai"),
    ("aspiration", "not_content"): ("wait", "again", "Warga menyatakan belum selesai"),
    ("aspiration", "note"): ("draft", "note", "Catatan tim ditambahkan"),
    ("aspiration", "labels"): ("draft", "list", "Label diubah"),
    ("aspiration", "join"): ("plan", "link", "Digabung dengan nomor {into}"),
    ("aspiration", "part"): ("plan", "link", "Dipisah lagi"),
    ("aspiration", "about"): ("plan", "people", "Ditandai tentang anggota; pembina yang menangani"),
    ("aspiration", "secret"): ("plan", "lock", "Kerahasiaan diubah"),
    ("aspiration", "urgent"): ("fail", "bell", "Tanda darurat diubah"),
    ("aspiration", "attach"): ("draft", "photo", "Foto ditambahkan"),
    ("aspiration", "hand_over"): ("plan", "forward", "Diteruskan ke {agency}"),
    ("aspiration", "promise"): ("wait", "clock", "Janji: {due_on}"),
    ("aspiration", "deadline"): ("plan", "clock", "Batas waktu diperbarui"),
    ("comment", "change"): ("draft", "compose", "{new}"),
    ("aspiration", "answered_earlier"): ("ok", "reply", "Sudah dibalas lebih awal di platformnya"),
    ("comment", "vanish"): ("draft", "x", "Komentar dihapus di platformnya"),
}
_SENT = {
    "reply": ("Balasan", "terkirim"),
    "private_reply": ("Balasan pribadi", "terkirim"),
    "hide": ("Sembunyikan komentar", "sudah tersembunyi"),
    "unhide": ("Tampilkan lagi", "sudah tampil"),
    "delete": ("Hapus komentar", "sudah terhapus"),
}
#: Above what we send beside public answers.
SENDING = {"private_reply": "Balasan pribadi, hanya dibaca warga ini", "delete": "Permintaan hapus komentar"}
_STEPS = {
    "queue": ("plan", "clock", "{name} diminta"),
    "publish": ("ok", "check", "{name}: {done}"),
    "found": ("ok", "check", "{name}: {done}"),
    "late_id": ("ok", "check", "{name}: ternyata {done}"),
    "confirm": ("ok", "check", "{name}: dinyatakan {done}"),
    "fail": ("fail", "stop", "{name}: ditolak platform"),
    "miss": ("fail", "clock", "{name}: terlewat, tidak dikirim sendiri"),
    "hold": ("wait", "lock", "{name}: ditahan, sambungan akun terputus"),
    "release": ("plan", "plug", "{name}: akun tersambung lagi, dilanjutkan"),
    "unclear": ("doubt", "ask", "{name}: platform tidak memberi jawaban jelas"),
    "unreadable": ("doubt", "ask", "{name}: tidak terbaca; perlu dilihat orang"),
    "absent": ("plan", "again", "{name}: belum ada di sana, jadi dikirim lagi"),
    "resend": ("plan", "again", "{name}: dikirim lagi"),
    "cancel": ("draft", "x", "{name}: dibatalkan"),
    "moot": ("draft", "x", "{name}: dibatalkan, kirimannya sudah ditarik atau dihapus"),
}
_CHANGES = {
    "text": "Tulisan diubah di platformnya",
    "hidden": "Komentar disembunyikan atau ditampilkan di platformnya",
    "deleted_at": "Komentar muncul lagi di platformnya",
    "versions": "Tulisannya yang lebih lama diketahui",
    "own": "Ternyata ditulis akun kita sendiri",
    "staff": "Ternyata ditulis anggota kita",
    "parent_id": "Ternyata balasan di bawah komentar lain",
}
_WHY = {
    "kalender berubah": "kalender kerja berubah",
    "answered on the platform": "dibalas langsung di platformnya",
    "the resident wrote again": "warga menulis lagi",
    "the resident is not content": "warga menyatakan belum selesai",
    "written by ourselves": "ditulis akun kita sendiri",
    "staff": "ditulis anggota kita",
    "not staff": "ternyata ditulis warga",
    "belongs to a thread": "balasan di bawah komentar lain",
    "joined": "mengikuti yang digabungkan",
}

#: State of an answer on its way → (tone, sign, what it means). Done and called-off ones are not shown.
WAYS: dict[str, tuple[str, str, str]] = {
    "queued": ("plan", "clock", "Sedang dikirim"),
    "staging": ("plan", "again", "Sedang dikirim"),
    "committing": ("plan", "again", "Sedang dikirim"),
    "published": ("ok", "check", "Terkirim"),
    "held": ("wait", "lock", "Ditahan: sambungan akun terputus. Dikirim sendiri setelah tersambung lagi"),
    "unsure": ("doubt", "ask", "Sedang kami cek di platform; jangan kirim ulang dulu"),
    "needs_person": ("doubt", "ask", "Perlu dicek: lihat di platform, lalu pilih di bawah"),
    "failed": ("fail", "stop", "Gagal"),
    "missed": ("fail", "clock", "Terlewat, jadi tidak dikirim sendiri"),
    "cancelled": ("draft", "x", "Dibatalkan"),
}

#: Why a comment may be hidden; the last one asks for words.
REASONS = {
    "pribadi": "Memuat data pribadi orang lain",
    "judi": "Promosi judi atau penipuan",
    "benci": "Ujaran kebencian atau ancaman",
    "lain": "Alasan lain",
}


#: Why an item is urgent → (what it may be, what to do, whom to call: number and what it is).
URGENT: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "kekerasan": (
        "Mungkin kekerasan dalam rumah tangga atau kekerasan seksual",
        "Jangan dibahas di tempat umum. Hubungi orangnya secara pribadi dan pastikan ia aman.",
        (("112", "darurat"), ("129", "SAPA, perempuan dan anak")),
    ),
    "bunuh_diri": (
        "Mungkin keinginan mengakhiri hidup",
        "Jawab dengan tenang dan segera, jangan menasihati. Jangan biarkan ia sendiri.",
        (("119", "tekan 8, kesehatan jiwa"), ("112", "darurat")),
    ),
    "anak": (
        "Mungkin anak dalam bahaya",
        "Jangan sebut nama, foto, atau alamat anak di tempat umum.",
        (("112", "darurat"), ("129", "SAPA, perempuan dan anak")),
    ),
    "hilang": (
        "Mungkin orang hilang",
        "Tanyakan kapan dan di mana terakhir terlihat, lalu hubungi kepolisian.",
        (("112", "darurat"), ("110", "kepolisian")),
    ),
    "nyawa": (
        "Mungkin nyawa terancam",
        "Pastikan pertolongan sudah dipanggil, lalu tanyakan tempatnya secara pribadi.",
        (("112", "darurat"), ("119", "ambulans")),
    ),
}
ATTACHED = {"laporan": "Foto dari warga", "bukti": "Foto bukti", "tangkapan": "Tangkapan layar pesan"}


def others_here(others: Any) -> str:
    """Who else is at this item now (services/presence.Other); empty when nobody is."""
    writing = [other.name for other in others if other.writing]
    reading = [other.name for other in others if not other.writing]
    parts = []
    if writing:
        parts.append(f"{' dan '.join(writing)} sedang menulis balasan.")
    if reading:
        parts.append(f"{' dan '.join(reading)} juga sedang membuka ini.")
    return " ".join(parts)


def told(trace: Any, source: str) -> tuple[str, str, str, str]:
    """Tone, sign, words and reason of a line of the history (app/queries/conversation.Trace)."""
    # What a person typed is shown as it is; codes of ours only in their words.
    typed = (trace.why or "") if trace.person and trace.subject == "aspiration" else ""
    why = _WHY.get(trace.why or "", typed)
    if trace.subject == "outgoing":
        tone, sign, words = _STEPS.get(trace.what, ("draft", "note", "{name}: " + trace.what))
        name, done = _SENT.get(trace.action or "", ("Jawaban", "terkirim"))
        reason = (trace.why or "") if trace.what == "queue" else ""
        return tone, sign, words.format(name=name, done=done), reason
    tone, sign, words = HISTORY.get((trace.subject, trace.what), ("draft", "note", f"Dicatat: {trace.what}"))
    old, new = str(trace.facts.get("from", "-")), str(trace.facts.get("to", "-"))
    if trace.subject == "comment":
        new = " · ".join(_CHANGES.get(what, what) for what in trace.facts.get("what", ())) or "Komentar berubah"
    facts = defaultdict(lambda: "-", {name: _fact(value) for name, value in trace.facts.items()})
    facts |= {"source": source, "old": old, "new": new}
    return tone, sign, words.format_map(facts), why


def _fact(value: Any) -> str:
    """A date as people write it; everything else as it is."""
    try:
        return times.plain_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def confidence(share: float | None) -> str:
    """How sure a suggestion is, in words; a share from 0 to 1."""
    if share is None:
        return times.NO_NUMBER
    return "cukup yakin" if share >= 0.8 else ("agak yakin" if share >= 0.5 else "ragu-ragu")
