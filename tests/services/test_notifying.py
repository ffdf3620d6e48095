"""Notices: who is told what, once, over real HTTP and a real mail server."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from app import clock
from app.models import Account, Aspiration, Comment, Delivery, Membership, Organisation, Outgoing, Person, Post
from app.parts import Parts
from app.services import accounts, letters, notifying, queueing
from app.states import move, tell
from connectors import SignInAgain
from jobs import notify
from tests.fixtures import scenery
from tests.fixtures.gateways import Ear, Mailbox
from tests.fixtures.loop import BY, Loop
from tests.fixtures.telling import SETTLED, Village, home, person, rows, village, with_settings

__all__ = ["home"]


# --- who is told what ------------------------------------------------------------------------------------------------
def test_a_refused_post_tells_its_author_once(loop: Loop, ear: Ear, mailbox: Mailbox) -> None:
    """From the platform's refusal to the mail, with the real protocol."""
    place = loop.place("Sukamaju")
    home = village(with_settings(loop.parts, mail_url=mailbox.url, notice_urls=ear.url), loop.organisation_id)
    loop.control.fault("flip", "refused", code=506)
    post_id = loop.post(place.facebook, caption="Posyandu balita\n\ndi balai desa")
    with loop.parts.db.write() as session:
        session.get_one(Post, post_id).author_id = home.author
    loop.settle()
    assert loop.delivery(post_id).state == "failed"
    home.work(timedelta(0))
    assert mailbox.came == [], "it waits whether more comes"
    home.work()
    home.work(SETTLED * 2)
    (mail,) = mailbox.to("rina@uji.example")
    said = mail.get_content()
    assert "Posyandu balita di balai desa" in said
    assert "Sukamaju facebook (Facebook)" in said
    assert "WIB" in said
    assert "kirim ulang" in said
    assert mail["Subject"] == "Kentongan IPSM Uji: 1 kiriman gagal"
    assert len(mailbox.to("ade@uji.example")) == 1, "the koordinator"
    assert mailbox.to("dadan@uji.example") == [], "did not approve this one"
    assert len(ear.heard) == 1
    assert ear.heard[0]["title"] == mail["Subject"]
    assert ear.bodies()[0].split() == said.split()
    assert {each.wake_at for table in rows(loop.parts) for each in table} == {None}


