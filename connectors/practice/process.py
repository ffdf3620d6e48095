"""The platform as a process of its own: find a living one, start one, or do whichever is needed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import requests

URL_FILE = "practice.url"
LOG_FILE = "practice.log"
_START_S = 20.0
_ROOT = Path(__file__).parents[2]
#: Platforms started by ``ensure``: kept, because a Popen that is dropped while its child lives warns.
_started: list[subprocess.Popen[bytes]] = []


def find(home: str | Path) -> str | None:
    """The address of the platform living on this home, asked over HTTP; None when there is none."""
    try:
        url = (Path(home) / URL_FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return url if url.startswith("http://127.0.0.1:") and _answers(url) else None


def _answers(url: str) -> bool:
    try:
        answer = requests.get(f"{url}/latihan/api/alive", timeout=3)
        return answer.status_code == 200 and answer.json() == {"ok": "latihan"}
    except (requests.RequestException, ValueError):
        return False


def start(
    home: str | Path, *, demo: bool = False, port: int | None = None, with_parent: bool = True
) -> subprocess.Popen[bytes]:
    """Spawn the platform and wait until it answers. demo: residents at demo speed. with_parent: it ends when we do.

    When another process holds the home already, the child leaves at once and that one's answer counts. Raises
    RuntimeError when nothing answers in 20 seconds. The child's stdout is closed, so that whoever reads ours sees its
    end; what it has to say goes to practice.log.
    """
    home = Path(home)
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "connectors.practice", "--home", str(home.resolve())]
    command += ["--demo-speed"] if demo else []
    command += ["--with-parent"] if with_parent else []
    command += ["--port", str(port)] if port else []
    with (home / LOG_FILE).open("ab") as log:
        child = subprocess.Popen(  # noqa: S603  our own module
            command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
        )
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if find(home):
            return child
        if child.poll() not in (None, 0):
            break
        time.sleep(0.05)
    child.terminate()
    child.wait(5)
    raise RuntimeError("the practice platform did not start")


def ensure(home: str | Path, *, demo: bool = False, with_parent: bool = True) -> str:
    """The address of the platform on this home, started when it is not there. Raises RuntimeError as ``start``."""
    url = find(home)
    if url is not None:
        return url
    _started.append(start(home, demo=demo, with_parent=with_parent))
    url = find(home)
    if url is None:
        raise RuntimeError("the practice platform did not start")
    return url
