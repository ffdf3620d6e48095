"""The rubric a second time, as plainly as it can be put, by somebody who has not seen app/awarding.

Source: domain.md section 4, design.md section 9 (which wins), the layout of app/awarding/snapshot.md. Nothing here is
quick and nothing is shared with the program: two who reckon apart and agree are rarely both wrong in the same way.

Decimals of 28 digits, where the program uses fractions. What 28 digits cannot hold is noise far behind the point: two
figures are compared, and the end result is rounded, after the noise is cut off at 18 places.
"""

from __future__ import annotations

import decimal
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

A, B, C1, C2, C3, D = "konsistensi", "keterlibatan", "tingkat_respons", "kecepatan", "tuntas", "kualitas"
ANSWERED = ("aspirasi", "kritik", "keluhan", "pertanyaan")


def results(snapshot: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Of each participant: rank, score, eligible, indicators, small_sample. Scores and points are out of 100."""
    with decimal.localcontext(decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN)):
        found: dict[int, dict[str, Any]] = {}
        for name in sorted({someone["category"] for someone in snapshot["participants"]}):
            found.update(_category(snapshot, name))
        return found


def _category(snapshot: dict[str, Any], name: str) -> dict[int, dict[str, Any]]:
    everybody = [someone for someone in snapshot["participants"] if someone["category"] == name]
    members = [someone for someone in everybody if _eligible(snapshot, someone)]
    found: dict[int, dict[str, Any]] = {}
    for someone in everybody:
        if someone not in members:
            found[someone["organisation_id"]] = {"rank": None, "score": None, "eligible": False, "indicators": {}}
    dropped = _of(snapshot.get("dropped") or {}, name) or []
    reached = _engagement(snapshot, name, members)
    for someone in members:
        points = {
            A: _steadiness(snapshot, someone),
            B: reached[someone["organisation_id"]],
            D: _jury(snapshot, someone),
        }
        few = []
        for row in (C1, C2, C3):
            points[row], number = _shrunk(snapshot, row, someone, members)
            if points[row] is not None and number < _number(snapshot["rubric"]["small_sample"]):
                few.append(row)
        for row in dropped:
            points[row] = None
            few = [other for other in few if other != row]
        found[someone["organisation_id"]] = {
            "score": _score(snapshot, points, someone),
            "eligible": True,
            "indicators": points,
            "small_sample": few,
        }
    _ranks(snapshot, members, found)
    return found


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _steady(value: Decimal) -> Decimal:
    """Without the noise that 28 digits leave."""
    return value.quantize(Decimal(1).scaleb(-18))


def _of(table: dict[str, Any], category: str) -> Any:
    """What is said of a category; where it is said of "desa" only, it holds for each band of it too."""
    if category in table:
        return table[category]
    return table.get(category.split(" · ")[0])


def _days(snapshot: dict[str, Any]) -> list[date]:
    day, last = date.fromisoformat(snapshot["award"]["first"]), date.fromisoformat(snapshot["award"]["last"])
    days = []
    while day <= last:
        days.append(day)
        day += timedelta(days=1)
    return days


def _posted(someone: dict[str, Any]) -> list[date]:
    """The day of each post, in the participant's zone."""
    zone = ZoneInfo(someone["zone"])
    return [datetime.fromisoformat(post["published_at"]).astimezone(zone).date() for post in someone["posts"]]


def _eligible(snapshot: dict[str, Any], someone: dict[str, Any]) -> bool:
    rubric = snapshot["rubric"]
    if not someone["public"] or len(someone["posts"]) < rubric["min_posts"]:
        return False
    months = {(day.year, day.month) for day in _days(snapshot)}
    active = {(day.year, day.month) for day in _posted(someone)}
    return Decimal(len(months & active)) >= _number(rubric["min_active_months"]) * len(months)


def _steadiness(snapshot: dict[str, Any], someone: dict[str, Any]) -> Decimal | None:
    """A: 100 x weeks with enough posts / weeks whose Thursday lies in the period."""
    enough = _of(snapshot["rubric"]["posts_per_week"], someone["category"])
    posted = _posted(someone)
    weeks = good = 0
    for day in _days(snapshot):
        if day.weekday() != 3:
            continue
        weeks += 1
        monday, sunday = day - timedelta(days=3), day + timedelta(days=3)
        if len([other for other in posted if monday <= other <= sunday]) >= enough:
            good += 1
    return Decimal(100) * good / weeks if weeks else None


def _engagement(snapshot: dict[str, Any], name: str, members: list[dict[str, Any]]) -> dict[int, Decimal | None]:
    """B: percentiles by platform, averaged by counted posts."""
    shares: dict[int, list[tuple[int, Decimal]]] = {someone["organisation_id"]: [] for someone in members}
    fixed = _of(snapshot["denominators"], name) or {}
    for platform in sorted({post["platform"] for someone in members for post in someone["posts"]}):
        below, counted = fixed.get(platform, "reach"), {}  # "reach by default, or followers"
        for someone in members:
            posts = []
            for post in someone["posts"]:
                if post["platform"] == platform and post["interactions"] is not None and post[below] is not None:
                    posts.append((_number(post["interactions"]), _number(post[below])))
            if posts:
                counted[someone["organisation_id"]] = posts
        ratios = _ratios(_number(snapshot["rubric"]["shrink_posts"]), counted)
        for organisation, ratio in ratios.items():
            lower = len([other for other in ratios.values() if other < ratio])
            same = len([other for other in ratios.values() if other == ratio])
            percentile = Decimal(100) * (lower + Decimal(same) / 2) / len(ratios)
            shares[organisation].append((len(counted[organisation]), percentile))
    averages: dict[int, Decimal | None] = {}
    for organisation, parts in shares.items():
        number = sum(posts for posts, _ in parts)
        averages[organisation] = sum((posts * share for posts, share in parts), Decimal(0)) / number if number else None
    return averages


def _ratios(shrink: Decimal, counted: dict[int, list[tuple[Decimal, Decimal]]]) -> dict[int, Decimal]:
    """(E + k m) / (R + k) of each participant; m = sum of E / sum of R, k = shrink x the median R of a post."""
    every = [post for posts in counted.values() for post in posts]
    everything = sum((below for _, below in every), Decimal(0))
    if not everything:
        return {}
    m = sum((above for above, _ in every), Decimal(0)) / everything
    sizes = sorted(below for _, below in every)
    k = shrink * (sizes[(len(sizes) - 1) // 2] + sizes[len(sizes) // 2]) / 2
    ratios = {}
    for organisation, posts in counted.items():
        above, below = sum((one for one, _ in posts), Decimal(0)), sum((one for _, one in posts), Decimal(0))
        if below + k:
            ratios[organisation] = _steady((above + k * m) / (below + k))
    return ratios


def _values(snapshot: dict[str, Any], row: str, someone: dict[str, Any]) -> list[Decimal]:
    """What each item of a participant is worth in a row, 0 to 1."""
    full, zero = _number(snapshot["rubric"]["speed_full_hours"]), _number(snapshot["rubric"]["speed_zero_hours"])
    values = []
    for item in someone["items"]:
        if item["kind"] not in ANSWERED:
            continue
        if row == C1 and item["answered_in_time"] is not None:
            values.append(Decimal(1) if item["answered_in_time"] else Decimal(0))
        if row == C2:
            if item["first_reply_working_hours"] is None:
                values.append(Decimal(0))
            else:
                hours = _number(item["first_reply_working_hours"])
                if hours <= full:
                    values.append(Decimal(1))
                elif hours >= zero:
                    values.append(Decimal(0))
                else:
                    values.append((zero - hours) / (zero - full))
        if row == C3 and item["kind"] == "keluhan" and item["resolved_in_time"] is not None:
            values.append(Decimal(1) if item["resolved_in_time"] else Decimal(0))
    return values


def _shrunk(
    snapshot: dict[str, Any], row: str, someone: dict[str, Any], members: list[dict[str, Any]]
) -> tuple[Decimal | None, int]:
    """C: 100 x (sum + shrink x p) / (n + shrink), and n. None where the whole category has no item."""
    everything = [value for other in members for value in _values(snapshot, row, other)]
    if not everything:
        return None, 0
    pooled = sum(everything, Decimal(0)) / len(everything)
    shrink = _number(snapshot["rubric"]["shrink_items"])
    own = _values(snapshot, row, someone)
    if not own:
        return Decimal(100) * pooled, 0
    return Decimal(100) * (sum(own, Decimal(0)) + shrink * pooled) / (len(own) + shrink), len(own)


def _jury(snapshot: dict[str, Any], someone: dict[str, Any]) -> Decimal | None:
    """D: 100 x the mean over jurors of the mean of their criteria / 4."""
    if not someone["jury"] or len(someone["jury"]) < snapshot["rubric"]["min_jurors"]:
        return None
    means = []
    for juror in someone["jury"]:
        marks = [_number(mark) for mark in juror["criteria"].values()]
        means.append(sum(marks, Decimal(0)) / len(marks) / 4)
    return Decimal(100) * sum(means, Decimal(0)) / len(means)


def _weighted(snapshot: dict[str, Any], points: dict[str, Decimal | None], rows: tuple[str, ...]) -> Decimal | None:
    """The mean of the rows that have a figure, by their weights: so the others' weight is spread in proportion."""
    total = weights = Decimal(0)
    for row in rows:
        figure = points[row]
        if figure is not None:
            weight = _number(snapshot["rubric"]["weights"][row])
            total += weight * figure
            weights += weight
    return total / weights if weights else None


def _score(snapshot: dict[str, Any], points: dict[str, Decimal | None], someone: dict[str, Any]) -> Decimal | None:
    mean = _weighted(snapshot, points, (A, B, C1, C2, C3, D))
    if mean is None:
        return None
    rubric = snapshot["rubric"]
    lost = min(_number(rubric["breach_points"]) * someone["breaches"], _number(rubric["breach_most"]))
    return _steady(mean - lost).quantize(Decimal("0.01"))


def _ranks(snapshot: dict[str, Any], members: list[dict[str, Any]], found: dict[int, dict[str, Any]]) -> None:
    """1, 2, 2, 4: by score, then C, then A, then fewer breaches."""
    keys = {}
    for someone in members:
        mine = found[someone["organisation_id"]]
        mine["rank"] = None
        heard = _weighted(snapshot, mine["indicators"], (C1, C2, C3))
        if mine["score"] is not None:
            keys[someone["organisation_id"]] = (
                mine["score"],
                Decimal(-1) if heard is None else _steady(heard),
                Decimal(-1) if mine["indicators"][A] is None else mine["indicators"][A],
                -someone["breaches"],
            )
    if len(members) < snapshot["rubric"]["min_ranked"]:
        return
    for organisation, key in keys.items():
        found[organisation]["rank"] = 1 + len([other for other in keys.values() if other > key])
