"""The composer with script, in a real browser: progress, counters, order by keyboard, breaks, CSP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from app import clock
from app.models import Account, Photo, Post
from media.sample import drawn
from tests.browser.visiting import served, signed_in
from tests.fixtures.web import Web

pytestmark = pytest.mark.browser


@pytest.fixture
def site(web: Web) -> Iterator[str]:
    """The application over HTTP on loopback, with two accounts."""
    with web.parts.db.write() as session:
        for name in ("facebook", "instagram"):
            place = web.organisations["kecamatan"]
            session.add(
                Account(organisation_id=place, connector=name, remote_id=name, name=f"IPSM {name}", health="connected")
            )
    with served(web) as address:
        yield address


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    """Signed in as petugas on a phone; every complaint of the console is a failure at the end."""
    made = signed_in(browser, site, "petugas", viewport={"width": 360, "height": 740})
    yield made
    made.context.close()


def files(tmp_path: Path, *kinds: str) -> list[str]:
    """Photos as a phone would have them."""
    found = []
    for at, kind in enumerate(kinds):
        path = tmp_path / f"foto-{at}.jpg"
        path.write_bytes(drawn(kind, at))
        found.append(str(path))
    return found


def until(page: Any, true: str) -> None:
    """Poll a condition in the page. Playwright's own wait evaluates a string there, which the CSP rightly refuses."""
    deadline = time.monotonic() + 60
    while not page.evaluate(true):
        assert time.monotonic() < deadline, true
        page.wait_for_timeout(50)


def photos(web: Web) -> list[Photo]:
    with web.parts.db.read() as session:
        return list(session.exec(select(Photo).order_by(col(Photo.position))))


def test_photos_go_up_one_by_one_and_are_sorted_by_keyboard(web: Web, page: Any, tmp_path: Path) -> None:
    page.goto("/kiriman/baru")
    page.fill("#caption", "Posyandu lansia")
    shares: list[int] = []
    page.expose_function("share", lambda value: shares.append(value))
    page.evaluate(
        """() => new MutationObserver(() => {
             for (const bar of document.querySelectorAll('.strip progress')) share(bar.value);
           }).observe(document.querySelector('.strip'), { subtree: true, childList: true, characterData: true })"""
    )
    page.set_input_files("#photos", files(tmp_path, "posyandu", "meeting", "road"))
    until(page, "document.querySelectorAll('.strip li[data-photo]').length === 3")
    assert max(shares) == 100, "progress was shown"
    assert page.evaluate("document.getElementById('kata').textContent") == "Foto 3 sudah terunggah."
    assert page.inner_text("#jumlah-foto").startswith("3 foto")
    assert page.evaluate("location.pathname").endswith("/ubah"), "a reload comes back to the draft"
    before = [photo.id for photo in photos(web)]

    page.fill(f"#alt_{before[2]}", "Jalan desa")
    page.focus(f'.strip li[data-photo="{before[2]}"] a.frame')
    page.keyboard.press("ArrowLeft")
    until(page, f"document.querySelectorAll('.strip li[data-photo]')[1].dataset.photo === '{before[2]}'")
    until(page, f"document.activeElement.closest('li')?.dataset.photo === '{before[2]}'")
    page.keyboard.press("ArrowLeft")
    until(page, f"document.querySelectorAll('.strip li[data-photo]')[0].dataset.photo === '{before[2]}'")
    assert [photo.id for photo in photos(web)] == [before[2], before[0], before[1]]
    assert photos(web)[0].alt_text == "Jalan desa", "what was typed went along"
    assert "urutan 1 dari 3" in page.evaluate("document.getElementById('kata').textContent")

    page.click(f'.strip li[data-photo="{before[0]}"] button[name=drop]')
    until(page, "document.querySelectorAll('.strip li[data-photo]').length === 2")
    page.check("input[name=when][value=now]")
    page.dblclick(".dock button[value=submit]")
    page.wait_for_url("**/kiriman/*")
    with web.parts.db.read() as session:
        post = session.exec(select(Post)).one()
    assert (post.state, post.caption) == ("in_review", "Posyandu lansia")
    # The page's script is loaded after the page.
    until(page, "Object.keys(localStorage).filter((key) => key.startsWith('kentongan:')).length === 0")
    assert page.complaints == []


def test_counters_follow_the_limits_of_each_account(page: Any) -> None:
    page.goto("/kiriman/baru")
    row = '.count [data-connector="instagram"][data-counted="caption"]'
    page.fill("#caption", "x" * 2198 + "😀")
    assert page.inner_text(f"{row} b") == "2.200"
    assert not page.evaluate(f"document.querySelector('{row}').classList.contains('over')")
    page.fill("#caption", "x" * 2199 + "😀 #a #b @c")
    assert page.evaluate(f"document.querySelector('{row}').classList.contains('over')")
    assert "terlalu panjang" in page.evaluate("document.getElementById('kata').textContent")
    assert page.inner_text('.count [data-counted="hashtags"] b') == "2"
    assert page.inner_text('.count [data-counted="mentions"] b') == "1"
    page.click("summary:has-text('Tulisan berbeda')")
    page.fill("#variant_instagram", "Pendek")
    assert page.inner_text(f"{row} b") == "6"
    assert page.inner_text('.count [data-connector="facebook"][data-counted="caption"] b') == "2.210"
    page.uncheck('input[name=accounts][data-connector="instagram"]')
    assert page.is_hidden(row)
    assert page.complaints == []


