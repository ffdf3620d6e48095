"""What the platform's word about an account means for its health, and the warning before a key ends."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, col, select

from app import clock
from app.models import Account, Event
from app.settings import Settings
from app.states import Actor, note, tell
from connectors import AccountFacts, Connector, ConnectorError

log = logging.getLogger(__name__)

#: Without one of these nothing can be published; other missing permissions only cost comments or numbers.
PUBLISHING = {"pages_manage_posts", "instagram_content_publish", "instagram_basic"}
#: A key that ends within this time is called "expiring".
SOON = timedelta(days=7)
#: Key in ``Account.settings``: whether the platform said that it tells us of comments by itself ("yes", "no").
NOTIFIED = "notified"


def believe(account: Account, facts: AccountFacts) -> None:
    """Take over what the platform says of the account."""
    present = clock.now()
    account.checked_at = present
    account.handle = facts.handle or account.handle
    account.expires_at = facts.expires_at
    account.reason_code, account.reason_facts = None, {}
    account.health = "connected"
    if facts.page_id:
        account.settings = {**account.settings, "page_id": facts.page_id}
    if facts.subscribed is not None:
        account.settings = {**account.settings, NOTIFIED: "yes" if facts.subscribed else "no"}
    if facts.missing:
        account.health = "broken" if PUBLISHING & set(facts.missing) else "connected"
        account.reason_code = "permission"
        account.reason_facts = {"permission": ", ".join(facts.missing)}
    if account.health != "broken" and facts.expires_at and facts.expires_at < present + SOON:
        # Louder than a permission without which only comments or numbers are missing.
        account.health, account.reason_code = "expiring", "token_expiring"
        account.reason_facts = {"at": facts.expires_at.isoformat()}


def notified(settings: Settings, connector: Connector, facts: AccountFacts) -> AccountFacts:
    """The facts, with whether the platform tells us of comments by itself; asked for where it could reach us.

    It is a help and no condition: whatever goes wrong here, the polls bring all comments.
    """
    wire = connector.wire
    if not (wire.app_id and wire.app_secret and settings.meta_verify_token and settings.public_url):
        return facts
    try:
        return replace(facts, subscribed=connector.subscribe())
    except ConnectorError as error:
        log.info("notifications of %s: %s", connector.account.remote_id, error)
        return facts


def warn(session: Session, account: Account, by: Actor) -> None:
    """Tell the people in charge, once for each date, that the key of this account ends soon."""
    if account.health != "expiring" or account.expires_at is None or account.id is None:
        return
    date = account.expires_at.isoformat()
    told = select(Event.id).where(
        Event.subject == "account", Event.subject_id == account.id, Event.what == "expiring", col(Event.why) == date
    )
    if session.exec(told.limit(1)).first() is None:
        session.flush()
        note(session, account, "expiring", by, why=date)
        tell(session, account, "account_expiring")
