"""`kentongan doctor`: what is well and what is not, in plain words. Looks, and changes nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from app import clock, migrate, times, words, words_delivery
from app.models import Account, Organisation
from app.parts import Parts, build
from app.problems import Problem
from app.queries import health, notices
from app.services import budgets
from app.settings import Settings

#: Less free space than this and photos or the database will soon fail to be written.
LEAST_FREE = 500 * 1024**2


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. words: a sentence for the operator."""

    name: str
    ok: bool
    words: str


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    found = [_home(settings)]
    try:
        parts = build(settings)
    except Problem as problem:
        return [*found, Finding("database", False, words.sentence(problem.code, problem.facts))]
    try:
        return found + _installation(parts)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        return [*found, Finding("database", False, words.sentence("database_down", {"reason": reason}))]
    finally:
        parts.db.close()


def _installation(parts: Parts) -> list[Finding]:
    if migrate.behind(parts.db):
        return [Finding("database", False, words.sentence("database_behind"))]
    kind = "SQLite" if parts.db.sqlite else "PostgreSQL"
    found = [Finding("database", True, f"Basis data {kind} siap.")]
    with parts.db.read() as session:
        found += _machine(session)
        found += _accounts(session)
        found += [Finding("notices", well, said) for well, said in notices.state(session, parts)]
        needs_address = _instagram_without_page(session)
    return [*found, _public_url(parts, needed=needs_address)]


def _home(settings: Settings) -> Finding:
    home = settings.home
    if not home.is_dir():
        return Finding("home", False, f"Folder {home} belum ada. Jalankan `kentongan db upgrade`.")
    if not os.access(home, os.W_OK):
        return Finding("home", False, f"Folder {home} tidak dapat ditulisi.")
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE:
        return Finding("home", False, f"Ruang simpan di {home} tinggal {free // 1024**2} MB.")
    return Finding("home", True, f"Folder {home} siap, sisa ruang {free // 1024**3} GB.")


def _machine(session: Session) -> list[Finding]:
    state = health.machine(session, clock.now())
    if state.worker_alive:
        working = Finding("worker", True, "Pekerja berjalan.")
    else:
        working = Finding(
            "worker", False, "Pekerja tidak berjalan: tidak ada yang terbit. Jalankan `kentongan serve` atau `worker`."
        )
    off = state.clock_off_s
    if off is None:
        return [working, Finding("clock", True, "Jam komputer ini cocok dengan jam platform.")]
    said = words_delivery.clock_off(off)
    if state.clock_wrong:
        said += " Tidak ada yang dikirim sampai jamnya benar."
    return [working, Finding("clock", False, f"{said} Setel jamnya (NTP).")]


def _accounts(session: Session) -> list[Finding]:
    rows = session.exec(
        select(Account, Organisation.zone)
        .join(Organisation, col(Organisation.id) == Account.organisation_id)
        .where(col(Account.active))
        .order_by(col(Account.id))
    ).all()
    if not rows:
        return [Finding("accounts", True, "Belum ada akun yang tersambung.")]
    found, now = [], clock.now()
    pauses = budgets.pauses(session, now)
    for account, zone in rows:
        said = f"{account.name} ({account.connector}): {words.HEALTH[account.health].lower()}."
        if account.reason_code:
            said += " " + words.sentence(account.reason_code, account.reason_facts)
        if (until := pauses.until(account, now)) is not None:
            said += f" Platform meminta jeda sampai {times.moment(until, zone, now)}; dilanjutkan sendiri."
        well = account.health in ("connected", "expiring")
        if account.silent_told_at is not None and well:
            heard = times.ago(account.last_heard_at, zone, now) if account.last_heard_at else "belum pernah"
            said += f" Sudah lama tidak ada komentar yang terbaca dari sini; yang terakhir {heard}."
            well = False
        found.append(Finding(f"account {account.id}", well, said))
    return found


def _instagram_without_page(session: Session) -> bool:
    rows = session.exec(
        select(Account.settings).where(Account.connector == "instagram", col(Account.active), ~col(Account.practice))
    ).all()
    return any(not settings.get("page_id") for settings in rows)


def _public_url(parts: Parts, *, needed: bool) -> Finding:
    url = parts.settings.public_url
    if not url:
        if needed:
            said = "KENTONGAN_PUBLIC_URL belum diisi dan ada akun Instagram tanpa Halaman: fotonya tidak dapat diambil."
            return Finding("public_url", False, said)
        return Finding("public_url", True, "Tanpa alamat umum; foto Instagram lewat Halaman Facebook.")
    try:
        status = requests.get(f"{url}/media/periksa.jpg", timeout=5, allow_redirects=False).status_code
    except requests.RequestException:
        return Finding("public_url", False, f"Alamat umum {url} tidak menjawab dari sini.")
    # Our own page answers 404 to a link that nobody signed; anything else is another program's address.
    host = urlsplit(url).hostname
    if status == 404:
        return Finding("public_url", True, f"Alamat umum {host} menjawab.")
    return Finding("public_url", False, f"Alamat umum {host} menjawab {status}, bukan Kentongan.")
