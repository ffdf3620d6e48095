"""What reading comments has in common on both Graph platforms: the first set of fields a server takes, and our own
reply under a comment or under its parent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from connectors._errors import Gone, Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused

Pages = Iterator[list[Answer]]


def opened(tries: Sequence[tuple[str, bool]], pages: Callable[[str, bool], Pages]) -> tuple[str, bool, Pages]:
    """The fullest of ``tries`` (fields, all at once) that the server takes, with its pages from the first on."""
    for fields, whole in tries[:-1]:
        found = pages(fields, whole)
        try:
            first = next(found, [])
        except (Refused, SignInAgain) as error:
            if not field_refused(error):
                raise
        else:
            return fields, whole, chain([first], found)
    fields, whole = tries[-1]
    return fields, whole, pages(fields, whole)


def reply_near(
    graph: Graph,
    comment_id: str,
    own_reply: Callable[[str], str | None],
    parent_field: str,
    parent_of: Callable[[Answer], str | None],
) -> str | None:
    """The id of our reply under a comment, or under its parent: a reply to a reply joins the top comment's thread."""
    found = own_reply(comment_id)
    if found is not None:
        return found
    try:
        parent_id = parent_of(graph.read(comment_id, parent_field))
    except (Refused, SignInAgain) as error:
        if isinstance(error, Gone) or not field_refused(error):
            raise
        return None
    return own_reply(parent_id) if parent_id else None
