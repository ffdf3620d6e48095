"""What a platform tells unasked: taken in raw and at once, worked off after, a read of the post following soon.

A notification may come twice, late, in any order or never, and holds only a part; so it is worked off with the moment
it speaks of (services/applying.py), and what it said is made whole by the ordinary poll, which is pulled forward.
Nothing depends on notifications: without them everything comes a little later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Table, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, delete, select, update

from app import clock
from app.db import Database, lease_time
from app.models import Account, Hook, Tally, Tombstone
from app.parts import Parts
from app.problems import Stale
from app.services import applying, notifications
from app.services.notifications import Change
from app.spool import FILE, Spool, Waiting
from connectors.practice import APP_SECRET

log = logging.getLogger(__name__)

#: Bytes of a notification; Meta's thousand changes with long texts stay below.
MOST_BYTES = 1_000_000
#: Notifications taken at a time, and seconds after which another may take those of a worker that died.
BATCH, LEASE_S = 200, 60.0
#: Characters of them that are taken into memory at a time, but for a single one.
_MOST_AT_ONCE = 4_000_000
#: Changes written in one transaction: so few that whoever takes new ones in waits some milliseconds only.
AT_ONCE = 10
#: Seconds between two of them: whoever looks each millisecond whether the database is free finds it so.
PAUSE_S = 0.004
#: Seconds between tries; after the last one it rests, with why.
AGAIN_S = (2.0, 10.0, 60.0, 300.0, 1800.0, 7200.0)
#: Notifications and tombstones are kept so long.
KEPT = timedelta(days=30)

#: Of each database: accounts (connector, remote id) that are known to be in use. Unknown ones are looked up each time.
_seen: WeakKeyDictionary[Database, set[tuple[str, str]]] = WeakKeyDictionary()
_spools: WeakKeyDictionary[Database, Spool] = WeakKeyDictionary()
_opening = threading.Lock()


def signed(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether ``X-Hub-Signature-256`` is the HMAC-SHA256 of the raw body; constant time. Without a secret: no."""
    if not secret or not signature:
        return False
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def greeted(wanted: str, given: str) -> bool:
    """Whether the word of the handshake is ours; constant time. Without a word of ours: no."""
    return bool(wanted) and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def take(parts: Parts, body: bytes) -> str:
    """Store a notification whose signature was checked, and be back when it is on disk: "stored" (a repeat once),
    "unknown" (of accounts that are not ours: only counted) or "unreadable" (only counted)."""
    try:
        text, value = notifications.parse(body)
    except notifications.Unreadable:
        _keep(parts, tally="hook unreadable")
        return "unreadable"
    told = notifications.accounts(value)
    ours = _ours(parts, told)
    if not ours:
        _keep(parts, tally="hook unknown account")
        return "unknown"
    if ours != told:
        # Raw, but for what is not ours to keep.
        known = {remote_id for _, remote_id in ours}
        kept = [each for each in value["entry"] if isinstance(each, dict) and str(each.get("id")) in known]
        text = json.dumps({**value, "entry": kept})
    _keep(parts, hashlib.sha256(body).hexdigest(), text)
    return "stored"


def take_over(parts: Parts) -> int:
    """Bring what waits in the file beside an SQLite database into the tables; how many rows. A crash in between brings
    nothing twice: the digest is unique here too."""
    spool, count = _spool(parts.db), 0
    while spool is not None and (rows := spool.look(BATCH)):
        tallies = Counter(row.tally for row in rows if row.tally)
        if tallies:
            spool.drop([row for row in rows if row.tally])
            _count(parts, tallies)
        if hooks := [row for row in rows if row.digest]:
            _store(parts, [(datetime.fromisoformat(row.at), row.digest or "", row.body or "") for row in hooks])
            spool.drop(hooks)
        count += len(rows)
    return count


def waiting(parts: Parts) -> bool:
    """Whether anything is due, taken over or not."""
    spool = _spool(parts.db)
    return due(parts) or (spool is not None and bool(spool.look(1)))


