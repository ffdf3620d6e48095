"""Where a delivery stands, in Indonesian: what is the case, what is safe, and the next step; for each of its states.

Pure: what is known of the delivery goes in, two sentences come out. The post's page and the command line say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from app import times, words, words_hand
from app.settings import Settings

#: What platforms are called in sentences; the practice platform wears the names of the real ones.
NETS = {"facebook": "Facebook", "instagram": "Instagram", "instagram_private": "Instagram", "website": "Halaman kami"}
SAFE = "Foto dan tulisan Anda tetap aman."
#: Reasons that pass or are ours: the content is not to blame, so mending it would not help.
_NOT_THE_CONTENT = frozenset(
    {
        *("unreached", "timeout", "dropped", "unreadable", "server_error", "too_much_data", "rate_limit"),
        *("posting_too_fast", "quota", "not_ready", "not_listed", "staged_gone", "lease_short", "clock_off"),
        *("internal", "container_failed", "url_not_fetchable", "base_url", "pace", "no_photo_address", "blocked"),
        *("address_blocked", "photo_missing", "busy", "too_slow", "no_room", "unclear", "gone"),
    }
)


class Stand(Protocol):
    """What has to be known of a delivery to speak of it. Times are aware.

    account: its name. paused_until: the end of a pause that the platform asked for or that an allowance needs.
    paused_at: percent of the allowance, where that is why.
    by_hand: a person has to delete it on the platform.
    """

    @property
    def state(self) -> str: ...
    @property
    def connector(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def wake_at(self) -> datetime | None: ...
    @property
    def ready(self) -> bool: ...
    @property
    def attempts(self) -> int: ...
    @property
    def unsure_since(self) -> datetime | None: ...
    @property
    def commit_at(self) -> datetime | None: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def remote_id(self) -> str | None: ...
    @property
    def confirmed_by(self) -> str | None: ...
    @property
    def error_code(self) -> str | None: ...
    @property
    def error_facts(self) -> Mapping[str, Any]: ...
    @property
    def paused_until(self) -> datetime | None: ...
    @property
    def paused_at(self) -> int | None: ...
    @property
    def by_hand(self) -> bool: ...


@dataclass(frozen=True)
class Patience:
    """How long is waited: for a held one after its time, and for an unclear one to be found."""

    held: timedelta
    unsure: timedelta


@dataclass(frozen=True)
class Said:
    """what: is the case, and what is safe. step: what happens or is to be done next."""

    what: str
    step: str


def patience(settings: Settings) -> Patience:
    """As this installation is set."""
    return Patience(timedelta(seconds=settings.missed_after_s), timedelta(seconds=settings.unsure_for_s))


def net(connector: str) -> str:
    """What a connector's platform is called."""
    return NETS.get(connector, connector)


def say(row: Stand, waits: Patience, zone: str, now: datetime, stopped: str | None = None) -> Said:
    """The two sentences for a delivery as it stands now, times in the zone.

    stopped: why nobody works on it, as ``machine_stopped`` says; else it would be said to go out in a moment.
    """
    said = _SAY[row.state](_Facts(row, waits, zone, now))
    if stopped is None or row.by_hand:
        return said
    return Said(said.what, f"Jangan kirim ulang dulu. {stopped}" if row.state == "unsure" else stopped)


def machine_stopped(clock_off_s: float | None) -> str:
    """Why nothing is sent, as a next step: clock_off_s of a clock that is wrong; None: no worker runs."""
    if clock_off_s is None:
        return "Penerbit otomatis sedang tidak berjalan. Tidak hilang: dilanjutkan begitu pengelola menyalakannya."
    return f"Tidak ada yang dikirim sampai jamnya benar. {clock_off(clock_off_s)} Minta pengelola menyetelnya."


def clock_off(seconds: float) -> str:
    """How far off our clock is. seconds: the platform's clock less ours."""
    side = "lebih lambat" if seconds > 0 else "lebih cepat"
    return f"Jam komputer server {times.span(seconds)} {side} daripada jam platform."


@dataclass(frozen=True)
class _Facts:
    row: Stand
    waits: Patience
    zone: str
    now: datetime

    @property
    def net(self) -> str:
        return net(self.row.connector)

    @property
    def who(self) -> str:
        return f"{self.net} “{self.row.account}”"

    @property
    def reason(self) -> str:
        """Why, with a blank behind it; empty when nothing is known."""
        code = self.row.error_code
        return words.sentence(code, self.row.error_facts, self.zone) + " " if code else ""

    def at(self, moment: datetime) -> str:
        return times.moment(moment, self.zone, self.now)


def _queued(f: _Facts) -> Said:
    row = f.row
    if row.paused_until and row.paused_until > f.now:
        full = f" (pemakaian {row.paused_at} %)" if row.paused_at else ""
        return Said(
            f"{f.net} meminta jeda sampai {f.at(row.paused_until)}{full}.",
            "Kiriman ditunda, bukan gagal, dan dilanjutkan sendiri.",
        )
    if row.error_code:
        again = f" {f.at(row.wake_at)}" if row.wake_at and row.wake_at > f.now else ""
        return Said(f.reason.strip(), f"Belum gagal: dicoba lagi sendiri{again}.")
    ready = f" Sudah disiapkan di {f.net}, belum terlihat umum." if row.ready else ""
    if row.due_at > f.now:
        return Said(f"Akan terbit {f.at(row.due_at)}.{ready}", "Terbit sendiri pada waktunya.")
    late = f"Dikirim sendiri {f.at(row.wake_at)}." if row.wake_at and row.wake_at > f.now else "Dikirim sebentar lagi."
    return Said(f"Menunggu giliran sejak {f.at(row.due_at)}.{ready}", late)


