"""A drill on a real Page: whether a post prepared unpublished can be made public by one call that may be repeated.

Until the drill of an account has shown it, posts on Meta's own servers are published directly (design.md section 5).
"""

from __future__ import annotations

from dataclasses import replace

from app import clock
from app.models import Account
from app.parts import Parts
from app.problems import Problem
from app.services import accounts
from app.states import Actor, note
from connectors import Connector, ConnectorError, Item, Staged

TEXT = "Uji sambungan Kentongan. Kiriman ini segera dihapus sendiri."


def drill(parts: Parts, account_id: int, by: Actor) -> str:
    """Publish a short post by the flip, twice, look for it, delete it: "ok", or what did not work.

    Problem: unknown_account, not_possible_there (only a Facebook Page has this step), or what the platform says.
    """
    with parts.db.read() as session:
        account = session.get(Account, account_id)
        if account is None:
            raise Problem("unknown_account", id=account_id)
    if account.connector != "facebook":
        raise Problem("not_possible_there", platform=account.connector)
    opening = accounts.opened(parts, account)
    opening = replace(opening, wire=replace(opening.wire, flip_drilled=True))
    try:
        result = accounts.with_connector(parts, opening, _try)
    except ConnectorError as error:
        raise Problem(error.code, **error.facts) from None
    with parts.db.write() as session:
        fresh = session.get(Account, account_id)
        assert fresh is not None
        fresh.settings = {**fresh.settings, "flip": result}
        session.add(fresh)
        note(session, fresh, "drill", by, facts={"flip": result})
    return result


def _try(connector: Connector) -> str:
    item, began = Item(TEXT), clock.now()
    kept = [Staged()]
    staged = connector.stage(item, kept[-1], kept.append)
    published = None
    try:
        if connector.find(item, staged, began) is not None:
            return "public before the flip"
        published = connector.commit(item, staged)
        again = connector.commit(item, staged)
        if again.remote_id != published.remote_id:
            connector.delete_post(again.remote_id)
            return "published twice"
        found = connector.find(item, staged, began)
        return "ok" if found and found.remote_id == published.remote_id else "not found"
    finally:
        if published is not None:
            connector.delete_post(published.remote_id)
        else:
            connector.discard(staged)
