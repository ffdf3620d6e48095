"""The private API's JSON read with care: answers change without notice, so every field may be missing or odd.

The library's own models are strict (one comment without ``content_type`` loses the whole page), so they are used for
nothing that is read back. Fields as seen in the library's extractors (3.2.2) and their examples.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors._errors import Gone
from connectors._types import Item, Published, RemoteComment

#: Our own ids of comments: the post's id, the comment at the top of the thread, and for a reply its own. All three are
#: needed to answer or delete, and the contract hands over only one id.
_SEPARATOR = ":"


def comment_id(media_id: str, *pks: str) -> str:
    """``"<media id>:<top pk>"`` or ``"<media id>:<top pk>:<reply pk>"``."""
    return _SEPARATOR.join((media_id, *pks))


def split_comment_id(remote_id: str) -> tuple[str, str, str]:
    """(media id, top pk, own pk) of one of our comment ids; Gone when it is none of ours."""
    parts = remote_id.split(_SEPARATOR)
    pks = parts[1:]
    if len(parts) not in (2, 3) or not parts[0] or not all(pk.isdecimal() and pk.isascii() for pk in pks):
        raise Gone("gone", id=remote_id[:80])
    return parts[0], pks[0], pks[-1]


def same_text(ours: str, theirs: str) -> bool:
    """Equal but for what Instagram may change: composed characters, line ends, spaces at line ends and at both ends."""
    return _plain(ours) == _plain(theirs)


def _plain(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def number(value: Any) -> int | None:
    """A count, or None for anything that is not a whole number of at least 0 (so also for True)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and value >= 0 else None


def moment(value: Any) -> datetime | None:
    """Seconds, milliseconds or microseconds since 1970 as an aware UTC time."""
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    while value > 1e11:  # the app's answers mix the three units
        value /= 1000
    return datetime.fromtimestamp(value, UTC)


def rows(answer: Any, key: str) -> list[dict[str, Any]]:
    """The dicts of a list in an answer; a missing list is empty."""
    found = answer.get(key) if isinstance(answer, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def published(media: Mapping[str, Any], user_id: str) -> Published | None:
    """The post of a media object, None when it has no id."""
    pk = str(media.get("pk") or "")
    remote_id = str(media.get("id") or (f"{pk}_{user_id}" if pk else ""))
    if not remote_id:
        return None
    if "_" not in remote_id:
        remote_id = f"{remote_id}_{user_id}"
    code = text_of(media.get("code"))
    return Published(remote_id, f"https://www.instagram.com/p/{code}/" if code else None)


def caption_of(media: Mapping[str, Any]) -> str:
    caption = media.get("caption")
    return text_of(caption.get("text")) if isinstance(caption, dict) else text_of(caption)


def photos_of(media: Mapping[str, Any]) -> int:
    """Photos of a post; 0 for a video."""
    kind = media.get("media_type")
    if kind == 8:
        return number(media.get("carousel_media_count")) or len(rows(media, "carousel_media"))
    return 1 if kind == 1 else 0


def upload_ids(media: Mapping[str, Any]) -> set[str]:
    """Upload ids that the listing still tells of a post."""
    return {str(media[key]) for key in ("upload_id", "client_sidecar_id", "device_timestamp") if media.get(key)}


def match(listing: Iterable[Mapping[str, Any]], item: Item, upload_id: str | None, since: datetime) -> Any:
    """Our post among those of the account, or None.

    The upload id proves it. Without that, caption, number of photos and a time from ``since`` on must all fit, and of
    several that do, the earliest is taken: a later one belongs to a later delivery, never simply "the newest".
    """
    fitting = []
    for media in listing:
        if upload_id and upload_id in upload_ids(media):
            return media
        taken = moment(media.get("taken_at"))
        if taken is None or taken < since or photos_of(media) != len(item.photos):
            continue
        if same_text(item.caption, caption_of(media)):
            fitting.append((taken, media))
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def remote_comment(
    row: Mapping[str, Any], media_id: str, user_id: str, *, top: str | None, link: str | None
) -> RemoteComment | None:
    """A comment of an answer; None when it has no usable id. top: pk of the thread's first comment, for a reply."""
    pk = str(row.get("pk") or row.get("id") or "")
    if not (pk.isdecimal() and pk.isascii()):
        return None
    author = row.get("user")
    author = author if isinstance(author, dict) else {}
    author_id = str(author.get("pk") or author.get("pk_id") or row.get("user_id") or "") or None
    return RemoteComment(
        remote_id=comment_id(media_id, top, pk) if top else comment_id(media_id, pk),
        text=text_of(row.get("text")),
        created_at=moment(row.get("created_at_utc")) or moment(row.get("created_at")),
        author_name=text_of(author.get("full_name")) or text_of(author.get("username")) or None,
        author_id=author_id,
        parent_id=comment_id(media_id, top) if top else None,
        own=author_id is not None and author_id == user_id,
        permalink=f"{link}c/{pk}/" if link else None,
    )


def insight_counts(post: Mapping[str, Any]) -> dict[str, int | None]:
    """reach, views, saves, shares of the business insights of a post; what is not there is None."""
    node = post.get("inline_insights_node")
    metrics = node.get("metrics") if isinstance(node, dict) else None
    metrics = metrics if isinstance(metrics, dict) else {}
    return {
        "reach": number(metrics.get("reach_count")) or _first(_values(metrics.get("reach"))),
        "views": _first(_values(metrics.get("impressions"))),
        "saves": number(post.get("save_count")),
        "shares": _first(_values(metrics.get("share_count"))),
    }


def _values(node: Any) -> Iterator[int]:
    """Counts named ``value`` at the first or second level of an insight, outermost first."""
    if not isinstance(node, dict):
        return
    own = number(node.get("value"))
    if own is not None:
        yield own
    for part in node.values():
        inner = number(part.get("value")) if isinstance(part, dict) else None
        if inner is not None:
            yield inner


def _first(values: Iterator[int]) -> int | None:
    return next(values, None)
