"""Many cases of the fault matrix on one installation: each on a Page of its own, all worked on by real publishers."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from app import clock, words
from app.models import Account, Aspiration, Comment, Delivery, Outgoing
from app.services import accounts, drafting, linking, moderating, queueing, resolving, timekeeping
from connectors.facebook import Facebook
from connectors.practice.server import PracticeServer
from jobs import publish
from jobs.publish import Publisher
from tests.faults.table import Case, Phase, Rule
from tests.fixtures import scenery
from tests.fixtures.loop import BY, Loop

#: Staged now, due then: so that a switch of the commit strikes no call of the staging.
AHEAD = timedelta(minutes=10)
_numbers = itertools.count(1)
OPEN = ("queued", "staging", "committing", "unsure", "held", "needs_person", "handed")


@dataclass
class Spot:
    """One case in the installation. remote: the account there that it becomes public on; own: that and its Page."""

    case: Case
    page_id: str
    remote: str
    account_id: int
    caption: str
    token: str
    post_id: int = 0
    comment_id: str = ""
    item_id: int = 0
    outgoing_id: int = 0
    own: frozenset[str] = frozenset()

    def row(self, session: Session) -> Delivery | Outgoing:
        """What is on its way, as it stands now."""
        if self.case.kind.reply:
            return session.get_one(Outgoing, self.outgoing_id)
        return session.exec(select(Delivery).where(Delivery.post_id == self.post_id)).one()


@dataclass
class Ground:
    """An installation, the platform in the same process, and what was put there."""

    loop: Loop
    server: PracticeServer
    spots: list[Spot] = field(default_factory=list)

    def prepare(self, cases: Sequence[Case], monkeypatch: pytest.MonkeyPatch) -> None:
        """A Page with its account for each case, and what is to be sent. Nothing is sent yet."""
        api, parts = self.server.api, self.loop.parts
        api.do_setting("usage", {"app": 1, "page": 1, "ig": 1})  # hundreds of calls are one village each, not one app
        pages = [api.do_make_page(f"Desa {next(_numbers)}", f"desa{next(_numbers)}") for _ in cases]
        made = []
        with parts.db.write() as session:
            for case, page in zip(cases, pages, strict=True):
                made.append(self._spot(session, case, page))
        direct = {spot.remote for spot in made if spot.case.kind.direct}
        monkeypatch.setattr(Facebook, "_direct", property(lambda self: self.account.remote_id in direct))
        # Both sides travel here; what a difference does is asked in test_clocks.
        monkeypatch.setattr(timekeeping, "wrong", lambda *_: False)
        self.spots = made
        posts = [spot for spot in made if not spot.case.kind.reply]
        with parts.db.write() as session:
            for spot in posts:
                self._write(session, spot)
        for spot in made:
            if spot.case.kind.reply:
                self._comment(spot)

    def _spot(self, session: Session, case: Case, page: dict[str, Any]) -> Spot:
        remote = page["page_id"] if case.kind.connector == "facebook" else page["ig_id"]
        account_id = scenery.account(
            session,
            self.loop.organisation_id,
            case.kind.connector,
            remote_id=remote,
            practice=True,
            sealed=self.loop.parts.sealer.seal({"token": page["page_token"]}),
            settings={"page_id": page["page_id"]} if case.kind.connector == "instagram" else {},
        )
        own = frozenset({page["page_id"], page["ig_id"]})
        return Spot(
            case, page["page_id"], remote, account_id, f"{case.name} {next(_numbers)}", page["page_token"], own=own
        )

    def _write(self, session: Session, spot: Spot) -> None:
        due_at = clock.now() + AHEAD
        post = drafting.create(
            session,
            self.loop.organisation_id,
            BY,
            caption=spot.caption,
            account_ids=[spot.account_id],
            due_at=due_at,
        )
        spot.post_id = post.id or 0
        for taken in self.loop.photos[: spot.case.kind.photos]:
            drafting.add_photo(session, spot.post_id, taken, BY, alt_text="Foto")
        queueing.approve(session, self.loop.parts.settings, spot.post_id, BY)

    def _comment(self, spot: Spot) -> None:
        """A public post with a resident's comment, on both sides."""
        store = self.server.store
        with store.transaction() as db:
            number = store.new_id(17_900_000_000_000_000)
            remote_id = number if spot.case.kind.connector == "instagram" else f"{spot.page_id}_{number}"
            db.execute(
                "INSERT INTO posts (id, account_id, message, published, created, published_at, shortcode) "
                "VALUES (?, ?, 'Kerja bakti', 1, ?, ?, ?)",
                (remote_id, spot.remote, store.now(), store.now(), number),
            )
        spot.comment_id = self.server.api.do_comment(remote_id, "Ani", "Lampu jalan mati")
        with self.loop.parts.db.write() as session:
            spot.post_id = scenery.post(session, self.loop.organisation_id, [spot.account_id], state="published")
            delivery_id = scenery.delivery(session, spot.post_id, spot.account_id, "published", remote_id=remote_id)
            comment = Comment(
                account_id=spot.account_id,
                delivery_id=delivery_id,
                remote_id=spot.comment_id,
                text="Lampu jalan mati",
                said_at=clock.now(),
            )
            session.add(comment)
            session.flush()
            item = Aspiration(
                organisation_id=self.loop.organisation_id,
                comment_id=comment.id,
                source=spot.case.kind.connector,
                text=comment.text,
                said_at=comment.said_at,
                # Its kind is known: no worker here need load the model, which takes longer than all the rest.
                suggested_at=clock.now(),
            )
            session.add(item)
            session.flush()
            spot.item_id = item.id or 0

    def switch(self, *phases: Phase) -> None:
        """Set the switches of these phases."""
        for spot in self.spots:
            for rule in spot.case.rules:
                if rule.call.phase in phases:
                    self._set(spot, rule)

    def _set(self, spot: Spot, rule: Rule) -> None:
        account_id = spot.page_id if rule.call.side == "page" else spot.remote
        params = rule.fault.params | ({"skip": rule.call.skip} if rule.call.skip else {})
        self.server.api.do_fault(rule.call.place, rule.fault.what, rule.times, account_id, **params)

    def promise_now(self, *, ready: bool = True) -> None:
        """What was staged ahead (or all of it) is due; the replies are written."""
        present = clock.now()
        with self.loop.parts.db.write() as session:
            later = col(Delivery.due_at).between(present, present + AHEAD) & (col(Delivery.state) == "queued")
            if ready:
                later &= col(Delivery.ready)
            session.exec(update(Delivery).where(later).values(due_at=present, wake_at=present))
            for spot in self.spots:
                if spot.case.kind.reply:
                    self.answer(session, spot)

    def answer(self, session: Session, spot: Spot) -> None:
        """Somebody writes the reply."""
        spot.outgoing_id = moderating.reply(session, spot.item_id, BY, f"Kami periksa. {spot.caption}").id or 0

    def rows(self) -> dict[int, Delivery | Outgoing]:
        """Every case's row by the account's id."""
        with self.loop.parts.db.read() as session:
            return {
                spot.account_id: spot.row(session)
                for spot in self.spots
                if spot.outgoing_id or not spot.case.kind.reply
            }

    def account(self, spot: Spot) -> Account:
        return self.loop.account(spot.account_id)

    def public(self) -> Counter[int]:
        """How many posts (or replies of ours) the platform shows for each case."""
        counts = self.loop.control.counts()
        found: Counter[int] = Counter()
        for spot in self.spots:
            if spot.case.kind.reply:
                (post,) = self.loop.control.posts(spot.remote)
                (comment,) = post.comments
                found[spot.account_id] = len(comment.replies)
            else:
                found[spot.account_id] = counts.get(spot.remote, 0)
        return found

    @contextmanager
    def travel(self, by: timedelta) -> Iterator[None]:
        """Move time on both sides."""
        before = self.server.store.offset_s
        self.server.api.do_set_clock(before + by.total_seconds())
        with clock.travel(by):
            yield
        self.server.api.do_set_clock(before)

    def unstruck(self) -> list[tuple[str, str]]:
        """Cases with a switch that no call met: they tested less than they say."""
        left = {one["account_id"]: one for one in self.server.api.do_faults()}
        return [(spot.case.name, str(left[one])) for spot in self.spots for one in spot.own & left.keys()]

    def send_again(self, spots: Sequence[Spot]) -> None:
        """A person says so."""
        for spot in spots:
            with self.loop.parts.db.write() as session:
                row = spot.row(session)
                if isinstance(row, Outgoing):
                    self.answer(session, spot)
                else:
                    resolving.resolve(session, self.loop.parts.settings, row.id or 0, "resend", BY)

    def reconnect(self, spots: Sequence[Spot]) -> None:
        """A person connects the accounts anew; the platform is really asked."""
        for spot in spots:
            accounts.check(self.loop.parts, spot.account_id, BY)


