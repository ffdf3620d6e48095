"""The account page: health with its reason, connecting, checking; refusals at their field."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlmodel import select

from app import clock, models, times
from app.problems import Problem
from app.services import accounts
from connectors.practice.control import Control
from connectors.practice.server import PracticeServer
from tests.app.walk import objects
from tests.fixtures.web import Web, post


def account(web: Web, **values: Any) -> int:
    """An account of the kecamatan."""
    row = {"connector": "facebook", "remote_id": f"r{len(values)}{values.get('name')}", "name": "IPSM"} | values
    with web.parts.db.write() as session:
        made = models.Account(organisation_id=web.organisations["kecamatan"], **row)
        session.add(made)
        session.flush()
        return made.id or 0


def test_health_is_said_with_its_reason(web: Web) -> None:
    now = clock.now()
    broken = account(web, name="Karang Taruna", health="broken", reason_code="token_expired")
    account(web, name="Sibuk", remote_id="77", health="connected")
    rest = now + timedelta(minutes=5)
    with web.parts.db.write() as session:
        session.add(models.Budget(scope="page", remote_id="77", used_percent=87.4, paused_until=rest))
        session.add(models.Budget(scope="app", remote_id="graph", used_percent=31))
    account(web, name="Hampir", health="expiring", expires_at=now + timedelta(days=3))
    with web.parts.db.write() as session:
        row = models.Post(organisation_id=web.organisations["kecamatan"], caption="x", state="publishing")
        session.add(row)
        session.flush()
        session.add(models.Delivery(post_id=row.id, account_id=broken, due_at=now, state="held"))
    text = web.sign_in("koordinator").get("/akun").get_data(as_text=True)
    assert "“Karang Taruna” terputus" in text
    assert "1 kiriman ditahan, bukan batal" in text
    assert "Istirahat" in text
    said = f"Platform meminta jeda sampai {times.moment(rest, 'Asia/Jakarta', now)} (pemakaian 87 %)"
    assert said in unescape(text)
    assert "31 % terpakai" in text, "the app's allowance is everybody's"
    assert "Perpanjang sebelum" in text
    assert "Karang Taruna" not in web.sign_in("asing").get("/akun").get_data(as_text=True)
    seen_by_petugas = web.sign_in("petugas").get("/akun").get_data(as_text=True)
    assert "terputus" in seen_by_petugas
    assert "/akun/baru" not in seen_by_petugas


def test_a_new_account_goes_to_the_service_as_typed(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr(accounts, "add", lambda _parts, **values: seen.update(values) or 1)
    answer = post(
        web.sign_in("koordinator"),
        "/akun/baru",
        connector="facebook",
        name=" IPSM ",
        remote_id=" 123 ",
        token="rahasia",
        settings="page_id = 9\n\nflip=ok",
    )
    assert answer.status_code == 303
    assert seen["organisation_id"] == web.organisations["kecamatan"]
    assert (seen["name"], seen["remote_id"], seen["secrets_text"]) == ("IPSM", "123", "rahasia")
    assert seen["settings"] == {"page_id": "9", "flip": "ok"}
    assert seen["by"].person_id == web.people["koordinator"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Tulis nama akun"),
        ("token", "", "Tempel kunci akses"),
        ("settings", "bukan pengaturan", "nama=nilai"),
        ("connector", "faks", ""),
    ],
)
def test_bad_input_is_answered_at_its_field(web: Web, field: str, value: str, words: str) -> None:
    form = {"connector": "facebook", "name": "IPSM", "remote_id": "12345", "token": "rahasia-token"} | {field: value}
    answer = post(web.sign_in("koordinator"), "/akun/baru", **form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in text
    assert 'aria-invalid="true"' in text
    assert "rahasia-token" not in text  # a key is never shown again
    assert field == "name" or 'value="IPSM"' in text  # what was typed stays
    with web.parts.db.read() as session:
        assert session.exec(select(models.Account)).first() is None


def test_a_refusal_of_the_service_stands_at_its_field(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise Problem("account_taken", field="remote_id", remote_id="12345")

    monkeypatch.setattr(accounts, "add", refuse)
    form = {"connector": "facebook", "name": "IPSM", "remote_id": "12345", "token": "t"}
    answer = post(web.sign_in("koordinator"), "/akun/baru", **form)
    assert answer.status_code == 422
    assert 'id="remote_id-salah"' in answer.get_data(as_text=True)


def test_checking_asks_about_ones_own_accounts_only(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(accounts, "check", lambda _parts, account_id, _by, **_: asked.append(account_id))
    here, there = objects(web, "kecamatan")["account_id"], objects(web, "lain")["account_id"]
    client = web.sign_in("koordinator")
    assert post(client, "/akun/periksa").status_code == 303
    assert post(client, f"/akun/{here}/periksa").status_code == 303
    assert post(client, f"/akun/{there}/periksa").status_code == 404
    assert asked == [here, here]


def test_connecting_again(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def check(_parts: Any, account_id: int, _by: Any, *, secrets_text: str | None = None) -> None:
        given.append((account_id, secrets_text))
        if secrets_text == "salah":
            raise Problem("token_expired", field="token")

    monkeypatch.setattr(accounts, "check", check)
    here = objects(web, "kecamatan")["account_id"]
    client = web.sign_in("koordinator")
    assert post(client, f"/akun/{here}/sambung", token="salah").status_code == 422
    assert post(client, f"/akun/{here}/sambung", token="").status_code == 422
    assert post(client, f"/akun/{here}/sambung", token="baru").status_code == 303
    assert given == [(here, "salah"), (here, "baru")]


def test_connecting_a_practice_account_for_real(web: Web, practice_server: PracticeServer, practice: Control) -> None:
    """The form, the service, the connector and the platform together, over HTTP on loopback."""
    home = web.parts.settings.home
    home.mkdir(exist_ok=True)
    (home / "practice.url").write_text(practice_server.url)
    page = practice.make_page("IPSM Latihan", "ipsm.latihan")
    client = web.sign_in("koordinator")
    form = {"connector": "facebook", "name": "IPSM Latihan", "remote_id": page.page_id}
    wrong = post(client, "/akun/baru", **form, token="latihan-tidak-ada")
    assert wrong.status_code == 422
    assert 'id="token-salah"' in wrong.get_data(as_text=True)
    assert post(client, "/akun/baru", **form, token=page.page_token).status_code == 303
    text = client.get("/akun").get_data(as_text=True)
    assert "Tersambung" in text
    assert f'href="{practice_server.url}/"' in text
    assert page.page_token not in text
    again = post(client, "/akun/baru", **form, token=page.page_token)
    assert again.status_code == 422
    assert 'id="remote_id-salah"' in again.get_data(as_text=True)
    assert post(client, "/akun/periksa").status_code == 303
