"""Accounts on platforms: add one, ask whether it works, open it for a job."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session, select

from app import clock
from app.models import Account, Delivery, Organisation, Outgoing
from app.parts import Parts
from app.problems import Problem
from app.services import queueing, timekeeping
from app.states import Actor, move, note, tell
from connectors import AccountFacts, Busy, Connector, ConnectorError, Credentials, SignInAgain, Wire, load
from connectors.practice import TOKEN_PREFIX
from connectors.practice import process as practice_process

#: Without one of these nothing can be published; other missing permissions only cost comments or numbers.
PUBLISHING = {"pages_manage_posts", "instagram_content_publish", "instagram_basic"}
T = TypeVar("T")
#: A token that ends within this time is called "expiring".
SOON = timedelta(days=7)
#: A rate limit without a stated end: meta-platform.md section 6 says from one minute.
LIMIT_PAUSE_S = 60.0
#: An address of the practice platform that answered is believed this long; it is asked for at every job.
_ANSWERED_FOR_S = 2.0
_practice_lock = threading.Lock()
_practice_seen: dict[Path, tuple[float, str]] = {}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """What is needed to talk for one account outside any transaction."""

    account_id: int
    connector: str
    platform: str
    credentials: Credentials
    wire: Wire


def add(
    parts: Parts,
    *,
    connector: str,
    organisation_id: int,
    remote_id: str,
    name: str,
    secrets_text: str,
    settings: Mapping[str, str],
    by: Actor,
) -> int:
    """Connect an account after asking the platform whether the key opens it; its id.

    A platform that cannot be reached right now does not stop it: the account is kept as unchecked. Problem:
    unknown_connector, unknown_organisation, remote_id_needed, account_taken, risk_not_accepted, token_needed,
    and what the platform says (token_expired, permission, ...).
    """
    kind = load().get(connector)
    if kind is None:
        raise Problem("unknown_connector", field="connector", name=connector, known=", ".join(sorted(load())))
    # A key pasted with a blank before it is still the key it is: a practice one must never go to the real platform.
    remote_id, name, secrets_text = remote_id.strip(), name.strip(), secrets_text.strip()
    if not remote_id:
        raise Problem("remote_id_needed", field="remote_id")
    if not name:
        raise Problem("name_needed", field="name")
    if kind.warning and settings.get("accept_risk") not in ("yes", "ya"):
        raise Problem("risk_not_accepted", field="accept_risk", warning=kind.warning)
    with parts.db.read() as session:
        _free(session, connector, organisation_id, remote_id)
    account = Account(
        organisation_id=organisation_id,
        connector=connector,
        remote_id=remote_id,
        name=name,
        settings=dict(settings),
        practice=secrets_text.startswith(TOKEN_PREFIX),
    )
    wire = wire_for(parts, account)
    account.sealed = parts.sealer.seal(_secrets(kind, secrets_text, wire))
    asked = _ask(parts, account, wire)
    with parts.db.write() as session:
        _free(session, connector, organisation_id, remote_id)
        if isinstance(asked, AccountFacts):
            _believe(account, asked)
        else:
            account.reason_code, account.reason_facts = asked.code, asked.facts
        session.add(account)
        session.flush()
        note(session, account, "connect", by, facts={"connector": connector, "health": account.health})
        assert account.id is not None
        return account.id


def check(parts: Parts, account_id: int, by: Actor, *, secrets_text: str | None = None) -> None:
    """Ask the platform whether an account works, with a new key if one is given; write down what it says.

    When it works (again), held deliveries go on. Problem: unknown_account, or why a new key was not taken.
    """
    with parts.db.read() as session:
        account = session.get(Account, account_id)
        if account is None:
            raise Problem("unknown_account", id=account_id)
    before = account.sealed
    if secrets_text is not None:
        secrets_text = secrets_text.strip()
        if account.practice != secrets_text.startswith(TOKEN_PREFIX):
            raise Problem("practice_token", field="token")
        wire = wire_for(parts, account)
        account.sealed = parts.sealer.seal(_secrets(load()[account.connector], secrets_text, wire))
        asked = _ask(parts, account, wire)
    else:
        try:
            asked = _ask(parts, account, wire_for(parts, account))
        except Problem as problem:
            if problem.code == "practice_not_running":
                return  # says nothing of the account; asked again at the next round
            _broken(parts, account_id, problem.code, problem.facts, by)
            return
    with parts.db.write() as session:
        fresh = session.get(Account, account_id)
        assert fresh is not None
        if account.sealed != before:
            # Otherwise a job may have kept a newer session meanwhile.
            fresh.sealed = account.sealed
        if isinstance(asked, AccountFacts):
            _believe(fresh, asked)
            released = release(session, account_id, by) if fresh.health != "broken" else 0
            note(session, fresh, "check", by, facts={"health": fresh.health, "released": released})
        else:
            note(session, fresh, "check", by, facts={"unreached": asked.code})
        session.add(fresh)


def opened(parts: Parts, account: Account) -> Opened:
    """Unseal an account for one job. Problem: sealed_with_other_key, practice_not_running."""
    assert account.id is not None
    credentials = Credentials(
        account.remote_id,
        parts.sealer.open(account.sealed),
        {key: str(value) for key, value in account.settings.items()},
    )
    return Opened(
        account.id, account.connector, timekeeping.platform_of(account), credentials, wire_for(parts, account)
    )


def connect(opening: Opened) -> Connector:
    """The connector for one job; close() it."""
    return load()[opening.connector](opening.credentials, opening.wire)


def with_connector(parts: Parts, opening: Opened, use: Callable[[Connector], T]) -> T:
    """Do something with an account and afterwards keep what it taught us: new secrets, the platform's clock."""
    connector = connect(opening)
    answered = False
    try:
        result = use(connector)
        answered = True
        return result
    finally:
        try:
            _learn(parts, opening, connector, answered=answered)
        except Exception:
            # A post that went out stays gone out, whatever hinders us from keeping this.
            log.exception("what account %s taught us was not kept", opening.account_id)
        finally:
            connector.close()


