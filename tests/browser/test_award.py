"""An award from its rules to the released result, in a real browser: kominfo, two jurors, a coordinator, everybody."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.models import Award, Draw, Membership, Person
from tests.app import residents
from tests.browser.visiting import served, signed_in
from tests.fixtures import awarded
from tests.fixtures.web import Web, post

pytestmark = pytest.mark.browser
DESK, PHONE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}, {"width": 320, "height": 640}


class Moment:
    """What the clock says."""

    now = datetime(2025, 12, 18, 3, tzinfo=UTC)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    made = Moment()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture
def world(web: Web) -> awarded.World:
    """Three IPSM and one too quiet; a second juror; the coordinator is one of IPSM Leuwisadeng too."""
    made = awarded.make(web, awarded.VILLAGES[:3])
    with web.parts.db.write() as session:
        known = session.get(Person, web.people["juri"])
        assert known is not None
        other = Person(email="juri2@uji.example", name="Uji Dua", password=known.password, fs_uniquifier="u-juri2")
        session.add(other)
        session.flush()
        web.people["juri2"] = other.id or 0
        rows = [
            (web.people["juri2"], web.organisations["kecamatan"], "juri"),
            (web.people["koordinator"], made.organisations["IPSM Leuwisadeng"], "koordinator"),
        ]
        for person_id, organisation_id, role in rows:
            session.add(Membership(person_id=person_id, organisation_id=organisation_id, role=role))
    return made


@pytest.fixture
def site(web: Web, moment: Moment, world: awarded.World) -> Iterator[str]:
    with served(web) as address:
        yield address


def press(page: Page, name: str) -> None:
    """A form is sent, and the page that answers is there: the next step must not meet the old one."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def clean(page: Page, *addresses: str, schemes: tuple[str, ...] = ("light",)) -> None:
    """Nobody is shut out, nothing scrolls sideways. Folded parts are looked at too."""
    for address in addresses:
        page.goto(address)
        page.locator("main details").evaluate_all("all => all.forEach(each => { each.open = true })")
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its names
            found = Axe().run(page).response["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], (address, scheme)
        for size in (NARROW, PHONE, DESK):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} scrolls sideways at {size['width']}"


def marked(page: Page, value: int) -> None:
    """All criteria of the post on the desk, and on to the next."""
    page.locator(".marks").first.wait_for()
    page.evaluate("v => document.querySelectorAll(`.marks input[value='${v}']`).forEach(e => e.click())", str(value))
    with page.expect_navigation():
        page.locator("form .btn.main").click()


