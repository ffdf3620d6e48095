"""The numbered places of the publishing protocol where a power cut is rehearsed (design.md section 5).

``KENTONGAN_FAIL_AT=commit.answered`` in a worker's environment kills it there, as a power cut would: no handler runs,
nothing is flushed. ``commit.answered:3`` does so the third time. Without the variable ``reach`` costs one comparison.
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
)

_name, _, _times = os.environ.get("KENTONGAN_FAIL_AT", "").partition(":")
_left = int(_times or 1) if _name else 0
_guard = threading.Lock()


def reach(point: str) -> None:
    """Say that the protocol has come to this point; ends the process when this is where it is to end."""
    global _left
    if point != _name:
        return
    with _guard:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
