"""Professional Instagram accounts, through the official Graph API with the token of the linked Page.

Publishing is exactly once by design: a container is made and finished first, its id is on disk, and before each commit
its status is read. PUBLISHED means that an earlier commit worked unheard; FINISHED that none did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors import _graph_counts as counting
from connectors import _graph_private, _graph_recent
from connectors import _instagram_comments as threads
from connectors._base import Save
from connectors._errors import Busy, Gone, Refused, SignInAgain, Unsure
from connectors._graph import Answer, field_refused
from connectors._graph_account import GraphConnector, looking
from connectors._graph_reading import INSTAGRAM, after, link, moment, same_text, text, whole
from connectors._instagram_containers import (
    CONTAINER,
    Staging,
    container_status,
    page_of,
    refuse_by_reason,
)
from connectors._types import (
    Ability,
    AccountFacts,
    Counts,
    Discovered,
    Item,
    Limits,
    Published,
    RemoteComment,
    RemotePost,
    Staged,
)

_INSIGHTS = ("reach", "views", "saved", "shares")
_LISTED = (
    "id,caption,media_type,permalink,timestamp,children{id}",
    "id,caption,media_type,permalink,timestamp",
    "id,caption,timestamp",
)
#: A container lives 24 hours (Meta, "Content Publishing"); a post made from it is not older than this.
_CONTAINER_LIFE = timedelta(hours=25)
_HASHTAG = re.compile(r"#\w")
_MENTION = re.compile(r"(?<![\w.])@[A-Za-z0-9_.]")


class Instagram(GraphConnector):
    """One account. settings: ``page_id``, the linked Page, when the token's own /me does not tell it."""

    name: ClassVar[str] = "instagram"
    label: ClassVar[str] = "Instagram"
    account_scope: ClassVar[str] = "ig"
    posts_edge: ClassVar[str] = "media"
    can: ClassVar[frozenset[Ability]] = frozenset(
        {
            "photos",
            "carousel",
            "alt_text",
            "comments",
            "reply",
            "private_reply",
            "hide",
            "unhide",
            "delete_comment",
            "delete_post",
            "counts",
            "followers",
            "recent",
            "discover",
        }
    )
    #: Meta, "Content Publishing" and IG User Media: JPEG, 8 MiB, 4:5 to 1.91:1, 2,200 characters, 30 hashtags, 20 tags.
    limits: ClassVar[Limits] = Limits(
        caption=2200,
        photos=10,
        min_photos=1,
        hashtags=30,
        mentions=20,
        ratio=(0.8, 1.91),
        one_ratio=True,
        photo_bytes=8_000_000,
        photo_edge=1440,
    )
    needed: ClassVar[tuple[str, ...]] = (
        "instagram_basic",
        "instagram_content_publish",
        "instagram_manage_comments",
        "instagram_manage_insights",
        # Only for taking posts back (Meta, IG Media: DELETE since December 2025).
        "instagram_manage_contents",
    )
    _username: str | None = None

    def check(self) -> AccountFacts:
        """The account as the token sees it, and the Page behind it (None: photos need a public address).

        A person's token opens it too, for an hour or two: the linked Page's own takes its place, or it is refused.
        """
        self.not_the_apps()
        self.own_key()
        try:
            user = self.graph.first(self.account.remote_id, "id,username,name", "id,username", "id")
        except Gone:
            raise SignInAgain("account_not_visible") from None
        if str(user.get("id")) != self.account.remote_id:
            raise SignInAgain("account_not_visible")
        self._username = text(user.get("username")) or None
        page_id = page_of(self.graph, self.account)
        expires_at, missing = self.token_facts()
        return AccountFacts(
            remote_id=self.account.remote_id,
            name=text(user.get("name")) or self._username,
            handle=self._username,
            expires_at=expires_at,
            missing=missing,
            page_id=page_id,
        )

    def stage(self, item: Item, staged: Staged, save: Save) -> Staged:
        """Make the containers and look once whether they are finished; see ``_instagram_containers``."""
        self._fitting(item)
        limits = self.limits
        if len(_HASHTAG.findall(item.caption)) > (limits.hashtags or 0):
            raise Refused("too_many_hashtags", limit=limits.hashtags)
        if len(_MENTION.findall(item.caption)) > (limits.mentions or 0):
            raise Refused("too_many_mentions", limit=limits.mentions)
        return Staging(self.graph, self.account, staged, save, self.wire.timeout_s / 2).round(item)

    def commit(self, item: Item, staged: Staged) -> Published:
        """Publish the finished container; one that was tried before, unless its status says that this happened.

        The publishing quota is not asked for: a used-up one is answered here by code 9, subcode 2207042 (Busy), and
        each call before this one makes the post later.
        """
        container = staged.ids.get(CONTAINER)
        if container is None:
            raise Busy("staged_gone")
        # The first time its status is known: it was read as FINISHED when staging ended.
        if staged.tried and (public := self._published_unheard(container, item)):
            return public
        form = {"creation_id": container}
        media_id = self.graph.created(self.account.remote_id, "media_publish", form, commits=True)
        return Published(media_id)

    def _published_unheard(self, container: str, item: Item) -> Published | None:
        """The post that an earlier commit made of this container; None when there was none and it is still good."""
        try:
            status, reason = container_status(self.graph, container)
        except Gone:
            status, reason = "EXPIRED", ""
        if status == "PUBLISHED":
            return self._published_before(item)
        if status in ("EXPIRED", "ERROR"):
            refuse_by_reason(reason)
            raise Busy("staged_gone", status=status, message=reason or None)
        if status != "FINISHED":
            raise Busy("not_ready", retry_after=5)
        return None

    def find(self, item: Item, staged: Staged, since: datetime) -> Published | None:
        """By the container's status; only a published one is looked for, by caption, photo count and time."""
        container = staged.ids.get(CONTAINER)
        if container is None:
            return None
        with looking():
            try:
                status, _ = container_status(self.graph, container)
            except Gone:
                # Containers vanish after a day, published or not: the list decides.
                status = "GONE"
            found = self._listed(item, since) if status in ("PUBLISHED", "GONE") else []
        if found:
            return _published(found[0])
        if status == "PUBLISHED":
            raise Busy("not_listed")
        return None

    def permalink(self, remote_id: str) -> str | None:
        """permalink of the media object."""
        return link(self.graph.read(remote_id, "permalink", quick=True).get("permalink"), INSTAGRAM)

    def discard(self, staged: Staged) -> None:
        """Delete relay photos from the Page. Containers cannot be deleted; unpublished ones expire after a day."""
        for key, photo_id in staged.ids.items():
            if key.startswith("relay_"):
                self.graph.delete(photo_id)

    def comments(self, remote_id: str) -> Iterator[RemoteComment]:
        """All comments, newest thread first, each followed by its replies."""
        return threads.read(self.graph, remote_id, self._is_own)

    def reply(self, comment_id: str, text: str) -> str:
        """Answer publicly. A reply to a reply lands under the top comment; none goes under a hidden comment."""
        return self.graph.created(comment_id, "replies", {"message": text}, commits=True)

    def find_reply(self, comment_id: str, text: str, since: datetime) -> str | None:
        """Our own reply with this text under the comment or, when it is a reply itself, under its parent."""
        return threads.find_reply(self.graph, comment_id, text, since, self._is_own)

    def private_reply(self, comment_id: str, text: str) -> str:
        """In the person's inbox or requests; 1,000 bytes."""
        return _graph_private.send(self.graph, self.account.remote_id, comment_id, text, "instagram_manage_messages")

    def page_id(self) -> str | None:
        """The linked Page: comments are told of by its subscription."""
        return page_of(self.graph, self.account)

    def hide(self, comment_id: str, hidden: bool) -> None:
        """Hide or show. The account's own comments always show."""
        answer = self.graph.post(comment_id, None, {"hide": "true" if hidden else "false"}, commits=True)
        if answer.get("success") is False:
            raise Unsure("unreadable")

    def counts(self, remote_id: str) -> Counts:
        """Likes and comments of the post; reach, views, saves and shares by insights. Clicks do not exist here."""
        read = counting.fields(self.graph, remote_id, (("like_count",), ("comments_count",)), self.dead)
        answer, refused = read.answer, read.refused
        figures = counting.insights(self.graph, remote_id, _INSIGHTS, self.dead)
        metrics = {
            # like_count is left out where the owner hides it.
            "reactions": whole(answer.get("like_count")),
            "comments": whole(answer.get("comments_count")),
            "shares": figures.values["shares"],
            "saves": figures.values["saved"],
            "reach": figures.values["reach"],
            "views": figures.values["views"],
            "clicks": None,
        }
        raw = {"media": answer, **figures.raw}
        return Counts(metrics, (*refused, *figures.refused), (*read.dead, *figures.dead), raw)

    def recent(self, since: datetime) -> Iterator[RemotePost]:
        """The account's media, with likes and comments."""
        return _graph_recent.of_instagram(self.graph, self.account.remote_id, since)

    def discover(self, handle: str, since: datetime) -> Discovered:
        """Another professional account by Business Discovery: followers, and posts with likes and comments."""
        return _graph_recent.discovered(self.graph, self.account.remote_id, handle, since)

    def followers(self) -> int | None:
        """followers_count, None where it is not given."""
        answer = counting.fields(self.graph, self.account.remote_id, (("followers_count",),)).answer
        return whole(answer.get("followers_count"))

    def _published_before(self, item: Item) -> Published:
        now = self.server_time or datetime.now(UTC)
        try:
            found = self._listed(item, now - _CONTAINER_LIFE)
        except (Busy, Refused):
            found = []
        if len(found) == 1:
            return _published(found[0])
        # None is listed yet, or several look alike: ``find`` knows when we started and decides.
        raise Unsure("not_listed")

    def _listed(self, item: Item, since: datetime) -> list[Answer]:
        """The account's posts after ``since`` that look like ours, oldest first."""
        for fields in _LISTED:
            found: list[Answer] = []
            try:
                for rows in self.graph.pages(self.account.remote_id, "media", {"fields": fields}, limit=25):
                    fresh = [row for row in rows if after(row.get("timestamp"), since)]
                    found += [row for row in fresh if _same(item, row) and str(row["id"]) not in self.taken]
                    if rows and not fresh:
                        break
            except (Refused, SignInAgain) as error:
                if not field_refused(error) or fields == _LISTED[-1]:
                    raise
                continue
            return sorted(found, key=lambda row: moment(row.get("timestamp")) or since)
        return []

    def _is_own(self, username: str | None, author_id: str | None) -> bool:
        if author_id is not None and author_id == self.account.remote_id:
            return True
        if username is None:
            return False
        if self._username is None:
            try:
                self._username = text(self.graph.read(self.account.remote_id, "username").get("username"))
            except (Refused, SignInAgain) as error:
                if not field_refused(error):
                    raise
                self._username = ""
        return username == self._username


def _published(row: Answer) -> Published:
    return Published(str(row["id"]), link(row.get("permalink"), INSTAGRAM))


def _same(item: Item, row: Answer) -> bool:
    if not row.get("id") or not same_text(text(row.get("caption")), item.caption):
        return False
    children = row.get("children")
    parts = children.get("data") if isinstance(children, dict) else None
    if isinstance(parts, list):
        return len(parts) == len(item.photos)
    kind = row.get("media_type")
    return kind is None or (kind == "CAROUSEL_ALBUM") == (len(item.photos) > 1)
