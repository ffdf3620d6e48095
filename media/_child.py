"""``python -m media._child``: one job read from stdin as JSON, one answer to stdout as JSON, then gone.

Its limits are set after the imports (those are our own code and cost a fixed amount) and before any byte of the photo
is read. Everything a decoder may raise ends as a code, never as a traceback to the server.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

from PIL import Image

from media import _master, _prints
from media.geometry import Spec
from media.problems import PhotoProblem

_LARGEST_FILE = 64 << 20


def main() -> None:
    """Answer ``{"problem", "facts"}`` or what the job returns."""
    job = json.loads(sys.stdin.buffer.read())
    # What a C library prints must not land in the answer.
    answer = os.dup(1)
    os.dup2(2, 1)
    warnings.simplefilter("ignore")  # of damaged metadata, which we drop anyway
    Image.MAX_IMAGE_PIXELS = None  # our own limits (kinds.most_pixels) are told to people; Pillow's would only warn
    _bind(job["bounds"]["memory"], job["bounds"]["seconds"])
    os.write(answer, json.dumps(_do(job)).encode())
    os._exit(0)  # nothing is left to flush, and taking the interpreter down costs time


def _bind(memory: int, seconds: float) -> None:
    """Limits of this process: address space, CPU, size of files, no core dump."""
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, int(seconds) + 2)
    _limit(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    _limit(resource.RLIMIT_CORE, 0)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write fails with EFBIG, which is a code and not a death


def _limit(which: int, wanted: int) -> None:
    _, hard = resource.getrlimit(which)
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(which, (wanted, wanted))


def _do(job: dict[str, Any]) -> dict[str, Any]:
    try:
        if job["job"] == "master":
            width, height = _master.make(Path(job["source"]), Path(job["target"]), job["kind"])
            return {"width": width, "height": height}
        wanted = [(Path(each["target"]), Spec(**each["spec"]), each["crop"]) for each in job["wanted"]]
        _prints.make(Path(job["source"]), wanted, job["blur"])
        return {}
    except PhotoProblem as problem:
        return {"problem": problem.code, "facts": problem.facts}
    except MemoryError:
        return {"problem": "too_heavy", "facts": {}}
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            return {"problem": "no_room", "facts": {}}
        return _broken(job, problem)
    except Exception as problem:  # a decoder may raise anything over a hostile file
        return _broken(job, problem)


def _broken(job: dict[str, Any], problem: Exception) -> dict[str, Any]:
    said = f"{type(problem).__name__}: {problem}"[:200]
    if "memory" in said.lower():  # libheif and libwebp report a failed allocation in words
        return {"problem": "too_heavy", "facts": {}}
    return {"problem": "broken", "facts": {"kind": job.get("kind", "jpeg"), "said": said}}


if __name__ == "__main__":
    main()
