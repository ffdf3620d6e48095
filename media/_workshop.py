"""The parent's side of a decoding child: start it, give it one job, take its one answer, never wait for ever.

Image decoders are the place where a hostile file strikes. So no pixel is decoded in the server's own process: each
job runs in a fresh interpreter that has no secrets in its environment, limits its own memory, CPU time, files and
output (``_child``), and is killed when its time is up. That bounds what it may use, and is no sandbox: the child has
the rights of the server's user.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from media.problems import PhotoProblem

_log = logging.getLogger(__name__)
_HOUSE = str(Path(__file__).resolve().parent.parent)
_ANSWER_MOST = 65_536
_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one child may use. memory: bytes of address space; seconds: of wall clock, and of CPU."""

    memory: int = 1 << 30
    seconds: float = 30.0


BOUNDS = Bounds()


def run(job: dict[str, Any], *, room: Path, bounds: Bounds = BOUNDS) -> dict[str, Any]:
    """Do one job in a child; its answer. Two run at a time in this process, so that memory stays bounded.

    PhotoProblem: whatever the child found, or too_slow, too_heavy, broken (it died), busy (no turn, no process).
    """
    if not _turns.acquire(timeout=bounds.seconds):
        raise PhotoProblem("busy")
    try:
        code, answer = _converse(json.dumps({**job, "bounds": asdict(bounds)}).encode(), room, bounds.seconds)
    finally:
        _turns.release()
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    match said:
        case {"problem": str(problem), "facts": dict(facts)}:
            raise PhotoProblem(problem, **facts)
        case dict():
            return said
    _log.warning("a photo child ended with %s and no answer: %s", code, _last_words(room))
    if code == -signal.SIGXCPU:
        raise PhotoProblem("too_slow", limit=bounds.seconds)
    raise PhotoProblem("broken", kind=str(job.get("kind", "jpeg")))


def _converse(request: bytes, room: Path, seconds: float) -> tuple[int, bytes]:
    """Exit status and output of one child. It is dead and reaped when this returns or raises."""
    deadline = time.monotonic() + seconds
    with (room / "stderr").open("wb") as stderr:
        try:
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "media._child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=room,
                env=_environment(),
            )
        except OSError as problem:
            raise PhotoProblem("busy", errno=problem.errno) from problem
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with child.stdin, child.stdout:
            try:
                child.stdin.write(request)
                child.stdin.close()
            except BrokenPipeError:  # it died at once: its exit status says why
                pass
            answer = _read(child.stdout.fileno(), deadline)
        return child.wait(max(0.05, deadline - time.monotonic())), answer
    except (TimeoutError, subprocess.TimeoutExpired):
        raise PhotoProblem("too_slow", limit=seconds) from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _read(pipe: int, deadline: float) -> bytes:
    """All that comes until the pipe closes, at most ``_ANSWER_MOST`` bytes. TimeoutError at the deadline."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    said = b""
    while len(said) <= _ANSWER_MOST:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError
        part = os.read(pipe, 8192)
        if not part:
            return said
        said += part
    return b""


def _environment() -> dict[str, str]:
    """Enough to find Python's modules, and nothing the server keeps secret."""
    paths = [_HOUSE, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    kept = {name: os.environ[name] for name in ("HOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}
    # One malloc arena: each further one would reserve 64 MB of the address space that the child is given.
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}


def _last_words(room: Path) -> str:
    try:
        return (room / "stderr").read_bytes()[-500:].decode("utf-8", "replace")
    except OSError as problem:
        return errno.errorcode.get(problem.errno or 0, "?")
