"""Fixtures of all tests, and the order in which they begin."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

# What is imported and collected stays: looking for garbage in it took a fifth of the time until the first test.
gc.disable()

from app.services import timekeeping  # noqa: E402 - the imports are what it is switched off for

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
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back. What is left goes with the process, as a whole: picking it apart took a second of each."""
    gc.collect()
    gc.freeze()
    if folder := config.stash.get(_scratch, None):
        shutil.rmtree(folder, ignore_errors=True)


#: Files whose statements run on both databases in the tests named (races, locks, letters of either case) and in the
#: files not named here: what else is tried there is rules, and what platforms and gateways answer. That runs once, on
#: SQLite, so that the whole run keeps within its five minutes.
ONE_DATABASE: dict[str, tuple[str, ...]] = {
    "tests/jobs/test_publisher.py": ("test_two_claims_on_one_account", "test_two_publishers_twenty"),
    "tests/jobs/test_punctual.py": (),
    "tests/jobs/test_worker.py": ("test_one_of_many", "test_a_long_job_keeps", "test_a_dead_owners_lease"),
    "tests/services/test_account_keys.py": (),
    "tests/services/test_accounts.py": ("test_two_checks_at_once", "test_a_dead_key_breaks"),
    "tests/services/test_budgets.py": ("test_at_85_percent", "test_many_hear_of_one_limit_at_once"),
    "tests/services/test_deadlines.py": ("test_what_is_open_is_the_same", "test_a_holiday_moves_open_deadlines"),
    "tests/services/test_drafting.py": ("test_photos_keep_their_order", "test_each_change_raises_the_revision"),
    "tests/services/test_dropping.py": (),
    "tests/services/test_interleavings.py": (),
    "tests/services/test_letters.py": ("test_a_dead_address_is_tried_with_one_letter",),
    "tests/services/test_notifying.py": (
        "test_thirty_held_by_one_account", "test_two_notifiers_at_once", "test_a_letter_of_a_killed_worker",
    ),
    "tests/services/test_own_page.py": ("test_it_goes_out_with_the_others", "test_a_worker_that_dies"),
    "tests/services/test_people.py": ("test_a_person_is_known_by_e_mail", "test_a_second_role_in_one_place"),
    "tests/services/test_publishing.py": (),
    "tests/services/test_queueing.py": (
        "test_two_deliveries_that_end_at_once", "test_approval_makes_one_delivery", "test_approved_twice",
    ),
    "tests/services/test_reminding.py": ("test_a_weeks_story", "test_two_reminders_at_once", "test_once_a_week_with"),
    "tests/services/test_vanishing.py": (),
    "tests/services/test_withdrawing.py": (
        "test_taken_back_on_three_platforms", "test_two_taps_at_once", "test_two_workers_delete_it_once",
    ),
    "tests/services/test_withdrawing_unknown.py": (),
}  # fmt: skip


def _again_elsewhere(item: pytest.Item) -> bool:
    """Whether it is the second database's turn of a test that runs on one."""
    file, _, test = item.nodeid.partition("::")
    return "[postgresql" in test and file in ONE_DATABASE and not test.startswith(ONE_DATABASE[file])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first; otherwise the order stays."""
    items[:] = [item for item in items if not _again_elsewhere(item)]
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True)
def _nothing_heard_yet() -> None:
    """Each test begins like a process: what an earlier one heard of the time, or failed to hear, is not its own."""
    timekeeping.forget()
