"""The ranking of an award as a workbook whose scores are formulas, and as CSV.

A score is reckoned in the sheet from the figures and the weights beside it, so that whoever doubts it sees how it comes
about; the frozen score stands next to it with the difference. Figures have ten digits behind the point, as they were
frozen; an empty cell is a row without a figure, whose weight the others share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from app import words_award
from app.awarding import rubric as rubrics
from app.papers.sheets import Column, Formula, Sheet, Value, csv_bytes
from app.papers.sheets import xlsx as workbook

#: Posts of one workbook; a kabupaten's year has more, and its json has all of them.
POSTS_MOST = 20_000
_FIGURES = 10
_NAMES = [words_award.INDICATORS[name] for name in rubrics.INDICATORS]
#: Of the first sheet: figures stand in D to I, breaches in J.
_FIRST, _LAST, _BREACHES = "D", "I", "J"
_WEIGHTS = "Bobot!$B$2:$G$2"


def xlsx(
    award: dict[str, Any], found: Any, rules: rubrics.Rubric, participants: Iterable[dict[str, Any]] = ()
) -> bytes:
    """award: name, period, zone and what is said of the version (words). found: queries.standings_award.Standings.

    participants: of the snapshot, for the sheet of posts.
    """
    sheets = [_ranking(found), _weights(rules), _about(award)]
    posts = _posts(participants)
    if posts:
        sheets.append(Sheet("Kiriman", _POSTS, posts))
    return workbook(sheets, award["zone"])


def csv(found: Any, zone: str) -> bytes:
    """The ranking alone, with the frozen scores."""
    columns = [
        Column(title) for title in ("peringkat", "organisasi", "kategori", *rubrics.INDICATORS, "pelanggaran", "nilai")
    ]
    rows: list[list[Value]] = [
        [
            place.rank, place.organisation, place.category, *(place.indicators.get(n) for n in rubrics.INDICATORS),
            place.breaches, place.score, words_award.reason(place.reason), ", ".join(place.small_sample),
        ]
        for place in found.places
    ]  # fmt: skip
    return csv_bytes([*columns, Column("keterangan"), Column("data sedikit")], rows, zone)


def _ranking(found: Any) -> Sheet:
    columns = [
        Column("Peringkat", 10), Column("Peserta", 36), Column("Kategori", 20),
        *(Column(name, 13, "0.00") for name in _NAMES), Column("Pelanggaran", 12), Column("Potongan", 11, "0.00"),
        Column("Nilai", 10, "0.00"), Column("Nilai dibekukan", 12, "0.00"), Column("Selisih", 10, "0.00"),
        Column("Keterangan", 48), Column("Data sedikit", 24),
    ]  # fmt: skip
    return Sheet("Peringkat", columns, [_place(place, line) for line, place in enumerate(found.places, 2)])


def _place(place: Any, line: int) -> Sequence[Value]:
    figures = [figure(place, name) for name in rubrics.INDICATORS]
    span = f"{_FIRST}{line}:{_LAST}{line}"
    # SUMPRODUCT leaves empty cells out above the line; below it ISNUMBER does.
    mean = f"SUMPRODUCT({_WEIGHTS},{span})/SUMPRODUCT({_WEIGHTS}*ISNUMBER({span}))"
    scored = place.score is not None
    return [
        place.rank, place.organisation, place.category, *figures, place.breaches,
        Formula(f"=MIN({_BREACHES}{line}*Bobot!$B$4,Bobot!$B$5)"),
        Formula(f"=ROUND({mean}-K{line},2)") if scored else None, place.score,
        Formula(f"=L{line}-M{line}") if scored else None,
        words_award.reason(place.reason), ", ".join(words_award.INDICATORS[name] for name in place.small_sample),
    ]  # fmt: skip


def figure(place: Any, name: str) -> Decimal | None:
    """The figure of a row before it was rounded to two decimals: from what it adds to the score, and its weight."""
    if place.indicators.get(name) is None:
        return None
    weight = place.weights.get(name)
    if not weight:
        exact: Decimal = place.indicators[name]
        return exact
    unrounded: Decimal = (place.points[name] * 100 / weight).quantize(Decimal(1).scaleb(-_FIGURES + 2), ROUND_HALF_EVEN)
    return unrounded


def _weights(rules: rubrics.Rubric) -> Sheet:
    plain = rubrics.plain(rules)
    rows: list[list[Value]] = [
        ["Bobot", *(plain["weights"][name] for name in rubrics.INDICATORS)],
        [],
        ["Potongan tiap pelanggaran", plain["breach_points"]],
        ["Potongan paling banyak", plain["breach_most"]],
    ]
    kept = ("weights", "breach_points", "breach_most")
    rows += [[], ["Aturan lain"]]
    rows += [[name, _said(value)] for name, value in plain.items() if name not in kept]
    return Sheet("Bobot", [Column("Aturan", 30), *(Column(name, 15) for name in _NAMES)], rows)


def _said(value: Any) -> Value:
    if isinstance(value, dict):
        return "; ".join(f"{key} {each}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    said: Value = value
    return said


def _about(award: dict[str, Any]) -> Sheet:
    rows: list[list[Value]] = [[key, value] for key, value in award["facts"]]
    return Sheet("Keterangan", [Column("Tentang", 24), Column("Isi", 90)], rows)


_POSTS = (
    Column("Peserta", 30), Column("Nomor", 16), Column("Platform", 11), Column("Terbit (UTC)", 21),
    Column("Dibaca (UTC)", 21), Column("Cara", 9), Column("Sumber", 10), Column("Interaksi", 10), Column("Suka", 9),
    Column("Komentar", 10), Column("Dikecualikan", 13), Column("Dibagikan", 10), Column("Disimpan", 10),
    Column("Jangkauan", 11), Column("Pengikut", 10), Column("Tautan", 40), Column("Tidak dihitung karena", 36),
)  # fmt: skip


def _posts(participants: Iterable[dict[str, Any]]) -> list[Sequence[Value]]:
    rows: list[Sequence[Value]] = []
    for each in participants:
        name = each["organisation"]
        for post in each["posts"]:
            rows.append(
                [
                    name, post["id"], post["platform"], post["published_at"], post["read_at"], post["how"],
                    post["source"], post["interactions"], post["reactions"], post["comments"],
                    post["excluded_comments"], post["shares"], post["saves"], post["reach"], post["followers"],
                    post["permalink"],
                ]
            )  # fmt: skip
        for post in each["excluded_posts"]:
            why = words_award.excluded(post["reason"])
            rows.append([name, post["id"], post["platform"], post["published_at"], *[None] * 12, why])
        if len(rows) > POSTS_MOST:
            return [*rows[:POSTS_MOST], ["… selebihnya ada di ekspor json"]]
    return rows
