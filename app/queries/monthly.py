"""The monthly report of one organisation: what stands on the paper that is pinned to the wall. No personal data.

Words of posts are those that everybody could read, with numbers and addresses of people hidden all the same; residents
are counts, and none below five is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app import times, words_monthly
from app.models import Account, Organisation, Photo, Post
from app.problems import Problem
from app.queries import board, figures, followers, periods, photos, statistics
from app.queries.board import Board
from app.queries.figures import Figures, Scope
from app.queries.masking import mask
from app.words_statistik import PLATFORMS, TASKS, compare, more

#: Titles that stand as examples beside a tugas.
EXAMPLES = 2
_WEBSITE = "website"
#: Signs that no file's name may have on some system.
_NOT_IN_FILES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True)
class Paper:
    """data: for templates/papers/monthly.typ. photo: (sha256, boxes to blur) of the best post. quiet: nothing to tell.

    qr: the address of the public page, None without one. title, body: of the letter that carries it.
    """

    organisation: str
    month: str
    data: dict[str, Any]
    quiet: bool
    title: str
    body: str
    photo: tuple[str, list[list[float]]] | None = None
    qr: str | None = None
    file_name: str = field(default="laporan.pdf")


def read(session: Session, organisation_id: int, month: str, now: datetime, public_url: str) -> Paper:
    """month: "2026-10", of the organisation's zone. Problem: unknown_organisation, report_month."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    period = periods.read(month, organisation.zone, now)
    if period.key != month or not period.is_month:
        raise Problem("report_month", field="month", month=month)
    found = board.read(session, Scope((organisation_id,)), period, now, TASKS)
    name = words_monthly.month(period.first.year, period.first.month)
    rows = figures.with_words(session, found.rows)
    best = _best(rows)
    address = _address(session, organisation, public_url)
    photo = _photo(session, best)
    done = statistics.summed(rows).interactions.value
    data = _data(found, organisation, name, done, rows) | {
        "best": _best_words(best, rows, photo is not None) if best else None,
        "address": address.removeprefix("https://").removeprefix("http://") if address else None,
    }
    title, body = words_monthly.letter(organisation.name, name, found.posts, done)
    return Paper(
        organisation=organisation.name,
        month=name,
        data=data,
        quiet=not (found.posts[0] or found.answers.due),
        title=title,
        body=body,
        photo=photo,
        qr=address,
        file_name=" ".join(f"{_NOT_IN_FILES.sub(' ', f'Laporan {organisation.name} {name}')}.pdf".split()),
    )


