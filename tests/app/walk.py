"""Every route with every person: what the walk needs to name an object in a URL.

A page with a new URL argument adds it here; the walk fails on an argument it cannot fill.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
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


def _award(add: Callable[[object], int], web: Web, home: int, delivery: int) -> tuple[int, dict[str, int]]:
    """An award of this organisation's area with one of everything, whose rules are fixed; (it, the others by name)."""
    today = clock.now()
    award = add(
        models.Award(
            organisation_id=home, name=f"Penilaian {home}", first=today.date() - timedelta(days=60), last=today.date(),
            categories=["kecamatan"], state="fixed", fixed_at=today, rubric_sha256="0" * 64,
        )
    )  # fmt: skip
    jurors = [add(models.Juror(award_id=award, person_id=web.people[role])) for role in ("juri", "pengelola")]
    add(models.Evidence(award_id=award, delivery_id=delivery))
    drawn = add(models.Draw(award_id=award, organisation_id=home, position=1, seed="x", delivery_id=delivery))
    # Of another award: this one was never frozen, so that it is shown as it stands now.
    frozen = add(models.Award(organisation_id=home, name="x", first=today.date(), last=today.date()))
    version = add(models.AwardVersion(award_id=frozen, version=1, formula="v1", sha256="0" * 64, snapshot=b""))
    return award, {
        "juror_id": jurors[0],
        "draw_id": drawn,
        "exclusion_id": add(
            models.Exclusion(award_id=award, subject="delivery", subject_id=delivery, reason="x", by_name="x")
        ),
        "breach_id": add(models.Breach(award_id=award, organisation_id=home, what="x", by_name="x")),
        "flag_id": add(models.Flag(award_id=award, organisation_id=home, kind="follower_jump", key="x")),
        "objection_id": add(
            models.Objection(
                award_id=award, version_id=version, organisation_id=home, part="lain", text="x", by_name="x",
                answer_by=today,
            )
        ),
    }  # fmt: skip


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
        day = later.date()
        lapor = add(models.LaporImport(organisation_id=home, name="LAPOR!", first=day, last=day, sha256=f"{home:064}"))
        award, evaluated = _award(add, web, home, delivery)
    return {
        "award_id": award,
        **evaluated,
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
