"""Letters to gateways and mail servers that refuse, hang or are gone; and addresses, which are secrets."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from app import clock
from app.models import Event, Letter, Notice, Organisation, Person
from app.parts import Parts
from app.queries import notices
from app.services import gateways, letters, notice_addresses, notifying
from app.services.gateways import Failure, Gateway
from tests.fixtures.gateways import Ear, Mailbox
from tests.fixtures.loop import BY, until
from tests.fixtures.telling import SETTLED, Logged, Village, home, logged, rows, with_settings

__all__ = ["home", "logged"]


# --- gateways that do not work ---------------------------------------------------------------------------------------
def test_a_refusing_gateway_is_tried_again_and_given_up_and_shown(
    home: Village, ear: Ear, mailbox: Mailbox, logged: Logged
) -> None:
    ear.status = 500
    home.failed()
    home.work()
    assert len(mailbox.came) == 3, "one dead gateway is not the others' trouble"
    after = SETTLED
    while _waiting(home.parts):
        after += timedelta(seconds=letters.LONGEST_S)
        home.work(after)
        assert ear.tries <= letters.MOST
    assert ear.tries == letters.MOST
    with home.parts.db.read() as session:
        assert notices.state(session, home.parts) == [(False, "Kabar lewat JSON ditolak (500), 8 kali dicoba.")]
    _nothing_secret(home.parts, logged, "rahasia-gateway")
    # It works again: what comes next goes, and doctor is content.
    ear.status = 200
    home.failed()
    home.work(timedelta(hours=11))
    assert len(ear.heard) == 1
    with home.parts.db.read() as session:
        ((well, said),) = notices.state(session, home.parts)
    assert (well, said) == (True, "Kabar gangguan diatur: 1 alamat dan surel ke petugas. Yang terakhir sampai.")


def test_waits_between_tries_grow(home: Village, ear: Ear) -> None:
    ear.status = 503
    home.failed()
    home.work()
    seen = []
    for seconds in (10, 40, 60, 110, 200, 240):
        home.work(SETTLED + timedelta(seconds=seconds))
        seen.append(ear.tries)
    assert seen == [1, 2, 2, 3, 3, 4]


def test_a_dead_address_is_tried_with_one_letter_at_a_time(home: Village, ear: Ear) -> None:
    ear.status = 503
    home.failed()
    home.work()
    home.failed()
    home.work(timedelta(seconds=notifying.GAP_S * 2))
    assert ear.tries == 2, "the second letter rests with the first"
    ear.status = 200
    home.work(timedelta(hours=1))
    assert len(ear.heard) == 2


def test_a_gateway_that_hangs_costs_one_wait(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    ear.hangs = 60
    with home.parts.db.write() as session:
        notice_addresses.store(home.parts, session, home.id, f"{ear.url}?rto=0.3", BY)
    home.failed()
    home.work()
    assert len(mailbox.came) == 3
    (letter,) = [each for each in rows(home.parts)[1] if each.address.startswith("org:")]
    assert (letter.attempts, letter.error_code, letter.sent_at) == (1, "no_answer", None)
    assert letter.wake_at is not None


def test_no_answer_is_waited_for_longer_than_allowed(ear: Ear) -> None:
    """Whatever an address asks for, and however a gateway drips."""
    ear.hangs = 60
    gateway = Gateway("", f"{ear.url}?rto=3600&cto=3600")
    assert gateways.within(0.3, gateway, "judul", "isi") == Failure("no_answer")
    service = gateways._service(gateway.url)
    assert service.request_timeout == (gateways.CALL_S, gateways.CALL_S)
    assert "rahasia" not in repr(gateway)


def test_a_worker_that_is_to_end_does_not_wait_for_a_gateway(
    home: Village, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear.hangs = 60
    monkeypatch.setattr(letters, "_ENDING_S", 0.1)
    home.failed()
    with clock.travel(SETTLED):
        notifying.gather(home.parts)
        ending = threading.Thread(target=letters.send_due, args=(home.parts, lambda: False))
        ending.start()
        ending.join(10)
        assert not ending.is_alive()
    ear.free.set()
    # What was under way ends on its own.
    until(lambda: all(thread.name != "letter" for thread in threading.enumerate()))


def test_an_address_that_was_taken_away_hears_nothing(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    home.failed()
    with clock.travel(SETTLED):
        notifying.gather(home.parts)
        with home.parts.db.write() as session:
            notice_addresses.store(home.parts, session, home.id, "", BY)
            session.get_one(Person, home.author).active = False
        while letters.send_due(home.parts):
            pass
    assert ear.tries == 0
    assert mailbox.to("rina@uji.example") == []
    with home.parts.db.read() as session:
        assert [well for well, _ in notices.state(session, home.parts)] == [True]


def test_a_letter_that_waited_too_long_is_not_sent(home: Village, ear: Ear) -> None:
    home.failed()
    with clock.travel(SETTLED):
        notifying.gather(home.parts)
    home.work(letters.LATEST + timedelta(minutes=2))
    assert ear.tries == 0
    assert not _waiting(home.parts)


@pytest.mark.parametrize("break_it", ["refuses", "gone"])
def test_a_mail_server_that_does_not_take_it(home: Village, ear: Ear, mailbox: Mailbox, break_it: str) -> None:
    mailbox.refuses = break_it == "refuses"
    if break_it == "gone":
        home.parts = with_settings(home.parts, mail_url="mailto://127.0.0.1:1?from=kentongan@uji.example")
    home.failed()
    home.work()
    assert len(ear.heard) == 1
    assert mailbox.came == []
    assert {each.attempts for each in rows(home.parts)[1]} == {1}


def test_a_bad_setting_is_shown_and_hinders_nobody(home: Village, ear: Ear) -> None:
    home.parts = with_settings(home.parts, notice_urls="json:// rahasia-tanpa-jenis", mail_url="rahasia://x")
    home.failed()
    home.work()
    assert len(ear.heard) == 1
    with home.parts.db.read() as session:
        found = notices.state(session, home.parts)
    assert not any(well for well, _ in found)
    said = " ".join(words for _, words in found)
    assert "KENTONGAN_NOTICE_URLS" in said
    assert "KENTONGAN_MAIL_URL" in said
    assert "rahasia" not in said


# --- addresses are secrets -------------------------------------------------------------------------------------------
def test_addresses_are_nowhere_in_the_clear(home: Village, ear: Ear, mailbox: Mailbox, logged: Logged) -> None:
    home.failed()
    home.work()
    assert len(ear.heard) == 1
    # What Apprise logs may name an address.
    logging.getLogger("apprise").error("gagal: %s", ear.url)
    _nothing_secret(home.parts, logged, "rahasia-gateway")
    with home.parts.db.read() as session:
        event = session.exec(select(Event).where(Event.what == "notices")).one()
        sealed = session.get_one(Organisation, home.id).notices
    assert event.facts == {"addresses": 1}
    assert sealed
    assert "rahasia" not in sealed


def _nothing_secret(parts: Parts, logged: Logged, secret: str) -> None:
    with parts.db.read() as session:
        stored = [str(row) for table in (Letter, Notice, Event) for row in session.exec(select(table))]
    assert secret not in logged.text
    assert secret not in "".join(stored)


def _waiting(parts: Parts) -> bool:
    return any(letter.wake_at for letter in rows(parts)[1])
