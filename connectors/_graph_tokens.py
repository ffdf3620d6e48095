"""From a person's key to the Page's own: which kind a key is, and finding the Page's token among a person's Pages.

A person's short-lived token is exchanged for a long-lived one; the Page tokens that /me/accounts gives for that one
have no expiry date. Source: Meta, "Get Long-Lived Access Tokens" and User "accounts".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from connectors._errors import Gone, Refused, SignInAgain
from connectors._graph import Answer, Graph, field_refused
from connectors._graph_reading import ident, text
from connectors._types import Credentials

#: A Page's token that ends within this time is exchanged at the daily check: many chances before the owner is warned.
RENEW = timedelta(days=30)
#: What the person must be allowed to do on the Page (Meta, Page "tasks"): publishing, and answering comments.
TASKS = ("CREATE_CONTENT", "MODERATE")
_NEW_PAGES = "PROFILE_PLUS_"
_ALL_TASKS = frozenset({"MANAGE", "FULL_CONTROL"})
#: Names of a person's other Pages that a sentence can hold.
_NAMED = 5

Kind = Literal["page", "person", "app"]


def kind_of(graph: Graph, debugged: Answer | None, *, surely: bool) -> Kind | None:
    """Whose key it is; None where the server does not tell. debugged: what debug_token said, where it may be asked.

    Without it a field decides: every Page has a ``category``, and asking a person for it is refused (code 100). surely:
    the person's list of Pages has to confirm it.
    """
    told = str((debugged or {}).get("type") or "").upper()
    if told:
        return {"PAGE": "page", "APP": "app"}.get(told, "person")  # type: ignore[return-value]  # a Literal's get()
    try:
        me = graph.read("me", "id,category")
    except Gone:
        return None
    except Refused:
        return None if surely and not _has_pages(graph) else "person"
    return "page" if text(me.get("category")) else None


def _has_pages(graph: Graph) -> bool:
    """Whether the key is surely a person's: only a person has a list of Pages. A server that refuses a field it does
    not know has said nothing yet of the key."""
    try:
        rows = graph.get("me", "accounts", {"fields": "id", "limit": "1"}).get("data")
    except (Refused, SignInAgain):
        return False
    return isinstance(rows, list) and bool(rows)


def page_token(graph: Graph, account: Credentials, *, instagram: bool) -> str:
    """The Page's own token for the person whose long-lived key ``graph`` carries.

    instagram: the Page wanted is the one that the account is linked to. Raises SignInAgain("page_not_managed",
    "page_tasks", "page_key_withheld").
    """
    fields = "id,name,access_token,tasks" + (",instagram_business_account" if instagram else "")
    others: list[str] = []
    for rows in graph.pages("me", "accounts", {"fields": fields}, limit=100):
        for row in rows:
            if _is_it(row, account, instagram):
                return _usable(row)
            others.append(text(row.get("name")) or str(row.get("id")))
    # Pages that a business owns may be missing in the list and open all the same.
    page_id = account.settings.get("page_id") if instagram else account.remote_id
    row = _asked_directly(graph, page_id, fields) if page_id else {}
    if row.get("access_token") and _is_it(row, account, instagram):
        return _usable(row)
    named = ", ".join(others[:_NAMED]) + (", ..." if len(others) > _NAMED else "")
    raise SignInAgain("page_not_managed", pages=named or None)


def _asked_directly(graph: Graph, page_id: str, fields: str) -> Answer:
    try:
        return graph.read(page_id, fields)
    except (Refused, SignInAgain) as error:
        if isinstance(error, SignInAgain) and not field_refused(error):
            raise
        return {}


def _is_it(row: Mapping[str, Any], account: Credentials, instagram: bool) -> bool:
    if instagram:
        return ident(row.get("instagram_business_account")) == account.remote_id
    return str(row.get("id")) == account.remote_id


def _usable(row: Mapping[str, Any]) -> str:
    tasks = row.get("tasks")
    if isinstance(tasks, list):
        may = {str(task).removeprefix(_NEW_PAGES) for task in tasks}
        missing = [] if may & _ALL_TASKS else [task for task in TASKS if task not in may]
        if missing:
            raise SignInAgain("page_tasks", tasks=", ".join(missing))
    token = text(row.get("access_token")).strip()
    if not token:
        raise SignInAgain("page_key_withheld")
    return token