def test_from_the_rules_to_the_released_result(
    web: Web, browser: Browser, site: str, moment: Moment, world: awarded.World
) -> None:
    ciampea, leuwi = (world.organisations[f"IPSM {name}"] for name in ("Ciampea", "Leuwisadeng"))
    kominfo = signed_in(browser, site, "kominfo", viewport=DESK, bypass_csp=True)

    # The rules, and the register as a table that goes out and comes back.
    kominfo.goto("/penilaian/baru")
    kominfo.get_by_label("Nama penilaian").fill("Anugerah Media Sosial 2026")
    kominfo.get_by_label("Wilayah").select_option(str(web.organisations["kabupaten"]))
    for name in ("Perangkat daerah", "Kecamatan", "Kelurahan", "Desa"):
        kominfo.get_by_label(name, exact=True).uncheck()
    kominfo.get_by_text("Ambang lain").click()
    kominfo.get_by_label("Kiriman yang diundi untuk juri").fill("2")
    press(kominfo, "Simpan draf")
    expect(kominfo.get_by_role("status")).to_contain_text("Draf disimpan")
    home = re.sub(r"^https?://[^/]+", "", kominfo.url)
    kominfo.goto(f"{home}/peserta")
    with kominfo.expect_download() as given:
        kominfo.get_by_role("link", name="Unduh XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(given.value.path()).read_bytes()))
    table = book["Peserta"]
    heads = [cell.value for cell in table[1]]
    row = next(row for row in table.iter_rows(min_row=2) if row[heads.index("Nama")].value == "IPSM Sukajaya")
    row[heads.index("Ikut")].value, row[heads.index("Catatan")].value = "tidak", "Baru dibentuk"
    wrong = [999, None, "IPSM Entah", "organisasi", "ya"]
    table.append(wrong)
    held = io.BytesIO()
    book.save(held)
    kominfo.get_by_label("Berkas XLSX atau CSV").set_input_files(
        {"name": "peserta.xlsx", "mimeType": "application/octet-stream", "buffer": held.getvalue()}
    )
    press(kominfo, "Lihat dulu")
    expect(kominfo.get_by_role("alert")).to_contain_text("IPSM Entah")
    kominfo.get_by_role("button", name=re.compile("Ambil")).click()
    expect(kominfo.locator("main")).to_contain_text("Baru dibentuk")
    kominfo.goto(home)
    press(kominfo, "Tetapkan dan umumkan aturannya")
    expect(kominfo.get_by_role("status")).to_contain_text("Aturan ditetapkan")

    # Provisional standings, the jury, the draw.
    moment.now = datetime(2026, 6, 3, 3, tzinfo=UTC)
    kominfo.goto(home)
    expect(kominfo.get_by_role("heading", name="Nilai sementara: organisasi")).to_be_visible()
    kominfo.get_by_role("link", name="Hitung ulang sekarang").click()
    expect(kominfo.locator(".board td.rank")).to_have_count(3)
    kominfo.goto(f"{home}/juri")
    for name in ("Uji Juri", "Uji Dua"):
        kominfo.get_by_label("Nama").select_option(label=name)
        press(kominfo, "Tetapkan juri")
        expect(kominfo.get_by_role("status")).to_contain_text("Juri ditetapkan")
    moment.now = datetime(2026, 7, 8, 3, tzinfo=UTC)
    kominfo.goto("/")
    kominfo.get_by_role("link", name="Undi kiriman atau bekukan data").click()
    kominfo.goto(f"{home}/juri")
    kominfo.get_by_label("Benih undian").fill("20260707")
    press(kominfo, "Undi kiriman")
    expect(kominfo.get_by_role("status")).to_contain_text("6 kiriman diundi dengan benih 20260707")

    # Each juror alone; what is left is said on the start page, and nobody sees a figure before all marks are in.
    one = signed_in(browser, site, "juri", viewport=PHONE, bypass_csp=True)
    one.get_by_role("link", name="Nyatakan kedekatan Anda").click()
    clean(one, f"{home}/menilai")
    press(one, "Nyatakan")
    one.get_by_role("group", name="Kejelasan").get_by_label("3").check()
    one.evaluate("document.querySelector('form[action*=menilai]').noValidate = true")
    one.get_by_label("Catatan").fill("Jelas sekali")
    one.locator("form .btn.main").click()
    expect(one.get_by_role("alert")).to_contain_text("setiap ukuran")
    expect(one.get_by_label("Catatan")).to_have_value("Jelas sekali")
    expect(one.get_by_role("group", name="Kejelasan").get_by_label("3")).to_be_checked()
    clean(one, f"{home}/menilai", schemes=("dark",))
    for number in range(6):
        if number == 1:
            one.goto("/")
            expect(one.locator("main")).to_contain_text("Anda juri: 5 kiriman lagi")
            one.get_by_role("link", name="Lanjut menilai").click()
        marked(one, 3)
    expect(one.locator("main")).to_contain_text("Semua sudah dinilai")
    two = signed_in(browser, site, "juri2", viewport=PHONE)
    two.goto(f"{home}/lembar/{ciampea}")
    expect(two.get_by_role("heading", name="Menilai")).to_be_visible()
    press(two, "Nyatakan")
    marked(two, 2)
    quick = web.sign_in("juri2")
    rest = [row.id for row in residents.rows(web, Draw)][1:]
    for number in rest:
        values = dict.fromkeys(("manfaat", "kejelasan", "orisinalitas", "aksesibilitas", "privasi"), "2")
        post(quick, f"{home}/menilai/{number}", **{f"k-{name}": value for name, value in values.items()})
    two.goto(f"{home}/lembar/{ciampea}")
    expect(two.get_by_role("heading", name="Lembar Nilai IPSM Ciampea")).to_be_visible()

    # Frozen; a coordinator looks at the evidence and objects.
    kominfo.goto(home)
    kominfo.get_by_role("link", name="Bekukan data").click()
    press(kominfo, "Bekukan data")
    expect(kominfo.get_by_role("status")).to_contain_text("Versi 1 dibekukan")
    first = kominfo.locator(f"a[href*='lembar/{ciampea}']").first
    ranked = [text.strip() for text in kominfo.locator(".board tbody th a").all_inner_texts()]
    assert ranked[0] == "IPSM Ciampea"
    expect(first).to_be_visible()
    coordinator = signed_in(browser, site, "koordinator", viewport=PHONE, bypass_csp=True)
    coordinator.goto(f"{home}/lembar/{ciampea}")
    expect(coordinator.get_by_role("button", name="Kirim sanggahan")).to_have_count(0)
    clean(coordinator, f"{home}/lembar/{leuwi}", schemes=("dark",))
    coordinator.goto(f"{home}/lembar/{leuwi}")
    for words in ("26 pekannya", "52 kirimannya", "16 tanggapan", "waktu jawabannya", "4 keluhannya", "nilai juri"):
        coordinator.get_by_text(re.compile(f"^Lihat {words}$")).click()
    expect(coordinator.get_by_role("cell", name="3,00").first).to_be_visible()
    press(coordinator, "Kirim sanggahan")
    expect(coordinator.get_by_role("alert")).to_contain_text("Tulis apa yang menurut Anda keliru")
    coordinator.get_by_label("Bagian yang disanggah").select_option("keterlibatan")
    coordinator.get_by_label("Apa yang menurut Anda keliru?").fill("Kiriman Ciampea terhitung dua kali.")
    press(coordinator, "Kirim sanggahan")
    expect(coordinator.get_by_role("status")).to_contain_text("Sanggahan tercatat")

    # Answered; a post is left out where it stands; a second version, which the first outlives.
    kominfo.goto("/")
    expect(kominfo.locator("main")).to_contain_text("1 sanggahan menunggu jawaban")
    kominfo.get_by_role("link", name="Jawab", exact=True).click()
    kominfo.get_by_text("Jawab", exact=True).first.click()
    kominfo.get_by_label("Jawaban", exact=True).fill("Benar; satu kiriman dikeluarkan.")
    press(kominfo, "Kirim jawaban")
    expect(kominfo.get_by_role("status")).to_contain_text("Sanggahan dijawab")
    kominfo.goto(f"{home}/lembar/{ciampea}")
    kominfo.get_by_text("Lihat 52 kirimannya").click()
    kominfo.locator("a[href*='apa=delivery']").first.click()
    kominfo.get_by_role("link", name="Kecualikan kiriman ini").click()
    press(kominfo, "Kecualikan")
    expect(kominfo.get_by_role("alert")).to_contain_text("Alasan")
    kominfo.get_by_label("Alasan").fill("Terhitung dua kali.")
    press(kominfo, "Kecualikan")
    expect(kominfo.get_by_role("status")).to_contain_text("Dikecualikan")
    kominfo.goto(home)
    kominfo.get_by_role("link", name="Buat versi baru").click()
    kominfo.get_by_label("Alasan").fill("Sanggahan IPSM Leuwisadeng diterima.")
    press(kominfo, "Buat versi baru")
    expect(kominfo.get_by_role("status")).to_contain_text("Versi 2 dibekukan")
    kominfo.goto(f"{home}/lembar/{ciampea}")
    expect(kominfo.locator("#dikecualikan")).to_contain_text("Terhitung dua kali.")
    kominfo.goto(f"{home}/lembar/{ciampea}?versi=1")
    expect(kominfo.locator(".stats")).to_contain_text("52")
    clean(kominfo, home, schemes=("light", "dark"))
    clean(kominfo, f"{home}/catatan", f"{home}/sanggahan", f"{home}/juri", f"{home}/peserta")

    # Released: everybody sees it, without signing in.
    moment.now = datetime(2026, 7, 20, 3, tzinfo=UTC)
    number = residents.rows(web, Award)[0].id
    stranger = browser.new_context(base_url=site, viewport=DESK, bypass_csp=True).new_page()  # type: ignore[arg-type]  # as above
    answer = stranger.goto(f"/hasil/{number}")
    assert answer is not None
    assert answer.status == 404
    kominfo.goto(home)
    kominfo.get_by_role("link", name="Umumkan hasil").click()
    press(kominfo, "Umumkan hasil")
    expect(kominfo.get_by_role("status")).to_contain_text("Hasil diumumkan")
    clean(stranger, f"/hasil/{number}", schemes=("light", "dark"))
    assert stranger.locator(".board td.rank").all_inner_texts() == ["1", "2", "3"]
    taken = json.loads(web.sign_in("kominfo").get(f"{home}/unduh?bentuk=json&versi=2").data)
    assert taken["frozen"]["version"] == 2
    for page in (kominfo, one, two, coordinator):
        complaints: list[Any] = page.complaints  # type: ignore[attr-defined]  # see visiting.signed_in
        assert [line for line in complaints if "422" not in line] == []
        page.context.close()
    stranger.context.close()