def wire_for(parts: Parts, account: Account) -> Wire:
    """Where this account's platform is: practice accounts on the practice platform, all others at the setting."""
    settings = parts.settings
    if account.practice:
        base = _practice(settings.home)
    elif account.connector == "instagram_private":
        base = str(account.settings.get("base_url") or "https://i.instagram.com")
    else:
        base = settings.graph_url
    return Wire(
        base_url=base,
        version=settings.graph_version,
        timeout_s=settings.http_timeout_s,
        app_id=None if account.practice else settings.meta_app_id or None,
        app_secret=None if account.practice else settings.meta_app_secret or None,
        meta_own=not account.practice and settings.meta_own,
        flip_drilled=account.settings.get("flip") == "ok",
    )


def _practice(home: Path) -> str:
    """Where the practice platform of this home listens; started when it is not there, by one thread only."""
    with _practice_lock:
        at, url = _practice_seen.get(home, (0.0, ""))
        if url and time.monotonic() - at < _ANSWERED_FOR_S:
            return url
        _practice_seen.pop(home, None)
        try:
            url = practice_process.ensure(home)
        except (RuntimeError, OSError):
            raise Problem("practice_not_running") from None
        _practice_seen[home] = (time.monotonic(), url)
        return url


def mark_broken(session: Session, account_id: int, error: ConnectorError, by: Actor) -> None:
    """The platform no longer lets us in: nothing of this account is sent until somebody connects it again."""
    account = session.get(Account, account_id)
    if account is None or (account.health == "broken" and account.reason_code == error.code):
        return
    account.health, account.reason_code, account.reason_facts = "broken", error.code, dict(error.facts)
    session.add(account)
    session.flush()
    note(session, account, "break", by, facts={"code": error.code, **error.facts})
    tell(session, account, "account_broken")


def pause(session: Session, account_id: int, until: datetime, by: Actor, why: str) -> None:
    """The platform asked us to wait: nothing of this account is tried before then."""
    account = session.get(Account, account_id)
    if account is None or (account.paused_until or until) > until:
        return
    account.paused_until = until
    session.add(account)
    session.flush()
    note(session, account, "pause", by, why=why, facts={"until": until})


