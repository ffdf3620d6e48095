"""Fixtures of all tests, and the order in which they begin."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from app.services import timekeeping

pytest_plugins = [
    "tests.fixtures.born",
    "tests.fixtures.browser",
    "tests.fixtures.databases",
    "tests.fixtures.gateways",
    "tests.fixtures.line",
    "tests.fixtures.loop",
    "tests.fixtures.practice",
    "tests.fixtures.printed",
    "tests.fixtures.web",
]

#: Whole processes and browsers: begun first, so that no core waits for one of them at the end.
LONG = ("tests/faults/", "tests/jobs/", "tests/browser/", "tests/test_cli_running.py")

#: Memory that looks like a disk. Every commit waits for the disk, and no test pulls the plug of the machine.
MEMORY = Path("/dev/shm")
#: Bytes that must be free there: five times what a whole run takes.
ROOM = 2 * 1024**3
PREFIX = "kentongan-uji-"
_scratch = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Homes, databases and what children write go to memory where there is room, and are gone with the run.

    Whoever wants to look at them afterwards names a folder: --basetemp or TMPDIR.
    """
    if hasattr(config, "workerinput") or config.option.basetemp or "TMPDIR" in os.environ:
        return
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        _give_back_what_was_left()
        folder = config.stash[_scratch] = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY))
        # Test processes and their children inherit it.
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        config.option.basetemp = str(folder / "pytest")


def _give_back_what_was_left() -> None:
    """Folders of runs that were killed: their process is no more. A database server in them ends by itself."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Modules and collected tests live as long as the process: no search for garbage need look at them again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back. What is left goes with the process, as a whole: picking it apart took a second of each."""
    gc.collect()
    gc.freeze()
    if folder := config.stash.get(_scratch, None):
        shutil.rmtree(folder, ignore_errors=True)


#: What is tried there is what platforms and gateways answer, through services whose statements run on both databases in
#: the other files: once, on SQLite, so that the whole run keeps within its five minutes.
ONE_DATABASE = (
    "tests/jobs/test_punctual.py",
    "tests/services/test_account_keys.py",
    "tests/services/test_interleavings.py",
    "tests/services/test_publishing.py",
    "tests/services/test_vanishing.py",
    "tests/services/test_withdrawing_unknown.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first; otherwise the order stays."""
    items[:] = [item for item in items if not (item.nodeid.startswith(ONE_DATABASE) and "[postgresql" in item.nodeid)]
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True)
def _nothing_heard_yet() -> None:
    """Each test begins like a process: what an earlier one heard of the time, or failed to hear, is not its own."""
    timekeeping.forget()