def test_a_break_is_waited_out_and_a_bad_photo_is_named(web: Web, page: Any, tmp_path: Path) -> None:
    page.goto("/kiriman/baru")
    calls = []

    def flaky(route: Any) -> None:
        calls.append(route.request.url)
        if len(calls) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/foto", flaky)
    bad = tmp_path / "surat.jpg"
    bad.write_bytes(b"%PDF-1.4 bukan foto")
    page.set_input_files("#photos", [*files(tmp_path, "posyandu"), str(bad)])
    page.wait_for_selector(".strip li[data-photo]", timeout=60_000)
    page.wait_for_selector(".strip .share.fault")
    assert len(calls) == 3, "the broken one went again by itself"
    assert "Berkas itu bukan foto" in page.inner_text(".strip .share.fault")
    assert page.is_hidden(".strip [data-again]"), "the same file would be refused again"
    page.click(".strip [data-away]")
    assert len(photos(web)) == 1
    page.complaints[:] = [line for line in page.complaints if "Failed to load resource" not in line]
    assert page.complaints == [], "the break and the refusal are the network's lines, nothing else is said"


def _movable(page: Any) -> None:
    """Until the calendar's script is there: it comes after the page, and a key pressed before it does nothing."""
    script = "performance.getEntriesByType('resource').find((each) => each.name.endsWith('/live/drag.js'))"
    until(page, f"Boolean({script})")
    page.evaluate(f"import({script}.name).then(() => null)")


def test_a_post_moves_to_another_day_by_keyboard_and_by_pointer(web: Web, page: Any) -> None:
    soon = clock.now() + timedelta(days=2)
    with web.parts.db.write() as session:
        place = web.organisations["kecamatan"]
        session.add(Post(organisation_id=place, caption="Kerja bakti", due_at=soon, author_id=web.people["petugas"]))
    page.set_viewport_size({"width": 1280, "height": 900})
    zone = ZoneInfo("Asia/Jakarta")
    here = soon.astimezone(zone)
    page.goto(f"/jadwal?bulan={here:%Y-%m}")
    day = "(() => document.querySelector('#kalender [data-post]').closest('[data-date]').dataset.date)()"
    assert page.evaluate(day) == f"{here:%Y-%m-%d}"
    # The last days of the weeks shown have no day after them: step to the side that exists.
    last = page.evaluate("[...document.querySelectorAll('[data-date]')].at(-1).dataset.date")
    step, key = (1, "ArrowRight") if f"{here:%Y-%m-%d}" < last else (-1, "ArrowLeft")
    _movable(page)
    page.evaluate("document.querySelector('#kalender [data-post] .body a').focus()")
    page.keyboard.press(key)
    wanted = here + timedelta(days=step)
    until(page, f"{day} === '{wanted:%Y-%m-%d}'")
    until(page, "document.getElementById('dipindah')?.textContent.includes('Kerja bakti: Waktunya sekarang')")
    with web.parts.db.read() as session:
        moved = session.exec(select(Post)).one().due_at
    assert moved is not None
    assert f"{moved.astimezone(zone):%Y-%m-%d %H:%M}" == f"{wanted:%Y-%m-%d %H:%M}", "the clock time stays"
    # Into the past: refused, said, and left where it was.
    page.goto(f"/jadwal?bulan={clock.now() - timedelta(days=40):%Y-%m}")
    page.goto(f"/jadwal?bulan={wanted:%Y-%m}")
    first = page.evaluate("document.querySelector('[data-date]').dataset.date")
    if first < f"{clock.now():%Y-%m-%d}":
        _movable(page)
        page.drag_and_drop("#kalender [data-post]", f"[data-date='{first}']")
        until(page, "document.getElementById('dipindah')?.textContent.includes('tidak dipindahkan')")
        assert page.evaluate(day) == f"{wanted:%Y-%m-%d}"
    page.complaints[:] = [line for line in page.complaints if "422" not in line]
    assert page.complaints == []


def test_text_typed_without_a_line_comes_back(web: Web, page: Any) -> None:
    page.goto("/kiriman/baru")
    page.context.set_offline(True)
    page.fill("#caption", "Ditulis di sawah tanpa sinyal")
    page.click(".dock button[value=draft]")
    until(page, "document.getElementById('tersimpan').textContent.includes('Tidak ada sambungan')")
    page.context.set_offline(False)
    page.goto("/kiriman/baru")
    assert page.input_value("#caption") == "Ditulis di sawah tanpa sinyal"
    assert "dikembalikan" in page.inner_text("main .notice")
    page.click(".dock button[value=draft]")
    page.wait_for_url("**/ubah")
    assert page.input_value("#caption") == "Ditulis di sawah tanpa sinyal"
    page.goto("/kiriman/baru")
    assert page.input_value("#caption") == "", "saved, so forgotten"
    with web.parts.db.read() as session:
        assert session.exec(select(Post)).one().caption == "Ditulis di sawah tanpa sinyal"
    assert page.complaints == []
