"""Headers of every answer, our own files, upload limits, faults of ours."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app import headers, rights
from app.assets import content_hash
from tests.fixtures.web import PASSWORD, Web, post, token


@pytest.mark.parametrize(
    ("address", "role"), [("/masuk", ""), ("/", "petugas"), ("/tidak-ada", ""), ("/akun/baru", "juri"), ("/saya", "")]
)
def test_every_answer_carries_the_policy(web: Web, address: str, role: str) -> None:
    client = web.sign_in(role) if role else web.client()
    answer = client.get(address)
    for name, value in headers.FIXED.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", ["koordinator", "pengelola", "kominfo"])
def test_no_page_has_inline_style_script_or_handler(web: Web, role: str) -> None:
    client = web.sign_in(role)
    for address in ("/", "/akun", "/akun/baru", "/saya", "/saya/dua-langkah", "/keluar", "/tidak-ada"):
        page = client.get(address).get_data(as_text=True)
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)\s*=", page), address
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style", page), address


def test_forms_of_pages_hold_the_token_that_tests_make(web: Web) -> None:
    """``tests.fixtures.web.token`` makes it without a page."""
    client = web.client()
    for address, form in (("/masuk", {"email": "petugas@uji.example", "password": PASSWORD}), ("/saya", {"name": "A"})):
        page = client.get(address).get_data(as_text=True)
        (found,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', page))
        assert found.partition(".")[0] == token(client).partition(".")[0]
        to = "/saya/nama" if "name" in form else address
        assert client.post(to, data={**form, "csrf_token": found}).status_code == 303


def test_our_files_are_kept_for_a_year_under_their_hash(web: Web) -> None:
    client = web.client()
    page = client.get("/masuk").get_data(as_text=True)
    found = re.findall(r'"(/static/[^"#]+)', page)
    assert len(found) >= 4
    for address in {*found, next(each for each in found if each.endswith("live.js")).replace("live.js", "icons.svg")}:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        answer.close()
    old = client.get("/static/000000000000/base.css")
    assert old.status_code == 200
    assert "immutable" not in old.headers["Cache-Control"]
    old.close()
    assert client.get("/static/x/../app.py").status_code == 404
    assert client.get("/static/x/").status_code == 404
    assert client.get("/static/").status_code == 404


def test_the_hash_follows_the_content(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "a.css").write_text("a")
    before = content_hash(folder)
    (folder / "a.css").write_text("b")
    assert content_hash(folder) != before


def test_forms_without_photos_stay_small(web: Web) -> None:
    client = web.sign_in("petugas")
    fresh = token(client)
    answer = client.post("/saya/nama", data={"csrf_token": fresh, "name": "x" * (rights.SMALL_FORM + 1)})
    assert answer.status_code == 413
    assert "terlalu besar" in answer.get_data(as_text=True)


def test_a_fault_of_ours_has_a_code_and_no_traceback(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise RuntimeError("rahasia dalam")

    web.alone().add_url_rule("/rusak", "rusak", rights.public(broken))
    web.app.testing = False
    answer = web.client().get("/rusak")
    page = answer.get_data(as_text=True)
    code = re.search(r"K-[0-9A-F]{6}", page)
    assert answer.status_code == 500
    assert code
    assert "rahasia dalam" not in page
    assert code.group() in caplog.text


def test_a_services_refusal_is_one_plain_sentence(web: Web) -> None:
    from app.problems import Problem

    def refuses() -> str:
        raise Problem("name_needed")

    web.alone().add_url_rule("/tolak", "tolak", rights.public(refuses))
    answer = web.client().get("/tolak")
    assert answer.status_code == 422
    assert "Nama belum diisi" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/masuk/demo", "/saya/nama", "/akun/1/periksa"])
def test_wrong_method_has_a_page(web: Web, path: str) -> None:
    answer = web.sign_in("koordinator").get(path)
    assert answer.status_code == 405
    assert "Tidak ada yang berubah" in answer.get_data(as_text=True)


def test_names_are_shown_as_text(web: Web) -> None:
    client = web.sign_in("petugas")
    assert post(client, "/saya/nama", name="<b>Ani</b> & “Budi”").status_code == 303
    page = client.get("/").get_data(as_text=True)
    assert "<b>Ani</b>" not in page
    assert "&lt;b&gt;Ani&lt;/b&gt;" in page


def test_app_can_be_made_twice(web: Web) -> None:
    from app import create_app

    again = create_app(web.parts.settings, parts=web.parts)
    assert isinstance(again, Flask)
    assert again.test_client().get("/masuk").status_code == 200


def test_a_database_that_fails_still_gives_a_page(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    from app.queries import home

    def down(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    client = web.sign_in("petugas")
    monkeypatch.setattr(home, "badges", down)
    web.app.testing = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Ada gangguan di pihak kami" in answer.get_data(as_text=True)
    assert "disk" not in answer.get_data(as_text=True)


def test_files_ask_nobody_who_they_are(web: Web) -> None:
    client = web.sign_in("petugas")
    answer = client.get("/static/x/base.css")
    assert "Cookie" not in answer.headers.get("Vary", "")
    answer.close()


def test_a_change_that_was_overtaken_says_so_and_is_no_fault(web: Web) -> None:
    from app.problems import Stale

    @web.alone().post("/terlambat")
    @rights.public
    def late() -> str:
        raise Stale("delivery 1")

    answer = post(web.sign_in("pengelola"), "/terlambat")
    assert answer.status_code == 409
    assert "Orang lain baru saja mengubahnya" in answer.get_data(as_text=True)
