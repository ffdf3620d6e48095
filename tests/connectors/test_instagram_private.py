"""instagrapi's real client publishes against a local server; its session and what it refuses to send."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from connectors import Busy, Credentials, Item, PhotoFile, Refused, SignInAgain, Staged, Unsupported, Wire, load
from connectors.instagram_private import InstagramPrivate
from tests.connectors.rehearse_instagram_private import (
    TIMEOUT_S,
    connector_for,
    photo,
    publish,
    rehearsal,
    session_json,
)
from tests.fixtures.private_instagram import SESSION, PrivateInstagram

ROOT = Path(__file__).parents[2]
Pair = tuple[InstagramPrivate, PrivateInstagram]


@pytest.fixture
def pair() -> Iterator[Pair]:
    with rehearsal() as both:
        yield both


def now() -> datetime:
    return datetime.now(UTC)


def test_import_is_light() -> None:
    told = "import sys, connectors; connectors.load(); print([m for m in sys.modules if 'grapi' in m])"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = done.stdout
    assert "'instagrapi" not in modules
    assert "connectors._instagrapi_client" in modules


def test_is_found_and_warns() -> None:
    assert load()["instagram_private"] is InstagramPrivate
    assert InstagramPrivate.warning == "instagram_private_risk"
    assert "hide" not in InstagramPrivate.can


def test_check_and_followers(pair: Pair) -> None:
    connector, site = pair
    facts = connector.check()
    assert (facts.remote_id, facts.handle, facts.name) == ("7001", "desa.suka", "Desa Suka")
    assert connector.followers() == 321
    assert connector.server_time is not None
    assert abs(connector.server_time - now()) < timedelta(seconds=5)
    assert {call.host for call in site.calls} == {"i.instagram.com"}


def test_check_refuses_another_account(pair: Pair) -> None:
    _, site = pair
    site.user_id = "7002"
    connector = connector_for(site)
    with pytest.raises(SignInAgain) as caught:
        connector.check()
    assert caught.value.code == "wrong_account"


def test_publishes_a_single_photo(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    caption = "Kerja bakti 🙌🏽 #desa\nMinggu pagi & “gotong royong” + é"
    item = Item(caption, (photo(tmp_path, "a.jpg", (1080, 1350)),))
    saved: list[Staged] = []
    staged = connector.stage(item, Staged(), saved.append)
    assert staged.ready
    assert not staged.repeatable
    assert saved[-1].ids == staged.ids
    assert site.posts == []  # staging is invisible

    began = now()
    assert connector.find(item, staged, began) is None
    done = connector.commit(item, staged)
    (post,) = site.posts
    assert done.remote_id == f"{post.pk}_7001"
    assert done.permalink == f"https://www.instagram.com/p/C{post.pk[-6:]}/"
    assert post.caption == caption
    assert post.alt_texts == [item.photos[0].alt_text]
    with Image.open(io.BytesIO(post.photos[0])) as sent:
        assert (sent.format, sent.size) == ("JPEG", (1080, 1350))
    assert connector.find(item, staged, began) == done
    assert len(site.asked("rupload")) == len(site.asked("configure")) == 1


def test_publishes_a_carousel_in_order(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    colours = ["#ff0000", "#00ff00", "#0000ff"]
    photos = tuple(photo(tmp_path, f"{i}.jpg", colour=colour) for i, colour in enumerate(colours))
    photos = (photos[0], replace(photos[1], alt_text=""), photos[2])
    item = Item("Tiga foto", photos)
    staged, remote_id = publish(connector, item)
    (post,) = site.posts
    assert remote_id == f"{post.pk}_7001"
    assert post.alt_texts == [photos[0].alt_text, None, photos[2].alt_text]
    for colour, raw in zip(((255, 0, 0), (0, 255, 0), (0, 0, 255)), post.photos, strict=True):
        with Image.open(io.BytesIO(raw)) as sent:
            pixel = sent.convert("RGB").getpixel((5, 5))
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(colour, pixel, strict=True)) < 12
    post.caption = "Disunting di aplikasi"  # the post's own upload id still tells whose it is
    found = connector.find(item, staged, now())
    assert found is not None
    assert found.remote_id == remote_id


def test_staging_goes_on_where_it_stopped(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    item = Item("Dua foto", (photo(tmp_path, "a.jpg"), photo(tmp_path, "b.jpg")))
    saved: list[Staged] = []
    site.fail("rupload", "500")
    with pytest.raises(Busy):
        connector.stage(item, Staged(), saved.append)
    assert saved == []
    calls = iter([None, "drop"])
    site.take_fault = lambda path: next(calls, None) if "rupload" in path else None  # type: ignore[method-assign]  # the second photo is lost
    with pytest.raises(Busy):
        connector.stage(item, Staged(), saved.append)
    restored = Staged(ids=json.loads(json.dumps(dict(saved[-1].ids))))
    before = len(site.asked("rupload"))
    staged = connector.stage(item, restored, saved.append)
    assert len(site.asked("rupload")) - before == 1
    assert staged.ready
    assert connector.commit(item, staged)


def test_staging_stays_within_a_call(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connector, site = pair
    item = Item("Dua foto", (photo(tmp_path, "a.jpg"), photo(tmp_path, "b.jpg")))
    ticks = iter([0.0, 0.0, TIMEOUT_S])  # begun, before the first photo, before the second
    monkeypatch.setattr("connectors.instagram_private.time.monotonic", lambda: next(ticks, 99.0))
    staged = connector.stage(item, Staged(), lambda _: None)
    assert (staged.ready, staged.wait_s) == (False, 0.0)
    assert len(site.asked("rupload")) == 1
    monkeypatch.undo()
    assert connector.stage(item, staged, lambda _: None).ready
    assert len(site.asked("rupload")) == 2


def test_old_uploads_are_sent_again(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    item = Item("Foto", (photo(tmp_path, "a.jpg"),))
    staged = connector.stage(item, Staged(), lambda _: None)
    old = replace(staged, ids={**staged.ids, "at": str(int(time.time()) - 3600)})
    with pytest.raises(Busy) as caught:
        connector.commit(item, old)
    assert caught.value.code == "staged_gone"
    assert site.asked("configure") == []
    connector.stage(item, old, lambda _: None)
    assert len(site.asked("rupload")) == 2


@pytest.mark.parametrize(("age_s", "error", "code"), [(0, Refused, "photo_bad"), (1200, Busy, "staged_gone")])
def test_an_upload_that_the_server_forgot(
    pair: Pair, tmp_path: Path, age_s: int, error: type[Exception], code: str
) -> None:
    connector, site = pair
    item = Item("Foto", (photo(tmp_path, "a.jpg"),))
    staged = connector.stage(item, Staged(), lambda _: None)
    site.uploads.clear()
    staged = replace(staged, ids={**staged.ids, "at": str(int(time.time()) - age_s)})
    with pytest.raises(error) as caught:
        connector.commit(item, staged)
    assert caught.value.code == code  # type: ignore[attr-defined]  # both are ConnectorError
    assert site.posts == []


def test_a_photo_stored_without_a_suffix(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    publish(connector, Item("Foto", (photo(tmp_path, "3f2a9c"),)))
    assert len(site.posts) == 1


def test_what_would_be_spoiled_is_refused_before_it_is_sent(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    good = photo(tmp_path, "a.jpg")
    (tmp_path / "broken.jpg").write_bytes(good.path.read_bytes()[:900])
    Image.new("RGB", (900, 900)).save(tmp_path / "png.jpg", "PNG")
    cases = {
        "no_photo": Item("Tanpa foto"),
        "too_many_photos": Item("", (good,) * 11),
        "photo_ratio": Item("", (photo(tmp_path, "tall.jpg", (800, 1400)),)),
        "photo_bad": Item("", (PhotoFile(tmp_path / "broken.jpg"),)),
        "photo_format": Item("", (PhotoFile(tmp_path / "png.jpg"),)),
        "photo_missing": Item("", (PhotoFile(tmp_path / "none.jpg"),)),
        "caption_too_long": Item("🙌" * 1101, (good,)),
    }
    for code, item in {**cases, "": None}.items():
        if item is not None:
            with pytest.raises(Refused) as caught:
                connector.stage(item, Staged(), lambda _: None)
            assert caught.value.code == code
    with pytest.raises(Refused):
        connector.stage(Item("#a " * 31, (good,)), Staged(), lambda _: None)
    assert site.calls == []


def test_there_is_no_hiding(pair: Pair) -> None:
    with pytest.raises(Unsupported):
        pair[0].hide("1_2:3", True)


def test_the_kept_session_follows_the_server(pair: Pair) -> None:
    connector, site = pair
    connector.check()
    assert connector.secrets_changed() is None
    site.rotate_cookie = "baru123"
    connector.check()
    changed = connector.secrets_changed()
    assert changed is not None
    kept = json.loads(changed["session"])
    assert kept["cookies"]["csrftoken"] == "baru123"
    assert kept["cookies"]["sessionid"] == SESSION
    assert kept["uuids"] == json.loads(connector.account.secrets["session"])["uuids"]
    assert connector.secrets_changed() is None


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "{",
        "[]",
        '"x"',
        "{}",
        '{"cookies": 3}',
        '{"cookies": {"sessionid": "x"}}',
        "kata sandi",
        session_json(uuids=5),
    ],
)
def test_a_broken_session_asks_for_a_new_one(secret: str) -> None:
    secret = session_json(uuids=5) if secret == "uuids" else secret
    connector = InstagramPrivate(Credentials("7001", {"session": secret}), Wire("http://127.0.0.1:9"))
    with pytest.raises(SignInAgain) as caught:
        connector.check()
    assert caught.value.code == "session_unreadable"
