"""``python -m connectors.practice --home DIR [--port N] [--demo-speed] [--with-parent]``: run the platform."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import threading
from pathlib import Path

from connectors.practice.process import URL_FILE
from connectors.practice.server import PracticeServer

_PORT_FILE = "practice.port"
_LOCK_FILE = "practice.lock"
_PARENT_LOOK_S = 0.5


def main() -> int:
    """0 after SIGTERM or when another process serves this home already; 1 when the asked port is taken."""
    parser = argparse.ArgumentParser(prog="python -m connectors.practice")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--demo-speed", action="store_true")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent process ends")
    options = parser.parse_args()
    parent = os.getppid()
    home: Path = options.home
    home.mkdir(parents=True, exist_ok=True)
    lock = (home / _LOCK_FILE).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        _say("Platform latihan untuk folder ini sudah berjalan.")
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        server = _open(home, options.port, options.demo_speed)
    except (OSError, OverflowError) as error:
        _say(f"Platform latihan tidak dapat dibuka: {getattr(error, 'strerror', None) or error}.")
        return 1
    with server:
        _write(home / _PORT_FILE, str(server.port))
        _write(home / URL_FILE, server.url)
        _say(f"Platform latihan terbuka di {server.url}")
        while not stop.wait(_PARENT_LOOK_S):
            if options.with_parent and os.getppid() != parent:
                break
        (home / URL_FILE).unlink(missing_ok=True)
    return 0


def _open(home: Path, port: int, demo: bool) -> PracticeServer:
    """On the asked port, or on the remembered one when it is free, or on any."""
    remembered = 0
    if not port:
        try:
            remembered = int((home / _PORT_FILE).read_text())
        except (OSError, ValueError):
            remembered = 0
    for candidate in [port] if port else [remembered, 0]:
        try:
            return PracticeServer(
                home / "practice.sqlite3", port=candidate, residents=True, speed="demo" if demo else "latihan"
            )
        except (OSError, OverflowError):
            if candidate in (port, 0):
                raise
    raise AssertionError("unreachable")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: others read these files at any moment."""
    part = path.with_suffix(path.suffix + ".baru")
    part.write_text(text, encoding="ascii")
    part.replace(path)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
