"""What people read when something went wrong: short, in words, harmless whatever a caption holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import words_notices
from app.services import concerns
from app.services.troubles import STILL, STILL_ACCOUNT, STILL_SILENT, Item, Trouble
from app.words_notices import first_words, letter

AT = datetime(2026, 8, 20, 12, tzinfo=UTC)


def item(text: str | None = "Kerja bakti", **other: str) -> Item:
    return Item(text, other.get("account", "Halaman Desa"), "facebook", AT, "/kiriman/7", frozenset())


@pytest.mark.parametrize(
    ("caption", "shown"),
    [
        ("Kerja bakti", "“Kerja bakti”"),
        ("  Kerja\n\n bakti\t", "“Kerja bakti”"),
        ("", "Kiriman tanpa tulisan"),
        ("\u200b\u202e \x00", "Kiriman tanpa tulisan"),
        ("Aman\u202egnp.exe", "“Amangnp.exe”"),
        ("Keluarga 👨‍👩‍👧 sehat", "“Keluarga 👨‍👩‍👧 sehat”"),
        ("kata " * 30, "“" + "kata " * 12 + "…”"),
        ("x" * 80, "“" + "x" * 60 + " …”"),
        (None, "Jawaban untuk warga"),
    ],
)
def test_first_words(caption: str | None, shown: str) -> None:
    assert first_words(caption) == shown


def test_a_whole_letter() -> None:
    broken = Trouble(
        "account:1", "account_broken", "token_expired", {}, ("Halaman Desa", "facebook", True), True, [item()] * 5
    )
    refused = Trouble("failed:link", "failed", "link", {}, items=[item(), item(None)])
    title, body = letter([broken, refused], organisation="IPSM\nUji", zone="Asia/Makassar", base="https://a.example")
    assert title == "Kentongan IPSM Uji: sambungan Halaman Desa (Facebook) untuk latihan terputus, dan 1 hal lain"
    assert body == (
        "IPSM Uji\n\n"
        "Sambungan Halaman Desa (Facebook) untuk latihan terputus. Sambungan habis masa berlakunya. "
        "Sambungkan akun lagi.\n"
        "5 kiriman ditahan karena itu:\n"
        + "• “Kerja bakti”, Halaman Desa (Facebook), Kam 20 Agt, 20.00 WITA\n"
        * 3
        + "• dan 2 lagi\n"
        "Berikutnya: Sambungkan lagi akunnya. Yang ditahan jalan sendiri sesudah itu, selama belum lewat terlalu "
        "lama.\n"
        "https://a.example/akun\n\n"
        "1 kiriman dan 1 jawaban gagal. Platform menolak tautan di dalam tulisan.\n"
        "• “Kerja bakti”, Halaman Desa (Facebook), Kam 20 Agt, 20.00 WITA\n"
        "  https://a.example/kiriman/7\n"
        "• Jawaban untuk warga, Halaman Desa (Facebook), Kam 20 Agt, 20.00 WITA\n"
        "  https://a.example/kiriman/7\n"
        "Berikutnya: Perbaiki isinya, lalu kirim ulang. Foto dan tulisannya tetap aman."
    )


def test_everything_that_is_told_has_its_words_and_fits_a_telephone() -> None:
    known = {*STILL, *STILL_ACCOUNT, *STILL_SILENT, *concerns.ORDER} - {"held"}
    assert set(words_notices.TROUBLES) == known, "a hold is the account's trouble"
    many = [
        Trouble(f"{what}:{number}", what, "refused", {}, items=[item("kata " * 900, account="x" * 900)] * 9)
        for what in sorted(set(STILL) - {"held"})
        for number in range(9)
    ]
    title, body = letter(many, organisation="IPSM " * 90, zone="Asia/Jakarta", base="")
    assert title.endswith(f"dan {len(many) - 1} hal lain")
    assert f"Masih ada {len(many) - 5} hal lain" in body
    assert "://" not in body
    assert len(body) < 4000, "what a Telegram message holds"


def test_whatever_a_service_tells_is_known_here() -> None:
    """An unknown word in the outbox would be thrown away."""
    sources = [path.read_text("utf-8") for path in (Path(__file__).parents[2] / "app").rglob("*.py")]
    told = {word for source in sources for word in re.findall(r"\btell\(session, \w+, \"(\w+)\"\)", source)}
    assert {"account_broken", "public_after_cancel", "withdraw_by_hand"} <= told
    assert told <= {*STILL, *STILL_ACCOUNT, *STILL_SILENT, *concerns.ORDER}
