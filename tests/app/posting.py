"""Helpers of the stories about posts: accounts, drafts in every state, the composer sent as by a browser."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from functools import cache, partial
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import col, select

from app import clock
from app.models import Account, Delivery, Photo, Target
from app.services import drafting, queueing
from app.states import Actor
from media.sample import drawn
from tests.fixtures.web import Web, token

#: The photo of a number. Drawn when it is first wanted: most test processes never want it.
jpeg = cache(partial(drawn, "posyandu"))


def two_accounts(web: Web) -> list[int]:
    """A Page and an Instagram account of the kecamatan."""
    with web.parts.db.write() as session:
        rows = [
            Account(
                organisation_id=web.organisations["kecamatan"],
                connector=name,
                remote_id=name,
                name=f"IPSM {name}",
                health="connected",
            )
            for name in ("facebook", "instagram")
        ]
        session.add_all(rows)
        session.flush()
        return [row.id or 0 for row in rows]


def one(web: Web, kind: Any, **wanted: Any) -> Any:
    with web.parts.db.read() as session:
        return session.exec(select(kind).filter_by(**wanted)).one()


def every(web: Web, kind: Any, **wanted: Any) -> list[Any]:
    with web.parts.db.read() as session:
        return list(session.exec(select(kind).filter_by(**wanted).order_by(kind.id)))


def number(page: str) -> str:
    found = re.search(r'name="form_number" value="([^"]+)"', page)
    assert found
    return found.group(1)


def send(client: FlaskClient, address: str, photos: list[tuple[bytes, str]] | None = None, **values: Any) -> Any:
    """Send the composer as a browser without script would."""
    page = client.get(address).get_data(as_text=True)
    revision = re.search(r'name="revision" value="([^"]*)"', page)
    data: dict[str, Any] = {
        "csrf_token": token(client),
        "form_number": number(page),
        "revision": revision.group(1) if revision else "",
        "when": "now",
        "do": "draft",
    }
    data |= values
    if photos:
        data["photos"] = [(io.BytesIO(content), name) for content, name in photos]
    return client.post(address, data=data, content_type="multipart/form-data")


def drafted(web: Web, accounts: list[int], *, hours: float | None = 5, photos: int = 1, by: str = "petugas") -> int:
    """A draft with words, accounts, time and photos that nobody decodes."""
    who = Actor("Rina", web.people[by])
    with web.parts.db.write() as session:
        due_at = clock.now() + timedelta(hours=hours) if hours is not None else None
        home = session.get(Account, accounts[0])
        assert home is not None
        post = drafting.create(
            session, home.organisation_id, who, caption="Posyandu lansia", account_ids=accounts, due_at=due_at
        )
        for at in range(1, photos + 1):
            session.add(
                Photo(post_id=post.id or 0, position=at, sha256=f"{at:064d}", width=4, height=5, alt_text=f"Foto {at}")
            )
        return post.id or 0


def approved(web: Web, accounts: list[int], **how: Any) -> int:
    post_id = drafted(web, accounts, **how)
    with web.parts.db.write() as session:
        queueing.approve(session, web.parts.settings, post_id, Actor("Lilis", web.people["pembina"]))
    return post_id


def force(web: Web, post_id: int, state: str, **values: Any) -> int:
    """Put the first delivery of a post into a state, as a worker would leave it; its id."""
    with web.parts.db.write() as session:
        row = session.exec(select(Delivery).where(Delivery.post_id == post_id).order_by(col(Delivery.id))).first()
        assert row is not None
        for name, value in {"state": state, "wake_at": None, **values}.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        queueing.settle(session, post_id, Actor("publisher"))
        return row.id or 0


def targets(web: Web) -> list[Target]:
    with web.parts.db.read() as session:
        return list(session.exec(select(Target)))