def due(parts: Parts) -> bool:
    """Whether anything in the tables is to be worked off; one indexed read."""
    with parts.db.read() as session:
        query = select(Hook.id).where(col(Hook.wake_at) <= lease_time(session))
        return session.exec(query.limit(1)).first() is not None


def work(parts: Parts, go_on: Callable[[], bool] = lambda: True) -> int:
    """Work off what is due; how many notifications."""
    count = 0
    while go_on():
        take_over(parts)
        if not due(parts) or not (hooks := claim(parts)):
            break
        settle(parts, hooks, go_on)
        count += len(hooks)
    return count


def claim(parts: Parts, limit: int = BATCH) -> list[Hook]:
    """Take notifications that are due, each by one worker: a conditional update decides. One that is not settled
    within LEASE_S is due again."""
    with parts.db.write() as session:
        present = lease_time(session)
        oldest = select(Hook.id, func.length(col(Hook.body))).where(col(Hook.wake_at) <= present)
        found = session.exec(oldest.order_by(col(Hook.wake_at), col(Hook.id)).limit(limit)).all()
        sizes = accumulate(size for _, size in found)
        fits = [size < _MOST_AT_ONCE for size in sizes]
        ids = [row[0] for number, row in enumerate(found) if number == 0 or fits[number]]
        if not ids:
            return []
        hit = session.execute(
            update(Hook)
            .where(col(Hook.id).in_(ids), col(Hook.wake_at) <= present)
            .values(wake_at=present + timedelta(seconds=LEASE_S), attempts=col(Hook.attempts) + 1)
            .returning(col(Hook.id))
        ).scalars()
        mine = list(hit)
        return list(session.exec(select(Hook).where(col(Hook.id).in_(mine)).order_by(col(Hook.id))))


def settle(parts: Parts, hooks: Sequence[Hook], go_on: Callable[[], bool] = lambda: True) -> None:
    """Write down what claimed notifications say, and what became of each."""
    groups: dict[tuple[str, str, str], list[tuple[Hook, Change]]] = defaultdict(list)
    troubled: dict[int, str] = {}
    tallies: dict[str, int] = defaultdict(int)
    for hook in hooks:
        try:
            for change in notifications.changes(json.loads(hook.body), hook.at):
                groups[change.connector, change.account, change.post_id].append((hook, change))
        except Exception:
            log.exception("notification %s", hook.id)
            troubled[hook.id or 0] = "unreadable"
    for (connector, account, post_id), group in groups.items():
        if not go_on():
            _give_back(parts, hooks)
            return
        group.sort(key=lambda each: each[1].at)
        for start in range(0, len(group), AT_ONCE):
            some = group[start : start + AT_ONCE]
            _apply(parts, (connector, account, post_id), some, troubled, tallies)
            time.sleep(PAUSE_S)
    _count(parts, tallies)
    _end(parts, hooks, troubled)


def tidy(parts: Parts) -> int:
    """Throw away notifications and tombstones older than KEPT, a hundred at a time; how many."""
    before = clock.now() - KEPT
    count = 0
    for table in (Hook, Tombstone):
        while True:
            with parts.db.write() as session:
                old = session.exec(select(table.id).where(col(table.at) < before).limit(100)).all()
                if not old:
                    break
                session.exec(delete(table).where(col(table.id).in_(old)))
                count += len(old)
    return count


def _apply(
    parts: Parts,
    about: tuple[str, str, str],
    some: Sequence[tuple[Hook, Change]],
    troubled: dict[int, str],
    tallies: dict[str, int],
) -> None:
    last = {hook.id for hook, _ in some if hook.attempts >= len(AGAIN_S)}
    for again in (True, False):
        try:
            with parts.db.write() as session:
                wanted = [(change, hook.id in last) for hook, change in some]
                outcome = applying.apply(session, about, wanted)
        except (IntegrityError, Stale) as overtaken:
            # A poll in another process wrote the same comment in this moment: now it is known.
            if again:
                continue
            outcome = applying.Outcome(waiting=[change for _, change in some], why=str(overtaken)[:200])
        except Exception as error:
            log.exception("notifications about %s", about)
            why = f"{type(error).__name__}: {error}"[:200]
            outcome = applying.Outcome(waiting=[change for _, change in some], why=why)
        break
    for name, number in outcome.tallies.items():
        tallies[name] += number
    waiting = {id(change) for change in outcome.waiting}
    troubled.update({hook.id or 0: outcome.why for hook, change in some if id(change) in waiting})


