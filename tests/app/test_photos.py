"""Photos: only for whom the post is, and by signed links that end."""

from __future__ import annotations

import io
from datetime import timedelta

from PIL import Image

from app import clock
from media import THUMBNAIL, reference, render, sign
from tests.app.walk import objects
from tests.fixtures.web import Web


def test_a_photo_is_for_whoever_may_see_its_post(web: Web) -> None:
    made = objects(web, "kecamatan")
    address = f"/foto/{made['sha256']}/kecil.jpg"
    client = web.sign_in("petugas")
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert max(Image.open(io.BytesIO(answer.data)).size) <= THUMBNAIL.edge
    answer.close()
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    again.close()
    assert client.get(f"/foto/{made['sha256']}/raksasa.jpg").status_code == 404
    assert client.get(f"/foto/{'0' * 64}/kecil.jpg").status_code == 404
    assert client.get("/foto/..%2f..%2fetc%2fpasswd/kecil.jpg").status_code == 404
    assert client.get("/foto/").status_code == 404
    assert web.sign_in("asing").get(address).status_code == 404
    assert web.client().get(address).status_code == 303


def test_a_photo_of_another_organisation_does_not_move_the_person_there(web: Web) -> None:
    made = objects(web, "desa")
    client = web.sign_in("kominfo")
    answer = client.get(f"/foto/{made['sha256']}/kecil.jpg")
    assert answer.status_code == 200
    answer.close()
    assert "Kabupaten Bogor" in client.get("/").get_data(as_text=True).split("</header>")[0]


def test_withdrawn_photos_are_gone(web: Web) -> None:
    made = objects(web, "kecamatan")
    web.parts.store.delete(str(made["sha256"]))
    assert web.sign_in("petugas").get(f"/foto/{made['sha256']}/kecil.jpg").status_code == 404


def test_signed_links_open_one_rendition_until_their_time(web: Web) -> None:
    made = objects(web, "kecamatan")
    sha256 = str(made["sha256"])
    render(web.parts.store, sha256, THUMBNAIL)
    name, key = reference(sha256, THUMBNAIL), web.parts.sealer.key_for("links")
    token = sign(name, key=key, expires=clock.now() + timedelta(minutes=10))
    client = web.client()
    answer = client.get(f"/media/{token}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert "Set-Cookie" not in answer.headers
    answer.close()
    with clock.travel(timedelta(minutes=11)):
        assert client.get(f"/media/{token}").status_code == 410
    assert client.get(f"/media/{token[:-5]}x.jpg").status_code == 404
    other = sign(name, key=b"k" * 32, expires=clock.now() + timedelta(minutes=10))
    assert client.get(f"/media/{other}").status_code == 404
    absent = sign("0" * 64 + "-" + "0" * 16, key=key, expires=clock.now() + timedelta(minutes=10))
    assert client.get(f"/media/{absent}").status_code == 404
    assert client.get("/media/").status_code == 404
