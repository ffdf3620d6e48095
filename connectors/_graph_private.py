"""One private message to whoever wrote a comment, on Facebook and Instagram alike.

Meta, "Private Replies" (Messenger Platform, April 2026; Instagram Platform, June 2026): POST /{account}/messages with
the comment as recipient; one message a comment, within seven days of it. It cannot be read back: what became of an
unclear try only a person can see, in the app.
"""

from __future__ import annotations

import json

from connectors._errors import Refused, SignInAgain
from connectors._graph import Graph
from connectors._graph_errors import unclear

DAYS = 7


def send(graph: Graph, account_id: str, comment_id: str, text: str, needs: str) -> str:
    """The message's id. needs: the permission for it; an account without it is well for all the rest."""
    form = {
        "recipient": json.dumps({"comment_id": comment_id}),
        "message": json.dumps({"text": text}, ensure_ascii=False),
    }
    try:
        answer = graph.post(account_id, "messages", form, commits=True)
    except SignInAgain as error:
        if error.code != "permission":
            raise
        named = {"permission": error.facts.get("permission") or needs}
        raise Refused("private_right", **{**error.facts, **named}) from None
    except Refused as error:
        if error.code != "private_window":
            raise
        raise Refused("private_window", **{**error.facts, "days": DAYS}) from None
    made = answer.get("message_id")
    if not isinstance(made, str) or not made:
        raise unclear("unreadable", commits=True)
    return made
