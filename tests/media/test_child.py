"""The bounds of the decoding child are real: time, memory, death, secrets, and the parent's own memory."""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from media import Bounds, PhotoProblem, Spec, Store, _workshop, render, take
from tests.media.photos import cornered, encoded


@pytest.fixture(scope="module")
def large() -> bytes:
    return encoded(Image.new("RGBA", (5000, 4000), "teal"), "PNG", compress_level=1)


def children() -> str:
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()


def test_a_child_that_takes_too_long_is_killed(store: Store, large: bytes) -> None:
    before, started = children(), time.monotonic()
    with pytest.raises(PhotoProblem) as caught:
        take(large, store=store, bounds=Bounds(seconds=0.04))
    assert caught.value.code == "too_slow"
    assert time.monotonic() - started < 20
    assert children() == before
    assert list((store.root / ".tmp").glob("*")) == []


def test_a_child_that_wants_too_much_memory_is_refused(store: Store, large: bytes) -> None:
    with pytest.raises(PhotoProblem) as caught:
        take(large, store=store, bounds=Bounds(memory=250 << 20))
    assert caught.value.code == "too_heavy"
    taken = take(large, store=store)
    with pytest.raises(PhotoProblem) as caught:
        render(store, taken.sha256, Spec(None, None, 3500, 4_000_000), bounds=Bounds(seconds=0.04))
    assert caught.value.code == "too_slow"


@pytest.mark.parametrize(
    ("death", "code"),
    [
        ("import os; os.abort()", "broken"),
        ("while True: print('x' * 1000)", "broken"),  # stopped by the amount, not by the clock
        ("pass", "broken"),
        ("print('[null]')", "broken"),
        ("while True: pass", "too_slow"),
    ],
)
def test_a_dying_or_babbling_child_is_a_problem_not_a_hang(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, death: str, code: str
) -> None:
    started = time.monotonic()
    original = subprocess.Popen

    def dying(command: list[str], **how: object) -> subprocess.Popen[bytes]:
        return original([sys.executable, "-S", "-c", death], **how)  # type: ignore[call-overload,no-any-return]  # as given

    monkeypatch.setattr(_workshop.subprocess, "Popen", dying)
    with pytest.raises(PhotoProblem) as caught:
        _workshop.run({"job": "master"}, room=tmp_path, bounds=Bounds(seconds=0.5 if code == "too_slow" else 20))
    assert caught.value.code == code
    assert time.monotonic() - started < 15


def test_the_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENTONGAN_SECRET_KEY", "SECRET")
    assert "SECRET" not in json.dumps(_workshop._environment())


def _parent(root: str, data: bytes, out: multiprocessing.SimpleQueue[int]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    take(data, store=Store(Path(root)))
    out.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def test_the_parent_stays_small(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    out: multiprocessing.SimpleQueue[int] = context.SimpleQueue()
    process = context.Process(target=_parent, args=(str(tmp_path), encoded(Image.new("RGB", (6000, 5000))), out))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert out.get() < 8 * 1024  # KiB; the photo is 90 MB of pixels


def _racer(root: str, data: bytes, gate: object, out: multiprocessing.SimpleQueue[str]) -> None:
    store = Store(Path(root))
    gate.wait()  # type: ignore[attr-defined]  # a Barrier of the spawn context
    taken = take(data, store=store)
    out.put(taken.sha256 + render(store, taken.sha256, Spec(1.0, 1.0, 100, 50_000)).name)


def test_two_processes_with_the_same_photo(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    gate, out = context.Barrier(2), context.SimpleQueue()
    data = encoded(cornered())
    racers = [context.Process(target=_racer, args=(str(tmp_path), data, gate, out)) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
        assert racer.exitcode == 0
    answers = {out.get() for _ in racers}
    assert len(answers) == 1
    sizes = Store(tmp_path).sizes()
    assert (sizes.photos, sizes.renditions) == (1, 1)


def test_busy_when_no_turn_comes(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    turns = threading.BoundedSemaphore(1)
    turns.acquire()
    monkeypatch.setattr(_workshop, "_turns", turns)
    with pytest.raises(PhotoProblem) as caught:
        take(encoded(cornered()), store=store, bounds=Bounds(seconds=0.05))
    assert caught.value.code == "busy"
