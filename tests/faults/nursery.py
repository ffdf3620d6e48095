"""Worker processes that are born at once: forked from a process that has imported the program and opened nothing.

Starting an interpreter costs a second of a core, importing the program most of it, and a worker that is to be killed
thirty times pays it thirty times. Here it is paid once. What is forked is ``jobs.worker.main`` as ``kentongan serve``
runs it, a process with an id of its own, its own engine, threads and environment; SIGKILL is SIGKILL.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

#: What a worker would import at its start or at its first post.
MODULES = ("app.models", "jobs.worker", "sqlalchemy.dialects.sqlite")
WORKER = "jobs.worker:main"


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

    def words(self) -> str:
        return self._said.read_text("utf-8")


class Nursery:
    """Ends all its children when it is closed, or when the process that asked for them dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._born = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONWARNINGS": "error"},
        )  # fmt: skip

    def bear(self, environment: Mapping[str, str], what: str = WORKER) -> Born:
        """Start a process. what: the function to run, ``module:name``."""
        with self._guard:
            self._born += 1
            said = self._folder / f"said-{self._born}.txt"
        pid = self.ask(bear=what, environment=dict(environment), said=str(said))
        return Born(self, pid, said)

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
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    assert threading.active_count() == 1, "a fork copies one thread only"
    # Children hold the reading end: it ends for them when we do, however that comes.
    life, _ours = os.pipe()
    living: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        if "bear" in request:
            answer: int | None = os.fork()
            if answer == 0:
                os.close(_ours)
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
