"""Signs of life of the workers, and the leases by which periodic jobs run in one process at a time."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select

from app import clock
from app.db import lease_time
from app.models import Account, JobLease, Worker
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, timekeeping

log = logging.getLogger(__name__)

#: A worker beats this often; how long a beat is believed stands in queries/health.
BEAT_S = 5.0


def beat(parts: Parts, worker_id: str, looked_s: float = 0.0) -> None:
    """Say that this worker's publisher looked, so many seconds ago; forget workers that have been silent for a day."""
    present = clock.now() - timedelta(seconds=looked_s)
    with parts.db.write() as session:
        worker = session.get(Worker, worker_id)
        if worker is None:
            session.add(Worker(id=worker_id, started_at=present, beat_at=present))
            session.exec(delete(Worker).where(col(Worker.beat_at) < present - timedelta(days=1)))
        else:
            worker.beat_at = present
            session.add(worker)


def hear_the_time(parts: Parts) -> None:
    """Know how far our clock is from the platforms' before anything is called due or missed, and keep knowing it.

    Costs a short call per platform at the start and an hour later, one a beat while nobody ever answered, and one now
    and then while our clock seems wrong: an answer from a cache may have had an old date.
    """
    with parts.db.read() as session:
        rows = session.exec(select(Account).where(col(Account.active)).order_by(col(Account.id))).all()
        present = lease_time(session)
    for platform, account in {timekeeping.platform_of(row): row for row in rows}.items():
        doubt = timekeeping.wrong(platform, present)
        try:
            timekeeping.ask(parts, platform, accounts.wire_for(parts, account), doubt=doubt, first=True)
        except Problem as problem:
            log.info("the time at %s: %s", platform, problem.code)
        timekeeping.publish(parts, platform)


def leave(parts: Parts, worker_id: str) -> None:
    """A worker that ends in order is no longer believed alive, and holds no job: a last beat may have prolonged the
    lease of one that had just been given back."""
    with parts.db.write() as session:
        held = update(JobLease).where(col(JobLease.owner) == worker_id, col(JobLease.until) > clock.now())
        session.exec(held.values(until=clock.now()))
        session.exec(delete(Worker).where(col(Worker.id) == worker_id))


def take(parts: Parts, job: str, owner: str, for_s: float) -> bool:
    """Hold a periodic job for this many seconds: True when it was free, ours, or left by somebody who died."""
    present = clock.now()
    until = present + timedelta(seconds=for_s)
    # One that ends later than any lease can was written by a clock that has been set right since.
    wrong = until + timedelta(seconds=timekeeping.LIMIT_S)
    free = or_(col(JobLease.until) <= present, col(JobLease.until) > wrong, col(JobLease.owner) == owner)
    try:
        with parts.db.write() as session:
            hit = session.exec(update(JobLease).where(col(JobLease.name) == job, free).values(owner=owner, until=until))
            if hit.rowcount == 1:
                return True
            if session.get(JobLease, job) is not None:
                return False
            session.add(JobLease(name=job, owner=owner, until=until))
            session.flush()
            return True
    except IntegrityError:
        return False  # another process made the row in this moment


def give_back(parts: Parts, job: str, owner: str) -> None:
    """Let the next process have the job at once."""
    with parts.db.write() as session:
        session.exec(
            update(JobLease).where(col(JobLease.name) == job, col(JobLease.owner) == owner).values(until=clock.now())
        )
