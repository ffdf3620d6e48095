"""Threads under an Instagram post: the list gives top comments with some replies inside; the rest is paged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain

from connectors._errors import Gone, Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused
from connectors._graph_reading import after, ident, moment, same_text, text, whole
from connectors._graph_threads import opened, reply_near
from connectors._types import RemoteComment

#: Meta gives at most 50 comments a page (IG Media Comments).
_PAGE = 50
_FULL = "id,text,username,timestamp,hidden,from,parent_id"
_SOME = "id,text,username,timestamp"
_LEAST = "id,text,timestamp"
#: (fields of comment and reply, replies nested); without nesting each comment's replies are a call of their own.
_TRIES = ((_FULL, True), (_SOME, True), (_FULL, False), (_SOME, False), (_LEAST, False))

#: Whether a row (username, author id) is ours.
Own = Callable[[str | None, str | None], bool]


def read(graph: Graph, media_id: str, own: Own) -> Iterator[RemoteComment]:
    """All comments, each followed by its replies; those that a server leaves out of the list come last."""
    fields, nested, pages = opened(_TRIES, lambda fields, nested: _pages(graph, media_id, "comments", fields, nested))
    seen: set[str] = set()
    tops: list[str] = []
    inside = not nested
    for row in chain.from_iterable(pages):
        comment = _comment(row, own, None)
        # New comments arriving while we read push old ones to the next page, where they come a second time.
        if comment is None or comment.remote_id in seen:
            continue
        seen.add(comment.remote_id)
        tops.append(comment.remote_id)
        inside = inside or "replies" in row
        yield comment
        for reply_row in _replies(graph, comment.remote_id, row if nested else None, fields):
            reply = _comment(reply_row, own, comment.remote_id)
            if reply is not None and reply.remote_id not in seen:
                seen.add(reply.remote_id)
                yield reply
    if tops and not inside and _more_than(graph, media_id, len(seen)):
        yield from _left_out(graph, tops, fields, own, seen)


def find_reply(graph: Graph, comment_id: str, wanted: str, since: datetime, own: Own) -> str | None:
    """The id of our reply with this text written after ``since``: under the comment, or under its parent."""
    return reply_near(
        graph,
        comment_id,
        lambda node: _own_reply(graph, node, wanted, since, own),
        "parent_id",
        lambda row: text(row.get("parent_id")),
    )


def _pages(graph: Graph, node: str, edge: str, fields: str, nested: bool = False) -> Iterator[list[Answer]]:
    wanted = f"{fields},replies{{{fields}}}" if nested else fields
    return graph.pages(node, edge, {"fields": wanted}, limit=_PAGE)


def _replies(graph: Graph, comment_id: str, row: Answer | None, fields: str) -> Iterator[Answer]:
    edge = row.get("replies") if row is not None else None
    if isinstance(edge, dict):
        rows = edge.get("data")
        yield from (reply for reply in rows if isinstance(reply, dict)) if isinstance(rows, list) else ()
        paging = edge.get("paging")
        if not (isinstance(paging, dict) and paging.get("next")):
            return
    elif row is not None:
        return
    # Not all came inside (or none could): the list from its start, duplicates are left out by the caller.
    try:
        yield from chain.from_iterable(_pages(graph, comment_id, "replies", fields))
    except Gone:
        return


def _more_than(graph: Graph, media_id: str, known: int) -> bool:
    """Whether the media has more comments than we saw, or does not say: replies may be kept out of the list."""
    try:
        counted = whole(graph.read(media_id, "comments_count").get("comments_count"))
    except (Refused, SignInAgain) as error:
        if not field_refused(error):
            raise
        return True
    return counted is None or counted > known


def _left_out(graph: Graph, tops: list[str], fields: str, own: Own, seen: set[str]) -> Iterator[RemoteComment]:
    """Each comment's own list of replies, until the server refuses one: it has no such lists."""
    for top_id in tops:
        try:
            for row in _replies(graph, top_id, None, fields):
                reply = _comment(row, own, top_id)
                if reply is not None and reply.remote_id not in seen:
                    seen.add(reply.remote_id)
                    yield reply
        except (Refused, SignInAgain) as error:
            if not field_refused(error):
                raise
            return


def _comment(row: Answer, own: Own, parent_id: str | None) -> RemoteComment | None:
    remote_id = ident(row)
    if remote_id is None:
        return None
    author = row.get("from") if isinstance(row.get("from"), dict) else {}
    author_id = ident(author)
    name = text(row.get("username")) or text((author or {}).get("username")) or None
    return RemoteComment(
        remote_id=remote_id,
        text=text(row.get("text")),
        created_at=moment(row.get("timestamp")),
        author_name=name,
        author_id=author_id,
        parent_id=parent_id or text(row.get("parent_id")) or None,
        hidden=row.get("hidden") is True,
        own=own(name, author_id),
    )


def _own_reply(graph: Graph, node: str, wanted: str, since: datetime, own: Own) -> str | None:
    for fields in (f"{_SOME},from", _SOME, _LEAST):
        try:
            for row in chain.from_iterable(_pages(graph, node, "replies", fields)):
                if not after(row.get("timestamp"), since) or not same_text(text(row.get("text")), wanted):
                    continue
                comment = _comment(row, own, node)
                # Without any author the words and the time decide: to answer twice in public would be worse.
                if comment and (comment.own or (comment.author_id is None and comment.author_name is None)):
                    return comment.remote_id
            return None
        except (Refused, SignInAgain) as error:
            if not field_refused(error) or fields == _LEAST:
                raise
    return None
