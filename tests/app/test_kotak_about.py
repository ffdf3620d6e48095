"""What is about a member is nowhere on that member's pages, and no address of it opens for them."""

from __future__ import annotations

import pytest

from app.models import Aspiration
from tests.app import residents
from tests.app.residents import page
from tests.fixtures.web import Web, post

SAID = "Uang kas dibawa pulang"


@pytest.fixture
def items(web: Web) -> tuple[int, int]:
    """One about the koordinator, and a plain one by the same resident."""
    _, delivery = residents.public_post(web, residents.account(web))
    about = residents.item(web, delivery, SAID, about_id=web.people["koordinator"], author_key="facebook:7")
    return about, residents.item(web, delivery, "Jalan bolong", author_key="facebook:7")


def test_it_is_not_on_the_members_pages(web: Web, items: tuple[int, int]) -> None:
    about, plain = items
    member, other = web.sign_in("koordinator"), web.sign_in("pembina")
    for there in ("/", "/kotak", "/kotak?status=semua", "/kotak?q=kas&status=semua", f"/kotak/{plain}"):
        soup = page(member, there)
        assert SAID not in soup.get_text(), there
        assert not soup.select(f'a[href*="/kotak/{about}"]'), there
        assert SAID in page(other, there).get_text(), "others see it"


def test_the_count_beside_the_menu_leaves_it_out(web: Web, items: tuple[int, int]) -> None:
    for role, count in (("koordinator", "1"), ("pembina", "2")):
        soup = page(web.sign_in(role), "/saya")
        link = next(link for link in soup.select('nav a[href="/kotak"]') if any(c.isdigit() for c in link.get_text()))
        assert count in link.get_text(), role


def test_no_address_of_it_opens_for_the_member(web: Web, items: tuple[int, int]) -> None:
    about, plain = items
    client = web.sign_in("koordinator")
    for what in ("", "/lapor"):
        assert client.get(f"/kotak/{about}{what}").status_code == 404, what
    deeds = ("selesai", "tentang", "catat", "rahasia", "darurat", "hapus")
    sent = {"text": "x", "reason": "Promosi judi atau penipuan", "person": "0", "proof": "Sudah dibayar kembali"}
    for what in ("balas", "atur", "sembunyi", "tampil", "hadir", *(f"urus/{deed}" for deed in deeds)):
        assert post(client, f"/kotak/{about}/{what}", page=f"/kotak/{plain}", **sent).status_code == 404, what
    row = next(row for row in residents.rows(web, Aspiration) if row.id == about)
    assert (row.status, row.about_id) == ("belum ditanggapi", web.people["koordinator"])
