"""demo, serve, worker: the processes."""

from __future__ import annotations

import logging
import os

import click

from app.commands import failing_plainly, parts, tell
from app.problems import Problem


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@failing_plainly
def demo(port: int) -> None:
    """The whole loop on the practice platform: sample data, web and jobs, all in one. Only on this machine."""
    from app import demo as sample
    from app import migrate
    from app.parts import build
    from app.sealing import make_key
    from app.settings import PREFIX, load
    from connectors.practice import process as practice
    from jobs import serve as serving

    _log()
    home = None if os.environ.get(PREFIX + "HOME") else "data-demo"
    # Always in a database of its own, also where the environment names a real one; the children inherit that.
    settings = load(home=home, database_url="") if home else load(database_url="")
    sample.mark(settings)
    os.environ |= {PREFIX + "HOME": str(settings.home), PREFIX + "DATABASE_URL": ""}
    make_key(settings.home)
    ready = build(settings)
    migrate.upgrade(ready.db)
    tell("Menyiapkan platform latihan dan data contoh ...")
    platform = practice.ensure(settings.home, demo=True)
    sample.fill(ready, platform)
    tell(f"Facebook dan Instagram latihan: {platform}/")
    serving.serve(ready, host="127.0.0.1", port=port, jobs=True, demo=True, ready=_ready)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-jobs", is_flag=True, help="Only the web; a `kentongan worker` runs elsewhere.")
@failing_plainly
def serve(host: str, port: int, no_jobs: bool) -> None:
    """The web and, in a supervised child, the jobs."""
    from jobs import serve as serving

    _log()
    ready = parts()
    _not_demo(ready.settings.home)
    serving.serve(ready, host=host, port=port, jobs=not no_jobs, ready=_ready)


@click.command()
@click.option("--until-idle", is_flag=True, help="End when nothing is due soon; says what is left.")
@failing_plainly
def worker(until_idle: bool) -> None:
    """The jobs alone: publish, collect, count, check, tidy."""
    from jobs import worker as working

    _log()
    ready = parts()
    _not_demo(ready.settings.home)
    for line in working.run(ready, until_idle=until_idle):
        tell(line)


def _ready(address: str) -> None:
    tell(f"Kentongan: {address}")


def _not_demo(home: object) -> None:
    from pathlib import Path

    from app.demo import is_demo

    if is_demo(Path(str(home))):
        raise Problem("demo_home", home=home)


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Their lines hold addresses of calls, and nothing an operator can act on.
    for name in ("apscheduler", "urllib3", "waitress.queue", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
