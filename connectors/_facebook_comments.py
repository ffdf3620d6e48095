"""Threads under a Page's post: reading them whole, and finding our own reply again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from connectors._errors import Gone, Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused
from connectors._graph_reading import FACEBOOK, after, ident, link, moment, same_text, text, whole
from connectors._graph_threads import opened, reply_near
from connectors._types import RemoteComment

#: From all we want down to what every server knows: one refused field fails the whole call.
_FULL = "id,message,created_time,from,parent{id},is_hidden,comment_count,permalink_url"
_SOME = "id,message,created_time,from,parent"
_LEAST = "id,message,created_time"
#: (fields, stream). The least set never streams: without ``parent`` replies could not be told from top comments.
_TRIES = ((_FULL, True), (_SOME, True), (_FULL, False), (_SOME, False), (_LEAST, False))
_PAGE = 100


def read(graph: Graph, post_id: str, own_id: str) -> Iterator[RemoteComment]:
    """All comments of a post, a parent always before its replies.

    One stream (``filter=stream``) where the server has it; where it refuses it or gives top comments only, the
    replies of each by ``/{comment}/comments``.
    """
    fields, stream, pages = opened(_TRIES, lambda fields, stream: _pages(graph, post_id, fields, stream))
    seen: set[str] = set()
    waiting: dict[str, list[RemoteComment]] = {}
    held: set[str] = set()
    tops: list[tuple[str, int | None]] = []
    nested = False
    for row in chain.from_iterable(pages):
        comment = _comment(row, own_id)
        if comment is None or comment.remote_id in seen:
            continue
        if comment.parent_id is None:
            tops.append((comment.remote_id, whole(row.get("comment_count"))))
        else:
            nested = True
            if comment.parent_id not in seen:
                # A list that begins anew gives it twice.
                if comment.remote_id not in held:
                    waiting.setdefault(comment.parent_id, []).append(comment)
                    held.add(comment.remote_id)
                continue
        yield from _with_waiting(comment, seen, waiting)
    for orphans in list(waiting.values()):
        # The parent was deleted or is not shown to us; the reply was said all the same.
        yield from (orphan for orphan in orphans if orphan.remote_id not in seen)
    if nested and stream:
        return
    for top_id, answers in tops:
        # Without a count nobody says that there are none: a server may ignore ``filter`` and the field alike.
        if answers is None or answers:
            yield from _replies(graph, top_id, fields, own_id, seen, asked_on_suspicion=answers is None and stream)


def find_reply(graph: Graph, comment_id: str, wanted: str, since: datetime, own_id: str) -> str | None:
    """The id of our reply with this text written after ``since``, under the comment or its parent."""
    return reply_near(
        graph,
        comment_id,
        lambda node: _own_reply(graph, node, wanted, since, own_id),
        "parent{id}",
        lambda row: ident(row.get("parent")),
    )


def _pages(graph: Graph, node: str, fields: str, stream: bool) -> Iterator[list[Answer]]:
    params = {"fields": fields, "order": "chronological"}
    if stream:
        params["filter"] = "stream"
    return graph.pages(node, "comments", params, limit=_PAGE)


def _with_waiting(
    comment: RemoteComment, seen: set[str], waiting: dict[str, list[RemoteComment]]
) -> Iterator[RemoteComment]:
    stack = [comment]
    while stack:
        current = stack.pop(0)
        seen.add(current.remote_id)
        yield current
        stack += waiting.pop(current.remote_id, [])


def _replies(
    graph: Graph, top_id: str, fields: str, own_id: str, seen: set[str], *, asked_on_suspicion: bool
) -> Iterator[RemoteComment]:
    try:
        for row in chain.from_iterable(_pages(graph, top_id, fields, stream=False)):
            reply = _comment(row, own_id, parent_id=top_id)
            if reply is not None and reply.remote_id not in seen:
                seen.add(reply.remote_id)
                yield reply
    except (Refused, SignInAgain) as error:
        # Deleted while we were reading; or, asked on suspicion, a server without lists of replies.
        if not isinstance(error, Gone) and not (asked_on_suspicion and field_refused(error)):
            raise


def _comment(row: Answer, own_id: str, parent_id: str | None = None) -> RemoteComment | None:
    remote_id = ident(row)
    if remote_id is None:
        return None
    author = row.get("from")
    author_id = ident(author)
    return RemoteComment(
        remote_id=remote_id,
        text=text(row.get("message")),
        created_at=moment(row.get("created_time")),
        # Meta leaves ``from`` out for some people, and for all without the Page's own token.
        author_name=(text(author.get("name")) or None) if isinstance(author, dict) else None,
        author_id=author_id,
        parent_id=ident(row.get("parent")) or parent_id,
        hidden=row.get("is_hidden") is True,
        own=author_id == own_id,
        permalink=link(row.get("permalink_url"), FACEBOOK),
    )


def _own_reply(graph: Graph, node: str, wanted: str, since: datetime, own_id: str) -> str | None:
    for fields in (f"{_LEAST},from", _LEAST):
        try:
            for row in chain.from_iterable(_pages(graph, node, fields, stream=False)):
                # Without ``from`` the words and the time decide: to answer twice in public would be worse.
                ours = ident(row.get("from")) in (None, own_id) and after(row.get("created_time"), since)
                if ours and same_text(text(row.get("message")), wanted):
                    return ident(row)
            return None
        except (Refused, SignInAgain) as error:
            if not field_refused(error) or fields == _LEAST:
                raise
    return None
