"""A year of 300 organisations ranked from the frozen snapshot: under 2 s from its bytes to ranks.

Four activities a week on two platforms and 40 items a month each: 124,800 posts and 144,000 items, with all that a
snapshot says of them. Reading the JSON, scoring, and the note on the weights are printed apart, beside the same sums by
floats with nothing checked: what exactness costs. A second process does the same once and says what it took of memory
and of the processor, whose seconds others who use the machine do not make longer.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.awarding import canonical, rubric, scoring, sensitivity
from tests.bench._measure import seconds

ORGANISATIONS, WEEKS, ITEMS = 300, 52, 480
CATEGORIES = ("perangkat daerah", "kecamatan", "kelurahan", "desa", "organisasi")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
SECONDS = 2.0


def run() -> None:
    """Print the figures."""
    content = canonical.dump(year())
    kept: dict[str, Any] = {}

    def read() -> None:
        kept["snapshot"] = canonical.load(content)

    def score() -> None:
        kept["results"] = scoring.score(kept["snapshot"])

    def firm() -> None:
        kept["firm"] = sensitivity.firmness(kept["results"], rubric.read())

    rounds = [(seconds(read), seconds(score), seconds(firm), seconds(lambda: _by_floats(content))) for _ in range(3)]
    reading, scored, firmed, floats = (sorted(column)[1] for column in zip(*rounds, strict=True))
    whole = reading + scored
    print(
        f"{ORGANISATIONS} organisations x a year ranked from the snapshot: {whole:.2f} s (goal {SECONDS}; "
        f"{'met' if whole < SECONDS else 'MISSED'}; alone: {_alone(content)}): JSON {reading:.2f} s, scores "
        f"{scored:.2f} s; weights tried {firmed:.2f} s; floats, unchecked, JSON included {floats:.2f} s; snapshot "
        f"{len(content) / 2**20:.0f} MiB, packed {len(zlib.compress(content)) / 2**20:.1f}; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    frozen = seconds(lambda: canonical.sha256(kept["snapshot"]))
    ranked = sum(one.rank is not None for one in kept["results"])
    print(f"sidik of that snapshot anew {frozen:.2f} s; {ranked} ranked, {len(kept['firm'])} categories tried")


def year() -> dict[str, Any]:
    """The snapshot, made up by a fixed seed."""
    chance = random.Random(5)
    return {
        "layout": 1,
        "award": {
            "id": 1,
            "name": "Anugerah 2026",
            "first": FIRST.isoformat(),
            "last": LAST.isoformat(),
            "zone": "Asia/Jakarta",
            "categories": list(CATEGORIES),
            "bands": False,
        },
        "rubric": rubric.DEFAULT,
        "denominators": {name: {"facebook": "reach", "instagram": "reach"} for name in CATEGORIES},
        "dropped": {},
        "participants": [_participant(number, chance) for number in range(1, ORGANISATIONS + 1)],
    }


def _participant(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "organisation_id": number,
        "organisation": f"Organisasi {number}",
        "region_code": "32.01.14",
        "category": CATEGORIES[number % len(CATEGORIES)],
        "zone": "Asia/Jakarta",
        "public": True,
        "breaches": int(chance.random() < 0.05),
        "jury": [
            {"juror": name, "criteria": {criterion: chance.randint(0, 4) for criterion in rubric.DEFAULT["criteria"]}}
            for name in ("Juri A", "Juri B")
        ],
        "posts": _posts(number, chance),
        "items": [_item(number * 1000 + position, chance) for position in range(ITEMS)],
    }


def _posts(number: int, chance: random.Random) -> list[dict[str, Any]]:
    posts = []
    begin = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
    for activity in range(WEEKS * 4):
        at = begin + timedelta(hours=42 * activity, minutes=chance.randint(0, 600))
        for platform in ("facebook", "instagram"):
            known = chance.random() < 0.97
            posts.append(
                {
                    "id": f"delivery:{number * 1000 + activity * 2 + (platform == 'facebook')}",
                    "activity_id": activity,
                    "platform": platform,
                    "published_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                    "read_at": f"{at + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}",
                    "source": "own",
                    "how": "read",
                    "interactions": chance.randint(0, 90) if known else None,
                    "reactions": 5,
                    "comments": 3,
                    "excluded_comments": 0,
                    "shares": None,
                    "saves": None,
                    "paid_reach": None,
                    "reach": chance.randint(40, 2500) if known else None,
                    "followers": 1200,
                    "permalink": f"https://example.invalid/{number}/{activity}",
                    "caption": "Kerja bakti membersihkan saluran air bersama warga RW 04.",
                }
            )
    return posts


def _item(number: int, chance: random.Random) -> dict[str, Any]:
    answered = chance.random() < 0.9
    complaint = chance.random() < 0.4
    return {
        "id": number,
        "kind": "keluhan" if complaint else "aspirasi",
        "said_at": "2026-05-02T03:04:05Z",
        "answered_in_time": answered and chance.random() < 0.8,
        "first_reply_working_hours": chance.randint(0, 400_000) / 10_000 if answered else None,
        "resolved_in_time": chance.random() < 0.7 if complaint else None,
    }


def _by_floats(content: bytes) -> dict[int, float]:
    """What a quick script would count of the same bytes: sums and means, floats, no ranks, no checks."""
    found = {}
    for one in json.loads(content)["participants"]:
        weeks = {datetime.fromisoformat(post["published_at"]).isocalendar()[:2] for post in one["posts"]}
        seen = [post for post in one["posts"] if post["interactions"] is not None and post["reach"] is not None]
        ratio = sum(post["interactions"] for post in seen) / sum(post["reach"] for post in seen)
        found[one["organisation_id"]] = len(weeks) + ratio + _answers(one["items"])
    return found


def _answers(items: list[Mapping[str, Any]]) -> float:
    hours = (item["first_reply_working_hours"] for item in items)
    speeds = (0.0 if one is None else min(max((24 - one) / 20, 0), 1) for one in hours)
    return float(sum(speeds) + sum(item["answered_in_time"] for item in items)) / len(items)


def _alone(content: bytes) -> str:
    program = (
        "import resource, sys, time\n"
        "from app.awarding import canonical, scoring\n"
        "content = sys.stdin.buffer.read()\n"
        "began = time.process_time()\n"
        "scoring.score(canonical.load(content))\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "print(f'processor {time.process_time() - began:.2f} s, peak {peak:.0f} MiB')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], input=content, capture_output=True, check=True)
    return ran.stdout.decode().strip()


if __name__ == "__main__":
    run()
