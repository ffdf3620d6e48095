"""Whether notices to the people in charge are set up, and whether the last ones went; for `kentongan doctor`."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, col, select

from app import clock, words, words_notices
from app.models import Letter, Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import gateways, notice_addresses

#: What failed longer ago says nothing of today.
RECENT = timedelta(days=2)
#: One failure may be a hiccup: told is what failed so often, or was given up.
OFTEN = 3


def state(session: Session, parts: Parts) -> list[tuple[bool, str]]:
    """(well, sentence); never with what an address says."""
    organisations = session.exec(select(Organisation).where(Organisation.notices != "")).all()
    everywhere, mail = notice_addresses.of_installation(parts), parts.settings.mail_url
    if not (organisations or everywhere or mail):
        return [(True, "Kabar gangguan belum diatur: bila kiriman gagal, itu hanya terlihat di Beranda.")]
    bad = _unusable(parts, everywhere, "KENTONGAN_NOTICE_URLS")
    if mail and not gateways.is_mail(mail):
        bad.append("KENTONGAN_MAIL_URL bukan alamat mailto:// atau mailtos:// yang dapat dipakai.")
    count = len(everywhere)
    for organisation in organisations:
        try:
            own = notice_addresses.of_organisation(parts, organisation)
        except Problem:
            bad.append(f"Alamat kabar {organisation.name} disegel dengan kunci lain. Atur lagi dengan `org notices`.")
            continue
        count += len(own)
        bad += _unusable(parts, own, organisation.name)
    bad += _failing(session, parts)
    if bad:
        return [(False, sentence) for sentence in bad]
    by_mail = " dan surel ke petugas" if mail else ""
    return [(True, f"Kabar gangguan diatur: {count} alamat{by_mail}. {_last(session)}")]


def _unusable(parts: Parts, urls: list[str], where: str) -> list[str]:
    try:
        notice_addresses.check(urls)
    except Problem as problem:
        return [f"{where}: {words.sentence(problem.code, problem.facts)}"]
    return []


def _failing(session: Session, parts: Parts) -> list[str]:
    rows = session.exec(
        select(Letter).where(col(Letter.at) > clock.now() - RECENT, col(Letter.attempts) > 0).order_by(col(Letter.id))
    ).all()
    # The last word of each address: one that went clears what failed before.
    newest: dict[str, Letter] = {}
    for letter in rows:
        if letter.sent_at or letter.error_code not in (None, "address_gone"):
            newest[letter.address] = letter
    bad = []
    for letter in newest.values():
        if letter.sent_at or (letter.wake_at is not None and letter.attempts < OFTEN):
            continue
        why = words_notices.failed(letter.error_code, letter.error_facts.get("status"))
        bad.append(f"Kabar lewat {_label(session, parts, letter)} {why}, {letter.attempts} kali dicoba.")
    return bad


def _label(session: Session, parts: Parts, letter: Letter) -> str:
    try:
        gateway = notice_addresses.find(session, parts, letter.address, letter.organisation_id)
    except Problem:
        gateway = None
    if gateway is None:
        return "alamat lama"
    return f"surel ke {gateway.to}" if gateway.to else gateways.name(gateway.url) or "alamat"


def _last(session: Session) -> str:
    sent = session.exec(select(Letter.sent_at).where(col(Letter.sent_at).is_not(None)).limit(1)).first()
    return "Yang terakhir sampai." if sent else "Belum ada yang perlu dikabarkan."
