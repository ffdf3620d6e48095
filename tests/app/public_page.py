"""An organisation's own page for tests: opened like a koordinator opens it, with posts whose delivery is published."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask.testing import FlaskClient
from PIL import Image

import app.models as models
from app import clock
from app.services import own_page
from app.states import Actor
from media import take
from tests.fixtures.web import Web

BY = Actor("pengelola")
SLUG = "ipsm-leuwisadeng"


def opened(web: Web, organisation: str = "kecamatan", slug: str = SLUG) -> int:
    """The page's account."""
    return own_page.open_page(web.parts, web.organisations[organisation], slug, BY)


def jpeg(size: tuple[int, int] = (640, 480), *, gps: bool = False, shade: int = 90) -> bytes:
    """A photo; gps: with a place in its EXIF, as phones write it."""
    picture = io.BytesIO()
    exif = Image.Exif()
    if gps:
        exif[0x010F] = "Pembuat HP"
        exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 34.0, 12.0), 3: "E", 4: (106.0, 36.0, 3.0)})
    Image.new("RGB", size, (60, shade, 90)).save(picture, "JPEG", exif=exif)
    return picture.getvalue()


def stand(
    web: Web,
    account_id: int,
    caption: str,
    *,
    at: datetime | None = None,
    photos: Sequence[tuple[bytes, str]] = (),
    village: str | None = None,
    state: str = "published",
) -> models.Delivery:
    """A post on the page. photos: (file, alt text)."""
    at = at or clock.now()
    taken = [(take(data, store=web.parts.store), alt) for data, alt in photos]
    with web.parts.db.write() as session:
        account = session.get_one(models.Account, account_id)
        activity = models.Activity(organisation_id=account.organisation_id, title="", village=village)
        session.add(activity)
        session.flush()
        post = models.Post(
            organisation_id=account.organisation_id,
            activity_id=activity.id,
            caption=caption,
            state="published",
            due_at=at,
            updated_at=at,
        )
        session.add(post)
        session.flush()
        for position, (one, alt) in enumerate(taken):
            session.add(
                models.Photo(
                    post_id=post.id or 0,
                    position=position,
                    sha256=one.sha256,
                    width=one.width,
                    height=one.height,
                    alt_text=alt,
                )
            )
        delivery = models.Delivery(
            post_id=post.id or 0,
            account_id=account_id,
            due_at=at,
            published_at=at,
            state=state,
            remote_id=f"nama{post.id:08d}",
        )
        session.add(delivery)
        session.flush()
        return delivery


def form_of(client: FlaskClient, slug: str = SLUG, *, waited: float = 10) -> dict[str, str]:
    """A form as it was given out so many seconds ago, filled in with the least."""
    with clock.travel(timedelta(seconds=-waited)):
        body = client.get(f"/o/{slug}/kirim").get_data(as_text=True)
    found = re.search(r'name="ticket" value="([^"]+)"', body)
    assert found is not None
    return {"ticket": found.group(1), "kind": "keluhan", "text": "Lampu jalan depan posyandu mati tiga hari."}


def code_in(body: str) -> str | None:
    """The tracking code that a page shows."""
    found = re.search(r'class="code"[^>]*>([^<]+)<', body)
    return found.group(1) if found else None
