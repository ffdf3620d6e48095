"""Accounts against a real practice server: the right key, all the wrong ones, nobody there, and going on afterwards."""

from __future__ import annotations

import dataclasses
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, col, func, select

from app.models import Account, Delivery, Event, Post
from app.parts import Parts
from app.problems import Problem
from app.services import accounts
from app.states import Actor
from connectors.practice.control import Control, PracticePage
from connectors.practice.process import URL_FILE
from tests.fixtures import scenery

BY = Actor("uji")


@pytest.fixture
def organisation_id(parts: Parts, practice: Control) -> int:
    """An organisation in a home whose practice platform is the running one."""
    (parts.settings.home / URL_FILE).write_text(practice.url, "ascii")
    with parts.db.write() as session:
        return scenery.organisation(session)


@pytest.fixture
def page(practice: Control) -> PracticePage:
    return practice.make_page()


def _add(parts: Parts, where: int, page: PracticePage, **other: Any) -> int:
    values = {
        "connector": "facebook",
        "organisation_id": where,
        "remote_id": page.page_id,
        "name": "Uji",
        "secrets_text": page.page_token,
        "settings": {},
        "by": BY,
        **other,
    }
    return accounts.add(parts, **values)


def _rows(parts: Parts) -> dict[str, int]:
    with parts.db.read() as session:
        return {
            name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
        }


def _read(parts: Parts, account_id: int) -> Account:
    with parts.db.read() as session:
        return session.get_one(Account, account_id)


def _closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_the_right_key(parts: Parts, organisation_id: int, page: PracticePage) -> None:
    facebook = _read(parts, _add(parts, organisation_id, page))
    assert (facebook.health, facebook.practice, facebook.reason_code) == ("connected", True, None)
    assert facebook.checked_at is not None
    assert page.page_token not in facebook.sealed
    assert parts.sealer.open(facebook.sealed)["token"] == page.page_token
    instagram = _read(
        parts,
        _add(parts, organisation_id, page, connector="instagram", remote_id=page.ig_id, secrets_text=page.ig_token),
    )
    assert (instagram.health, instagram.settings["page_id"]) == ("connected", page.page_id)
    with parts.db.read() as session:
        events = session.exec(select(Event).where(Event.subject == "account").order_by(col(Event.id))).all()
        assert [event.what for event in events] == ["connect", "connect"]
        assert page.page_token not in str([event.facts for event in events])


def test_a_pasted_key_may_have_blanks_around_it(parts: Parts, organisation_id: int, page: PracticePage) -> None:
    account = _read(parts, _add(parts, organisation_id, page, secrets_text=f" {page.page_token}\n"))
    assert (account.health, account.practice) == ("connected", True), "still a practice key, never sent elsewhere"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"secrets_text": "latihan-page-bukan"}, "token_invalid"),
        ({"secrets_text": "  "}, "token_needed"),
        ({"remote_id": "999999"}, None),
        ({"remote_id": " "}, "remote_id_needed"),
        ({"name": " "}, "name_needed"),
        ({"connector": "friendster"}, "unknown_connector"),
        ({"organisation_id": 999}, "unknown_organisation"),
        ({"connector": "instagram_private"}, "risk_not_accepted"),
    ],
)
def test_what_is_refused_stores_nothing(
    parts: Parts, organisation_id: int, page: PracticePage, other: dict[str, Any], code: str | None
) -> None:
    before = _rows(parts)
    with pytest.raises(Problem) as problem:
        _add(parts, organisation_id, page, **other)
    assert code is None or problem.value.code == code
    assert problem.value.field
    assert _rows(parts) == before


def test_a_persons_key_is_not_the_pages(parts: Parts, organisation_id: int, page: PracticePage) -> None:
    before = _rows(parts)
    with pytest.raises(Problem) as problem:
        _add(parts, organisation_id, page, secrets_text=page.user_token)
    assert problem.value.code == "user_token"
    assert _rows(parts) == before


def test_one_page_belongs_to_one_organisation(parts: Parts, organisation_id: int, page: PracticePage) -> None:
    _add(parts, organisation_id, page)
    with parts.db.write() as session:
        other = scenery.organisation(session, "Desa Lain")
    with pytest.raises(Problem) as problem:
        _add(parts, other, page)
    assert problem.value.code == "account_taken"


def test_missing_permissions_are_named(parts: Parts, organisation_id: int, practice: Control) -> None:
    reader = practice.make_page("Pembaca", "pembaca", scopes=["pages_show_list", "pages_read_engagement"])
    account = _read(parts, _add(parts, organisation_id, reader))
    assert (account.health, account.reason_code) == ("broken", "permission")
    assert "pages_manage_posts" in account.reason_facts["permission"]


