"""The numbered places of the publishing protocol where a power cut is rehearsed (design.md section 5).

``KENTONGAN_FAIL_AT=commit.answered`` in a worker's environment kills it there, as a power cut would: no handler runs,
nothing is flushed. ``commit.answered:3`` does so the third time. ``commit.begun:1:stop`` stops it instead, as a machine
that sleeps: it goes on when somebody wakes it. Without the variable ``reach`` costs one comparison.
It is meant for tests, and is no setting.
"""

from __future__ import annotations

import os
import signal
import threading

#: In the order in which a delivery passes them. Each stands on its own line of the protocol:
#: what is on disk before it, and what the platform knows before it, differ from the next one's.
POINTS = (
    "stage.claimed",  # 1: the lease is on disk, nothing was sent
    "stage.begun",  # 2: the connector is open, nothing was sent
    "stage.made",  # 3: the platform made something whose id is not on disk
    "stage.saved",  # 4: its id is on disk
    "stage.done",  # 5: all is made, "ready" is not on disk
    "stage.recorded",  # 6: "ready" is on disk
    "commit.claimed",  # 7: the intent is on disk, nothing was sent
    "commit.begun",  # 8: the connector is open, the call is next
    "commit.answered",  # 9: it is public, nothing of that is on disk
    "commit.recorded",  # 10: it is public and that is on disk
    "look.claimed",  # 11: an unclear one is about to be looked up
    "look.answered",  # 12: found or not, nothing of that is on disk
    "drop.answered",  # 13: what was staged is deleted there, not here
    "withdraw.claimed",  # 14: taking back is on disk, nothing was sent
    "withdraw.deleted",  # 15: deleted there, not read back
    "withdraw.answered",  # 16: read back, nothing of that is on disk
    "answer.claimed",  # 17: a reply's intent is on disk, nothing was sent
    "answer.answered",  # 18: the reply is public, nothing of that is on disk
    "answer.recorded",  # 19: and that is on disk
    "answer.looked",  # 20: an unclear reply was looked up, nothing of that is on disk
    "drop.claimed",  # 21: a cancelled one's turn is on disk, nothing was deleted
    "answer.begun",  # 22: the connector is open, the call is next
    # Inside a transaction: everything is written and nothing of it is on disk.
    "claim.written",  # 23: of a claim, or of noting that another worker's lease ended
    "save.written",  # 24: of a remote id while staging
    "result.written",  # 25: of what became of a step
    "withdraw.written",  # 26: of what became of taking back
    "answer.written",  # 27: of what became of a reply, its row in the inbox included
)

_name, _left, _number = "", 0, signal.SIGKILL
_guard = threading.Lock()


def arm(where: str) -> None:
    """End (or stop) this process at a point: ``point``, ``point:times`` or ``point:times:stop``; "" nowhere.

    ValueError: no such point.
    """
    global _name, _left, _number
    name, _, rest = where.partition(":")
    times, _, how = rest.partition(":")
    if name and name not in POINTS:
        raise ValueError(f"no such point: {name}")
    with _guard:
        _name, _left = name, int(times or 1)
        _number = signal.SIGSTOP if how == "stop" else signal.SIGKILL


def reach(point: str) -> None:
    """Say that the protocol has come to this point; ends the process when this is where it is to end."""
    global _left
    if point != _name:
        return
    with _guard:
        _left -= 1
        last = _left == 0
    if last:
        # This very thread: not a step further.
        signal.pthread_kill(threading.get_ident(), _number)


arm(os.environ.get("KENTONGAN_FAIL_AT", ""))
