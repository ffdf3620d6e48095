"""One thing to be done by a worker, in an installation of its own: a post, a reply, a withdrawal, a called-off post.

``TIMES`` are short, and long enough for a crowded machine: a commit begins with two calls' time left of the lease.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from app import clock
from app.db import Database
from app.models import Aspiration, Delivery, Event, Outgoing
from app.services import collecting, moderating, queueing, withdrawing
from connectors.practice.server import PracticeServer
from media.intake import Taken
from media.storage import Store
from tests.fixtures.loop import BY, Loop, Place, begin, environment, installation

TIMES = {"http_timeout_s": 0.8, "lease_s": 2.0, "unsure_for_s": 0.2}
ANSWER = "Sudah kami teruskan ke PUPR."
_FAR = timedelta(minutes=10)


@dataclass
class Scene:
    """What is to be done. outgoing_id: for answers. ends: the state in which it is done."""

    loop: Loop
    place: Place
    post_id: int
    remote_account: str
    outgoing_id: int | None = None
    comment_remote: str = ""
    ends: str = "published"

    def row(self) -> Delivery | Outgoing:
        if self.outgoing_id is not None:
            found: Outgoing = self.loop.row(Outgoing, self.outgoing_id)
            return found
        return self.loop.delivery(self.post_id)

    def done(self) -> bool:
        row = self.row()
        return row.state == self.ends and not (self.ends == "cancelled" and self.loop.delivery(self.post_id).staged)

    def environment(self, fail_at: str) -> dict[str, str]:
        named = environment(self.loop, self.loop.parts.settings.home, **TIMES)
        return {**named, "KENTONGAN_FAIL_AT": fail_at}

    def overstays(self, since: datetime) -> list[float]:
        """Seconds by which the row stayed in staging or committing after its lease had ended, each time; since: when
        there was a worker again to see that."""
        row = self.row()
        with self.loop.parts.db.read() as session:
            query = select(Event).where(
                Event.subject == row.__tablename__, Event.subject_id == row.id, Event.what == "expire"
            )
            rows = session.exec(query.order_by(col(Event.id))).all()
        ends = [datetime.fromisoformat((one.why or "").removeprefix("lease ended ")) for one in rows]
        return [(one.at - max(end, since)).total_seconds() for one, end in zip(rows, ends, strict=True)]

    def public(self) -> str:
        """What is wrong with what residents see, "" when all is as it should be."""
        control = self.loop.control
        posts = control.posts(self.remote_account)
        if self.ends in ("withdrawn", "cancelled"):
            left = [*posts, *(self.litter() if self.ends == "cancelled" else [])]
            return f"still there: {left}" if left else ""
        if len(posts) != 1 or posts[0].caption != "Kerja bakti":
            return f"public posts: {[post.id for post in posts]}"
        if self.outgoing_id is not None:
            return self._answer(posts[0].comments[0].hidden, [one.text for one in posts[0].comments[0].replies])
        photos = [photo.alt for photo in posts[0].photos]
        right = photos == ["Foto ke-1", "Foto ke-2"] and self.row().remote_id == posts[0].id
        return "" if right else f"photos {photos}, {posts[0].id} is written down as {self.row().remote_id}"

    def litter(self) -> list[object]:
        """What lies on the platform unpublished, or belongs to no post."""
        control = self.loop.control
        loose = control.loose_photos(self.place.page.page_id)
        return [*control.posts(self.remote_account, unpublished=True), *loose]

    def unheard(self) -> bool:
        """Whether an answer of the platform did not come in time: what that call made has an id nobody knows."""
        with self.loop.parts.db.read() as session:
            query = select(Event.id).where(Event.what == "wait", col(Event.why).is_not(None))
            return session.exec(query.limit(1)).first() is not None

    def _answer(self, hidden: bool, replies: list[str]) -> str:
        outgoing: Outgoing = self.loop.row(Outgoing, self.outgoing_id or 0)
        wanted = [ANSWER] if outgoing.action == "reply" else []
        right = replies == wanted and hidden == (outgoing.action == "hide")
        return "" if right else f"replies {replies}, hidden {hidden}"


class Stage:
    """Where scenes are set up: one practice platform, a database for each scene."""

    def __init__(self, folder: Path, template: Path, server: PracticeServer, photos: tuple[Store, list[Taken]]) -> None:
        self._folder, self._template, self._server, self._photos = folder, template, server, photos

    def scene(self, kind: str, number: int) -> Scene:
        """kind: facebook, instagram (two photos each), reply, hide, withdraw, drop."""
        home = self._folder / f"{kind}-{number}"
        home.mkdir()
        path = home / "kentongan.sqlite3"
        shutil.copyfile(self._template, path)
        db, (store, photos) = Database(f"sqlite:///{path}"), self._photos
        loop = begin(installation(db, f"sqlite:///{path}", home, store, **TIMES), self._server, photos)
        # Longer than the next call takes on a crowded machine, so that staging needs a second round.
        loop.control.container_s(0.5)
        place = loop.place(f"Desa {kind} {number}")
        account_id = place.instagram if kind == "instagram" else place.facebook
        remote = place.page.ig_id if kind == "instagram" else place.page.page_id
        due_at = clock.now() + _FAR if kind == "drop" else None
        scene = Scene(loop, place, loop.post(account_id, photos=2, due_at=due_at), remote)
        if kind in ("reply", "hide"):
            self._comment(scene, kind)
        elif kind == "withdraw":
            loop.settle()
            with loop.parts.db.write() as session:
                withdrawing.ask(session, scene.post_id, "Foto anak terlihat", BY)
            scene.ends = "withdrawn"
        elif kind == "drop":
            loop.step()
            assert loop.delivery(scene.post_id).ready
            with loop.parts.db.write() as session:
                queueing.cancel(session, scene.post_id, BY)
            scene.ends = "cancelled"
        return scene

    def _comment(self, scene: Scene, action: str) -> None:
        loop = scene.loop
        loop.settle()
        delivery = loop.delivery(scene.post_id)
        scene.comment_remote = loop.control.comment(delivery.remote_id or "", "Ani", "Jalan kami rusak")
        assert collecting.collect(loop.parts, delivery.id or 0) == 1
        with loop.parts.db.write() as session:
            found = session.exec(select(Aspiration)).one()
            # Its kind is known: no worker here need load the model, which takes longer than all the rest.
            found.suggested_at = clock.now()
            item = found.id or 0
            if action == "reply":
                scene.outgoing_id = moderating.reply(session, item, BY, ANSWER).id
            else:
                scene.outgoing_id = moderating.hide(session, item, BY, "menghina").id
