"""Instagram through its private mobile API (instagrapi), for accounts that cannot be professional ones.

It is against Instagram's terms and accounts have been challenged and blocked for it, so it is off until the owner has
read ``warning`` and switched it on per account. At the first challenge, block or sign-out this object stops: it makes
no further call and never signs in by itself.

Account settings (``--setting``): ``pace`` = seconds before each call, "1-3" by default, "0" for none;
``insights`` = "yes" to ask for reach and saves as well (professional accounts only, one call more per reading).
Secrets: {"session": JSON of ``get_settings()``}, made by ``secrets_from``; the password is never kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors import _instagrapi_photos as photos
from connectors import _instagrapi_read as read
from connectors._base import Save
from connectors._errors import Busy, ConnectorError, Gone, Refused, SignInAgain, Unsure
from connectors._instagrapi_client import BASE_URL, now_ms, secrets_from, sign_in
from connectors._instagrapi_session import InstagrapiConnector
from connectors._types import (
    METRICS,
    AccountFacts,
    Counts,
    Item,
    Limits,
    PhotoFile,
    Published,
    RemoteComment,
    Staged,
)

__all__ = ["BASE_URL", "InstagramPrivate", "secrets_from", "sign_in"]

#: Seconds that uploaded bytes are trusted to lie ready; how long Instagram keeps them is nowhere said.
_UPLOAD_GOOD_S = 45 * 60
#: Seconds after which "upload it again" means that the bytes have lapsed, and not that the photo is bad.
_UPLOAD_FRESH_S = 10 * 60
#: Our clock and Instagram's may differ; a post or reply may carry a time this much before ours.
_CLOCK_SLACK = timedelta(seconds=120)
#: Pages of the account's posts that are read for one look; 20 posts a page.
_FIND_PAGES = 15
_FIND_COUNT = 20
#: Pages of comments of one post: a bound against an answer that never ends.
_COMMENT_PAGES = 2000


class InstagramPrivate(InstagrapiConnector):
    """One account by its kept session. See the module for settings and secrets."""

    name = "instagram_private"
    label = "Instagram (jalur tidak resmi)"
    can = frozenset(
        {"photos", "carousel", "alt_text", "comments", "reply", "delete_comment", "delete_post", "counts", "followers"}
    )
    limits = Limits(
        caption=2200,
        photos=10,
        min_photos=1,
        hashtags=30,
        mentions=20,
        alt_text=1000,
        ratio=photos.RATIO,
        one_ratio=True,
        photo_bytes=8_000_000,
        photo_edge=1440,
    )
    warning = "instagram_private_risk"

    def check(self) -> AccountFacts:
        with self._asking() as client:
            user = client.private_request("accounts/current_user/?edit=true")["user"]
            user_id, handle = str(user["pk"]), read.text_of(user.get("username"))
        if self.account.remote_id not in (user_id, handle):
            raise SignInAgain("wrong_account", remote_id=user_id, handle=handle)
        return AccountFacts(remote_id=user_id, name=read.text_of(user.get("full_name")) or None, handle=handle or None)

    def stage(self, item: Item, staged: Staged, save: Save) -> Staged:
        """Upload the photos' bytes (rupload); only ``media/configure`` makes a post of them. Nothing is visible yet."""
        photos.check_item(item, self.limits)
        ids = dict(staged.ids)
        if ids and time.time() - float(ids.get("at", 0)) > _UPLOAD_GOOD_S:
            ids = {}
        ids.setdefault("at", str(int(time.time())))
        ids.setdefault("post", str(now_ms()))
        began = time.monotonic()
        for index, photo in enumerate(item.photos):
            if f"photo.{index}" in ids:
                continue
            if time.monotonic() - began > self.wire.timeout_s / 2:
                # One call to stage() stays well within a lease, which is renewed between two of them.
                return Staged(ids=dict(ids), wait_s=0.0, repeatable=False)
            # A single photo's upload id is the post's; in a carousel the post has one of its own, and each photo too.
            chosen = ids["post"] if len(item.photos) == 1 else str(int(ids["post"]) + 1 + index)
            ids[f"photo.{index}"] = f"{chosen}:{self._upload(photo, chosen, album=len(item.photos) > 1)}"
            save(Staged(ids=dict(ids), repeatable=False))
        return Staged(ids=ids, ready=True, repeatable=False)

    def _upload(self, photo: PhotoFile, upload_id: str, *, album: bool) -> str:
        """Send one photo; its "WIDTHxHEIGHT"."""
        photos.check_photo(photo.path)
        with self._asking() as client, photos.named_jpeg(photo.path) as path:
            _, width, height = client.photo_rupload(path, upload_id=upload_id, to_album=album)
        return f"{width}x{height}"

    def commit(self, item: Item, staged: Staged) -> Published:
        """One configure call. Not repeatable: the same upload id sent twice may be posted twice."""
        ids = staged.ids
        if not staged.ready or any(f"photo.{index}" not in ids for index in range(len(item.photos))):
            raise Busy("staged_gone")
        age = time.time() - float(ids.get("at", 0))
        if age > _UPLOAD_GOOD_S:
            raise Busy("staged_gone", retry_after=0.0)
        uploads = [photos.parse_upload(ids[f"photo.{index}"]) for index in range(len(item.photos))]
        try:
            with self._asking(writing=True) as client:
                answer = self._configure(client, item, ids["post"], uploads)
                done = read.published(answer.get("media") or {}, str(client.user_id))
        except Refused as refusal:
            if age > _UPLOAD_FRESH_S and "media_needs_reupload" in str(refusal.facts.get("message")):
                raise Busy("staged_gone", retry_after=0.0) from refusal
            raise
        if done is None:
            raise Unsure("unreadable")  # accepted, but under which id it does not say: find() will
        return done

    @staticmethod
    def _configure(client: Any, item: Item, post: str, uploads: list[tuple[str, int, int]]) -> dict[str, Any]:
        if len(uploads) == 1:
            return dict(client.photo_configure(*uploads[0], item.caption, extra_data=photos.alt_text(item.photos[0])))
        children = [photos.child(upload, photo) for upload, photo in zip(uploads, item.photos, strict=True)]
        own = {"upload_id": post, "client_sidecar_id": post}
        return dict(client.album_configure(children, item.caption, extra_data=own))

    def find(self, item: Item, staged: Staged, since: datetime) -> Published | None:
        since = since - _CLOCK_SLACK
        with self._asking() as client:
            listing = list(self._posts(client, since))
            media = read.match(listing, item, staged.ids.get("post"), since)
            return read.published(media, str(client.user_id)) if media is not None else None

    def _posts(self, client: Any, since: datetime) -> Iterator[dict[str, Any]]:
        """The account's posts back to ``since``, newest first, pinned ones anywhere.

        Not through ``user_medias_v1``: that answers a failed call with an empty list, which would look like "not
        there" and have the post sent a second time. Raises Busy when the listing cannot be read to its end.
        """
        cursor: str | None = None
        seen: set[str] = set()
        for _ in range(_FIND_PAGES):
            answer = client.private_request(
                f"feed/user/{client.user_id}/",
                params={"count": _FIND_COUNT, "rank_token": client.rank_token, "ranked_content": "true"}
                | ({"max_id": cursor} if cursor else {}),
            )
            if not isinstance(answer.get("items"), list):
                raise Busy("unreadable", where="feed")
            page = [media for media in read.rows(answer, "items") if str(media.get("pk")) not in seen]
            seen.update(str(media.get("pk")) for media in page)
            yield from page
            ages = [read.moment(media.get("taken_at")) for media in page if not media.get("timeline_pinned_user_ids")]
            if any(age is not None and age < since for age in ages) or not answer.get("more_available"):
                return
            cursor = str(answer.get("next_max_id") or "")
            if not cursor or not page:
                break
        raise Busy("unreadable", where="feed")

    def discard(self, staged: Staged) -> None:
        """Nothing to do: uploaded bytes without a configure call are seen by nobody and lapse by themselves."""

    def delete_post(self, remote_id: str) -> None:
        try:
            with self._asking(writing=True) as client:
                deleted = client.media_delete(self._media_id(client, remote_id))
        except Gone:
            return
        if not deleted:
            raise Unsure("unreadable")

    def exists(self, remote_id: str) -> bool:
        """An absence counts only while the session still opens the account: a signed-out one is told the same."""
        try:
            with self._asking() as client:
                answer = client.private_request(f"media/{self._media_id(client, remote_id)}/info/")
                if not isinstance(answer.get("items"), list):
                    raise Busy("unreadable", where="info")
            if read.rows(answer, "items"):
                return True
        except Gone:
            pass  # asked again below
        try:
            with self._asking() as client:
                user = client.private_request("accounts/current_user/?edit=true").get("user")
                readable = isinstance(user, dict) and str(user.get("pk")) == str(client.user_id)
        except Refused:
            readable = False
        if not readable:
            raise Busy("unreadable", where="account")
        return False

    def comments(self, remote_id: str) -> Iterator[RemoteComment]:
        with self._asking() as client:
            media_id, user_id = self._media_id(client, remote_id), str(client.user_id)
            link = f"https://www.instagram.com/p/{client.media_code_from_pk(client.media_pk(media_id))}/"
        for row in self._pages(f"media/{media_id}/comments/", "comments", _TOP_CURSORS):
            comment = read.remote_comment(row, media_id, user_id, top=None, link=link)
            if comment is None:
                continue
            yield comment
            if read.number(row.get("child_comment_count")) == 0:
                continue
            if row.get("child_comment_count") is None and not row.get("preview_child_comments"):
                continue
            yield from self._replies(media_id, comment.remote_id, user_id, link)

    def _replies(self, media_id: str, top_id: str, user_id: str, link: str | None) -> Iterator[RemoteComment]:
        top = read.split_comment_id(top_id)[1]
        address = f"media/{media_id}/comments/{top}/inline_child_comments/"
        for row in self._pages(address, "child_comments", _REPLY_CURSORS):
            reply = read.remote_comment(row, media_id, user_id, top=top, link=link)
            if reply is not None:
                yield reply

    def _pages(self, address: str, key: str, cursors: tuple[tuple[str, str, str], ...]) -> Iterator[dict[str, Any]]:
        """Rows of a cursor-paged answer, each pk once; ends when a page brings no new one, whatever its cursor says.

        Cursors go as query parameters: the library's own methods send them as a POST body, and get the first page
        again and again.
        """
        params: dict[str, str] | None = None
        seen: set[str] = set()
        for _ in range(_COMMENT_PAGES):
            with self._asking() as client:
                answer = client.private_request(address, params=params)
            if not isinstance(answer.get(key, []), list):
                raise Busy("unreadable", where=key)
            fresh = []
            for row in read.rows(answer, key):
                pk = str(row.get("pk") or row.get("id") or "")
                if pk not in seen:
                    seen.add(pk)
                    fresh.append(row)
            yield from fresh
            params = next(
                ({name: str(answer[field])} for flag, field, name in cursors if answer.get(flag) and answer.get(field)),
                None,
            )
            if not fresh or params is None:
                return

    def reply(self, comment_id: str, text: str) -> str:
        media_id, top, pk = read.split_comment_id(comment_id)
        with self._asking(writing=True) as client:
            try:
                written = str(client.media_comment(media_id, text, replied_to_comment_id=int(pk)).pk)
            except (KeyError, TypeError, ValueError):  # posted, but not in the shape that the library's model wants
                row = client.last_json.get("comment")
                written = str(row.get("pk") or "") if isinstance(row, dict) else ""
            if not written.isdecimal():
                raise Unsure("unreadable")
        return read.comment_id(media_id, top, written)

    def find_reply(self, comment_id: str, text: str, since: datetime) -> str | None:
        media_id, top, _ = read.split_comment_id(comment_id)
        with self._asking() as client:
            user_id = str(client.user_id)
        since = since - _CLOCK_SLACK
        for reply in self._replies(media_id, read.comment_id(media_id, top), user_id, None):
            written = reply.created_at
            if reply.own and read.same_text(text, reply.text) and (written is None or written >= since):
                return reply.remote_id
        return None

    def delete_comment(self, comment_id: str) -> None:
        try:
            media_id, _, pk = read.split_comment_id(comment_id)
            with self._asking(writing=True) as client:
                deleted = client.comment_bulk_delete(media_id, [int(pk)])
        except Gone:
            return
        if not deleted:
            raise Unsure("unreadable")

    def counts(self, remote_id: str) -> Counts:
        with self._asking() as client:
            media_id = self._media_id(client, remote_id)
            found = read.rows(client.private_request(f"media/{media_id}/info/"), "items")
            if not found:
                raise Gone("gone", id=media_id)
        media = found[0]
        metrics: dict[str, int | None] = dict.fromkeys(METRICS)
        metrics["reactions"] = read.number(media.get("like_count"))
        metrics["comments"] = read.number(media.get("comment_count"))
        metrics["shares"] = read.number(media.get("reshare_count"))
        metrics["saves"] = read.number(media.get("save_count"))
        metrics["views"] = read.number(media.get("view_count"))
        refused: tuple[str, ...] = ()
        if self.account.settings.get("insights", "").lower() in ("yes", "ya", "true", "1"):
            insights = self._insights(media_id)
            refused = ("insights",) if insights is None else ()
            metrics.update({name: value for name, value in (insights or {}).items() if value is not None})
        raw = {name: media.get(name) for name in ("like_count", "comment_count", "reshare_count", "save_count")}
        return Counts(metrics=metrics, refused=refused, raw=raw)

    def _insights(self, media_id: str) -> dict[str, int | None] | None:
        """Reach and the like, None when Instagram gives none. A block or sign-out met on the way is still raised."""
        try:
            with self._asking() as client:
                try:
                    return read.insight_counts(client.insights_media(media_id))
                except Exception as error:  # the library dresses every refusal as MediaError; the cause tells
                    raise error.__context__ if isinstance(error.__context__, Exception) else error from None
        except SignInAgain:
            raise
        except ConnectorError as error:
            if isinstance(error, Busy) and error.limit:
                raise
            return None

    def followers(self) -> int | None:
        with self._asking() as client:
            answer = client.private_request(f"users/{client.user_id}/info/")
            user = answer.get("user")
        return read.number(user.get("follower_count")) if isinstance(user, dict) else None


#: (flag, field of the cursor, name of the parameter) in the order in which they are tried.
_TOP_CURSORS = (
    ("has_more_comments", "next_max_id", "max_id"),
    ("has_more_headload_comments", "next_min_id", "min_id"),
)
_REPLY_CURSORS = (
    ("has_more_tail_child_comments", "next_max_child_cursor", "max_id"),
    ("has_more_head_child_comments", "next_min_child_cursor", "min_id"),
)
