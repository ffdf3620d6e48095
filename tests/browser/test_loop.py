"""The loop as a person walks it, with the real processes: serve with its worker, the practice platform, a browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app import migrate
from app.parts import build
from app.sealing import make_key
from app.services import accounts, people
from app.settings import load
from app.states import Actor
from connectors.practice import process as practice_process
from connectors.practice.control import Control, PracticePage
from media.sample import drawn

pytestmark = pytest.mark.browser
EMAIL, PASSWORD = "ketua@uji.example", "sandi-panjang-sekali"
SOON_MS = 30_000


@dataclass
class Running:
    """A served installation with a Page and an Instagram account on the practice platform."""

    url: str
    control: Control
    practice: PracticePage


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    home = tmp_path / "home"
    settings = load({}, home=home)
    make_key(settings.home)
    parts = build(settings)
    migrate.upgrade(parts.db)
    platform = practice_process.start(home)
    url = practice_process.find(home)
    assert url
    control = Control(url)
    control.residents(on=False)
    made = control.make_page("IPSM Uji", "ipsm.uji")
    by = Actor("uji")
    with parts.db.write() as session:
        ours = people.add_organisation(session, by, name="IPSM Uji", category="organisasi")
        people.add_person(
            session, by, email=EMAIL, name="Ade", role="pengelola", organisation_id=ours, password=PASSWORD
        )
    for name, remote_id, token in (
        ("facebook", made.page_id, made.page_token),
        ("instagram", made.ig_id, made.ig_token),
    ):
        accounts.add(
            parts,
            connector=name,
            organisation_id=ours,
            remote_id=remote_id,
            name=f"IPSM Uji {name}",
            secrets_text=token,
            settings={},
            by=by,
        )
    parts.db.close()
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("kentongan")), "serve", "--port", "0"],
        env={**os.environ, "KENTONGAN_HOME": str(home), "KENTONGAN_CONTAINER_POLL_S": "0.3"},
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    try:
        yield Running(_address(server), control, made)
    finally:
        server.terminate()
        server.communicate(timeout=60)
        platform.terminate()
        platform.wait(20)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"Kentongan: (http://\S+)", line):
            return found.group(1).rstrip("/")
    raise AssertionError("the server ended without an address")


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    """A phone; whatever the console complains about is a failure at the end."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=running.url, locale="id-ID")
    made = context.new_page()
    said: list[str] = []
    made.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    made.on("pageerror", lambda error: said.append(str(error)))
    yield made
    context.close()
    assert said == []


def test_from_a_draft_with_two_photos_to_an_answer_seen_on_the_platform(
    page: Page, running: Running, tmp_path: Path
) -> None:
    photos = []
    for kind in ("road", "posyandu"):
        photos.append(tmp_path / f"{kind}.jpg")
        photos[-1].write_bytes(drawn(kind, 1))

    page.goto("/masuk")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Selamat")

    page.goto("/kiriman/baru")
    page.set_input_files("[name=photos]", [str(path) for path in photos])
    # Tapped while photos may still be on their way: it happens once all have arrived.
    page.fill("[name=caption]", "Kerja bakti jalan Kampung Kalong #gotongroyong")
    page.get_by_label(re.compile("sekarang|Begitu disetujui|Terbit langsung", re.IGNORECASE)).first.check()
    page.get_by_role("button", name=re.compile("Terbitkan|Jadwalkan|Setujui")).first.click()
    page.wait_for_url(re.compile(r"/kiriman/\d+$"))

    _until(page, lambda: expect(page.locator("main")).to_contain_text("Terbit di semua akun", timeout=2000))
    for account_id in (running.practice.page_id, running.practice.ig_id):
        (post,) = running.control.posts(account_id)
        assert post.caption == "Kerja bakti jalan Kampung Kalong #gotongroyong"
        assert len(post.photos) == 2
    (post,) = running.control.posts(running.practice.page_id)
    running.control.comment(post.id, "Yanti", "Kapan jalan RW 04 dikerjakan?")

    page.goto("/kotak")
    _until(page, lambda: expect(page.locator("main")).to_contain_text("Kapan jalan RW 04", timeout=2000))
    page.get_by_role("link", name=re.compile("Kapan jalan RW 04")).first.click()
    page.fill("[name=text]", "Bu Yanti, RW 04 dikerjakan Minggu depan.")
    page.get_by_role("button", name="Balas", exact=True).first.click()

    def answered() -> None:
        (seen,) = running.control.posts(running.practice.page_id)
        assert "RW 04 dikerjakan Minggu depan" in str(seen.comments)

    _until(page, answered)


def _until(page: Page, check: object, *, tries: int = 40) -> None:
    """Reload until it holds: the page is a photograph of the moment it was made."""
    assert callable(check)
    for attempt in range(tries):
        try:
            check()
            return
        except AssertionError:
            if attempt == tries - 1:
                raise
            page.wait_for_timeout(1000)
            page.reload()
