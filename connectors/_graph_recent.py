"""Posts of an account that we did not send: made in the platform's own app, or of an account that is read from outside.

Sources: Meta, "Page Published Posts", "IG User Media", "IG User Business Discovery" (page of August 2026). Business
Discovery answers for professional accounts only; of a personal, renamed, closed or age-gated one it says the same as
of one that does not exist (code 110, subcode 2207013), so these cannot be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors import _graph_counts as counting
from connectors._errors import Gone, Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused
from connectors._graph_reading import FACEBOOK, INSTAGRAM, link, moment, text, whole
from connectors._types import Discovered, RemotePost

_PAGE_LISTED = (
    "id,message,created_time,permalink_url,shares,comments.limit(0).summary(true).filter(stream),"
    "reactions.limit(0).summary(total_count)",
    "id,message,created_time,permalink_url",
    "id,message,created_time",
)
_MEDIA_LISTED = (
    "id,caption,permalink,timestamp,like_count,comments_count",
    "id,caption,permalink,timestamp",
    "id,caption,timestamp",
)
#: Of an account that is read from outside.
_MEDIA = "id,caption,permalink,timestamp,like_count,comments_count"
#: Instagram's own rule for names.
_HANDLE = re.compile(r"[a-z0-9._]{1,30}", re.ASCII)
#: A Page's id or name in its address.
_PAGE = re.compile(r"[A-Za-z0-9.\-]{1,80}", re.ASCII)
#: Pages of 50 posts of an account that is read from outside: more than anybody posts in a month.
_MOST_PAGES = 20


def of_page(graph: Graph, page_id: str, since: datetime) -> Iterator[RemotePost]:
    """Public posts of a Page after ``since``, newest first. Raises Busy, SignInAgain, Gone, Refused."""
    params = {"since": str(int(since.timestamp()))}
    for row in _rows(graph, page_id, "published_posts", _PAGE_LISTED, params, "created_time", since):
        post = _post(row, "created_time", text(row.get("message")), link(row.get("permalink_url"), FACEBOOK))
        if post is not None:
            yield RemotePost(*post, metrics=_page_metrics(row))


def of_instagram(graph: Graph, ig_id: str, since: datetime) -> Iterator[RemotePost]:
    """Public posts of one's own Instagram account after ``since``, newest first."""
    for row in _rows(graph, ig_id, "media", _MEDIA_LISTED, {}, "timestamp", since):
        post = _post(row, "timestamp", text(row.get("caption")), link(row.get("permalink"), INSTAGRAM))
        if post is not None:
            yield RemotePost(*post, metrics=_media_metrics(row))


def discovered(graph: Graph, reader_id: str, handle: str, since: datetime) -> Discovered:
    """A professional account by its name, read by another one, with its posts after ``since``.

    Raises Refused("not_professional") when it is not to be seen, Refused("bad_handle") before anything is asked.
    """
    if not _HANDLE.fullmatch(handle):
        raise Refused("bad_handle", handle=handle)
    posts: list[RemotePost] = []
    after, found = "", dict[str, object]()
    for _ in range(_MOST_PAGES):
        media = f"media{f'.after({after})' if after else ''}.limit(50){{{_MEDIA}}}"
        fields = f"business_discovery.username({handle}){{id,username,name,followers_count,{media}}}"
        answer = graph.read(reader_id, fields).get("business_discovery")
        if not isinstance(answer, Mapping) or not answer.get("id"):
            raise Refused("not_professional", handle=handle)
        found = found or dict(answer)
        rows, after = _page_of(answer.get("media"))
        posts += [post for row in rows if (post := _outside(row)) is not None and post.published_at >= since]
        if not after or (rows and all(_older(row, "timestamp", since) for row in rows)):
            break
    return Discovered(
        remote_id=str(found["id"]),
        handle=text(found.get("username")) or None,
        name=text(found.get("name")) or None,
        followers=whole(found.get("followers_count")),
        posts=tuple(posts),
    )


def shared_page(graph: Graph, page: str, since: datetime) -> Discovered:
    """Another Page, by id or name, that this key may read, with its posts after ``since``.

    Raises Refused("not_shared") when it is not to be seen by this key.
    """
    if not _PAGE.fullmatch(page):
        raise Refused("bad_handle", handle=page)
    try:
        read = counting.fields(graph, page, (("name",), ("username",), ("followers_count", "fan_count")))
        remote_id = str(graph.read(page, "id").get("id") or page)
        posts = tuple(of_page(graph, remote_id, since))
    except Gone:
        raise Refused("not_shared", handle=page) from None
    except SignInAgain as error:
        if error.code != "permission":
            raise
        raise Refused("not_shared", handle=page, permission=error.facts.get("permission")) from None
    counted = whole(read.answer.get("followers_count"))
    return Discovered(
        remote_id=remote_id,
        handle=text(read.answer.get("username")) or None,
        name=text(read.answer.get("name")) or None,
        followers=counted if counted is not None else whole(read.answer.get("fan_count")),
        posts=posts,
    )


def _rows(
    graph: Graph, node: str, edge: str, field_sets: Sequence[str], params: Mapping[str, str], at: str, since: datetime
) -> Iterator[Answer]:
    """Rows by the first set of fields that is not refused, until they are older than ``since``; none twice."""
    seen: set[str] = set()
    for fields in field_sets:
        try:
            for rows in graph.pages(node, edge, {**params, "fields": fields}, limit=50):
                for row in rows:
                    id_ = str(row.get("id"))
                    if id_ not in seen and not _older(row, at, since):
                        yield row
                    seen.add(id_)
                if rows and all(_older(row, at, since) for row in rows):
                    return
            return
        except (Refused, SignInAgain) as error:
            if not field_refused(error) or fields == field_sets[-1]:
                raise


def _older(row: Answer, at: str, since: datetime) -> bool:
    when = moment(row.get(at))
    return when is None or when < since


def _post(row: Answer, at: str, caption: str, address: str | None) -> tuple[str, datetime, str, str | None] | None:
    """remote_id, published_at, text, permalink; None for a row that lacks what a post has."""
    when = moment(row.get(at))
    return (str(row["id"]), when, caption, address) if row.get("id") and when is not None else None


def _outside(row: Answer) -> RemotePost | None:
    post = _post(row, "timestamp", text(row.get("caption")), link(row.get("permalink"), INSTAGRAM))
    return RemotePost(*post, metrics=_media_metrics(row)) if post is not None else None


def _page_metrics(row: Answer) -> dict[str, int | None]:
    shares = row.get("shares")
    counted = "comments" in row or "reactions" in row
    return {
        "reactions": counting.total(row, "reactions"),
        "comments": counting.total(row, "comments"),
        # Left out when zero (Meta, Page Post reference), and when it was not asked for.
        "shares": whole(shares.get("count")) if isinstance(shares, Mapping) else 0 if counted else None,
    }


def _media_metrics(row: Answer) -> dict[str, int | None]:
    # like_count is left out where the owner hides it.
    return {"reactions": whole(row.get("like_count")), "comments": whole(row.get("comments_count"))}


def _page_of(edge: object) -> tuple[list[Answer], str]:
    """Rows and the cursor of the next page, "" at the end."""
    if not isinstance(edge, Mapping):
        return [], ""
    rows = edge.get("data")
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    paging = edge.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, Mapping) else None
    after = cursors.get("after") if isinstance(cursors, Mapping) else None
    # Nested lists name no address of their next page; a cursor with rows behind it is all there is.
    return found, str(after) if after and found and re.fullmatch(r"[\w=\-~]+", str(after)) else ""
