"""Does a frozen version still agree with itself, and what has changed in the database since?

ok is about the version alone: its bytes have its hash, read and written again they are the same bytes, and the scores
from them are those that were stored. What changed in the database since then (a reading corrected, a post deleted) is
listed, and changes no score.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from app.awarding import canonical, formulas, scoring
from app.awarding.exact import Unusable
from app.models import AwardVersion, Score
from app.parts import Parts
from app.services import awards, freezing, gathering, gathering_frame

#: Differences that are listed; of more only the number is told.
MOST = 500
#: Lists of a participant whose lines have a name of their own.
_LISTS = {
    "posts": "id", "excluded_posts": "id", "items": "id", "undecided_items": "id", "excluded_items": "id",
    "joined_items": "id",
}  # fmt: skip
#: Of the version itself, or made from the lines that are compared.
_APART = ("frozen", "totals", "participants", "layout")


@dataclass(frozen=True)
class Verified:
    """wrong: what does not agree with itself ("hash", "canonical", "scores", "formula", "snapshot"); ok: nothing.

    differences: [{organisation_id, what, id, field, frozen, now}] between then and now, at most MOST of them;
    changed: how many there are.
    """

    award_id: int
    version: int
    sha256: str
    wrong: tuple[str, ...]
    differences: tuple[dict[str, Any], ...]
    changed: int

    @property
    def ok(self) -> bool:
        """Whether the version agrees with itself."""
        return not self.wrong

    def plain(self) -> dict[str, Any]:
        """As ``award verify`` prints it: a stable contract."""
        return {
            "ok": self.ok,
            "sha256": self.sha256,
            "version": self.version,
            "wrong": list(self.wrong),
            "differences": list(self.differences),
            "changed": self.changed,
        }


def verify(parts: Parts, award_id: int, version: int | None = None) -> Verified:
    """Check a version, None: the newest. sha256 is what the stored bytes have now.

    Problem: unknown_award, award_not_frozen, unknown_version.
    """
    with parts.db.read() as session:
        gathering_frame.steady(session)
        row = freezing.version_of(session, award_id, version)
        wrong, snapshot, sha256 = _itself(session, row)
        differences: list[dict[str, Any]] = []
        changed = 0
        if snapshot is not None:
            for each in _since(session, row, snapshot):
                changed += 1
                if len(differences) < MOST:
                    differences.append(each)
    return Verified(award_id, row.version, sha256, tuple(wrong), tuple(differences), changed)


def _itself(session: Session, row: AwardVersion) -> tuple[list[str], dict[str, Any] | None, str]:
    """(what is wrong, the snapshot where it can be read, its hash)."""
    try:
        content = freezing.content_of(row)
        snapshot = canonical.load(content)
        sha256 = hashlib.sha256(content).hexdigest()
    except (Unusable, zlib.error) as trouble:
        return [f"snapshot: {trouble}"], None, ""
    wrong = [] if sha256 == row.sha256 else ["hash"]
    try:
        if canonical.dump(snapshot) != content:
            wrong.append("canonical")
        results = scoring.score(snapshot)
    except Unusable as trouble:
        return [*wrong, f"snapshot: {trouble.code}"], None, sha256
    if row.formula != formulas.VERSION:
        wrong.append("formula")
    stored = {score.organisation_id: _kept(score) for score in session.exec(_scores(row))}
    if stored != {result.organisation_id: _made(result) for result in results}:
        wrong.append("scores")
    return wrong, snapshot, sha256


def _scores(row: AwardVersion) -> Any:
    return select(Score).where(Score.version_id == row.id)


def _kept(score: Score) -> dict[str, Any]:
    names = ("organisation", "category", "rank", "score", "eligible", "reason", "indicators", "small_sample", "detail")
    return {name: getattr(score, name) for name in names}


def _made(result: scoring.Result) -> dict[str, Any]:
    made = freezing.score_row(0, result)
    del made["version_id"], made["organisation_id"]
    # Through JSON, as the stored ones were.
    stored: dict[str, Any] = canonical.load(canonical.dump(made))
    return stored


def _since(session: Session, row: AwardVersion, then: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What gathering the same moment from the readings says otherwise now."""
    award = awards.get(session, row.award_id)
    live = gathering.gather(session, award, row.frozen_at, version=row.version, why=row.why, raw=True)
    now = canonical.load(canonical.dump(live))
    for name in sorted({*then, *now} - set(_APART)):
        if then.get(name) != now.get(name):
            yield {"organisation_id": None, "what": name, "id": None, "field": None} | _both(then, now, name)
    before = {each["organisation_id"]: each for each in then["participants"]}
    after = {each["organisation_id"]: each for each in now["participants"]}
    for number in sorted({*before, *after}):
        if number not in before or number not in after:
            line = {"organisation_id": number, "what": "participant", "id": None, "field": None}
            yield {**line, "frozen": number in before, "now": number in after}
        else:
            for each in _of_one(before[number], after[number]):
                yield {"organisation_id": number, **each}


def _of_one(then: dict[str, Any], now: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in sorted({*then, *now}):
        if then.get(name) == now.get(name):
            continue
        if name not in _LISTS:
            yield {"what": name, "id": None, "field": None} | _both(then, now, name)
            continue
        key = _LISTS[name]
        before, after = ({line[key]: line for line in side.get(name, [])} for side in (then, now))
        for number in sorted({*before, *after}, key=str):
            one, other = before.get(number), after.get(number)
            if one is None or other is None:
                yield {"what": name, "id": number, "field": None, "frozen": one is not None, "now": other is not None}
                continue
            for field in sorted({*one, *other}):
                if one.get(field) != other.get(field):
                    yield {"what": name, "id": number, "field": field} | _both(one, other, field)


def _both(then: dict[str, Any], now: dict[str, Any], name: str) -> dict[str, Any]:
    return {"frozen": _shown(then.get(name)), "now": _shown(now.get(name))}


def _shown(value: Any) -> Any:
    """For JSON: exact numbers as text, long lists by their length."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list) and len(value) > 20:
        return f"[{len(value)}]"
    return canonical.dump(value).decode("utf-8") if isinstance(value, dict | list) else str(value)
