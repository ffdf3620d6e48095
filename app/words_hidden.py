"""The daily list of what the spam filter hid, as a letter."""

from __future__ import annotations

from collections.abc import Sequence

#: Items that are named; the rest is counted.
SHOWN, CHARACTERS = 30, 120


def letter(organisation: str, hidden: Sequence[tuple[int, str]], base: str | None) -> tuple[str, str]:
    """Title and body. hidden: (item, its text, masked). base: the installation's public address, if it has one."""
    title = f"{organisation}: {len(hidden)} komentar disembunyikan penyaring spam"
    lines = [
        "Penyaring menyembunyikan komentar ini karena sudah pasti promosi judi atau penipuan.",
        "Bila ada yang keliru, buka tanggapannya lalu tekan “Tampilkan lagi”.",
        "",
    ]
    for item_id, text in hidden[:SHOWN]:
        short = text if len(text) <= CHARACTERS else f"{text[: CHARACTERS - 1]}…"
        # A spammer's address must not become a link in our own letter.
        plain = short.replace("://", " : ").replace("www.", "www ")
        where = f"{base.rstrip('/')}/kotak/{item_id}" if base else f"tanggapan nomor {item_id}"
        lines.append(f"- {plain} ({where})")
    if len(hidden) > SHOWN:
        lines.append(f"- dan {len(hidden) - SHOWN} lagi di Aturan kotak")
    return title, "\n".join(lines)
