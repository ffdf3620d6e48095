"""Every route with every person: what the walk needs to name an object in a URL.

A page with a new URL argument adds it here; the walk fails on an argument it cannot fill.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta

from PIL import Image

import app.models as models
from app import clock
from media import take
from tests.fixtures.web import Web

#: Arguments that name no object of an organisation, with a value that exists.
FREE: dict[str, object] = {
    "version_asked": "0",
    "name": "base.css",
    "size": "kecil",
    "token": "x.1.y.jpg",
    "year": 2026,
    "month": 8,
    "slug": "ipsm-leuwisadeng",
    "what": "catat",
    "part": "jam",
    "rule": "pihak",
}


def objects(web: Web, organisation: str) -> Mapping[str, object]:
    """One of everything in this organisation, by the name of its URL argument."""
    home = web.organisations[organisation]
    picture = io.BytesIO()
    Image.new("RGB", (640, 640), (len(organisation) * 9, 90, home * 20)).save(picture, "JPEG")
    taken = take(picture.getvalue(), store=web.parts.store)
    later = clock.now() + timedelta(hours=1)
    with web.parts.db.write() as session:

        def add(row: object) -> int:
            session.add(row)
            session.flush()
            return int(row.id)  # type: ignore[attr-defined]  # every table used here has a number

        account = add(
            models.Account(organisation_id=home, connector="facebook", remote_id=f"r{home}", name=f"Halaman {home}")
        )
        post = add(models.Post(organisation_id=home, caption=f"Kegiatan {home}", due_at=later))
        photo = add(
            models.Photo(
                post_id=post, position=0, sha256=taken.sha256, width=taken.width, height=taken.height, alt_text="x"
            )
        )
        delivery = add(models.Delivery(post_id=post, account_id=account, due_at=later))
        comment = add(
            models.Comment(
                account_id=account, delivery_id=delivery, remote_id=f"c{home}", text="halo", said_at=clock.now()
            )
        )
        item = add(
            models.Aspiration(
                organisation_id=home, comment_id=comment, source="facebook", text="halo", said_at=clock.now()
            )
        )
        attachment = add(
            models.Attachment(
                aspiration_id=item, kind="bukti", sha256=taken.sha256, width=taken.width, height=taken.height
            )
        )
        entry = add(
            models.CalendarEntry(
                organisation_id=home, kind="libur", first=later.date(), last=later.date(), name="Sedekah bumi"
            )
        )
        span = {"first": later.date(), "last": later.date(), "sha256": f"{home:064}"}
        lapor = add(models.LaporImport(organisation_id=home, name="LAPOR!", **span))
    return {
        "lapor_id": lapor,
        "entry_id": entry,
        "attachment_id": attachment,
        "account_id": account,
        "post_id": post,
        "photo_id": photo,
        "delivery_id": delivery,
        "comment_id": comment,
        "item_id": item,
        "organisation_id": home,
        "sha256": taken.sha256,
    }
