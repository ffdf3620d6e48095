"""Taking a post back on a phone: two taps and a reason; the page tells by itself when it is gone; axe; the CSP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, expect
from sqlmodel import select

from app import clock
from app.models import Account, Delivery, Worker
from app.services import queueing
from app.states import Actor, move
from tests.app import residents
from tests.browser.visiting import served, signed_in
from tests.fixtures.web import Web

pytestmark = pytest.mark.browser
PUBLISHER = Actor("publisher")


@pytest.fixture
def site(web: Web) -> Iterator[str]:
    """The application over HTTP on loopback, with a post that is public on a Page and on Instagram."""
    post_id, _ = residents.public_post(web, residents.account(web))
    residents.public_post(web, residents.account(web, "instagram"), post_id=post_id)
    with web.parts.db.write() as session:
        session.add(Worker(id="w", started_at=clock.now(), beat_at=clock.now()))
    with served(web) as address:
        yield address


def taken_back(web: Web, connector: str) -> None:
    """As a worker leaves it once the platform shows it no more."""
    with web.parts.db.write() as session:
        wanted = select(Delivery).join(Account).where(Account.connector == connector)
        row = session.exec(wanted).one()
        move(session, row, "withdrawn", PUBLISHER, wake_at=None)
        queueing.settle(session, row.post_id, PUBLISHER)


def test_two_taps_and_the_page_says_when_it_is_gone(web: Web, browser: Browser, site: str) -> None:
    page = signed_in(browser, site, "petugas", viewport={"width": 360, "height": 740}, color_scheme="dark")
    page.clock.install()  # its hand is turned below: nobody waits for the next look
    page.goto("/kiriman/1")
    button = page.get_by_role("link", name="Tarik kiriman")
    expect(button).to_be_in_viewport()
    button.click()
    page.get_by_label("Ada wajah anak tanpa izin wali").check()
    page.get_by_role("button", name="Tarik dari semua akun").click()
    expect(page.locator("#keadaan")).to_contain_text("Sedang ditarik dari semua akun")
    page.evaluate("window.same = true")
    page.locator("details.tried").first.locator("summary").click()

    taken_back(web, "instagram")
    page.clock.fast_forward(2500)
    expect(page.locator("#keadaan")).to_contain_text("1 dari 2 akun sudah tidak terlihat", timeout=10_000)
    expect(page.locator("details.tried").first).to_have_attribute("open", "")
    expect(page.locator("details.tried").first.locator("summary")).to_be_focused()
    taken_back(web, "facebook")
    page.clock.fast_forward(3500)
    expect(page.locator("#keadaan")).to_contain_text("Sudah tidak terlihat di semua akun", timeout=10_000)
    expect(page.locator("#kepala")).to_contain_text("Ditarik kembali")
    assert page.locator("[data-live=standing]").count() == 0
    assert page.evaluate("window.same") is True  # never a whole new page
    assert page.complaints == []  # type: ignore[attr-defined]  # see signed_in()
    page.context.close()


def test_axe_finds_nothing_serious_where_a_person_must_act(web: Web, browser: Browser, site: str) -> None:
    page = signed_in(browser, site, "koordinator", viewport={"width": 320, "height": 740}, bypass_csp=True)
    with web.parts.db.write() as session:
        by_hand, doubtful = session.exec(select(Delivery).order_by(Delivery.id)).all()  # type: ignore[arg-type]  # SQL
        by_hand.state, by_hand.error_facts = "withdrawing", {"by_hand": True}
        doubtful.state, doubtful.unsure_since, doubtful.commit_at = "needs_person", clock.now(), clock.now()
        session.add_all([by_hand, doubtful])
    for address in ("/", "/kiriman/1", "/kiriman/1/tarik", "/kiriman/1/pengiriman/2?how=published"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page).response["violations"]
        serious = [(rule["id"], [node["html"][:160] for node in rule["nodes"]][:3]) for rule in found
                   if rule["impact"] in ("serious", "critical")]  # fmt: skip
        assert serious == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    page.context.close()
