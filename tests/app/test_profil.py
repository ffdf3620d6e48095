"""Editing the page for everybody: opening it, another address, what is kept, and the command for it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

import app.models as models
from app.problems import Problem
from app.services import own_page, slugs
from tests.app.public_page import BY, SLUG, opened
from tests.fixtures.web import Web, token

FULL = {
    "slug": SLUG,
    "tagline": "Tetangga yang membantu",
    "about": "Baris satu\n\nBaris dua",
    "hours": "Senin–Jumat",
    "contacts": "WhatsApp: 0812\nSurel: a@b.id\n\n",
    "villages": "Kalong II\n\n  Sadeng \nKalong II",
    "address": "Kp. Contoh 3",
    "form": "y",
    "sk_number": "SK Camat 400",
    "office_from": "2022-07-18",
    "office_to": "2027-07-18",
}


def save(client: FlaskClient, values: dict[str, str]) -> Any:
    return client.post("/profil", data={**values, "csrf_token": token(client)})


def organisation(web: Web) -> models.Organisation:
    with web.parts.db.read() as session:
        return session.get_one(models.Organisation, web.organisations["kecamatan"])


def test_a_coordinator_opens_the_page_and_says_what_stands_on_it(web: Web) -> None:
    client = web.sign_in("koordinator")
    assert 'value="ipsm-leuwisadeng"' in client.get("/profil").get_data(as_text=True), "made of the name"
    assert save(client, FULL).status_code == 303
    row = organisation(web)
    assert (row.slug, row.sk_number, str(row.office_from)) == (SLUG, "SK Camat 400", "2022-07-18")
    assert row.profile["villages"] == ["Kalong II", "Sadeng"]
    assert row.profile["contacts"] == [["WhatsApp", "0812"], ["Surel", "a@b.id"]]
    assert (row.profile["form"], row.profile["show_address"]) == (True, False)
    public = web.client().get(f"/o/{SLUG}").get_data(as_text=True)
    assert "Tetangga yang membantu" in public
    assert "Kp. Contoh 3" not in public
    body = client.get("/profil").get_data(as_text=True)
    assert "Baris satu\n\nBaris dua" in body.replace("\r\n", "\n")
    save(client, {**FULL, "show_address": "y"})
    assert "Kp. Contoh 3" in web.client().get(f"/o/{SLUG}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slug": "Ada Spasi!"}, "tidak dapat dipakai"),
        ({"slug": "ab"}, "tidak dapat dipakai"),
        ({"slug": ""}, "Tulis alamatnya"),
        ({"contacts": "tanpa titik dua"}, "belum berbentuk"),
        ({"office_from": "kemarin"}, "tidak terbaca"),
        ({"office_to": "2020-01-01"}, "berakhir sebelum dimulai"),
        ({"tagline": "a" * 161}, "Paling banyak 160"),
        ({"slug": "ipsm-ternate"}, "sudah dipakai organisasi lain"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(web: Web, change: dict[str, str], said: str) -> None:
    opened(web, "lain", "ipsm-ternate")
    answer = save(web.sign_in("koordinator"), {**FULL, **change})
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in body
    assert "Tetangga yang membantu" in body or "tagline" in change


def test_a_slug_that_was_somebodys_stays_theirs(web: Web) -> None:
    opened(web)
    own_page.open_page(web.parts, web.organisations["kecamatan"], "leuwisadeng", BY)
    with pytest.raises(Problem, match="slug_taken"):
        opened(web, "lain", SLUG)
    own_page.open_page(web.parts, web.organisations["kecamatan"], SLUG, BY)
    assert organisation(web).profile["former"] == ["leuwisadeng"]


def test_one_page_an_organisation(web: Web) -> None:
    from app.services import accounts

    opened(web)
    with pytest.raises(Problem, match="page_already"):
        accounts.add(
            web.parts, connector="website", organisation_id=web.organisations["kecamatan"], remote_id="lain-lagi",
            name="x", secrets_text="", settings={}, by=BY,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "slug"),
    [("IPSM Kalong II", "ipsm-kalong-ii"), ("Désa — Sadeng!", "desa-sadeng"), ("村", ""), ("A" * 99, "a" * 40)],
)
def test_a_slug_is_made_of_a_name(name: str, slug: str) -> None:
    assert slugs.suggested(name) == slug
    assert not slug or slugs.slug_of(slug) == slug
