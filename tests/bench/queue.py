"""The queue in our tables beside APScheduler's own store on SQLite, and the idle look at 100,000 waiting beside 1,000.

Bars of performance.md: 3 (scheduling, a commit each), 6 (idle look).
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import insert

from app import clock, migrate
from app.db import Database
from app.models import Account, Delivery, Organisation, Post
from app.parts import Parts
from app.sealing import Sealer
from app.services import claiming, queueing
from app.settings import load
from app.states import Actor
from media.storage import Store
from tests.bench._measure import compare

BENCH = Actor("bench")
ADDED = 200


def nothing() -> None:
    """What APScheduler is asked to run."""


def run() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = _installation(Path(folder) / "small", 1_000), _installation(Path(folder) / "large", 100_000)
        compare(
            "idle look: 100,000 waiting beside 1,000 (speed)",
            lambda: [claiming.claim(large) for _ in range(200)],
            lambda: [claiming.claim(small) for _ in range(200)],
        )
        scheduler = BackgroundScheduler(
            timezone=UTC, jobstores={"default": SQLAlchemyJobStore(f"sqlite:///{folder}/jobs.sqlite3")}
        )
        scheduler.start(paused=True)
        compare(
            f"approve {ADDED} posts, a commit each, beside APScheduler add_job (speed)",
            lambda: _approve(large),
            lambda: [scheduler.add_job(nothing, "date", run_date=_tomorrow()) for _ in range(ADDED)],
        )
        scheduler.shutdown(wait=False)


def _tomorrow() -> datetime:
    return clock.now() + timedelta(days=1)


def _installation(home: Path, waiting: int) -> Parts:
    settings = load({}, home=home)
    parts = Parts(settings, Database(settings.database), Sealer(["bench"]), Store(home / "photos"))
    migrate.upgrade(parts.db)
    with parts.db.write() as session:
        session.add(Organisation(id=1, name="IPSM", category="organisasi"))
        session.flush()
        session.add(Account(id=1, organisation_id=1, connector="facebook", remote_id="1", name="IPSM"))
    for start in range(1, waiting + 1, 10_000):
        numbers = range(start, min(start + 10_000, waiting + 1))
        with parts.db.write() as session:
            session.execute(insert(Post), [{"id": n, "organisation_id": 1, "state": "scheduled"} for n in numbers])
            session.execute(
                insert(Delivery),
                [{"post_id": n, "account_id": 1, "due_at": _tomorrow(), "wake_at": _tomorrow()} for n in numbers],
            )
    return parts


def _approve(parts: Parts) -> None:
    from app.services import drafting

    with parts.db.write() as session:
        made = [drafting.create(session, 1, BENCH, caption="Halo", account_ids=[1]).id for _ in range(ADDED)]
    for post_id in made:
        with parts.db.write() as session:
            queueing.approve(session, parts.settings, post_id or 0, BENCH)
