"""The door: who gets in, who does not, how often one may try, and what happens to sessions."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from passlib.totp import TOTP

from app import clock, create_app
from app.demo import MARK
from app.models import Person
from app.passwords import matches
from app.security import safe_next
from app.services.people import hash_password
from app.settings import Settings
from app.throttle import PER_ADDRESS, PER_EMAIL, Throttle
from tests.fixtures.web import PASSWORD, Web, post, token


def person(web: Web, role: str) -> Person:
    """The person as stored."""
    with web.parts.db.read() as session:
        found = session.get(Person, web.people[role])
        assert found is not None
        session.expunge(found)
    return found


def test_signing_in_and_out(web: Web) -> None:
    client = web.sign_in("petugas")
    assert client.get("/").status_code == 200
    stored = person(web, "petugas")
    assert stored.login_count == 1
    assert stored.current_login_at is not None
    assert stored.current_login_at.tzinfo is not None
    assert client.get("/keluar").status_code == 200  # only asks
    assert client.get("/").status_code == 200
    assert post(client, "/keluar").status_code == 303
    answer = client.get("/saya?x=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/masuk?next=/saya?x%3D1"


def test_unknown_email_and_wrong_password_get_one_answer(web: Web) -> None:
    pages = []
    for email in ("petugas@uji.example", "tidakada@uji.example"):
        answer = post(web.client(), "/masuk", email=email, password="salah sekali ini")
        assert answer.status_code == 422
        pages.append(answer.get_data(as_text=True).replace(email, "EMAIL").split("<main")[1].split("csrf_token")[0])
    assert pages[0] == pages[1]
    assert "tidak cocok" in pages[0]


def test_unknown_email_takes_the_same_work() -> None:
    """Not a stopwatch of the network: both ways run Argon2 once with the same cost."""
    stored = hash_password(PASSWORD)

    def took(hashed: str | None) -> float:
        began = time.process_time()  # Argon2's own threads count, other processes do not
        assert not matches("salah sekali", hashed)
        return time.process_time() - began

    known, unknown = min(took(stored) for _ in range(3)), min(took(None) for _ in range(3))
    assert unknown > known / 3
    assert matches(PASSWORD, stored)
    assert not matches(PASSWORD, None)
    assert not matches(PASSWORD, "not a hash")
    assert "$argon2id$" in stored


def test_email_is_found_in_any_case_and_inactive_people_stay_out(web: Web) -> None:
    assert post(web.client(), "/masuk", email=" Petugas@UJI.example ", password=PASSWORD).status_code == 303
    client = web.sign_in("juri")
    with web.parts.db.write() as session:
        found = session.get(Person, web.people["juri"])
        assert found is not None
        found.active = False
        session.add(found)
    assert post(web.client(), "/masuk", email="juri@uji.example", password=PASSWORD).status_code == 422
    assert client.get("/").status_code == 303  # the running session ended too


def test_too_many_wrong_passwords_answer_429_even_to_the_right_one(web: Web) -> None:
    client = web.client()
    for _ in range(PER_EMAIL):
        assert post(client, "/masuk", email="petugas@uji.example", password="salah sekali").status_code == 422
    answer = post(client, "/masuk", email="Petugas@uji.example", password=PASSWORD)
    assert answer.status_code == 429
    assert "Tunggu 5 menit" in answer.get_data(as_text=True)
    assert post(client, "/masuk", email="juri@uji.example", password=PASSWORD).status_code == 303
    with clock.travel(timedelta(minutes=5, seconds=1)):
        assert post(web.client(), "/masuk", email="petugas@uji.example", password=PASSWORD).status_code == 303


def test_parallel_guesses_do_not_slip_through() -> None:
    throttle = Throttle()
    gate = threading.Barrier(40)
    passed = []

    def guess() -> None:
        gate.wait()
        if throttle.take("a@b.example", "192.0.2.1"):
            passed.append(1)

    threads = [threading.Thread(target=guess) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == PER_EMAIL


def test_throttle_by_address_and_memory() -> None:
    throttle = Throttle()
    assert all(throttle.take(f"{n}@b.example", "192.0.2.1") for n in range(PER_ADDRESS))
    assert not throttle.take("other@b.example", "192.0.2.1")
    assert throttle.take("other@b.example", "192.0.2.2")
    throttle.forgive("other@b.example", "192.0.2.2")
    for n in range(30_000):
        throttle.take(f"x{n}@b.example", f"198.51.100.{n}")
    assert len(throttle._tries) <= 20_000


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/akun?x=1", "/akun?x=1"),
        ("https://jahat.example/", "/"),
        ("//jahat.example/", "/"),
        ("/\\jahat.example", "/"),
        ("/a\\b", "/"),
        ("\t//jahat.example", "/"),
        ("/\n/jahat.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/masuk", "/"),
        ("/keluar", "/"),
        ("", "/"),
    ],
)
def test_next_never_leads_to_another_site(web: Web, wanted: str, path: str) -> None:
    with web.app.test_request_context():
        assert safe_next(wanted) == path
    client = web.client()
    values = {"email": "petugas@uji.example", "password": PASSWORD, "next": wanted}
    assert post(client, "/masuk", **values).headers["Location"] == path


def test_a_missing_or_foreign_token_changes_nothing_and_loses_nothing(web: Web) -> None:
    client = web.sign_in("petugas")
    for form in ({"name": "Nama Baru Sekali"}, {"name": "Nama Baru Sekali", "csrf_token": token(web.client())}):
        answer = client.post("/saya/nama", data=form)
        assert answer.status_code == 400
        page = answer.get_data(as_text=True)
        assert "kedaluwarsa" in page
        assert "Nama Baru Sekali" in page
    assert person(web, "petugas").name == "Uji Petugas"
    answer = web.client().post("/saya/nama", data={"name": "Tulisan panjang saya", "password": "rahasia sekali"})
    assert answer.status_code == 401
    assert "Tulisan panjang saya" in answer.get_data(as_text=True)
    assert "rahasia sekali" not in answer.get_data(as_text=True)


def test_new_password_ends_other_sessions_and_keeps_this_one(web: Web) -> None:
    here, there = web.sign_in("petugas"), web.sign_in("petugas")
    wrong = post(here, "/saya/sandi", password="bukan ini", new="sandi yang baru", again="sandi yang baru")
    assert wrong.status_code == 422
    short = post(here, "/saya/sandi", password=PASSWORD, new="pendek", again="pendek")
    assert short.status_code == 422
    assert "terlalu pendek" in short.get_data(as_text=True)
    assert post(here, "/saya/sandi", password=PASSWORD, new="sandi yang baru", again="lain lagi ya").status_code == 422
    assert there.get("/").status_code == 200
    done = post(here, "/saya/sandi", password=PASSWORD, new="sandi yang baru", again="sandi yang baru")
    assert done.status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303
    assert post(web.client(), "/masuk", email="petugas@uji.example", password="sandi yang baru").status_code == 303


def test_ending_other_sessions(web: Web) -> None:
    here, there = web.sign_in("petugas"), web.sign_in("petugas")
    assert post(here, "/saya/sesi").status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303


def test_remembering_survives_the_browsers_session(web: Web) -> None:
    client = web.client()
    form = {"email": "petugas@uji.example", "password": PASSWORD, "remember": "y"}
    assert post(client, "/masuk", **form).status_code == 303
    client.delete_cookie("kentongan")
    assert client.get("/").status_code == 200
    assert post(client, "/saya/sesi").status_code == 303  # a remembered browser keeps its own session
    client.delete_cookie("kentongan")
    assert client.get("/").status_code == 200


def code(web: Web, secret: str, at: float) -> str:
    """What the app on the phone shows at that time."""
    with web.app.app_context():
        source = web.app.extensions["security"].totp_factory._totp.from_source(secret)
    return str(TOTP(key=source.base32_key).generate(time=at).token)


@pytest.fixture
def two_steps(web: Web) -> tuple[Web, str]:
    """Petugas with the second factor switched on."""
    client = web.sign_in("petugas")
    page = client.get("/saya/dua-langkah").get_data(as_text=True)
    assert "data:image/svg+xml" in page
    with client.session_transaction() as cookie:
        secret = cookie["totp_secret"]
    assert post_code(web, client, "/saya/dua-langkah", "000000") == 422
    assert person(web, "petugas").tf_primary_method is None
    assert post_code(web, client, "/saya/dua-langkah", code(web, secret, time.time())) == 303
    stored = person(web, "petugas")
    assert stored.tf_primary_method == "authenticator"
    return web, stored.tf_totp_secret or ""


def post_code(web: Web, client: object, address: str, typed: str) -> int:
    """Send a code without reloading the page that made the secret."""
    fresh = token(client)  # type: ignore[arg-type]  # a FlaskClient
    answer = client.post(address, data={"csrf_token": fresh, "code": typed})  # type: ignore[attr-defined]  # as above
    return int(answer.status_code)


def test_second_factor_works_once_per_code(two_steps: tuple[Web, str]) -> None:
    web, secret = two_steps
    first = web.client()
    answer = post(first, "/masuk", email="petugas@uji.example", password=PASSWORD)
    assert answer.headers["Location"].startswith("/masuk/kode")
    assert first.get("/").status_code == 303  # half way is not in
    used = code(web, secret, time.time())  # the code that switched it on
    assert post_code(web, first, "/masuk/kode", used) == 422
    later = code(web, secret, time.time() + 30)
    assert post_code(web, first, "/masuk/kode", later) == 303
    assert first.get("/").status_code == 200
    second = web.client()
    post(second, "/masuk", email="petugas@uji.example", password=PASSWORD)
    assert post_code(web, second, "/masuk/kode", later) == 422
    assert second.get("/").status_code == 303


def test_guessing_codes_is_held_back(two_steps: tuple[Web, str]) -> None:
    web, _ = two_steps
    client = web.client()
    post(client, "/masuk", email="petugas@uji.example", password=PASSWORD)
    answers = [post_code(web, client, "/masuk/kode", f"{n:06d}") for n in range(PER_EMAIL + 1)]
    assert answers[-1] == 429


def test_the_step_between_does_not_wait_for_ever(two_steps: tuple[Web, str]) -> None:
    web, _ = two_steps
    client = web.client()
    post(client, "/masuk", email="petugas@uji.example", password=PASSWORD)
    with clock.travel(timedelta(minutes=6)):
        answer = client.get("/masuk/kode")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/masuk"


def test_demo_buttons_only_in_the_demo(web: Web) -> None:
    client = web.client()
    assert "Coba langsung" not in client.get("/masuk").get_data(as_text=True)
    assert post(client, "/masuk/demo", role="petugas").status_code == 404
    with web.parts.db.write() as session:
        found = session.get(Person, web.people["petugas"])
        assert found is not None
        found.email = "petugas@demo.kentongan.example"
        session.add(found)
    home = web.parts.settings.home
    home.mkdir(exist_ok=True)
    (home / MARK).touch()
    demo = create_app(Settings(home=home, secret_key="k" * 40), parts=web.parts)
    demo.testing = True
    browser = demo.test_client()
    assert "Coba langsung" in browser.get("/masuk").get_data(as_text=True)
    assert post(browser, "/masuk/demo", role="raja").status_code == 400
    assert post(browser, "/masuk/demo", role="juri").status_code == 404  # no such person
    assert post(browser, "/masuk/demo", role="petugas").status_code == 303
    assert browser.get("/").status_code == 200


def test_cookies(web: Web) -> None:
    cookie = web.sign_in("petugas").get("/").headers.get("Set-Cookie") or ""
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    parts = web.parts
    settings = Settings(home=parts.settings.home, secret_key="k" * 40, public_url="https://ipsm.example.id")
    public = create_app(settings, parts=type(parts)(settings, parts.db, parts.sealer, parts.store))
    answer = public.test_client().get("/masuk", base_url="https://ipsm.example.id")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_many_at_the_door_at_once(web: Web) -> None:
    """Sign-ins begin IMMEDIATE and wait for each other and for other writers: none fails, none is lost."""
    results: list[int] = []

    def enter() -> None:
        answer = post(web.client(), "/masuk", email="petugas@uji.example", password=PASSWORD)
        results.append(answer.status_code)

    def write() -> None:
        for n in range(20):
            with web.parts.db.write() as session:
                found = session.get(Person, web.people["juri"])
                assert found is not None
                found.login_count = n
                session.add(found)

    threads = [threading.Thread(target=enter) for _ in range(4)] + [threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [303] * 4
    assert person(web, "petugas").login_count == 4
