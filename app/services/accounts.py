"""Accounts on platforms: add one, ask whether it works, open it for a job."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session, col, select, update

from app import clock
from app.db import lease_time
from app.models import Account, Delivery, Organisation, Outgoing
from app.parts import Parts
from app.problems import Problem
from app.services import budgets, queueing, slugs, timekeeping, vetting
from app.states import Actor, move, note, tell
from connectors import AccountFacts, Busy, Connector, ConnectorError, Credentials, SignInAgain, Wire, load
from connectors.practice import APP_ID, TOKEN_PREFIX
from connectors.practice import process as practice_process

T = TypeVar("T")
#: Locks a row that others' foreign keys point at, without holding up those who only point (PostgreSQL).
_NO_KEY = {"key_share": True}
#: An address of the practice platform that answered is believed this long; it is asked for at every job.
_ANSWERED_FOR_S = 2.0
_practice_lock = threading.Lock()
_practice_seen: dict[Path, tuple[float, str]] = {}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """What is needed to talk for one account outside any transaction. account: as it stood when it was opened."""

    account: Account
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
    """Connect an account after asking the platform whether the key opens it; its id. Of an organisation's own page the
    remote id is its slug, and no key is needed.

    A platform that cannot be reached right now does not stop it: the account is kept as unchecked. Problem:
    unknown_connector, unknown_organisation, remote_id_needed, account_taken, risk_not_accepted, token_needed,
    bad_slug, slug_taken, page_already, and what the platform says (token_expired, permission, ...).
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
    if kind.at_home:
        remote_id = slugs.slug_of(remote_id)
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
        if kind.at_home:
            slugs.claim(session, organisation_id, remote_id, by)
        if isinstance(asked, AccountFacts):
            vetting.believe(account, asked)
        else:
            account.reason_code, account.reason_facts = asked.code, asked.facts
        session.add(account)
        session.flush()
        note(session, account, "connect", by, facts={"connector": connector, "health": account.health})
        vetting.warn(session, account, by)
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
            _broken(parts, account_id, problem, before, by)
            return
    with parts.db.write() as session:
        fresh = session.get(Account, account_id, with_for_update=_NO_KEY)
        assert fresh is not None
        if secrets_text is None and fresh.sealed != before:
            # Somebody connected it anew, or a job kept a newer session: what we heard is of the old key.
            return
        if account.sealed != before:
            fresh.sealed = account.sealed
        if isinstance(asked, AccountFacts):
            vetting.believe(fresh, asked)
            vetting.warn(session, fresh, by)
            released = release(session, account_id, by) if fresh.health != "broken" else 0
            note(session, fresh, "check", by, facts={"health": fresh.health, "released": released})
        else:
            heed(session, account_id, asked, by)
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
        account, account.id, account.connector, timekeeping.platform_of(account), credentials, wire_for(parts, account)
    )


def connect(opening: Opened) -> Connector:
    """The connector for one job; close() it."""
    return load()[opening.connector](opening.credentials, opening.wire)


def with_connector(parts: Parts, opening: Opened, use: Callable[[Connector], T]) -> T:
    """Do something with an account and afterwards keep what it taught us: new secrets, the platform's clock, how much
    of the allowances is used."""
    connector = connect(opening)
    connector.shown = _Shown(parts, opening.account_id)
    answered = False
    refused: SignInAgain | None = None
    key = opening.account.sealed
    try:
        result = use(connector)
        answered = True
        return result
    except SignInAgain as error:
        refused = error
        raise
    finally:
        try:
            key = _learn(parts, opening, connector, answered=answered)
        except Exception:
            # A post that went out stays gone out, whatever hinders us from keeping this.
            log.exception("what account %s taught us was not kept", opening.account_id)
        finally:
            if refused is not None:
                refused.key = key
            connector.close()


class _Shown(Container[str]):
    """Remote ids of the account's public posts; asked for one by one, by those that have nowhere else to look."""

    def __init__(self, parts: Parts, account_id: int) -> None:
        self._parts, self._account_id = parts, account_id

    def __contains__(self, remote_id: object) -> bool:
        known = (Delivery.account_id == self._account_id, Delivery.remote_id == remote_id)
        with self._parts.db.read() as session:
            query = select(Delivery.id).where(*known, Delivery.state == "published")
            return session.exec(query.limit(1)).first() is not None