def _end(parts: Parts, hooks: Sequence[Hook], troubled: dict[int, str]) -> None:
    with parts.db.write() as session:
        present = lease_time(session)
        done = [hook.id for hook in hooks if hook.id not in troubled]
        if done:
            session.exec(update(Hook).where(col(Hook.id).in_(done)).values(wake_at=None, done_at=present, why=None))
        for hook in hooks:
            if (why := troubled.get(hook.id or 0)) is None:
                continue
            # Tried often enough, it rests; the polls bring what it would have said.
            tried = hook.attempts
            wake_at = present + timedelta(seconds=AGAIN_S[tried - 1]) if tried <= len(AGAIN_S) else None
            session.exec(update(Hook).where(col(Hook.id) == hook.id).values(wake_at=wake_at, why=why))


def _give_back(parts: Parts, hooks: Sequence[Hook]) -> None:
    """We are to stop: whoever comes next takes them from the start; what is written already stays written once."""
    with parts.db.write() as session:
        mine = col(Hook.id).in_([hook.id for hook in hooks])
        change = update(Hook).where(mine, col(Hook.done_at).is_(None))
        session.exec(change.values(wake_at=lease_time(session), attempts=col(Hook.attempts) - 1))


def _ours(parts: Parts, told: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    wanted = set(told)
    seen = _seen.setdefault(parts.db, set())
    if wanted <= seen:
        return wanted
    query = select(Account.connector, Account.remote_id, Account.practice).where(
        col(Account.remote_id).in_({remote_id for _, remote_id in wanted}), col(Account.active)
    )
    with parts.db.read() as session:
        rows = session.exec(query).all()
    # With the secret that everybody can read in the practice platform's source nobody speaks for a real account.
    rehearsing = parts.settings.meta_app_secret == APP_SECRET
    found = wanted & {(connector, remote_id) for connector, remote_id, practice in rows if practice or not rehearsing}
    seen |= found
    return found


def _count(parts: Parts, numbers: Mapping[str, int]) -> None:
    """Add to counters of what is not kept."""
    rows = [{"name": name, "value": number, "at": clock.now()} for name, number in sorted(numbers.items()) if number]
    if rows:
        _write(parts, _counting, rows)


def _spool(db: Database) -> Spool | None:
    if db.path is None:
        return None
    with _opening:
        if db not in _spools:
            _spools[db] = Spool(db.path.with_name(FILE))
        return _spools[db]


def _keep(parts: Parts, digest: str | None = None, text: str | None = None, tally: str | None = None) -> None:
    """Onto the disk, whichever way is the shortest here."""
    present = clock.now()
    if (spool := _spool(parts.db)) is not None:
        spool.put(Waiting(present.isoformat(), digest, text, tally))
    elif tally is not None:
        _count(parts, {tally: 1})
    else:
        _store(parts, [(present, digest or "", text or "")])


def _store(parts: Parts, rows: Sequence[tuple[datetime, str, str]]) -> None:
    values = [{"at": at, "digest": digest, "body": body, "wake_at": at, "attempts": 0} for at, digest, body in rows]
    _write(parts, _storing, values)


def _write(parts: Parts, statement: Callable[[Session], Any], rows: list[dict[str, Any]]) -> None:
    def change(session: Session) -> None:
        session.execute(statement(session), rows)

    parts.db.together(change)


def _storing(session: Session) -> Any:
    return _insert(session, Hook).on_conflict_do_nothing(index_elements=["digest"])


def _counting(session: Session) -> Any:
    change = _insert(session, Tally)
    fresh = {"value": _table(Tally).c.value + change.excluded.value, "at": change.excluded.at}
    return change.on_conflict_do_update(index_elements=["name"], set_=fresh)


def _insert(session: Session, table: type[SQLModel]) -> Any:
    kind = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return kind.insert(_table(table))


def _table(table: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(table.__tablename__)]