def _staging(f: _Facts) -> Said:
    then = f"Terbit sendiri {f.at(f.row.due_at)}." if f.row.due_at > f.now else "Terbit begitu selesai disiapkan."
    return Said(f"Sedang disiapkan di {f.net}; belum terlihat umum.", then)


def _committing(f: _Facts) -> Said:
    return Said(f"Sedang diterbitkan di {f.net}.", "Tunggu sebentar; biasanya kurang dari satu menit.")


def _published(f: _Facts) -> Said:
    row = f.row
    when = f" {f.at(row.published_at)}" if row.published_at else ""
    by = f" Dinyatakan oleh {row.confirmed_by}." if row.confirmed_by else ""
    if row.remote_id is None:
        return Said(f"Terbit{when}.{by}", "Alamatnya tidak kami ketahui, jadi komentarnya tidak terbaca dari sini.")
    return Said(f"Terbit{when}.{by}", "Sudah terlihat umum. Komentar warga masuk ke Kotak Aspirasi.")


def _handed(f: _Facts) -> Said:
    return Said(f"Sudah diserahkan untuk {f.who}.", "Menunggu kabar bahwa sudah tayang.")


def _held(f: _Facts) -> Said:
    until = f.row.due_at + f.waits.held
    first = f"{f.reason or 'Sambungan akun terputus. '}Kiriman ditahan, bukan batal."
    if until <= f.now:
        return Said(first, f"Waktu tunggunya habis {f.at(until)}; sebentar lagi dinyatakan terlewat.")
    return Said(
        first,
        f"Sambungkan lagi {f.who}: setelah itu jalan sendiri. Ditunggu sampai {f.at(until)}; "
        "lewat dari itu Anda yang memutuskan.",
    )


def _unsure(f: _Facts) -> Said:
    since = f.row.unsure_since or f.row.commit_at
    when = f" {f.at(since)}" if since else ""
    until = since + f.waits.unsure if since else None
    result = f" Hasilnya sekitar {f.at(until)}." if until and until > f.now else ""
    return Said(
        f"{f.net} tidak memberi jawaban jelas{when}. {SAFE}",
        f"Jangan kirim ulang dulu: kami masih mengeceknya sendiri.{result}",
    )


def _needs_person(f: _Facts) -> Said:
    since = f.row.unsure_since or f.row.commit_at
    when = f" {f.at(since)}" if since else ""
    return Said(
        f"{f.net} tidak memberi jawaban jelas{when}, dan halamannya tidak terbaca oleh kami. {SAFE}",
        f"Buka {f.who} dan lihat sendiri, lalu pilih “sudah tayang” atau “kirim ulang”.",
    )


def _failed(f: _Facts) -> Said:
    row, why = f.row, f.reason or f"{f.net} menolaknya. "
    if row.error_code in _NOT_THE_CONTENT:
        tried = f"Sudah dicoba {row.attempts} kali. " if row.attempts > 1 else ""
        return Said(f"{why}{tried}{SAFE}", "Kirim ulang; bila masih gagal, beri tahu pengelola.")
    return Said(f"{why}{SAFE}", "Perbaiki, lalu kirim ulang.")


def _missed(f: _Facts) -> Said:
    why = f.reason if f.row.error_code not in (None, "missed") else ""
    return Said(
        f"{why}Waktunya ({f.at(f.row.due_at)}) sudah lewat terlalu lama, jadi tidak kami terbitkan sendiri. {SAFE}",
        "Terbitkan sekarang, pilih waktu baru, atau batalkan.",
    )


def _cancelled(f: _Facts) -> Said:
    return Said(f"Dibatalkan: tidak dikirim ke {f.net}.", "Tulisan dan fotonya tetap tersimpan di sini.")


def _withdrawing(f: _Facts) -> Said:
    if f.row.by_hand:
        return Said(f"Harus dihapus sendiri. {f.reason}".strip(), words_hand.NEXT)
    return Said(
        f"Sedang ditarik dari {f.net}. {f.reason}".strip(), "Kami hapus dan lihat lagi sampai benar-benar tidak ada."
    )


def _withdrawn(f: _Facts) -> Said:
    by = f" Dinyatakan oleh {f.row.confirmed_by}." if f.row.confirmed_by else ""
    return Said(f"Sudah tidak terlihat di {f.net}.{by}", "Komentar warga tetap ada di Kotak Aspirasi.")


def _gone(f: _Facts) -> Said:
    return Said(
        f"Sudah tidak ada di {f.net}: dihapus di sana, bukan dari sini.",
        "Aspirasi warga dari kiriman ini tetap ada di Kotak Aspirasi.",
    )


_SAY: dict[str, Callable[[_Facts], Said]] = {
    "queued": _queued,
    "staging": _staging,
    "committing": _committing,
    "published": _published,
    "handed": _handed,
    "held": _held,
    "unsure": _unsure,
    "needs_person": _needs_person,
    "failed": _failed,
    "missed": _missed,
    "cancelled": _cancelled,
    "withdrawing": _withdrawing,
    "withdrawn": _withdrawn,
    "gone": _gone,
}