def test_thirty_held_by_one_account_are_one_message(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    deliveries = home.held(30)
    home.work()
    (said,) = ear.bodies()
    assert said.count("Kerja bakti") == 3
    assert "dan 27 lagi" in said
    assert "Sambungan habis masa berlakunya" in said
    assert "https://ipsm.uji.example/akun" in said
    for name in ("rina", "dadan", "ade"):
        assert len(mailbox.to(f"{name}@uji.example")) == 1
    # More are held as their time comes: the cause is known. Somebody who did not hear of it hears.
    late = home.posts(1, author_id=person(home.parts, home.id, "Tuti", "petugas"), approver_id=None)
    home.moved(late, "hold")
    home.work(timedelta(minutes=10))
    assert (len(ear.heard), len(mailbox.to("rina@uji.example")), len(mailbox.to("tuti@uji.example"))) == (1, 1, 1)
    # Connected again: nothing more. What breaks anew is news.
    with home.parts.db.write() as session:
        session.get_one(Account, home.account).health = "connected"
        assert accounts.release(session, home.account, BY) == len(deliveries) + 1
    home.work(timedelta(minutes=20))
    assert len(ear.heard) == 1
    with home.parts.db.write() as session:
        accounts.mark_broken(session, home.account, SignInAgain("password_changed"), BY)
    home.work(timedelta(minutes=30))
    assert len(ear.heard) == 2


def test_a_missed_one(home: Village, ear: Ear) -> None:
    with home.parts.db.write() as session:
        session.get_one(Organisation, home.id).zone = "Asia/Jayapura"
    home.moved(home.posts(1), "miss", error_code="missed")
    home.work()
    (said,) = ear.bodies()
    assert "1 kiriman terlewat" in said
    assert "WIT\n" in said
    assert "Pilih waktu baru" in said
    assert "https://ipsm.uji.example/kiriman/1" in said


def test_what_mended_itself_is_not_told(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    home.moved(home.failed(), "resend")
    held = home.held(2)
    with home.parts.db.write() as session:
        session.get_one(Account, home.account).health = "connected"
        accounts.release(session, home.account, BY)
    home.moved(home.posts(1), "miss")
    with home.parts.db.write() as session:
        tell(session, session.get_one(Delivery, held[0]), "withdraw_by_hand")
        missed = session.exec(select(Delivery).where(Delivery.state == "missed")).one()
        move(session, missed, "cancel", BY)
        queueing.settle(session, missed.post_id, BY)
    home.work()
    assert (ear.heard, mailbox.came) == ([], [])
    told, written = rows(home.parts)
    assert len(told) == 6
    assert {notice.wake_at for notice in told} == {notice.told_at for notice in told} == {None}
    assert written == []


def test_held_by_an_account_that_works_again_is_about_to_go_on(home: Village, ear: Ear) -> None:
    home.held(1)
    with home.parts.db.write() as session:
        session.get_one(Account, home.account).health = "connected"
    home.work()
    assert ear.heard == []


def test_an_account_whose_key_ends_soon(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    with home.parts.db.write() as session:
        account = session.get_one(Account, home.account)
        account.health, account.reason_code = "expiring", "token_expiring"
        account.reason_facts = {"at": "2026-08-20T16:30:00+00:00"}
        tell(session, account, "account_expiring")
    home.work()
    (said,) = ear.bodies()
    assert "Sambungan Halaman Desa (Facebook) hampir habis." in said
    assert "20 Agustus 2026" in said
    assert {to for to, _ in mailbox.came} == {"ade@uji.example"}


def test_failed_twice_before_it_is_told_is_one_post(home: Village, ear: Ear) -> None:
    (delivery,) = home.failed()
    home.moved([delivery], "resend")
    home.moved([delivery], "stage", lease_until=clock.now())
    home.moved([delivery], "fail", lease_until=None)
    home.work()
    assert ear.bodies()[0].count("Kerja bakti") == 1


def test_a_residents_words_are_never_in_it(home: Village, ear: Ear) -> None:
    with home.parts.db.write() as session:
        public = scenery.delivery(session, scenery.post(session, home.id), home.account, "published")
        comment = Comment(
            account_id=home.account, delivery_id=public, remote_id="1_2", text="Jalan rusak", author_name="Bu Siti",
            said_at=clock.now(),
        )  # fmt: skip
        session.add(comment)
        session.flush()
        item = Aspiration(
            organisation_id=home.id, comment_id=comment.id, source="facebook", text="Jalan rusak", author="Bu Siti",
            said_at=clock.now(),
        )  # fmt: skip
        session.add(item)
        session.flush()
        answer = Outgoing(
            aspiration_id=item.id or 0, comment_id=comment.id or 0, account_id=home.account, action="reply",
            text="Terima kasih Bu Siti", author_id=home.author, due_at=clock.now(), state="committing",
            lease_until=clock.now(),
        )  # fmt: skip
        session.add(answer)
        session.flush()
        quoted = {"user_msg": "Bu Siti: Jalan rusak"}
        move(session, answer, "fail", BY, error_code="refused", error_facts=quoted, lease_until=None)
    home.work()
    (said,) = ear.bodies()
    assert "1 jawaban gagal" in said
    assert f"/kotak/{item.id}" in said
    assert "Siti" not in said
    assert "Jalan" not in said


def test_only_active_people_who_still_belong_here(home: Village, mailbox: Mailbox) -> None:
    with home.parts.db.write() as session:
        session.get_one(Person, home.approver).active = False
        session.delete(session.exec(select(Membership).where(Membership.person_id == home.author)).one())
        above = scenery.organisation(session, "Kecamatan", category="kecamatan")
        session.get_one(Organisation, home.id).parent_id = above
    person(home.parts, above, "Camat", "pengelola")
    person(home.parts, above, "Sekcam", "koordinator")
    home.failed()
    home.work()
    assert {to for to, _ in mailbox.came} == {"ade@uji.example"}
    assert len(rows(home.parts)[1]) == 2, "no letter is written to the others"
    home.held(1)
    home.work(timedelta(minutes=10))
    assert {to for to, _ in mailbox.came[1:]} == {"ade@uji.example", "camat@uji.example"}, (
        "accounts are pengelola's too"
    )


def test_nobody_set_up_nothing_piles_up(parts: Parts) -> None:
    home = village(parts)
    home.failed(2)
    home.work()
    told, written = rows(parts)
    assert [notice.wake_at for notice in told] == [None, None]
    assert written == []


# --- not too often, not twice ----------------------------------------------------------------------------------------
def test_trouble_in_masses_is_told_every_few_minutes_together(home: Village, ear: Ear) -> None:
    home.failed(1)
    home.work()
    home.failed(40, code="spam")
    home.failed(1, code="link")
    for seconds in (45, 100, 200, 300):
        home.work(timedelta(seconds=seconds))
    assert len(ear.heard) == 1
    home.work(timedelta(seconds=notifying.GAP_S + 60))
    assert len(ear.heard) == 2
    assert ear.heard[1]["title"] == "Kentongan IPSM Leuwisadeng: 40 kiriman gagal, dan 1 hal lain"
    assert "dan 37 lagi" in ear.bodies()[1]


def test_two_notifiers_at_once_send_once(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    home.failed(5)
    start = threading.Barrier(4)

    def both() -> None:
        start.wait(10)
        notify.run(home.parts, lambda: True)

    with clock.travel(SETTLED):
        threads = [threading.Thread(target=both) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        notify.run(home.parts, lambda: True)
    assert len(ear.heard) == ear.tries == 1
    assert sorted(to for to, _ in mailbox.came) == ["ade@uji.example", "dadan@uji.example", "rina@uji.example"]


def test_a_letter_of_a_killed_worker_is_taken_over(home: Village, ear: Ear) -> None:
    home.failed()
    with clock.travel(SETTLED):
        notifying.gather(home.parts)
        claimed = letters.claim(home.parts)
        assert len(claimed) == 4
        assert letters.claim(home.parts) == []
    home.work(timedelta(seconds=letters.LEASE_S / 2))
    assert ear.heard == []
    home.work(timedelta(seconds=letters.LEASE_S + 60))
    assert len(ear.heard) == 1
    # The first one, back from the dead, has nothing to say any more.
    letters._write(home.parts, claimed[0], {"wake_at": clock.now()})
    home.work(timedelta(hours=1))
    assert len(ear.heard) == 1


def test_it_is_cheap_when_nothing_is_due(home: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("no write for nothing")

    monkeypatch.setattr(home.parts.db, "write", refuse)
    notify.run(home.parts, lambda: True)
