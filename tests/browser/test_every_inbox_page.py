"""The pages around the inbox: axe in both themes, 320 px, the CSP; a refused deed keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, expect

from tests.app import residents
from tests.browser.visiting import served, signed_in
from tests.fixtures.web import Web

pytestmark = pytest.mark.browser
PHONE, DESK, NARROW = {"width": 360, "height": 740}, {"width": 1280, "height": 800}, {"width": 320, "height": 640}
#: One word without an end, as a name and as a text, and everything that an item can be said to be.
ENDLESS = "w" * 100
KOORDINATOR = (
    "/kotak/1",
    "/kotak?petugas=belum&dari=2026-01-01&desa=Sadeng&darurat=1&rahasia=1",
    "/kotak/aturan",
    "/kotak/1/lapor",
    "/pengawasan",
    "/kalender",
    "/profil",
)


@pytest.fixture
def site(web: Web) -> Iterator[str]:
    """One item that is urgent, secret, about somebody and guessed; one plain."""
    account = residents.account(web)
    _, delivery = residents.public_post(web, account)
    residents.item(
        web,
        delivery,
        f"{ENDLESS * 4} https://contoh.example/{ENDLESS}",
        author=ENDLESS,
        urgent="kekerasan",
        masked=True,
        secret=True,
        about_id=web.people["petugas"],
        labels=[ENDLESS],
        village=ENDLESS,
        kind="perlu dipilah",
        suggested_kind="keluhan",
        confidence=0.8,
        suggested_why=[["dipukuli", 2.0]],
    )
    residents.item(web, delivery, "Lampu jalan mati", author="Pak RW")
    with served(web) as address:
        yield address


@pytest.mark.parametrize(("role", "scheme"), [("koordinator", "light"), ("koordinator", "dark"), ("pembina", "light")])
def test_nobody_is_shut_out_of_the_inbox(browser: Browser, site: str, role: str, scheme: str) -> None:
    """Folded parts are looked at too: a form that is opened later must be as good as one that stands open."""
    page = signed_in(browser, site, role, viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    # In the dark what is laid out is the same: only colours are looked at anew, where there are any of its own.
    dark = ("/kotak/1", "/kotak/aturan", "/pengawasan")
    of_role = KOORDINATOR if role == "koordinator" else ("/kotak/1", "/pengawasan", "/kalender")
    for address in dark if scheme == "dark" else of_role:
        page.goto(address)
        page.locator("main details").evaluate_all("all => all.forEach(each => { each.open = true })")
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], address
        for size in (NARROW, DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} scrolls sideways at {size['width']}"
    assert page.complaints == []  # type: ignore[attr-defined]  # see signed_in
    page.context.close()


def test_what_was_typed_for_a_refused_deed_stands_in_its_form(browser: Browser, site: str) -> None:
    """With script the refusal has the focus, without it stands above everything; h opens the form of hiding."""
    for script, agency in ((True, "PLN Leuwiliang"), (False, "Desa Kalong II")):
        page = signed_in(browser, site, "koordinator", viewport=PHONE, java_script_enabled=script)
        page.goto("/kotak/2")
        page.get_by_text("Teruskan ke pihak lain").click()
        page.get_by_label("Nomor rujukan").fill("#9165816")
        page.get_by_role("button", name="Teruskan", exact=True).click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Belum ada yang berubah")
        if script:
            expect(alert).to_be_focused()
            alert.get_by_role("link", name="Ke isian Anda").click()
        expect(page.get_by_label("Nomor rujukan")).to_be_visible()
        expect(page.get_by_label("Nomor rujukan")).to_have_value("#9165816")
        page.locator("[name=lain]").fill(agency)
        page.get_by_role("button", name="Teruskan", exact=True).click()
        done = page.get_by_role("status")
        expect(done).to_contain_text(f"diteruskan ke {agency}")
        if script:
            expect(done).to_be_focused()
            page.go_back()
            expect(page.get_by_role("heading", name="Pak RW di Facebook")).to_be_visible()
            page.keyboard.press("h")
            expect(page.locator("#sembunyi").get_by_label("Alasan (wajib)")).to_be_focused()
        page.context.close()
        assert [line for line in page.complaints if "422" not in line] == []  # type: ignore[attr-defined]  # as above