def test_nobody_there_adds_it_unchecked(parts: Parts, organisation_id: int) -> None:
    """A real key, at an address where nothing listens: the account is kept, to be checked when somebody answers."""
    nowhere = dataclasses.replace(
        parts, settings=parts.settings.model_copy(update={"graph_url": f"http://127.0.0.1:{_closed_port()}"})
    )
    account_id = accounts.add(
        nowhere,
        connector="facebook",
        organisation_id=organisation_id,
        remote_id="123",
        name="Sungguhan",
        secrets_text="EAAGsungguhan",
        settings={},
        by=BY,
    )
    account = _read(parts, account_id)
    assert (account.health, account.reason_code, account.practice) == ("unchecked", "unreached", False)
    assert account.checked_at is None


def test_practice_keys_and_real_ones_do_not_mix(
    parts: Parts, organisation_id: int, page: PracticePage, practice: Control
) -> None:
    account_id = _add(parts, organisation_id, page)
    with parts.db.write() as session:
        real = scenery.account(session, organisation_id, sealed=parts.sealer.seal({"token": "EAAGx"}))
    asked = len(practice.log())
    for which, key in ((account_id, "EAAGsungguhan"), (real, page.page_token), (real, f"  {page.page_token}")):
        before = _read(parts, which)
        with pytest.raises(Problem) as problem:
            accounts.check(parts, which, BY, secrets_text=key)
        assert problem.value.code == "practice_token"
        assert _read(parts, which).sealed == before.sealed
    assert len(practice.log()) == asked, "no call left"


def test_a_real_account_never_goes_to_the_practice_platform(parts: Parts, organisation_id: int) -> None:
    real = Account(organisation_id=organisation_id, connector="facebook", remote_id="1", name="x")
    assert accounts.wire_for(parts, real).base_url == "https://graph.facebook.com"
    assert accounts.wire_for(parts, real).meta_own
    trained = Account(organisation_id=organisation_id, connector="facebook", remote_id="1", name="x", practice=True)
    wire = accounts.wire_for(parts, trained)
    assert wire.base_url.startswith("http://127.0.0.1:")
    assert (wire.meta_own, wire.app_secret) == (False, None)


def test_a_dead_key_breaks_and_a_new_one_lets_go_what_was_held(
    parts: Parts, organisation_id: int, page: PracticePage, practice: Control
) -> None:
    account_id = _add(parts, organisation_id, page)
    practice.end_token(page.page_token)
    accounts.check(parts, account_id, BY)
    broken = _read(parts, account_id)
    assert (broken.health, broken.reason_code) == ("broken", "token_expired")
    with parts.db.write() as session:
        other = scenery.account(session, organisation_id, practice=True)
        post_id = scenery.post(session, organisation_id, [account_id, other], state="partly")
        held = scenery.delivery(session, post_id, account_id, "held", error_code="token_expired")
        scenery.delivery(session, post_id, other, "published")
    with pytest.raises(Problem) as problem:  # the same dead key again: not taken
        accounts.check(parts, account_id, BY, secrets_text=page.page_token)
    assert problem.value.code == "token_expired"
    practice.end_token(page.page_token, subcode=None)
    accounts.check(parts, account_id, BY, secrets_text=page.page_token)
    accounts.check(parts, account_id, BY)
    with parts.db.read() as session:
        delivery = session.get_one(Delivery, held)
        assert (delivery.state, delivery.error_code) == ("queued", None)
        assert session.get_one(Post, post_id).state == "publishing", "the post says so at once"
        released = session.exec(select(Event).where(Event.subject == "delivery", Event.what == "release")).all()
        assert len(released) == 1
    assert _read(parts, account_id).health == "connected"


def test_two_checks_at_once_release_once(parts: Parts, organisation_id: int, page: PracticePage) -> None:
    account_id = _add(parts, organisation_id, page)
    with parts.db.write() as session:
        for _ in range(5):
            post_id = scenery.post(session, organisation_id, [account_id], state="scheduled")
            scenery.delivery(session, post_id, account_id, "held")
    errors: list[BaseException] = []

    def check() -> None:
        try:
            accounts.check(parts, account_id, BY)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=check) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with parts.db.read() as session:
        assert len(session.exec(select(Event).where(Event.what == "release")).all()) == 5


def test_a_changed_installation_key_is_said(parts: Parts, organisation_id: int, page: PracticePage) -> None:
    account_id = _add(parts, organisation_id, page)
    with parts.db.write() as session:
        session.get_one(Account, account_id).sealed = "gAAAAAbukan"
    accounts.check(parts, account_id, BY)
    account = _read(parts, account_id)
    assert (account.health, account.reason_code) == ("broken", "sealed_with_other_key")


def test_unknown_accounts_are_said(parts: Parts, organisation_id: int) -> None:
    with pytest.raises(Problem) as problem:
        accounts.check(parts, 999, BY)
    assert problem.value.code == "unknown_account"


def test_no_key_in_any_file_or_log(
    parts: Parts, organisation_id: int, page: PracticePage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    account_id = _add(parts, organisation_id, page)
    accounts.check(parts, account_id, BY)
    assert page.page_token not in caplog.text
    for path in Path(parts.settings.home).rglob("*"):
        if path.is_file():
            assert page.page_token.encode() not in path.read_bytes()