def idle(loop: Loop, publishers: Sequence[Publisher], seconds: float = 90) -> None:
    """Wait until nothing is due within a moment and nobody works."""
    deadline = time.monotonic() + seconds
    quiet = 0
    while quiet < 2:
        due = loop.pause(0.7) is not None or any(publisher.busy for publisher in publishers)
        quiet = 0 if due else quiet + 1
        assert time.monotonic() < deadline, [
            (one.id, one.state, one.error_code, one.attempts, one.looks)
            for one in loop.deliveries()
            if one.state not in ("published", "failed")
        ]
        time.sleep(0.1)


@contextmanager
def publishers(loops: Sequence[Loop], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Real publishers, one on each of these installations; gives the wait for their rest."""
    monkeypatch.setattr(publish, "LOOK_S", 0.15)
    monkeypatch.setattr(publish, "THREADS", 12)
    # The address of what is public is another matter, and a call for each.
    monkeypatch.setattr(linking, "link", lambda *_: None)
    with ExitStack() as ending:
        running = [Publisher(loop.parts) for loop in loops]
        for publisher in running:
            publisher.start()
            ending.callback(publisher.stop)
        yield lambda: idle(loops[0], running)


def sentence(row: Delivery | Outgoing) -> str:
    """What people read of it; never a code, never "we do not know this one"."""
    assert row.error_code is not None
    text = words.sentence(row.error_code, row.error_facts)
    assert row.error_code not in text.split(), text
    assert text.endswith(".")
    return text
