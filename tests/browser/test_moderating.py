"""Twenty mixed comments moderated with the keyboard alone, and two coordinators at one item, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.models import Aspiration, Event, Outgoing
from tests.app import residents
from tests.browser.visiting import served, signed_in
from tests.fixtures.web import Web

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}
#: What the model thinks → what the coordinator decides, one comment each: the key pressed, and what comes of it.
COMMENTS = (
    ("keluhan", "y", "keluhan"), ("spam", "y", "spam"), ("pujian", "y", "pujian"), ("keluhan", "2", "pertanyaan"),
    ("perlu dipilah", "1", "keluhan"), ("aspirasi", "y", "aspirasi"), ("kritik", "y", "kritik"), ("spam", "6", "spam"),
    ("pertanyaan", "y", "pertanyaan"), ("pujian", "4", "kritik"), ("spam", "y", "spam"), ("aspirasi", "3", "aspirasi"),
    ("keluhan", "y", "keluhan"), ("perlu dipilah", "5", "pujian"), ("spam", "y", "spam"), ("kritik", "1", "keluhan"),
    ("pertanyaan", "y", "pertanyaan"), ("spam", "y", "spam"), ("pujian", "y", "pujian"), ("keluhan", "y", "keluhan"),
)  # fmt: skip


@pytest.fixture
def site(web: Web) -> Iterator[str]:
    account = residents.account(web)
    _, delivery = residents.public_post(web, account)
    now = clock.now()
    for number, (suggested, _, _) in enumerate(COMMENTS):
        said = now - timedelta(hours=40 - number)
        residents.item(
            web, delivery, f"Tulisan warga ke-{number + 1}", kind="perlu dipilah", author=f"Warga {number + 1}",
            said_at=said, deadline=now + timedelta(hours=number + 1), suggested_kind=suggested, confidence=0.9,
            suggested_at=now, suggested_why=[["contoh", 1.0]],
        )  # fmt: skip
    with served(web) as address:
        yield address


def at_row(page: Page) -> str:
    """The author of the row the focus is on."""
    where = "document.activeElement.closest('.pile > ol > li')?.querySelector('.meta bdi')?.textContent ?? ''"
    return str(page.evaluate(where))


def press(page: Page, key: str) -> None:
    """A key, and what it changes is there."""
    with page.expect_response(lambda answer: answer.url.endswith("/kotak") and answer.status == 200):
        page.keyboard.press(key)
    page.wait_for_function("() => !document.querySelector('#isi[aria-busy]')")


def kinds(web: Web) -> list[str]:
    return [item.kind for item in residents.rows(web, Aspiration)]


def test_twenty_mixed_comments_by_the_keyboard_alone(web: Web, browser: Browser, site: str) -> None:
    page = signed_in(browser, site, "koordinator", viewport=DESK)
    page.goto("/kotak")
    expect(page.get_by_role("button", name="Pintasan papan tik")).to_be_visible()
    page.keyboard.press("j")
    assert at_row(page) == "Warga 1"
    for number, (_, key, kind) in enumerate(COMMENTS):
        page.wait_for_function(
            "name => document.activeElement.closest('.pile > ol > li')?.textContent.includes(name)",
            arg=f"Warga {number + 1} ",
        )
        press(page, key)
        assert residents.rows(web, Aspiration, id=number + 1)[0].kind == kind
    assert kinds(web) == [kind for _, _, kind in COMMENTS]
    assert all(item.kind_by == "Koordinator Uji" or item.kind_by for item in residents.rows(web, Aspiration))
    # The last one was a mistake.
    press(page, "z")
    assert kinds(web)[-1] == "perlu dipilah"
    # One is answered, without a hand on the mouse, and one's way back leads to the list.
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("b")
    expect(page.get_by_label("Balasan", exact=True)).to_be_focused()
    page.keyboard.type("Kami cek besok, Pak. 1 2 3 j k y")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".talk")).to_contain_text("Sedang dikirim")
    assert [row.text for row in residents.rows(web, Outgoing)] == ["Kami cek besok, Pak. 1 2 3 j k y"]
    # Several at once.
    page.keyboard.press("u")
    page.wait_for_function("() => document.activeElement.closest('.pile > ol > li') !== null")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    press(page, "t")
    assert len([item for item in residents.rows(web, Aspiration) if item.assignee_id]) == 2
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    decided = [event for event in residents.rows(web, Event, subject="aspiration") if event.what == "kind"]
    assert len(decided) == len(COMMENTS) + 1  # and the one that was taken back
    complaints: list[Any] = page.complaints  # type: ignore[attr-defined]  # see visiting.signed_in
    assert complaints == []
    page.context.close()


def test_two_coordinators_see_each_other_and_send_one_answer(web: Web, browser: Browser, site: str) -> None:
    one = signed_in(browser, site, "koordinator", viewport=DESK)
    other = signed_in(browser, site, "pengelola", viewport=DESK)
    one.goto("/kotak/1")
    other.goto("/kotak/1")
    expect(other.locator("#hadir")).to_contain_text("juga sedang membuka ini")
    one.get_by_label("Balasan", exact=True).press_sequentially("Kami")
    expect(other.locator("#hadir")).to_contain_text("sedang menulis balasan", timeout=15_000)
    one.keyboard.type(" cek besok.")
    other.get_by_label("Balasan", exact=True).fill("Sudah kami teruskan.")
    one.get_by_role("button", name="Balas", exact=True).click()
    expect(one.locator(".talk")).to_contain_text("Sedang dikirim")
    other.get_by_role("button", name="Balas", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("sudah membalas lebih dulu")
    expect(other.get_by_label("Balasan", exact=True)).to_have_value("Sudah kami teruskan.")
    assert [row.text for row in residents.rows(web, Outgoing)] == ["Kami cek besok."]
    one.context.close()
    other.context.close()
