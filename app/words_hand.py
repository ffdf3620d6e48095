"""Deleting a post by hand, in Indonesian: exact taps in the platform's own app, for what a program may not take back.

The names of menus change from version to version, so each step also says where it stands. Not tried on a phone from
here: whoever finds another name mends it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

#: The next step of a delivery that has to be taken back by hand, where there is room for one sentence.
NEXT = "Hapus sendiri di aplikasinya, lalu nyatakan sudah dihapus. Kami terus melihat sampai tidak ada."

_INSTAGRAM = (
    "Buka aplikasi Instagram di HP yang masuk sebagai akun {account}.",
    "Ketuk foto profil di kanan bawah, lalu ketuk kiriman yang ditarik.",
    "Ketuk tanda titik tiga (⋯) di kanan atas kiriman itu.",
    "Ketuk “Hapus”, lalu “Hapus” sekali lagi. Jangan pilih “Arsipkan”.",
    "Agar tidak dapat dikembalikan: profil → garis tiga (☰) → “Aktivitas Anda” → “Baru saja dihapus”, ketuk kiriman "
    "itu, lalu “Hapus”.",
)
STEPS: dict[str, tuple[str, ...]] = {
    "facebook": (
        "Buka aplikasi Facebook di HP pengelola Halaman.",
        "Ketuk menu (foto profil), lalu pindah ke Halaman {account}.",
        "Di Halaman itu, gulir ke kiriman yang ditarik.",
        "Ketuk tanda titik tiga (⋯) di kanan atas kiriman itu.",
        "Ketuk “Pindahkan ke sampah” atau “Hapus” (di bawah daftar), lalu setujui.",
        "Agar tidak dapat dikembalikan: profil Halaman → titik tiga (⋯) → “Log aktivitas” → “Sampah”, pilih kiriman "
        "itu, lalu “Hapus”.",
    ),
    "instagram": _INSTAGRAM,
    "instagram_private": _INSTAGRAM,
    "website": ("Muat ulang halaman {account}: kirimannya sudah tidak ada di sana sejak diminta.",),
}
_ANYWHERE = ("Buka platform itu sebagai akun {account}.", "Cari kiriman yang ditarik, lalu hapus di sana.")


class Taken(Protocol):
    """What has to be known of a delivery that is being taken back."""

    @property
    def state(self) -> str: ...
    @property
    def error_facts(self) -> Mapping[str, Any]: ...


def needed(delivery: Taken) -> bool:
    """Whether a person has to delete it (services/withdrawing marks it): a program may not, or did not manage to."""
    return delivery.state == "withdrawing" and bool(delivery.error_facts.get("by_hand"))


def steps(connector: str, account: str, *, permalink: str | None = None) -> list[str]:
    """The taps in order, for the account of that name; the address of the post comes first where it is known."""
    taps = [tap.format(account=f"“{account}”") for tap in STEPS.get(connector, _ANYWHERE)]
    return [f"Kirimannya: {permalink}", *taps] if permalink else taps
