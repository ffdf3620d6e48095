"""The pages for people: nothing gets out of its escape, hidden comments do not show, forms do what they say."""

from __future__ import annotations

import re

import pytest
import requests
from bs4 import BeautifulSoup

from connectors.practice.control import Control, PracticePage
from tests.practice.caller import Caller, instagram_post, staged_photo

NASTY = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def soup(address: str) -> BeautifulSoup:
    answer = requests.get(address, timeout=30)
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return BeautifulSoup(answer.text, "html.parser")


def test_everything_is_escaped(practice: Control) -> None:
    page = practice.make_page(f"Desa {NASTY}", f"x{NASTY}")
    graph = Caller(practice.url, page.page_token)
    photo = staged_photo(graph, page, alt=NASTY)
    post = graph.post(f"{page.page_id}/feed", message=NASTY, **{"attached_media[0]": f'{{"media_fbid":"{photo}"}}'})[
        "id"
    ]
    practice.comment(practice.comment(post, NASTY, NASTY), NASTY, NASTY)
    media = instagram_post(practice, graph, page, NASTY)
    practice.comment(media, NASTY, NASTY)
    graph.call("GET", f"{page.page_id}/{NASTY}")
    for path in ("/", f"/facebook/{page.page_id}", f"/instagram/{page.ig_id}", "/saklar"):
        found = soup(practice.url + path)
        assert found.find_all("script") == []
        assert found.find_all(onerror=True) == []
        assert "alert(1)" in found.get_text() + str([tag.get("alt") for tag in found.find_all("img")])


def test_the_feed_is_what_a_resident_sees(practice: Control, page: PracticePage, graph: Caller) -> None:
    ids = [staged_photo(graph, page, alt=f"Foto {n}") for n in range(2)]
    media = {f"attached_media[{n}]": f'{{"media_fbid":"{one}"}}' for n, one in enumerate(ids)}
    post = graph.post(f"{page.page_id}/feed", message="Kerja bakti RW 04", **media)["id"]
    graph.post(f"{page.page_id}/feed", message="Belum tayang", published="false")
    seen = practice.comment(post, "Ani", "Mantap")
    spam = practice.comment(post, "Info Cuan", "gacor 88")
    graph.post(f"{seen}/comments", message="Nuhun")
    graph.post(spam, is_hidden="true")
    address, _, anchor = graph.get(post, fields="permalink_url")["permalink_url"].partition("#")
    found = soup(address)
    article = found.find(id=anchor)
    assert article is not None
    text = article.get_text()
    assert "Kerja bakti RW 04" in text
    assert ("Mantap" in text, "Nuhun" in text, "gacor" in text) == (True, True, False)
    assert "Belum tayang" not in found.get_text()
    assert "Ini platform latihan. Tidak ada yang tayang di Facebook atau Instagram sungguhan." in found.get_text()
    images = article.find_all("img")
    assert [image["alt"] for image in images] == ["Foto 0", "Foto 1"]
    picture = requests.get(practice.url + str(images[0]["src"]), timeout=30)
    assert picture.headers["Content-Type"] == "image/jpeg"
    comment = graph.get(seen, fields="permalink_url")["permalink_url"].partition("#")[2]
    assert found.find(id=comment) is not None


def test_a_photo_address_cannot_be_guessed(practice: Control, page: PracticePage, graph: Caller) -> None:
    source = graph.get(staged_photo(graph, page), fields="images")["images"][0]["source"]
    assert re.search(r"/[\w-]{32}_n\.jpg$", source)
    assert requests.get(source.replace("_n.jpg", "x_n.jpg"), timeout=30).status_code == 404


@pytest.mark.parametrize("side", ["facebook", "instagram"])
def test_one_can_comment_and_like_as_a_resident(
    practice: Control, page: PracticePage, graph: Caller, side: str
) -> None:
    instagram = side == "instagram"
    account = page.ig_id if instagram else page.page_id
    post = instagram_post(practice, graph, page) if instagram else graph.post(f"{account}/feed", message="Halo")["id"]
    form = soup(f"{practice.url}/{side}/{account}").find("form", action="/warga/komentar")
    assert form is not None
    target = form.find("input", attrs={"name": "pada"})
    assert target is not None
    assert target["value"] == post
    data = {"pada": post, "nama": "Bu Ani", "teks": "Kapan di RW 05?"}
    answer = requests.post(f"{practice.url}/warga/komentar", data=data, timeout=30)
    assert "Kapan di RW 05?" in answer.text
    requests.post(f"{practice.url}/warga/suka", data={"pada": post}, timeout=30)
    seen = practice.posts(account)[0]
    assert [(one.author, one.text) for one in seen.comments] == [("Bu Ani", "Kapan di RW 05?")]
    assert seen.reactions == {"LIKE": 1}


@pytest.mark.parametrize(
    "data",
    [
        {"pada": "1", "nama": "Ani", "teks": "x"},
        {"nama": "", "teks": "x"},
        {"nama": "Ani", "teks": "  "},
        {"nama": "Ani", "teks": "x" * 2001},
        {"nama": "A" * 61, "teks": "x"},
    ],
)
def test_bad_forms_get_a_sentence(practice: Control, page: PracticePage, graph: Caller, data: dict[str, str]) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    answer = requests.post(f"{practice.url}/warga/komentar", data={"pada": post, **data}, timeout=30)
    assert answer.status_code == 400
    assert "Tidak bisa dilanjutkan" in answer.text
    assert practice.posts(page.page_id)[0].comments == ()


def test_the_switch_page_makes_it_fail_and_stops(practice: Control, page: PracticePage, graph: Caller) -> None:
    form = {"apa": "kedaluwarsa", "di": "feed", "kali": "0", "akun": page.page_id}
    answer = requests.post(f"{practice.url}/saklar", data=form, timeout=30)
    assert "Sambungan akun berakhir: saat membuat kiriman Facebook, sampai dimatikan" in answer.text
    assert graph.error("POST", f"{page.page_id}/feed", message="x") == (190, 463)
    requests.post(f"{practice.url}/saklar/hapus", data={}, timeout=30)
    graph.post(f"{page.page_id}/feed", message="x")
    assert requests.post(f"{practice.url}/saklar", data={"apa": "x"}, timeout=30).status_code == 400


def test_every_switch_of_the_page_can_be_set(practice: Control) -> None:
    radios = [str(tag["value"]) for tag in soup(f"{practice.url}/saklar").find_all("input", attrs={"name": "apa"})]
    for value in radios:
        requests.post(f"{practice.url}/saklar", data={"apa": value, "di": "any", "kali": "1"}, timeout=30)
    assert len(practice.faults()) == len(radios) == 11


def test_foreign_pages_cannot_post_here(practice: Control, page: PracticePage, graph: Caller) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    data = {"pada": post, "nama": "Ani", "teks": "x"}
    headers = {"Origin": "https://jahat.example"}
    assert requests.post(f"{practice.url}/warga/komentar", data=data, headers=headers, timeout=30).status_code == 403
    assert practice.posts(page.page_id)[0].comments == ()


@pytest.mark.parametrize("path", ["/facebook/1", "/instagram/{page}", "/facebook/x", "/warga/", "/saklar/x"])
def test_pages_that_are_not_there(practice: Control, page: PracticePage, path: str) -> None:
    assert requests.get(practice.url + path.format(page=page.page_id), timeout=30).status_code == 404
