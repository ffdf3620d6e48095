"""Inbox and statistics in a real browser: three taps on a phone, the keyboard alone, the way back, axe, the CSP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.models import Aspiration, Outgoing
from tests.app import residents
from tests.browser.visiting import served, signed_in
from tests.fixtures.web import Web

pytestmark = pytest.mark.browser
#: Ready replies as they are offered to Yanti S., who complains: (words on the chip, text).
READY = (
    (
        "Terima kasih, kami cek",
        "Terima kasih sudah memberi tahu, Yanti S. Kami cek dulu ke lapangan; kabarnya kami sampaikan di sini.",
    ),
    (
        "Sudah diteruskan",
        "Terima kasih, Yanti S. Hal ini sudah kami teruskan kepada pihak yang berwenang. Begitu ada jawaban, kami "
        "sampaikan di sini.",
    ),
)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture
def site(web: Web) -> Iterator[str]:
    """The application over HTTP on loopback, with a post, its readings and four residents."""
    account = residents.account(web)
    _, delivery = residents.public_post(web, account)
    residents.reading(web, delivery, account, reach=500, reactions=20)
    now = clock.now()
    for hours, kind, author, text in (
        (30, "keluhan", "Yanti S.", "Jalan ke SDN Kalong 02 bolong parah"),
        (20, "pertanyaan", "iwan_sadeng", "Syarat bikin KIS apa saja? WA 081234567890"),
        (3, "aspirasi", "محمد", "هذا تعليق من اليمين إلى اليسار"),
        (2, "perlu dipilah", "Pak Lurah", "Kegiatannya bagus 👍🏽 " * 60),
    ):
        said = now - timedelta(hours=hours)
        residents.item(web, delivery, text, kind=kind, author=author, said_at=said, deadline=said + timedelta(days=1))
    with served(web) as address:
        yield address


def opened(browser: Browser, site: str, **options: Any) -> Page:
    """A signed-in coordinator; what the console complains about is gathered in ``complaints``."""
    return signed_in(browser, site, "koordinator", **{"viewport": PHONE, **options})


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """On a phone; every complaint of the console, the CSP's included, fails the test."""
    made = opened(browser, site)
    yield made
    complaints = made.complaints  # type: ignore[attr-defined]  # see opened()
    made.context.close()
    assert complaints == []


def sent(web: Web) -> list[str]:
    return [row.text for row in residents.rows(web, Outgoing)]


def test_three_taps_from_the_start_page(web: Web, page: Page) -> None:
    page.get_by_role("link", name="Balas Yanti S.").click()
    page.get_by_role("link", name=READY[0][0]).click()
    expect(page.get_by_label("Balasan", exact=True)).to_have_value(READY[0][1])
    page.get_by_role("button", name="Balas", exact=True).click()
    expect(page.locator(".talk")).to_contain_text("Sedang dikirim")
    expect(page.get_by_role("status")).to_contain_text("Balasan sedang dikirim")
    assert sent(web) == [READY[0][1]]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_same_without_script(web: Web, browser: Browser, site: str) -> None:
    page = opened(browser, site, java_script_enabled=False)
    page.get_by_role("link", name="Balas Yanti S.").click()
    page.get_by_role("link", name=READY[1][0]).click()
    page.get_by_role("button", name="Balas", exact=True).click()
    expect(page.locator(".talk")).to_contain_text("Sedang dikirim")
    page.context.close()
    assert sent(web) == [READY[1][1]]


