"""What the statistics page shows, as sheets of a workbook and as pages: the same figures, the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app import times
from app.papers.sheets import Column, Sheet, Value
from app.queries.board import Board, Named
from app.queries.figures import Figures
from app.queries.slots import Slot
from app.words_statistik import METRICS, PLATFORMS, SOURCES, TASKS, compare, more, percent

#: Rows of a list on paper; the workbook has all.
_ON_PAPER = 40
_AREA = "Per organisasi"
_HOW = {"read": "dibaca", "between": "di antara dua bacaan"}
NOTES = (
    "“Belum ada angka” dan “tidak tersedia” berarti platform tidak memberikannya; itu bukan nol.",
    "Jangkauan Facebook dan Instagram tidak dijumlah: orangnya bisa sama.",
    "Tingkat keterlibatan: suka, komentar, dibagikan, dan disimpan dibagi jangkauan kiriman yang sama.",
    "Sumber tiap angka: sambungan sendiri, dibaca dari luar, dibagikan, tabel diperiksa, atau dilaporkan sendiri.",
)


RANGE = (
    "Median keterlibatan pada umur 7 hari. Rentang: di antaranya median yang sebenarnya berada, dengan kepastian "
    "sedikitnya 95%; semakin sedikit kiriman, semakin lebar."
)


@dataclass(frozen=True)
class Facts:
    """What a board does not know. name: whose; narrowed: its filters in words; rows: with words; names: by
    organisation."""

    name: str
    narrowed: str
    rows: Sequence[Figures]
    names: Mapping[int, str]


def narrowed(args: Mapping[str, str], account: str | None) -> str:
    """The filters in words: "Tugas Penggerak · Desa Kalong II"; "" without any."""
    said = [account] if account else []
    if "tugas" in args:
        said.append(f"Tugas: {TASKS.get(args['tugas'], 'belum dipilih')}")
    if "desa" in args:
        said.append(f"Desa: {args['desa']}" if args["desa"] != "-" else "Tanpa desa")
    return " · ".join(said)


def posts(board: Board, facts: Facts) -> tuple[list[Column], list[list[Value]]]:
    """Every post on every account. A missing figure is the words that say why, never 0."""
    zone = times.ZONE_WORDS[board.period.zone]
    columns = [
        Column("Kiriman"), Column("Organisasi"), Column("Platform"), Column("Akun"), Column(f"Terbit ({zone})"),
        Column("Tugas"), Column("Desa"), *(Column(label, 11, "#,##0") for label in METRICS.values()),
        Column("Interaksi", 11, "#,##0"), Column("Keterlibatan dari jangkauan (%)", 14, "0.0"),
        Column("Keterlibatan pada umur 7 hari (%)", 14, "0.0"), Column("Cara baca umur 7 hari"),
        Column(f"Dibaca ({zone})"), Column("Sumber"), Column("Alamat"),
    ]  # fmt: skip
    whose = {board.scope.organisations[0]: facts.name} | dict(facts.names)
    rows: list[list[Value]] = [
        [
            row.headline, whose.get(row.organisation_id, ""), PLATFORMS.get(row.connector, row.connector), row.account,
            row.published_at, TASKS.get(row.task or "", "belum dipilih"), row.village or "",
            *(value if (value := row.metrics[name]) is not None else row.told(name) for name in METRICS),
            row.interactions if row.interactions is not None else times.NO_NUMBER, _rounded(row.rate),
            _rounded(row.week_rate), _HOW.get(row.week_how or "", times.NO_NUMBER),
            row.read_at or "belum dibaca", SOURCES.get(row.source, row.source), row.permalink or "",
        ]
        for row in facts.rows
    ]  # fmt: skip
    return columns, rows


def workbook(board: Board, facts: Facts) -> list[Sheet]:
    """What stands on the page, a sheet a part."""
    made = [
        Sheet("Ringkasan", [Column("Angka"), Column("Nilai"), Column("Keterangan")], _summary(board, facts)),
        Sheet("Per kiriman", *posts(board, facts)),
    ]
    for title, found in _groups(board):
        made.append(Sheet(title, _group_columns(title), [_group(title, each) for each in found]))
    if board.plot:
        columns = [Column("Pekan"), Column("Sekarang", 12, "#,##0"), Column("Sebelumnya", 12, "#,##0")]
        made.append(Sheet("Interaksi per pekan", columns, [list(week) for week in board.plot.weeks]))
    if board.times:
        made.append(Sheet("Hari dan jam", [Column(title) for title in _SLOTS], _slots(board)))
    if board.followers:
        rows: list[list[Value]] = [
            [PLATFORMS.get(each.connector, each.connector), each.account, day, count, SOURCES[each.source]]
            for each in board.followers
            for day, count in each.trend
        ]
        columns = [Column("Platform"), Column("Akun"), Column("Tanggal"), Column("Pengikut", 12, "#,##0")]
        made.append(Sheet("Pengikut", [*columns, Column("Sumber")], rows))
    made.append(Sheet("Cara membaca", [Column("Cara membaca", 100)], [[note] for note in NOTES]))
    return made


def pages(board: Board, facts: Facts) -> dict[str, Any]:
    """The page for templates/papers/tables.typ."""
    period, zone = board.period, board.period.zone
    stats = [{"title": "Kiriman terbit", "value": times.number(board.posts[0]), "note": more(*board.posts)}]
    for each in board.platforms:
        name = PLATFORMS.get(each.connector, each.connector)
        stats.append({"title": f"Jangkauan {name}", "value": _short(each.reach.value), "note": each.reach.words})
        stats.append({"title": f"Keterlibatan {name}", "value": _short(each.rate), "note": "dari jangkauan"})
    due = board.answers.due
    value = f"{board.answers.in_time}/{due}" if due else "–"
    note = (
        f"median {times.decimal(board.answers.hours)} jam" if board.answers.hours is not None else "belum ada jawaban"
    )
    stats.append({"title": "Dijawab tepat waktu", "value": value, "note": note})
    return {
        "title": f"Statistik {facts.name}",
        "subtitle": " · ".join(filter(None, [f"{period.words}, dibanding {period.before_words}", facts.narrowed])),
        "made_at": board.now,
        "made_words": f"Dibuat {times.plain_date(times.local(board.now, zone).date())}, "
        f"{times.clock_time(board.now, zone)}.",
        "foot": f"{facts.name}.",
        "flipped": True,
        "stats": stats,
        "sections": [*_line(board), *_group_pages(board), *_slot_pages(board), _posts_page(facts)],
        "notes": list(NOTES),
    }


def _summary(board: Board, facts: Facts) -> list[list[Value]]:
    rows: list[list[Value]] = [
        ["Organisasi", facts.name, facts.narrowed],
        ["Masa", board.period.words, f"dibanding {board.period.before_words}"],
        ["Kiriman terbit", board.posts[0], more(*board.posts)],
    ]
    for each in board.platforms:
        name, before = PLATFORMS.get(each.connector, each.connector), board.platforms_before.get(each.connector)
        then = before.reach.value if before else None
        rows.append([f"Jangkauan {name}", _or_words(each.reach.value), f"{each.reach.words}; "
                     f"{compare(each.reach.value, then)}"])  # fmt: skip
        rows.append([f"Tingkat keterlibatan {name} (%)", _rounded(each.rate), each.done.words])
    rows.append(["Dijawab tepat waktu", board.answers.in_time, f"dari {board.answers.due} yang jatuh tempo"])
    hours = board.answers.hours
    rows.append(["Median jawaban pertama (jam)", _rounded(hours) if hours is not None else times.NO_NUMBER, ""])
    for source, count in board.sources.items():
        rows.append([f"Kiriman: {SOURCES.get(source, source)}", count, ""])
    return rows


def _groups(board: Board) -> list[tuple[str, list[Named]]]:
    found = [(_AREA, board.organisations), ("Per tugas", board.tasks), ("Per desa", board.villages)]
    return [(title, some) for title, some in found if some]


def _group_columns(title: str) -> list[Column]:
    answered = [Column("Dijawab tepat waktu")] if title == _AREA else []
    return [
        Column(title.removeprefix("Per ").capitalize()), Column("Kiriman", 11, "#,##0"),
        Column("Sebelumnya", 11, "#,##0"), Column("Interaksi", 11, "#,##0"), Column("Median keterlibatan"),
        Column("Jangkauan"), Column("Sumber"), *answered,
    ]  # fmt: skip


def _group(title: str, each: Named) -> list[Value]:
    group, due = each.group, each.answers.due if each.answers else 0
    reach = [
        f"{PLATFORMS.get(one.connector, one.connector)} {times.number(one.reach.value)}" for one in group.platforms
    ]
    answered = [f"{each.answers.in_time}/{due}" if each.answers and due else "tidak ada"] if title == _AREA else []
    return [
        each.name, group.posts, group.before, _or_words(group.interactions.value), middles(group.middles),
        "; ".join(reach), origin(group.sources), *answered,
    ]  # fmt: skip


def middles(found: Mapping[str, Decimal]) -> str:
    """Medians by platform in words: "Facebook 5,0%; Instagram 11,0%"."""
    return "; ".join(f"{PLATFORMS.get(name, name)} {percent(value)}" for name, value in found.items())


def origin(found: Mapping[str, int]) -> str:
    """Source classes in words; the usual one alone goes without its count."""
    if set(found) <= {"own"}:
        return SOURCES["own"] if found else ""
    return ", ".join(f"{SOURCES.get(name, name)} {count}" for name, count in found.items())


_SLOTS = ("Platform", "Hari atau jam", "Kiriman", "Median (%)", "Batas bawah (%)", "Batas atas (%)", "Kesimpulan")
_VERDICTS = {"better": "lebih ramai", "worse": "lebih sepi"}


def _slots(board: Board) -> list[list[Value]]:
    return [
        [PLATFORMS.get(each.connector, each.connector), slot.name, slot.posts, *_slot(slot)]
        for each in board.times
        for slot in (*each.days, *each.hours)
    ]


def _slot(slot: Slot) -> list[Value]:
    if slot.middle is None:
        return [None, None, None, "belum cukup kiriman"]
    said = _VERDICTS.get(slot.verdict, "belum jelas berbeda")
    return [_rounded(slot.middle), _rounded(slot.low), _rounded(slot.high), said]


def _line(board: Board) -> list[dict[str, Any]]:
    if not board.plot or len(board.plot.now) < 2:
        return []
    plot = board.plot
    return [{
        "heading": "Interaksi terkumpul",
        "text": f"{times.number(plot.total)} pada masa ini, {times.number(plot.total_before)} sebelumnya (garis "
        "putus-putus); menurut tanggal terbit.",
        "line": {"now": plot.now, "before": plot.before, "top": plot.top, "marks": plot.marks,
                 "axis": [times.number(plot.top), times.number(plot.top // 2), "0"]},
    }]  # fmt: skip


def _group_pages(board: Board) -> list[dict[str, Any]]:
    made = []
    for title, found in _groups(board):
        more_words = f"{_ON_PAPER} teratas dari {len(found)}; semuanya di XLSX." if len(found) > _ON_PAPER else ""
        made.append({
            "heading": title, "text": more_words, "head": [column.title for column in _group_columns(title)],
            "columns": [3, 1.1, 1.3, 1.1, 2.4, 2.4, 2, 1.3][: len(_group_columns(title))], "right": [1, 2, 3],
            "rows": [[_said(value) for value in _group(title, each)] for each in found[:_ON_PAPER]],
        })  # fmt: skip
    return made


def _slot_pages(board: Board) -> list[dict[str, Any]]:
    return [
        {
            "heading": f"Hari dan jam: {PLATFORMS.get(each.connector, each.connector)}",
            "text": f"{each.words} {RANGE}",
            "head": ["Hari atau jam", "Kiriman", "Median", "Rentang"], "columns": [2, 1, 1, 2], "right": [1, 2],
            "rows": [
                [slot.name, str(slot.posts), percent(slot.middle) if slot.middle is not None else "–",
                 f"{percent(slot.low)}–{percent(slot.high)}" if slot.middle is not None else "belum cukup kiriman"]
                for slot in (*each.days, *each.hours) if slot.posts
            ],
        }
        for each in board.times
    ]  # fmt: skip


def _posts_page(facts: Facts) -> dict[str, Any]:
    rows = facts.rows[:_ON_PAPER]
    return {
        "heading": "Per kiriman",
        "text": f"{_ON_PAPER} terbaru dari {len(facts.rows)}; semuanya di XLSX." if len(facts.rows) > _ON_PAPER else "",
        "head": ["Kiriman", "Akun", "Terbit", *METRICS.values(), "Keterlibatan", "Sumber"],
        "columns": [4, 2.2, 1.4, *([1.25] * len(METRICS)), 1.5, 1.7],
        "right": list(range(3, 4 + len(METRICS))),
        "rows": [
            [row.headline, f"{PLATFORMS.get(row.connector, row.connector)} {row.account}",
             times.short_date(row.day) if row.day else "",
             *(times.number(value) if (value := row.metrics[name]) is not None else row.told(name) for name in METRICS),
             percent(row.rate), SOURCES.get(row.source, row.source)]
            for row in rows
        ],
    }  # fmt: skip


def _said(value: Value) -> str:
    return times.number(value) if isinstance(value, int) else str(value or "")


def _short(value: Decimal | int | None) -> str:
    if value is None:
        return "–"
    return percent(value) if isinstance(value, Decimal) else times.number(value)


def _or_words(value: int | None) -> Value:
    return times.NO_NUMBER if value is None else value


def _rounded(value: Decimal | None) -> Value:
    return times.NO_NUMBER if value is None else round(value, 2)
