"""The platform as a process: one a home, the same port after a restart, nothing lost to kill -9, no orphans."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.practice import process
from connectors.practice.control import Control
from tests.practice.caller import Caller

ROOT = Path(__file__).parents[2]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start the platform on one home as often as wanted; what still lives is ended afterwards."""
    children: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        children.append(process.start(tmp_path / "home", demo=True))
        return children[-1]

    yield start
    for child in children:
        if child.poll() is None:
            child.kill()
        child.wait(30)


def address(home: Path) -> str:
    url = process.find(home)
    assert url is not None
    return url


def test_kill_nine_and_restart(tmp_path: Path, started: Callable[[], subprocess.Popen[bytes]]) -> None:
    home = tmp_path / "home"
    assert process.find(home) is None
    child = started()
    url = address(home)
    page = Control(url).make_page()
    post = Caller(url, page.page_token).post(f"{page.page_id}/feed", message="Sebelum mati")["id"]
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    assert process.find(home) is None  # the file is still there, nobody answers
    started()
    assert address(home) == url  # the same port
    assert [one.id for one in Control(url).posts(page.page_id)] == [post]
    assert Caller(url, page.page_token).get(post, fields="message")["message"] == "Sebelum mati"


def test_sigterm_is_a_clean_end(tmp_path: Path, started: Callable[[], subprocess.Popen[bytes]]) -> None:
    child = started()
    child.terminate()
    assert child.wait(30) == 0
    assert not (tmp_path / "home" / "practice.url").exists()


def test_a_second_one_leaves_with_a_sentence(tmp_path: Path, started: Callable[[], subprocess.Popen[bytes]]) -> None:
    started()
    url = address(tmp_path / "home")
    command = [sys.executable, "-m", "connectors.practice", "--home", str(tmp_path / "home")]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (second.returncode, second.stdout) == (0, "")
    assert "sudah berjalan" in second.stderr
    assert process.ensure(tmp_path / "home") == url


def test_another_port_when_the_remembered_one_is_taken(
    tmp_path: Path, started: Callable[[], subprocess.Popen[bytes]]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "practice.port").write_text(str(taken.getsockname()[1]))
        started()
        assert address(tmp_path / "home") != f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_an_asked_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "connectors.practice", "--home", str(tmp_path), "--port"]
        for port in (str(taken.getsockname()[1]), "99999"):
            done = subprocess.run([*command, port], cwd=ROOT, capture_output=True, text=True, timeout=60)
            assert done.returncode == 1
            assert "tidak dapat dibuka" in done.stderr
            assert "Traceback" not in done.stderr


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    code = f"from connectors.practice import process; print(process.start({str(tmp_path)!r}).pid)"
    parent = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    pid = int(parent.stdout)
    deadline = time.monotonic() + 30
    try:
        while alive(pid):
            assert time.monotonic() < deadline, "the platform outlived its parent"
            time.sleep(0.05)
    finally:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    assert process.find(tmp_path) is None


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and waits for nobody (a zombie) does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
