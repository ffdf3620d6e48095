"""Child processes of the program: started with the loop's environment, ended whatever happens, their words kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

COMMAND = (sys.executable, "-m", "app.cli")


class Child:
    """One process of the command line; stderr goes to a file."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *words: str) -> None:
        self.said = folder / f"stderr-{len(list(folder.glob('stderr-*')))}.txt"
        with self.said.open("wb") as file:
            self.process = subprocess.Popen(
                [*COMMAND, *words], env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file
            )

    def words(self) -> str:
        return self.said.read_text("utf-8")

    def ended(self, seconds: float = 60) -> int:
        """Wait for its end; the exit code."""
        try:
            self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s: {self.words()[-2000:]}") from None
        return self.process.returncode

    def kill(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=10)


@contextmanager
def running(folder: Path, environment: Mapping[str, str], *words: str) -> Iterator[Child]:
    """A child for the time of a block."""
    child = Child(folder, environment, *words)
    try:
        yield child
    finally:
        child.close()


def children_of(pid: int) -> dict[int, str]:
    """pid → command line of the living direct children."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            state, parent = stat.rpartition(")")[2].split()[:2]
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
        if int(parent) == pid and state != "Z":
            found[int(entry.name)] = line
    return found


def alive(pid: int) -> bool:
    """Whether a process lives; one that ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, ValueError):
        return False
