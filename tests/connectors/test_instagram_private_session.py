"""How an account is connected: a session, a sessionid, or a password that is used once and never kept."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from connectors import Busy, Credentials, Refused, SignInAgain, Wire
from connectors._instagrapi_client import parse_pace
from connectors.instagram_private import InstagramPrivate, secrets_from, sign_in
from tests.connectors.rehearse_instagram_private import TIMEOUT_S, session_json
from tests.fixtures.private_instagram import SESSION, PrivateInstagram, private_instagram

PASSWORD = "rahasia:desa 1945"


@pytest.fixture
def site() -> Iterator[PrivateInstagram]:
    with private_instagram() as server:
        yield server


@pytest.fixture(autouse=True)
def nobody_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(prompt: str = "") -> str:
        raise AssertionError(f"asked at the terminal: {prompt}")

    monkeypatch.setattr("builtins.input", asked)


def wire(site: PrivateInstagram) -> Wire:
    return Wire(site.base_url, timeout_s=TIMEOUT_S)


def test_a_password_signs_in_once_and_is_not_kept(site: PrivateInstagram) -> None:
    secrets = secrets_from(f"desa.suka:{PASSWORD}\n", wire=wire(site), pace=None)
    assert site.signing_in.seen_passwords == [PASSWORD]
    assert set(secrets) == {"session"}
    assert "rahasia" not in json.dumps(secrets)
    kept = json.loads(secrets["session"])
    assert kept["authorization_data"]["sessionid"] == SESSION
    assert (kept["country"], kept["timezone_offset"]) == ("ID", 25200)
    connector = InstagramPrivate(Credentials("7001", secrets, {"pace": "0"}), wire(site))
    assert connector.check().handle == "desa.suka"
    connector.close()


def test_signing_in_again_uses_the_same_phone(site: PrivateInstagram) -> None:
    first = sign_in("desa.suka", PASSWORD, wire=wire(site), pace=None)
    second = sign_in("desa.suka", PASSWORD, wire=wire(site), previous=first, pace=None)
    assert json.loads(first["session"])["uuids"] == json.loads(second["session"])["uuids"]
    assert len(set(site.signing_in.phones)) == 1


@pytest.mark.parametrize(
    ("outcome", "code"), [("challenge", "challenge"), ("bad_password", "wrong_password"), ("two_factor", "two_factor")]
)
def test_a_sign_in_that_needs_a_person(site: PrivateInstagram, outcome: str, code: str) -> None:
    site.signing_in.outcome = outcome
    with pytest.raises(SignInAgain) as caught:
        sign_in("desa.suka", PASSWORD, wire=wire(site), pace=None)
    assert caught.value.code == code
    assert "rahasia" not in repr(caught.value)
    assert len(site.signing_in.seen_passwords) == 1


def test_a_wrong_password(site: PrivateInstagram) -> None:
    with pytest.raises(SignInAgain) as caught:
        secrets_from("desa.suka:salah", wire=wire(site), pace=None)
    assert caught.value.code == "wrong_password"


def test_a_code_is_told_from_the_password(site: PrivateInstagram) -> None:
    site.signing_in.password = "sandi"
    secrets_from("desa.suka:sandi:123456", wire=wire(site), pace=None)
    secrets_from("desa.suka:sandi:12345678", wire=wire(site), pace=None)
    assert site.signing_in.seen_passwords == ["sandi", "sandi"]


def test_a_session_is_kept_although_the_app_start_fails_after_it(site: PrivateInstagram) -> None:
    site.fail("feed/timeline", "drop")
    assert SESSION in sign_in("desa.suka", PASSWORD, wire=wire(site), pace=None)["session"]


def test_a_sign_in_that_gets_no_answer(site: PrivateInstagram) -> None:
    site.fail("send_login_request", "drop", times=5)
    with pytest.raises(Busy):
        sign_in("desa.suka", PASSWORD, wire=wire(site), pace=None)
    assert len(site.asked("send_login_request")) == 1


@pytest.mark.parametrize("text", [SESSION, SESSION.replace("%3A", ":"), session_json()])
def test_a_session_needs_no_network(text: str) -> None:
    kept = json.loads(secrets_from(text, wire=Wire("http://127.0.0.1:9"))["session"])
    assert kept["authorization_data"]["ds_user_id"] == "7001"
    assert kept["uuids"]["phone_id"]


@pytest.mark.parametrize("text", ["", "x", "nama", "nama:", ":sandi", "{}", "{x"])
def test_something_else_is_refused(text: str) -> None:
    with pytest.raises(SignInAgain) as caught:
        secrets_from(text, wire=Wire("http://127.0.0.1:9"))
    assert caught.value.code == "session_unreadable"


def test_pace() -> None:
    assert parse_pace(None) == (1.0, 3.0)
    assert parse_pace("0") is None
    assert parse_pace("2") == (2.0, 2.0)
    assert parse_pace(" 0.5 - 4 ") == (0.5, 4.0)
    for wrong in ("cepat", "3-1", "-1", "100"):
        with pytest.raises(Refused):
            parse_pace(wrong)


def test_a_pace_is_kept(site: PrivateInstagram, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[list[float]] = []
    monkeypatch.setattr("instagrapi.mixins.private.random_delay", lambda delay_range: waited.append(delay_range))
    connector = InstagramPrivate(Credentials("7001", {"session": session_json()}), wire(site))
    connector.check()
    assert waited == [[1.0, 3.0]]
    connector.close()
