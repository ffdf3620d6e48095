"""Facebook Pages, through the Graph API with a Page access token.

Staging uploads the photos unpublished and makes the post itself with ``published=false``; the commit only turns
``is_published`` on, which may be repeated. On Meta's own servers that flip is used once the account's drill has shown
that it works there (``Wire.flip_drilled``); until then the commit is the direct POST to the feed, not repeatable.

Photos are uploaded without ``temporary``: a temporary one is dropped after 24 hours and a staged post may be committed
up to 20 hours later, then has to keep its photos for ever.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from connectors import _facebook_comments as threads
from connectors import _graph_counts as counting
from connectors import _graph_private, _graph_recent
from connectors._base import Save
from connectors._errors import Busy, Gone, Refused, SignInAgain, Unsure
from connectors._graph import Answer, field_refused
from connectors._graph_account import GraphConnector, looking, upload_page_photo
from connectors._graph_reading import EARLIER, FACEBOOK, after, link, moment, same_text, text, whole
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

log = logging.getLogger(__name__)

#: Key in ``Staged.ids`` of a delivery that was staged for the direct way; absent for the flip.
_WAY = "way"
_POST = "post"

_INSIGHTS = ("post_media_view", "post_total_media_view_unique", "post_clicks")
_SUMMARIES = (
    ("shares",),
    ("comments.limit(0).summary(true).filter(stream)", "comments.limit(0).summary(true)"),
    ("reactions.limit(0).summary(total_count)", "reactions.limit(0).summary(true)"),
)
_LISTED = (
    "id,message,created_time,permalink_url,attachments{media_type,subattachments}",
    "id,message,created_time,attachments",
    "id,message,created_time",
)


class Facebook(GraphConnector):
    """One Page."""

    name: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    account_scope: ClassVar[str] = "page"
    posts_edge: ClassVar[str] = "published_posts"
    can: ClassVar[frozenset[Ability]] = frozenset(
        {
            "photos",
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
    #: 63,206 characters and 4 MB (text of subcode 1366046): Meta, Pages API "Posts". The count of photos is not
    #: documented; 10 is what is known to work.
    limits: ClassVar[Limits] = Limits(caption=63_206, photos=10, photo_bytes=4_000_000, photo_edge=2048)
    needed: ClassVar[tuple[str, ...]] = (
        "pages_read_engagement",
        "pages_manage_posts",
        "pages_manage_engagement",
        "pages_read_user_content",
        "read_insights",
    )

    def check(self) -> AccountFacts:
        """GET /me must be the Page itself; for a person's token the Page's own takes its place, where app id and secret
        allow that.

        On a server without /me the Page itself is read: that the token opens it has to do.
        """
        self.not_the_apps()
        me = self._me()
        if str(me.get("id")) != self.account.remote_id:
            self.own_key()
            if self.secrets_changed():
                me = self._me()
            if str(me.get("id")) != self.account.remote_id:
                raise SignInAgain("other_page", token_of=text(me.get("name")) or None)
        expires_at, missing = self.token_facts()
        return AccountFacts(
            remote_id=self.account.remote_id, name=text(me.get("name")) or None, expires_at=expires_at, missing=missing
        )

    def _me(self) -> Answer:
        try:
            return self.graph.first("me", "id,name", "id")
        except Refused:
            return self.graph.first(self.account.remote_id, "id,name", "id")

    def stage(self, item: Item, staged: Staged, save: Save) -> Staged:
        """Photos (ids photo_1, photo_2, ...), then the unpublished post (id post). Goes on from what ``staged`` has.

        Returns early with ``wait_s`` 0 on a slow line: one call stays well within a lease, renewed between two.
        """
        self._fitting(item)
        ids = dict(staged.ids)
        if not ids and self._direct:
            ids[_WAY] = "direct"
        direct = _WAY in ids
        began = time.monotonic()
        for index, photo in enumerate(item.photos, start=1):
            key = f"photo_{index}"
            if key not in ids:
                if time.monotonic() - began > self.wire.timeout_s / 2:
                    return Staged(ids=ids, wait_s=0.0, repeatable=not direct)
                ids[key] = upload_page_photo(self.graph, self.account.remote_id, photo, index, temporary=False)
                save(Staged(ids=dict(ids), repeatable=not direct))
        if not direct and _POST not in ids:
            ids[_POST] = self._unpublished(item, ids)
            save(Staged(ids=dict(ids), ready=True))
        return replace(staged, ids=ids, ready=True, wait_s=None, repeatable=not direct)

    def commit(self, item: Item, staged: Staged) -> Published:
        """Make it public. ``Busy("staged_gone")``: the unpublished post has disappeared; it was never public."""
        post_id = staged.ids.get(_POST)
        if post_id is None:
            form = self._post_form(item, staged.ids)
            try:
                post_id = self.graph.created(
                    self.account.remote_id, "feed", {**form, "published": "true"}, commits=True
                )
            except Refused as refusal:
                if refusal.code == "photo_already_posted":
                    # Nobody else knows these photos: an earlier commit of ours may have worked unheard.
                    raise Unsure(refusal.code, **refusal.facts) from None
                raise
            return Published(post_id)
        try:
            answer = self.graph.post(post_id, None, {"is_published": "true"}, commits=True)
        except Gone:
            raise Busy("staged_gone") from None
        except Refused:
            # A repeated commit may be refused because the first one worked.
            found = self._by_id(post_id)
            if found is None:
                raise
            return found
        if answer.get("success") is False:
            raise Unsure("unreadable")
        return Published(post_id)

    def find(self, item: Item, staged: Staged, since: datetime) -> Published | None:
        """By the staged post's id, else in the Page's published posts by message, photo count and time."""
        post_id = staged.ids.get(_POST)
        if post_id is not None:
            try:
                return self._by_id(post_id)
            except Refused:
                # Not to be seen by its id (gone, or this server does not say is_published): the list decides.
                log.info("staged post %s is not readable, looking in the list", post_id)
        with looking():
            return self._listed(item, since)

    def permalink(self, remote_id: str) -> str | None:
        """permalink_url of the post."""
        return link(self.graph.read(remote_id, "permalink_url", quick=True).get("permalink_url"), FACEBOOK)

    def discard(self, staged: Staged) -> None:
        """Delete the unpublished post and its photos. A post that is public is left alone with all its photos."""
        post_id = staged.ids.get(_POST)
        if post_id is not None:
            try:
                shown = self.graph.read(post_id, "is_published").get("is_published")
            except Gone:
                shown = False
            else:
                if shown is False:
                    self.graph.delete(post_id)
            if shown is not False:
                return
        for key, photo_id in staged.ids.items():
            if key.startswith("photo_") and not (_WAY in staged.ids and self._photo_is_live(photo_id)):
                self.graph.delete(photo_id)

    def comments(self, remote_id: str) -> Iterator[RemoteComment]:
        """All comments and replies, parents before children, oldest first."""
        return threads.read(self.graph, remote_id, self.account.remote_id)

    def reply(self, comment_id: str, text: str) -> str:
        """Answer publicly as the Page. A reply to a reply joins the thread of the top comment."""
        return self.graph.created(comment_id, "comments", {"message": text}, commits=True)

    def find_reply(self, comment_id: str, text: str, since: datetime) -> str | None:
        """Our own reply with this text under the comment or, when it is a reply itself, under its parent."""
        return threads.find_reply(self.graph, comment_id, text, since, self.account.remote_id)

    def private_reply(self, comment_id: str, text: str) -> str:
        """In Messenger; 2,000 characters."""
        return _graph_private.send(self.graph, self.account.remote_id, comment_id, text, "pages_messaging")

    def hide(self, comment_id: str, hidden: bool) -> None:
        """Hide or show. Only other people's comments can be hidden."""
        answer = self.graph.post(comment_id, None, {"is_hidden": "true" if hidden else "false"}, commits=True)
        if answer.get("success") is False:
            raise Unsure("unreadable")

    def counts(self, remote_id: str) -> Counts:
        """Reactions, comments with replies, shares; views, reach and clicks by insights. Saves do not exist here."""
        read = counting.fields(self.graph, remote_id, _SUMMARIES, self.dead)
        answer, refused = read.answer, read.refused
        figures = counting.insights(self.graph, remote_id, _INSIGHTS, self.dead)
        metrics = {
            "reactions": counting.total(answer, "reactions"),
            "comments": counting.total(answer, "comments"),
            "shares": None if "shares" in refused else _shares(answer),
            "saves": None,
            "reach": figures.values["post_total_media_view_unique"],
            "views": figures.values["post_media_view"],
            "clicks": figures.values["post_clicks"],
        }
        raw = {"post": answer, **figures.raw}
        return Counts(metrics, (*refused, *figures.refused), (*read.dead, *figures.dead), raw)

    def recent(self, since: datetime) -> Iterator[RemotePost]:
        """The Page's published posts, with what its list tells of them."""
        return _graph_recent.of_page(self.graph, self.account.remote_id, since)

    def discover(self, handle: str, since: datetime) -> Discovered:
        """Another Page that shares its figures with this one's key; handle: its id or name."""
        return _graph_recent.shared_page(self.graph, handle, since)

    def followers(self) -> int | None:
        """followers_count, or fan_count on a Page that does not say the other."""
        wanted = (("followers_count",), ("fan_count",))
        answer = counting.fields(self.graph, self.account.remote_id, wanted).answer
        counted = whole(answer.get("followers_count"))
        return counted if counted is not None else whole(answer.get("fan_count"))

    @property
    def _direct(self) -> bool:
        return self.wire.meta_own and not self.wire.flip_drilled

    def _unpublished(self, item: Item, ids: Mapping[str, str]) -> str:
        """The id of a new post nobody sees. Meta takes ``attached_media`` by indexed keys and as one JSON array;
        where the first is refused for no reason that we know, the second is tried."""
        form = {**self._post_form(item, ids), "published": "false"}
        try:
            return self.graph.created(self.account.remote_id, "feed", form)
        except Refused as refusal:
            if refusal.code != "unknown_refusal" or not item.photos:
                raise
        media = [form.pop(f"attached_media[{place}]") for place in range(len(item.photos))]
        return self.graph.created(self.account.remote_id, "feed", {**form, "attached_media": f"[{','.join(media)}]"})

    def _post_form(self, item: Item, ids: Mapping[str, str]) -> dict[str, str]:
        form = {"message": item.caption} if item.caption else {}
        for place in range(len(item.photos)):
            form[f"attached_media[{place}]"] = f'{{"media_fbid":"{ids[f"photo_{place + 1}"]}"}}'
        return form

    def _by_id(self, post_id: str) -> Published | None:
        """The staged post when it is public, None when it is not; ``Gone`` when it is not to be seen."""
        post = self.graph.first(post_id, "is_published,permalink_url", "is_published")
        if post.get("is_published") is not True:
            return None
        return Published(post_id, link(post.get("permalink_url"), FACEBOOK))

    def _listed(self, item: Item, since: datetime) -> Published | None:
        start = str(int((since - EARLIER).timestamp()))
        for fields in _LISTED:
            found: list[Answer] = []
            params = {"fields": fields, "since": start}
            try:
                for rows in self.graph.pages(self.account.remote_id, "published_posts", params, limit=50):
                    found += [
                        row
                        for row in rows
                        if after(row.get("created_time"), since)
                        and _same(item, row)
                        and str(row["id"]) not in self.taken
                    ]
                    if rows and not any(after(row.get("created_time"), since) for row in rows):
                        break
            except (Refused, SignInAgain) as error:
                if not field_refused(error) or fields == _LISTED[-1]:
                    raise
                continue
            # Two equal posts in the window: ours is the one nearest to the start.
            found.sort(key=lambda row: moment(row.get("created_time")) or since)
            return Published(str(found[0]["id"]), link(found[0].get("permalink_url"), FACEBOOK)) if found else None
        return None

    def _photo_is_live(self, photo_id: str) -> bool:
        """Whether a photo of the direct way stands in a public story: its commit may have worked unheard."""
        try:
            return bool(self.graph.read(photo_id, "page_story_id").get("page_story_id"))
        except Gone:
            return False


def _same(item: Item, row: Answer) -> bool:
    if not row.get("id") or not same_text(text(row.get("message")), item.caption):
        return False
    if "attachments" not in row:
        # The field was not given at all: then the words have to decide, and there must be some.
        return bool(item.caption.strip()) or not item.photos
    count = _photo_count(row)
    return count is None or count == len(item.photos)


def _photo_count(row: Answer) -> int | None:
    """Photos of a listed post: an album's subattachments, 1 for a single photo, None when an album hides them."""
    edge = row.get("attachments")
    entries = edge.get("data") if isinstance(edge, dict) else None
    photos = 0
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        inner = entry.get("subattachments")
        parts = inner.get("data") if isinstance(inner, dict) else None
        if isinstance(parts, list):
            photos += len(parts)
        elif entry.get("media_type") == "album":
            return None
        elif entry.get("media_type") == "photo":
            photos += 1
    return photos


def _shares(answer: Answer) -> int | None:
    """``shares`` is absent when zero (Meta, Page Post reference); present without a count it says nothing."""
    if "shares" not in answer:
        return 0
    edge = answer["shares"]
    return whole(edge.get("count")) if isinstance(edge, dict) else None