def _data(found: Board, organisation: Organisation, name: str, done: int | None, rows: list[Figures]) -> dict[str, Any]:
    zone = organisation.zone
    big, said = words_monthly.answered(found.answers)
    stats = [{"title": "Kiriman terbit", "value": times.number(found.posts[0]), "note": more(*found.posts)}]
    before = found.plot.total_before if found.plot else None
    stats.append({
        "title": "Interaksi", "value": times.number(done) if done is not None else "–",
        "note": compare(done, before) if done is not None else "tidak tersedia",
    })  # fmt: skip
    for each in found.platforms:
        if each.connector != _WEBSITE:
            then = found.platforms_before.get(each.connector)
            words = compare(each.reach.value, then.reach.value if then else None)
            stats.append({
                "title": f"Terjangkau di {PLATFORMS.get(each.connector, each.connector)}",
                "value": times.number(each.reach.value) if each.reach.value is not None else "–",
                "note": words if each.reach.value is not None else "tidak tersedia",
            })  # fmt: skip
    plot = found.plot
    return {
        "title": f"Laporan {name}",
        "organisation": organisation.name,
        "period": found.period.words,
        "made_at": found.now,
        "made_words": f"Dibuat {times.plain_date(times.local(found.now, zone).date())}.",
        "foot": "Kentongan.",
        "stats": stats[:4],
        "answered": {"value": big, "words": said},
        "tasks": _tasks(rows),
        "followers": [_follower(each) for each in _grown(found.followers, found.period.first, found.period.last)],
        "line": {"now": plot.now, "before": plot.before, "top": plot.top, "marks": plot.marks,
                 "axis": [times.number(plot.top), times.number(plot.top // 2), "0"],
                 "before_words": found.period.before_words} if plot and len(plot.now) > 1 else None,
        "note": words_monthly.NOTES,
    }  # fmt: skip


def _tasks(rows: list[Figures]) -> list[dict[str, Any]]:
    """How many posts told of each tugas, with the newest titles. A post on two accounts is one."""
    by_task: dict[str, dict[int, Figures]] = {}
    for row in rows:
        by_task.setdefault(row.task if row.task and row.task in TASKS else "", {}).setdefault(row.post, row)
    found = []
    for task, posts in sorted(by_task.items(), key=lambda pair: (not pair[0], -len(pair[1]), pair[0])):
        titles = list(dict.fromkeys(mask(row.headline) for row in posts.values()))
        name = TASKS.get(task, words_monthly.NO_TASK)
        found.append({"name": name, "posts": len(posts), "titles": titles[:EXAMPLES], "more": len(titles) > EXAMPLES})
    return found


def _best(rows: list[Figures]) -> Figures | None:
    """The post with the most interactions over all accounts; of equals the newest. None without any interaction."""
    sums: dict[int, int] = {}
    for row in rows:
        sums[row.post] = sums.get(row.post, 0) + (row.interactions or 0)
    if not any(sums.values()):
        return None
    # Rows come newest first, and max takes the first of equals.
    return max(rows, key=lambda row: sums[row.post])


def _best_words(best: Figures, rows: list[Figures], pictured: bool) -> dict[str, Any]:
    own = [row for row in rows if row.post == best.post]
    told = []
    for row in own:
        reach, done = row.metrics["reach"], row.interactions
        seen = f"{times.number(reach)} terjangkau, " if reach is not None else ""
        if done is not None:
            told.append(f"{PLATFORMS.get(row.connector, row.connector)}: {seen}{times.number(done)} interaksi")
    day = times.long_date(best.day) if best.day else ""
    place = f" · {best.village}" if best.village else ""
    return {"headline": mask(best.headline), "when": mask(f"{day}{place}"), "told": told, "photo": pictured}


def _photo(session: Session, best: Figures | None) -> tuple[str, list[list[float]]] | None:
    """Its first photo and every box that hides a face in it; None when the post is being taken back or has none."""
    if best is None or not best.post_id:
        return None
    sha256 = session.execute(
        select(col(Photo.sha256))
        .join(Post, col(Post.id) == col(Photo.post_id))
        .where(col(Photo.post_id) == best.post_id, col(Post.withdraw_at).is_(None))
        .order_by(col(Photo.position))
        .limit(1)
    ).scalar_one_or_none()
    if sha256 is None:
        return None
    # Whoever is hidden in one post is hidden wherever the same photo stands.
    return sha256, [box for _, boxes in photos.owners(session, sha256) for box in boxes if len(box) == 4]


def _grown(
    found: list[followers.Follower], first: date, last: date
) -> list[tuple[followers.Follower, list[tuple[date, int]]]]:
    """Each account with its counts of this month."""
    cut = [(each, [(day, count) for day, count in each.trend if first <= day <= last]) for each in found]
    return [(each, counts) for each, counts in cut if counts]


def _follower(pair: tuple[followers.Follower, list[tuple[date, int]]]) -> str:
    """ "Facebook IPSM Leuwisadeng: 1.204 pengikut, bertambah 24"."""
    each, counts = pair
    more_now = counts[-1][1] - counts[0][1]
    way = "bertambah" if more_now > 0 else "berkurang"
    change = f", {way} {times.number(abs(more_now))}" if more_now else ""
    name = PLATFORMS.get(each.connector, each.connector)
    return f"{name} {each.account}: {times.number(counts[-1][1])} pengikut{change}"


def _address(session: Session, organisation: Organisation, public_url: str) -> str | None:
    """Of the public page, as a code on a wall must name it: whole."""
    if not organisation.slug or not public_url:
        return None
    own = (col(Account.organisation_id) == organisation.id, col(Account.connector) == _WEBSITE, col(Account.active))
    open_ = session.execute(select(col(Account.id)).where(*own).limit(1)).first() is not None
    return f"{public_url.rstrip('/')}/o/{organisation.slug}" if open_ else None
