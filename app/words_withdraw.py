"""Taking a post back, in Indonesian: why, and what will happen on each account. By hand: words_hand."""

from __future__ import annotations

from app.words_delivery import net

#: Why posts are usually taken back; the last one asks for words.
REASONS = {
    "anak": "Ada wajah anak tanpa izin wali",
    "izin": "Orang di foto tidak (lagi) memberi izin",
    "pribadi": "Ada data pribadi: NIK, KK, nomor HP, atau alamat",
    "keliru": "Foto atau tulisannya keliru",
    "lain": "Alasan lain",
}

#: State of a delivery → what taking its post back means for it; {net} its platform.
_WILL = {
    "published": "Dihapus dari {net} sekarang, lalu kami lihat lagi sampai benar-benar tidak ada.",
    "handed": "Bila ternyata sudah tayang, dihapus juga.",
    "committing": "Sedang diterbitkan; dihapus begitu terbit.",
    "unsure": "Belum jelas apakah tayang; kami cari, dan bila ada langsung dihapus.",
    "needs_person": "Belum jelas apakah tayang; kami cari sekali lagi, dan bila ada langsung dihapus.",
}
_NOT_SENT = "Belum tayang, jadi tidak dikirim."
_OVER = "Sudah tidak terlihat di {net}."
_BY_HAND = "{net} tidak mengizinkan program menghapusnya. Anda menghapusnya sendiri; langkahnya kami tunjukkan."


def will(connector: str, state: str, *, able: bool) -> str:
    """What taking it back means for a delivery in this state. able: the connector can delete posts."""
    if state in ("withdrawn", "gone", "cancelled"):
        pattern = _OVER if state != "cancelled" else "Sudah dibatalkan."
    elif state == "published" and not able:
        pattern = _BY_HAND
    else:
        pattern = _WILL.get(state, _NOT_SENT)
    return pattern.format(net=net(connector))


def reason(choice: str, more: str) -> str:
    """The reason as it is kept: the chosen one with what was written beside it; empty when neither says anything."""
    said = REASONS.get(choice, "") if choice != "lain" else ""
    return ": ".join(part for part in (said, more.strip()) if part)
