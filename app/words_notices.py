"""What the people in charge read when something fails, is held, missed or needs them: what, which post, what to do.

Plain text, short enough for a telephone; the same for mail and for gateways.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from app import times, words, words_reminders

#: What is told → (how many of what and what became of it, what to do next).
TROUBLES = {
    "failed": ("{n} gagal", "Perbaiki isinya, lalu kirim ulang. Foto dan tulisannya tetap aman."),
    "missed": ("{n} terlewat", "Pilih waktu baru atau kirim sekarang."),
    "needs_person": (
        "{n} perlu dicek",
        "Buka akunnya: bila sudah tayang pilih “sudah tayang”, bila belum “kirim ulang”. Jangan membuatnya lagi.",
    ),
    "public_after_cancel": ("{n} ternyata tayang padahal sudah dibatalkan", "Bila tidak boleh tayang, tariklah."),
    "withdraw_by_hand": (
        "{n} harus dihapus dengan tangan",
        "Buka akunnya dan hapus kiriman itu di sana; langkahnya ada di halaman kiriman.",
    ),
    "gone": ("{n} sudah tidak ada di platform", "Bila Anda yang menghapusnya, tidak ada yang perlu dilakukan."),
    "account_broken": (
        "sambungan {account} terputus",
        "Sambungkan lagi akunnya. Yang ditahan jalan sendiri sesudah itu, selama belum lewat terlalu lama.",
    ),
    "account_expiring": ("sambungan {account} hampir habis", "Sambungkan lagi sebelum habis."),
    "account_silent": (
        "tidak ada komentar dari {account}, lebih lama daripada biasanya",
        "Buka akunnya dan lihat sendiri. Bila di sana ada komentar baru, sambungkan lagi akunnya.",
    ),
    "account_unread": (
        "komentar {account} tidak terbaca sejak lebih dari sehari",
        "Periksa akunnya di halaman Akun. Sampai itu beres, balas warga langsung di platformnya.",
    ),
    **words_reminders.REMINDERS,
}
#: Why a message did not go (services/gateways.Failure), after "lewat Telegram".
FAILURES = {
    "unusable": "tidak dapat dikirim karena alamatnya tidak dapat dipakai",
    "refused": "ditolak",
    "no_answer": "tidak sampai karena tidak ada jawaban",
}
NETS = {"facebook": "Facebook", "instagram": "Instagram", "instagram_private": "Instagram"}
#: Posts that are named per cause, and causes per message; the rest is counted.
POSTS, CAUSES = 3, 5
#: Characters of a caption that are shown.
FIRST_WORDS = 60
#: And of a name.
_NAME = 60
_ACCOUNTS = "/akun"


class Item(Protocol):
    """One post on its way to one account, an answer to a resident (text None), or a resident's item (kind set)."""

    @property
    def text(self) -> str | None: ...
    @property
    def account(self) -> str: ...
    @property
    def connector(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def number(self) -> int | None: ...
    @property
    def on(self) -> date | None: ...


class Trouble(Protocol):
    """One cause, see services/troubles.py."""

    @property
    def what(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def account(self) -> tuple[str, str, bool] | None: ...
    @property
    def items(self) -> Sequence[Item]: ...


def letter(troubles: Sequence[Trouble], *, organisation: str, zone: str, base: str) -> tuple[str, str]:
    """Title and text of one message. base: the address of the pages without a slash at its end, or empty."""
    heads = [_head(trouble) for trouble in troubles]
    title = heads[0] if len(heads) == 1 else f"{heads[0]}, dan {len(heads) - 1} hal lain"
    parts = [_section(trouble, zone, base) for trouble in troubles[:CAUSES]]
    if more := len(troubles) - CAUSES:
        parts += [f"Masih ada {more} hal lain; lihat Beranda."] if more > 0 else []
    where = line(organisation)[:_NAME].strip()
    return f"Kentongan {where}: {title}", "\n\n".join([where, *parts])


def failed(code: str | None, status: int | None) -> str:
    """Why a message did not go, as the rest of a sentence: "ditolak (401)"."""
    return FAILURES.get(code or "", "tidak sampai") + (f" ({status})" if status else "")


def first_words(text: str | None) -> str:
    """The beginning of a caption as one line in quotes; what stands for an answer or for no words at all."""
    if text is None:
        return "Jawaban untuk warga"
    shown = line(text)
    if not shown:
        return "Kiriman tanpa tulisan"
    if len(shown) > FIRST_WORDS:
        cut = shown[:FIRST_WORDS]
        # At a word's end where there is one; a single endless word is cut anywhere.
        shown = (cut.rpartition(" ")[0] or cut).rstrip(" .,;:") + " …"
    return f"“{shown}”"


def line(text: str) -> str:
    """Text as one harmless line: no line breaks, no signs that turn the direction of what follows."""
    kept = "".join(
        sign
        for sign in text
        if sign.isspace() or sign == "\u200d" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
    )
    return " ".join(kept.split())


def _section(trouble: Trouble, zone: str, base: str) -> str:
    head = _head(trouble)
    said = [f"{head[0].upper()}{head[1:]}."]
    if trouble.reason:
        said[0] += " " + words.sentence(trouble.reason, trouble.facts, zone)
    if trouble.account and trouble.items:
        said.append(f"{_counted(trouble.items)} ditahan karena itu:".capitalize())
    for item in trouble.items[:POSTS]:
        said.append(_named(item, trouble.what, zone))
        if base and not trouble.account:
            said.append(f"  {base}{item.path}")
    if len(trouble.items) > POSTS:
        said.append(f"• dan {len(trouble.items) - POSTS} lagi")
    said.append(f"Berikutnya: {TROUBLES[trouble.what][1]}")
    if base and trouble.account:
        said.append(f"{base}{_ACCOUNTS}")
    return "\n".join(said)


def _head(trouble: Trouble) -> str:
    account = ""
    if trouble.account:
        name, connector, practice = trouble.account
        account = _account(name, connector) + (" untuk latihan" if practice else "")
    return TROUBLES[trouble.what][0].format(n=_counted(trouble.items), account=account)


def _counted(items: Sequence[Item]) -> str:
    said = words_reminders.counted([item.kind for item in items if item.kind])
    posts = sum(item.text is not None for item in items if not item.kind)
    answers = sum(item.text is None for item in items if not item.kind)
    said += [f"{posts} kiriman"] if posts else []
    said += [f"{answers} jawaban"] if answers else []
    return " dan ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _named(item: Item, what: str, zone: str) -> str:
    if item.kind:
        return words_reminders.line(item, what, zone)
    return f"• {first_words(item.text)}, {_account(item.account, item.connector)}, {_when(item, zone)}"


def _account(name: str, connector: str) -> str:
    return f"{line(name)[:_NAME]} ({NETS.get(connector, connector)})"


def _when(item: Item, zone: str) -> str:
    return f"{times.short_date(times.local(item.due_at, zone).date())}, {times.clock_time(item.due_at, zone)}"