def wire_for(parts: Parts, account: Account) -> Wire:
    """Where this account's platform is: practice accounts on the practice platform, all others at the setting."""
    settings = parts.settings
    if account.practice:
        base = _practice(settings.home)
    elif load()[account.connector].at_home:
        base = settings.public_url
    elif account.connector == "instagram_private":
        base = str(account.settings.get("base_url") or "https://i.instagram.com")
    else:
        base = settings.graph_url
    # A real app's secret never goes to the practice platform, whose own app one may rehearse with.
    ours = account.practice == (settings.meta_app_id == APP_ID)
    return Wire(
        base_url=base,
        version=settings.graph_version,
        timeout_s=settings.http_timeout_s,
        app_id=(settings.meta_app_id or None) if ours else None,
        app_secret=(settings.meta_app_secret or None) if ours else None,
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


def mark_broken(session: Session, account_id: int, error: ConnectorError, by: Actor) -> bool:
    """The platform no longer lets us in: nothing of this account is sent until somebody connects it again.

    False where the refused key is no longer the account's: a call that was on its way when it was connected again.
    """
    account = session.get(Account, account_id, with_for_update=_NO_KEY, populate_existing=True)
    key = error.key if isinstance(error, SignInAgain) else None
    if account is None or (key is not None and account.sealed != key):
        return False
    if account.health == "broken" and account.reason_code == error.code:
        return True
    account.health, account.reason_code, account.reason_facts = "broken", error.code, dict(error.facts)
    session.add(account)
    session.flush()
    note(session, account, "break", by, facts={"code": error.code, **error.facts})
    tell(session, account, "account_broken")
    return True


def pause(session: Session, account_id: int, limit: Busy, by: Actor) -> None:
    """The platform asked us to wait: nothing of this account, or of the whole app, is tried before then."""
    account = session.get(Account, account_id)
    if account is not None:
        budgets.limited(session, account, limit.scope, limit.retry_after, by, limit.code)


def heed(session: Session, account_id: int, error: Exception, by: Actor) -> None:
    """What an error says of the whole account: the key no longer opens, or the platform asks for a pause."""
    if isinstance(error, SignInAgain):
        mark_broken(session, account_id, error, by)
    elif isinstance(error, Busy) and error.limit:
        pause(session, account_id, error, by)


def release(session: Session, account_id: int, by: Actor) -> int:
    """Let held deliveries and answers go on; how many."""
    present = lease_time(session)
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
    # What is being taken back waited for this key too.
    urgent = (col(Delivery.account_id) == account_id, col(Delivery.state) == "withdrawing")
    session.exec(update(Delivery).where(*urgent).values(wake_at=present, looks=0))
    return count


def _free(session: Session, connector: str, organisation_id: int, remote_id: str) -> None:
    if session.get(Organisation, organisation_id) is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    taken = session.exec(select(Account.id).where(Account.connector == connector, Account.remote_id == remote_id))
    if taken.first() is not None:
        raise Problem("account_taken", field="remote_id", remote_id=remote_id)


def _secrets(kind: type[Connector], text: str, wire: Wire) -> dict[str, str]:
    """What the person pasted, as the connector wants it kept."""
    if not text and not kind.at_home:
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
    worked = False
    try:
        facts = connector.check()
        worked = True
        if changed := connector.secrets_changed():
            account.sealed = parts.sealer.seal(changed)
        return vetting.notified(parts.settings, connector, facts)
    except Busy as busy:
        return busy
    except ConnectorError as error:
        raise Problem(error.code, field="token", **error.facts) from None
    finally:
        budgets.heard(parts.db, account, connector.usage, worked=worked)
        connector.close()


def _broken(parts: Parts, account_id: int, problem: Problem, key: str, by: Actor) -> None:
    error = SignInAgain(problem.code, **problem.facts)
    error.key = key
    with parts.db.write() as session:
        if not mark_broken(session, account_id, error, by):
            return
        account = session.get(Account, account_id)
        if account is not None:
            account.checked_at = clock.now()
            session.add(account)


def _learn(parts: Parts, opening: Opened, connector: Connector, *, answered: bool) -> str:
    """Keep a refreshed session, the platform's clock and what is used of the allowances; most jobs have nothing to
    keep. The account's key, sealed, as this job leaves it.

    answered: the last call had its answer just now. Otherwise the newest Date header is as old as the time-out was
    long, and says nothing of the clock.
    """
    if answered and connector.server_time:
        timekeeping.heard(opening.platform, connector.server_time)
        timekeeping.publish(parts, opening.platform)
    key = opening.account.sealed
    if changed := connector.secrets_changed():
        with parts.db.write() as session:
            account = session.get(Account, opening.account_id, with_for_update=_NO_KEY)
            assert account is not None
            if account.sealed == key:  # else somebody connected it anew meanwhile, or another job was faster
                key = account.sealed = parts.sealer.seal(changed)
                session.add(account)
    if connector.usage:
        budgets.heard(parts.db, opening.account, connector.usage, worked=answered)
    return key