def test_by_keyboard_alone(web: Web, browser: Browser, site: str) -> None:
    kinds = [item.kind for item in residents.rows(web, Aspiration)]
    page = opened(browser, site, viewport=DESK)
    page.goto("/kotak")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    page.keyboard.press("Enter")
    # The box to pick it comes first, and Enter there changes nothing.
    _tab_to(page, "iwan_sadeng", 'document.activeElement.closest("li")?.textContent')
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert [item.kind for item in residents.rows(web, Aspiration)] == kinds
    _tab_to(page, "iwan_sadeng", 'document.activeElement.closest("li a")?.closest("li").textContent')
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="iwan_sadeng di Facebook")
    expect(heading).to_be_focused()
    _tab_to(page, "text", "document.activeElement.id")
    page.keyboard.type("KTP dan KK, Pak.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".talk")).to_contain_text("KTP dan KK, Pak.")
    assert sent(web) == ["KTP dan KK, Pak."]
    assert page.complaints == []  # type: ignore[attr-defined]  # see opened()
    page.context.close()


def _tab_to(page: Page, wanted: str, where: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted in (page.evaluate(where) or ""):
            return
    raise AssertionError(f"not reached by Tab: {wanted}")


def test_items_open_in_place_and_the_way_back_works(page: Page) -> None:
    page.goto("/kotak")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Jalan ke SDN").click()
    expect(page.get_by_role("heading", name="Yanti S. di Facebook")).to_be_focused()
    assert page.url.endswith("/kotak/1")
    assert "Yanti S." in page.title()
    expect(page.locator(".pile")).to_be_hidden()
    page.go_back()
    expect(page.locator(".pile")).to_be_visible()
    expect(page.get_by_role("heading", name="Kotak Aspirasi")).to_be_focused()
    assert page.url.endswith("/kotak")
    page.get_by_label("Cari di kotak aspirasi").fill("KIS")
    page.keyboard.press("Enter")
    expect(page.locator(".pile ol > li")).to_have_count(1)
    assert "q=KIS" in page.url
    assert page.evaluate("window.same") is True  # never a whole new page


def test_beside_the_list_an_answer_leads_to_the_items_own_address(web: Web, browser: Browser, site: str) -> None:
    page = opened(browser, site, viewport=DESK)
    page.goto("/kotak?jenis=keluhan")
    page.get_by_label("Balasan", exact=True).fill("Sudah kami cek")
    page.get_by_role("button", name="Balas", exact=True).click()
    expect(page.locator(".talk")).to_contain_text("Sedang dikirim")
    assert page.url.endswith("/kotak/1?jenis=keluhan")
    with web.parts.db.write() as session:
        row = session.get(Outgoing, 1)
        assert row is not None
        row.state, row.remote_id, row.published_at, row.wake_at = "published", "balasan-1", clock.now(), None
        session.add(row)
    expect(page.locator(".talk")).to_contain_text("Terkirim", timeout=60_000)  # by itself
    page.go_back()
    expect(page.get_by_role("heading", name="Kotak Aspirasi")).to_be_focused()
    assert page.url.endswith("/kotak?jenis=keluhan")
    page.context.close()


def test_what_was_typed_survives_a_look_elsewhere_and_a_lost_signal(web: Web, page: Page) -> None:
    page.goto("/kotak/1")
    box = page.get_by_label("Balasan", exact=True)
    box.fill("Baru setengah")
    page.get_by_role("link", name="Kembali ke daftar").click()
    page.get_by_role("link", name="Jalan ke SDN").click()
    expect(box).to_have_value("Baru setengah")
    page.context.set_offline(True)
    page.get_by_role("button", name="Balas", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Tulisan Anda masih ada di sini")
    assert sent(web) == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Balas", exact=True).click()
    expect(page.locator(".talk")).to_contain_text("Sedang dikirim")
    assert sent(web) == ["Baru setengah"]
    _forgive(page, "ERR_INTERNET_DISCONNECTED")


def test_a_colleagues_answer_is_shown_instead_of_sending_a_second(web: Web, page: Page) -> None:
    page.goto("/kotak/1")
    box = page.get_by_label("Balasan", exact=True)
    box.fill("Jawaban saya")
    root = residents.rows(web, residents.models.Aspiration, id=1)[0].comment_id
    residents.comment(web, 1, "Dijawab lewat aplikasi", own=True, parent_id=root, author_name="IPSM")
    page.get_by_role("button", name="Balas", exact=True).click()
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("Dijawab lewat aplikasi")
    expect(notice).to_be_focused()
    expect(box).to_have_value("Jawaban saya")
    assert sent(web) == []
    page.get_by_role("button", name="Tetap kirim").click()
    expect(page.locator(".talk")).to_contain_text("Sedang dikirim")
    assert sent(web) == ["Jawaban saya"]
    _forgive(page, "409")


def _forgive(page: Page, what: str) -> None:
    """The browser itself notes an answer that was meant to be a refusal."""
    complaints = page.complaints  # type: ignore[attr-defined]  # see opened()
    complaints[:] = [line for line in complaints if what not in line]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone-dark", "desk-light"])
def test_axe_finds_nothing_serious(browser: Browser, site: str, scheme: str, size: dict[str, int]) -> None:
    page = opened(browser, site, viewport=size, color_scheme=scheme, bypass_csp=True)
    # An item by itself is looked at in both themes by test_every_inbox_page.py.
    for address in ("/kotak", "/kotak/4", "/kotak/catat", "/statistik", "/statistik/1"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page).response["violations"]
        serious = [
            (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert serious == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
    page.context.close()
