"""Worker processes that are born at once: forked from a process that has imported the program and opened nothing.

Starting an interpreter costs a second of a core, importing the program most of it, and a worker that is to be killed
thirty times pays it thirty times. Here it is paid once, and so is compiling SQL: the nursery has done each kind of work
once, and forgot it. What is forked is ``jobs.worker.main`` as ``kentongan serve`` runs it, or a command of
``kentongan``: a process with an id of its own, its own engine, threads and environment; SIGKILL is SIGKILL.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from media.intake import Taken
from media.storage import Store

#: What a worker would import at its start or at its first post.
MODULES = ("app.models", "app.cli", "app.migrate", "jobs.worker", "sqlalchemy.dialects.sqlite", "psycopg")
#: Jobs that keep no file of their own open.
PRACTISED = ("collect", "count", "notify", "check")
#: Libraries that count begin threads of their own otherwise, and a fork copies none of them.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
WORKER, COMMAND = "jobs.worker:main", "app.cli:main"


class Born:
    """One process of the nursery. What it says goes to a file."""

    def __init__(self, nursery: Nursery, pid: int, said: Path) -> None:
        self.pid = pid
        self._nursery = nursery
        self._said = said
        self._status: int | None = None

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal. Its id is not given to anybody else before ``status`` was asked for."""
        assert self._status is None, "it has ended"
        os.kill(self.pid, number)

    def status(self) -> int | None:
        """None while it lives, then its exit code, or the number of the signal that ended it, negative."""
        if self._status is None:
            self._status = self._nursery.ask(poll=self.pid)
        return self._status

    def ended(self, seconds: float = 30) -> int:
        """Wait for its end; as ``status``."""
        deadline = time.monotonic() + seconds
        while (status := self.status()) is None:
            assert time.monotonic() < deadline, f"still running after {seconds} s: {self.words()[-2000:]}"
            time.sleep(0.01)
        return status

    def used_s(self) -> float:
        """Seconds of a core that it has used."""
        user, system = (Path("/proc") / str(self.pid) / "stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def words(self) -> str:
        return self._said.read_text("utf-8")


class Nursery:
    """Ends all its children when it is closed, or when the process that asked for them dies."""

    def __init__(self, folder: Path, template: Path, photos: tuple[Store, list[Taken]]) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._born = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=Path(__file__).parents[2],
            env={**os.environ, **_ONE_THREAD, "PYTHONWARNINGS": "error"},
        )  # fmt: skip
        store, taken = photos
        try:
            self.ask(
                folder=str(folder), template=str(template), store=str(store.root), photos=[asdict(one) for one in taken]
            )
        except ValueError:
            self._process.communicate(timeout=20)
            raise AssertionError("the nursery could not begin; what it said stands on stderr") from None

    def bear(self, environment: Mapping[str, str], what: str = WORKER, *words: str) -> Born:
        """Start a process. what: the function to run, ``module:name``; words: of its command line."""
        with self._guard:
            self._born += 1
            said = self._folder / f"said-{self._born}.txt"
            said.touch(0o600)
        pid = self.ask(bear=what, words=words, environment=dict(environment), said=str(said))
        return Born(self, pid, said)

    @contextmanager
    def running(self, environment: Mapping[str, str], *words: str, what: str = COMMAND) -> Iterator[Born]:
        """A command of ``kentongan`` (or ``what``) for the time of a block; all it says is in one file."""
        child = self.bear(environment, what, *words)
        try:
            yield child
        finally:
            if child.status() is None:
                child.kill()
                child.ended()

    def ask(self, **request: Any) -> Any:
        """One request, one answer."""
        with self._guard:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Kill what still lives."""
        self._process.communicate(timeout=20)
        assert self._process.returncode == 0


def main() -> None:
    """Serve requests until nobody can make any more."""
    for name in MODULES:
        importlib.import_module(name)
    importlib.import_module("connectors").load()
    _practise(json.loads(sys.stdin.readline()))
    sys.stdout.write("null\n")
    sys.stdout.flush()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork copies one thread only"
    # Children hold the reading end: it ends for them when we do, however that comes.
    life, _ours = os.pipe()
    living: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        if "bear" in request:
            answer: int | None = os.fork()
            if answer == 0:
                os.close(_ours)
                sys.argv[1:] = request["words"]
                _be(request["bear"], request["environment"], request["said"], life)
            assert answer is not None
            living.add(answer)
        else:
            pid, status = os.waitpid(request["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
            living.discard(pid)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in living:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


class _Unminded:
    """Stands for the thread that minds the deadlines of calls: it would not be there after a fork."""

    def watch(self, *_: object) -> int:
        """Nobody's deadline."""
        return 0

    def forget(self, number: int) -> None:
        """Nothing to forget."""


def _open_files() -> set[str]:
    held = list(Path("/proc/self/fd").iterdir())  # the folder itself is among them, and gone
    return {str(one.readlink()) for one in held if one.is_symlink()}


def _practise(given: dict[str, Any]) -> None:
    """Do one of each kind of work, so that children need not compile the SQL of it, and leave nothing open."""
    import pytest

    from app.services import timekeeping
    from connectors import _http
    from connectors.practice.server import PracticeServer
    from jobs import TIMETABLE
    from tests.faults.scenes import Stage
    from tests.fixtures.databases import compile_once

    compile_once(pytest.MonkeyPatch())
    before = _open_files()
    folder = Path(given["folder"]) / "latihan"
    folder.mkdir()
    photos = Store(Path(given["store"])), [Taken(**one) for one in given["photos"]]
    with (
        pytest.MonkeyPatch.context() as patch,
        PracticeServer(folder / "practice.sqlite3") as server,
    ):
        patch.setattr(_http, "_deadlines", _Unminded())
        stage = Stage(folder, Path(given["template"]), server, photos)
        for kind in ("facebook", "instagram", "reply", "withdraw", "drop"):
            loop = stage.scene(kind, 0).loop
            loop.settle()
            for job in TIMETABLE:
                if job.name in PRACTISED:
                    job.run(loop.parts, lambda: True)
            loop.parts.db.close()
    timekeeping.forget()
    gc.collect()
    left = _open_files() - before
    assert not left, f"what is open would be shared by all children: {left}"
    gc.freeze()


def _be(what: str, environment: dict[str, str], said: str, life: int) -> None:
    """The child, from here to its end."""
    code = 1
    try:
        os.setpgid(0, 0)
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for target, source in ((0, life), (1, out), (2, out)):
            os.dup2(source, target)
        os.environ.clear()
        os.environ.update(environment)
        from app import failpoints

        failpoints.arm(environment.get("KENTONGAN_FAIL_AT", ""))
        module, _, name = what.partition(":")
        getattr(importlib.import_module(module), name)()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