def heed(session: Session, account_id: int, error: Exception, by: Actor) -> None:
    """What an error says of the whole account: the key no longer opens, or the platform asks for a pause."""
    if isinstance(error, SignInAgain):
        mark_broken(session, account_id, error, by)
    elif isinstance(error, Busy) and error.limit:
        until = clock.now() + timedelta(seconds=error.retry_after or LIMIT_PAUSE_S)
        pause(session, account_id, until, by, error.code)


def release(session: Session, account_id: int, by: Actor) -> int:
    """Let held deliveries and answers go on; how many."""
    present = clock.now()
    count = 0
    posts = set()
    for table in (Delivery, Outgoing):
        query = select(table).where(table.account_id == account_id, table.state == "held").with_for_update()
        for held in session.exec(query).all():
            move(session, held, "release", by, wake_at=present, error_code=None, error_facts={})
            count += 1
            posts |= {held.post_id} if isinstance(held, Delivery) else set()
    for post_id in sorted(posts):
        queueing.settle(session, post_id, by)
    return count


def _free(session: Session, connector: str, organisation_id: int, remote_id: str) -> None:
    if session.get(Organisation, organisation_id) is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    taken = session.exec(select(Account.id).where(Account.connector == connector, Account.remote_id == remote_id))
    if taken.first() is not None:
        raise Problem("account_taken", field="remote_id", remote_id=remote_id)


def _secrets(kind: type[Connector], text: str, wire: Wire) -> dict[str, str]:
    """What the person pasted, as the connector wants it kept."""
    if not text:
        raise Problem("token_needed", field="token")
    try:
        return kind.secrets_from(text, wire)
    except ConnectorError as error:
        raise Problem(error.code, field="token", **error.facts) from None


def _ask(parts: Parts, account: Account, wire: Wire) -> AccountFacts | Busy:
    """What the platform says; Busy when it cannot be asked now. Refusals become Problems of the token field."""
    kind = load()[account.connector]
    settings = {key: str(value) for key, value in account.settings.items()}
    connector = kind(Credentials(account.remote_id, parts.sealer.open(account.sealed), settings), wire)
    try:
        facts = connector.check()
        if changed := connector.secrets_changed():
            account.sealed = parts.sealer.seal(changed)
        return facts
    except Busy as busy:
        return busy
    except ConnectorError as error:
        raise Problem(error.code, field="token", **error.facts) from None
    finally:
        connector.close()


def _believe(account: Account, facts: AccountFacts) -> None:
    """Take over what the platform says of the account."""
    present = clock.now()
    account.checked_at = present
    account.handle = facts.handle or account.handle
    account.expires_at = facts.expires_at
    account.reason_code, account.reason_facts = None, {}
    account.health = "connected"
    if facts.page_id:
        account.settings = {**account.settings, "page_id": facts.page_id}
    if facts.missing:
        account.health = "broken" if PUBLISHING & set(facts.missing) else "connected"
        account.reason_code = "permission"
        account.reason_facts = {"permission": ", ".join(facts.missing)}
    elif facts.expires_at and facts.expires_at < present + SOON:
        account.health, account.reason_code = "expiring", "token_expiring"
        account.reason_facts = {"at": facts.expires_at.isoformat()}


def _broken(parts: Parts, account_id: int, code: str, facts: Mapping[str, Any], by: Actor) -> None:
    with parts.db.write() as session:
        mark_broken(session, account_id, SignInAgain(code, **dict(facts)), by)
        account = session.get(Account, account_id)
        if account is not None:
            account.checked_at = clock.now()
            session.add(account)


def _learn(parts: Parts, opening: Opened, connector: Connector, *, answered: bool) -> None:
    """Keep a refreshed session, and how far the platform's clock is from ours. Most jobs have nothing to keep.

    answered: the last call had its answer just now. Otherwise the newest Date header is as old as the time-out was
    long, and says nothing of the clock.
    """
    if answered and connector.server_time:
        timekeeping.heard(opening.platform, connector.server_time)
        timekeeping.publish(parts, opening.platform)
    if changed := connector.secrets_changed():
        with parts.db.write() as session:
            account = session.get(Account, opening.account_id)
            assert account is not None
            account.sealed = parts.sealer.seal(changed)
            session.add(account)
