"""Photos: only for whom the post is, and by signed links that end."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from PIL import Image
from sqlalchemy import text
from sqlmodel import col, delete, select, update

from app import clock
from app.db import Database
from app.models import Photo, Post
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


def _posted(web: Web, sha256: str, **columns: Any) -> int:
    """Another post with the same photo; its id."""
    with web.parts.db.write() as session:
        organisation_id = session.exec(select(Post.organisation_id)).first() or 0
        post = Post(organisation_id=organisation_id, caption="Kerja bakti", **columns)
        session.add(post)
        session.flush()
        session.add(Photo(post_id=post.id or 0, position=1, sha256=sha256, width=640, height=480))
        return post.id or 0


def _set(web: Web, post_id: int, **columns: Any) -> None:
    with web.parts.db.write() as session:
        session.exec(update(Post).where(col(Post.id) == post_id).values(**columns))


def test_a_signed_link_is_dead_at_once_when_no_post_needs_the_photo(web: Web) -> None:
    made = objects(web, "kecamatan")
    sha256, post_id = str(made["sha256"]), int(str(made["post_id"]))
    render(web.parts.store, sha256, THUMBNAIL)
    key = web.parts.sealer.key_for("links")
    token = sign(reference(sha256, THUMBNAIL), key=key, expires=clock.now() + timedelta(hours=24))
    client = web.client()

    def answer() -> tuple[int, str | None]:
        got = client.get(f"/media/{token}")
        got.close()
        return got.status_code, got.headers["Cache-Control"]

    assert answer() == (200, "private, no-cache")
    _set(web, post_id, withdraw_at=clock.now())
    assert answer() == (410, "no-store")
    _set(web, post_id, withdraw_at=None, state="cancelled")
    assert answer() == (410, "no-store")
    second = _posted(web, sha256, state="published")
    assert answer()[0] == 200, "another post of the same photo lives"
    _set(web, second, state="withdrawn")
    assert answer()[0] == 410
    third = _posted(web, sha256)
    assert answer()[0] == 200, "a draft may still need it"
    with web.parts.db.write() as session:
        session.exec(delete(Photo).where(col(Photo.post_id) == third))
    assert answer()[0] == 410, "taken out of it"


def test_the_question_for_a_photo_goes_by_its_index(db: Database) -> None:
    with db.read() as session:
        plan = " ".join(
            str(row)
            for row in session.execute(
                text("explain query plan select id from photo where sha256 = 'x'")
                if db.engine.dialect.name == "sqlite"
                else text("select indexdef from pg_indexes where tablename = 'photo'")
            )
        )
    assert "ix_photo_sha256" in plan
