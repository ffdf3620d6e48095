"""A resident at a phone: an anonymous keluhan with a photo, followed by its code, answered; what the pages weigh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from app import clock
from app.models import Aspiration
from app.views import publik_kirim
from media import sample
from tests.app.public_page import SLUG, jpeg, opened, stand
from tests.browser.visiting import served, signed_in
from tests.fixtures.web import Web

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
#: Bytes of one page without its photos (issue 4).
MOST = 100_000


@pytest.fixture
def site(web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The page with six posts. Whoever fills in a form by a program is quicker than a person."""
    monkeypatch.setattr(publik_kirim, "LEAST_S", 0.0)
    account = opened(web)
    for number in range(6):
        photos = [(sample.drawn("meeting", 1), "Warga duduk di tikar balai desa")] if number % 2 else []
        at = clock.now() - timedelta(days=number * 20)
        stand(
            web,
            account,
            f"Kegiatan ke-{number} di desa\n\n" + "Terima kasih, warga. " * 9,
            at=at,
            photos=photos,
            village="Sadeng",
        )
    with served(web) as address:
        yield address


def visitor(browser: Browser, site: str, **options: object) -> Page:
    """Somebody without script, without a cookie, with a phone."""
    return browser.new_context(base_url=site, **{"viewport": PHONE, "java_script_enabled": False, **options}).new_page()  # type: ignore[arg-type]  # Playwright's own options


def test_an_anonymous_keluhan_with_a_photo_is_sent_followed_and_answered(
    browser: Browser, site: str, web: Web, tmp_path: Path
) -> None:
    photo = tmp_path / "lampu.jpg"
    photo.write_bytes(jpeg((1200, 900), gps=True))
    page = visitor(browser, site)
    page.goto(f"/o/{SLUG}")
    page.get_by_role("link", name="Kirim aspirasi").click()
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_role("alert")).to_contain_text("Belum terkirim")
    page.get_by_role("radio", name="Keluhan").check()
    page.get_by_label("Ceritakan").fill("Lampu jalan depan posyandu mati tiga hari.")
    page.get_by_label("Foto (boleh kosong").set_input_files(photo)
    page.get_by_label("Kirim tanpa nama").check()
    page.get_by_role("button", name="Kirim").click()
    code = page.locator(".code").inner_text()
    assert page.context.cookies() == []
    page.get_by_role("button", name="Lihat kabarnya").click()
    expect(page.get_by_role("heading", name="Lampu jalan depan posyandu mati")).to_be_visible()
    expect(page.get_by_role("img", name="Foto yang Anda kirim")).to_be_visible()
    assert page.get_by_role("img", name="Foto yang Anda kirim").evaluate("each => each.naturalWidth") == 960
    expect(page.get_by_text("Belum ditanggapi")).to_be_visible()
    with web.parts.db.read() as session:
        item = session.get_one(Aspiration, 1)
        assert (item.anonymous, item.author, item.contact) == (True, None, "")
    desk = signed_in(browser, site, "koordinator", viewport=DESK)
    desk.goto("/kotak/1")
    desk.get_by_label("Jawaban", exact=True).fill("Terima kasih. Besok pagi kami cek tiangnya.")
    desk.locator("#balas").get_by_role("button", name="Balas").click()
    expect(desk.get_by_text("Jawaban tampil di halaman lacak warga.")).to_be_visible()
    assert desk.complaints == []  # type: ignore[attr-defined]  # see signed_in
    later = visitor(browser, site)
    later.goto(f"/o/{SLUG}/lacak")
    later.get_by_label("Kode Anda").fill(code.lower().replace("-", " "))
    later.get_by_role("button", name="Lihat kabar").click()
    expect(later.get_by_text("Besok pagi kami cek tiangnya.")).to_be_visible()
    expect(later.get_by_text("Dijawab Uji Koordinator")).to_be_visible()
    expect(later.get_by_text("Sudah ditanggapi")).to_be_visible()
    assert code not in later.url


def test_what_a_page_weighs_and_asks_for(browser: Browser, site: str) -> None:
    for address in (f"/o/{SLUG}", f"/o/{SLUG}/kirim", f"/o/{SLUG}/kegiatan"):
        page = visitor(browser, site)
        weights: dict[str, int] = {}
        foreign: list[str] = []

        def weigh(request: Request, weights: dict[str, int] = weights, foreign: list[str] = foreign) -> None:
            answer = request.response()
            if not request.url.startswith(site):
                foreign.append(request.url)
            elif answer is not None and not request.url.endswith(".jpg"):
                weights[request.url] = len(answer.body())

        page.on("requestfinished", weigh)
        page.goto(address, wait_until="networkidle")
        assert foreign == []
        assert any(url.endswith("icons.svg") for url in weights), "the signs are counted too"
        assert len(weights) >= 5
        assert 20_000 < sum(weights.values()) < MOST, weights
        page.context.close()


def test_nobody_is_shut_out(browser: Browser, site: str) -> None:
    page = visitor(browser, site, java_script_enabled=True, bypass_csp=True)
    for address in ("", "/kirim", "/lacak", "/kegiatan", "/poster"):
        page.goto(f"/o/{SLUG}{address}")
        if address == "/kirim":
            page.get_by_role("button", name="Kirim").click()
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} scrolls sideways at {size['width']}"
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        assert found.violations_count == 0, (address, found.generate_report())
