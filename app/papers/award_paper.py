"""Papers of an award: the result with its rules, one's lembar nilai, a certificate. Plain data in, PDF out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from app import times, words_award, words_lembar
from app.awarding import rubric as rubrics
from app.papers import pdf

NO_FIGURE = "tidak ada"
_SOURCES = {
    "own": "sambungan sendiri", "public": "dibaca umum", "shared": "Halaman bersama", "sheet": "tabel diperiksa",
    "reported": "dilaporkan sendiri",
}  # fmt: skip
#: What a person decided about a flag.
_DECIDED = {
    "counts": "Diputuskan: tetap dihitung.",
    "left_out": "Diputuskan: tidak dihitung.",
    None: "Belum diputuskan.",
}


def hasil(
    about: dict[str, Any], found: Any, rules: rubrics.Rubric, firm: Sequence[Any], made_at: datetime,
    sheets: Iterable[Any],
) -> bytes:  # fmt: skip
    """The result: ranking by category, who has no rank and why, how firm the order is, the rules; then every
    participant's figures. found: queries.standings_award.Standings; firm: app.awarding.sensitivity.Firmness."""
    return pdf.render("penilaian", hasil_data(about, found, rules, firm, made_at, sheets))


def lembar(about: dict[str, Any], sheet: Any, made_at: datetime) -> bytes:
    """One participant's lembar nilai with its posts and items. sheet: queries.award_sheet.Sheet."""
    return pdf.render("penilaian", lembar_data(about, sheet, made_at))


def sertifikat(about: dict[str, Any], place: Any, released_at: datetime) -> bytes:
    """The certificate of a place."""
    return pdf.render("sertifikat", sertifikat_data(about, place, released_at))


def hasil_data(
    about: dict[str, Any], found: Any, rules: rubrics.Rubric, firm: Sequence[Any], made_at: datetime,
    sheets: Iterable[Any],
) -> dict[str, Any]:  # fmt: skip
    """What templates/papers/penilaian.typ is given of a result."""
    by_category = {each.category: each for each in firm}
    names = {place.organisation_id: place.organisation for place in found.places}
    return {
        **_common(about, made_at),
        "title": f"{about['name']}",
        "subtitle": f"{about['title']} · {about['period']}",
        "categories": [
            _category(category, found.of(category), by_category.get(category), names) for category in found.groups()
        ],
        "rules": _rules(rules),
        "sheets": [_figures(place) for place in sheets],
    }


def lembar_data(about: dict[str, Any], sheet: Any, made_at: datetime) -> dict[str, Any]:
    """What templates/papers/penilaian.typ is given of one participant."""
    participant, zone = sheet.participant, about["zone"]
    return {
        **_common(about, made_at),
        "title": f"Lembar nilai {sheet.place.organisation}",
        "subtitle": f"{about['name']} · {about['period']}",
        "categories": [],
        "rules": [],
        "sheets": [_figures(sheet.place, sheet.of)],
        "tables": [
            _table(
                "Kiriman yang dihitung (–: angka tidak tersedia)",
                ["Terbit", "Platform", "Interaksi", "Jangkauan", "Pengikut", "Sumber", "Isi"],
                [_post(post, zone) for post in participant["posts"]], [2, 3, 4], [9, 8, 7, 8, 8, 10, 24],
            ),
            _table(
                "Kiriman yang tidak dihitung", ["Terbit", "Platform", "Mengapa"],
                [[_day(post["published_at"], zone), post["platform"], words_award.excluded(post["reason"])]
                 for post in participant["excluded_posts"]], [], [2, 2, 8],
            ),
            _table(
                "Tanggapan warga", ["Nomor", "Jenis", "Masuk", "Dijawab pada waktunya", "Jam kerja", "Tuntas"],
                [_item(item, zone) for item in participant["items"]], [4], [2, 3, 3, 4, 2, 3],
            ),
            _table(
                "Catatan selama masa penilaian", ["Apa", "Kapan"], _noted(participant, zone), [], [12, 3],
            ),
            _table(
                "Pelanggaran privasi", ["Apa", "Siapa yang menetapkan", "Kapan"],
                [[each["what"], each["by"], _day(each["at"], zone)] for each in participant["breach_details"]], [],
                [8, 4, 3],
            ),
        ],
    }  # fmt: skip


def sertifikat_data(about: dict[str, Any], place: Any, released_at: datetime) -> dict[str, Any]:
    """What templates/papers/sertifikat.typ is given."""
    day = times.local(released_at, about["zone"]).date()
    return {
        "made_at": released_at,
        "name": about["name"],
        "period": about["period"],
        "organisation": place.organisation,
        "rank": f"Peringkat {place.rank}",
        "category": f"Kategori {place.category}",
        "score": times.decimal(place.score, 2),
        "day": times.plain_date(day),
        "sha256": (about["sha256"] or "")[:16],
    }


def _common(about: dict[str, Any], made_at: datetime) -> dict[str, Any]:
    at = times.local(made_at, about["zone"])
    said = f"Dibuat {times.plain_date(at.date())}, {times.clock_time(made_at, about['zone'])}."
    return {
        "made_at": made_at,
        "made_words": said,
        "foot": f"{about['name']} · {about['title']}.",
        "said": about["said"],
        "sha256": about["sha256"] or "",
        "notes": list(about["notes"]),
        "tables": [],
    }


def _category(name: str, places: Sequence[Any], firm: Any, names: dict[int, str]) -> dict[str, Any]:
    ranked = [place for place in places if place.rank is not None]
    scored = [place for place in places if place.rank is None and place.score is not None]
    return {
        "name": name,
        "rows": [_row(place) for place in (*ranked, *scored)],
        "without": [
            [place.organisation, words_award.reason(place.reason) or ""] for place in places if place.rank is None
        ],
        "firm": firmness_words(firm, names) if firm is not None else "",
    }


def firmness_words(firm: Any, names: dict[int, str]) -> str:
    """How firm the order is, in one or two sentences. firm: app.awarding.sensitivity.Firmness."""
    if firm.unchanged:
        said = (
            f"Bila tiap bobot digeser 20% ke atas atau ke bawah ({firm.trials} percobaan), peringkat 1–3 tidak berubah."
        )
    elif firm.winner_changes_in:
        count = len(firm.winner_changes_in)
        said = f"Bila tiap bobot digeser 20%, peringkat 1 berganti pada {count} dari {firm.trials} percobaan."
    else:
        count = len({trial for rank in firm.podium for trial in rank.changed_in})
        said = f"Bila tiap bobot digeser 20%, peringkat 1 tetap; peringkat 2–3 berubah pada {count} dari {firm.trials}."
    swaps = [swap for swap in firm.swaps if swap.first in names and swap.second in names][:3]
    for swap in swaps:
        pair = f"{names[swap.first]} dan {names[swap.second]}"
        said += f" {pair} bertukar urutan pada {len(swap.trials)} percobaan."
    return said


def _row(place: Any) -> list[str]:
    figures = [_points(place, name) for name in rubrics.INDICATORS]
    rank = "-" if place.rank is None else str(place.rank)
    return [rank, place.organisation, *figures, times.decimal(place.score, 2)]


def _points(place: Any, name: str) -> str:
    points = place.points.get(name)
    return "–" if points is None else times.decimal(points, 1)


def _figures(place: Any, eligible: int | None = None) -> dict[str, Any]:
    """A participant's own figures beside its category's medians."""
    rank = f"Peringkat {place.rank}" if place.rank is not None else "Tanpa peringkat"
    among = eligible if eligible is not None else place.detail.get("eligible")
    lines = []
    for name in rubrics.INDICATORS:
        detail = place.detail.get(name) or {}
        median = detail.get("median")
        figure = place.indicators.get(name)
        notes = [words_award.DROPPED] if detail.get("dropped") else []
        notes += [words_award.SMALL] if name in place.small_sample else []
        lines.append(
            {
                "name": words_award.INDICATORS[name],
                "figure": NO_FIGURE if figure is None else times.decimal(figure, 2),
                "part": float(figure) if figure is not None else 0,
                "median": "" if median is None else times.decimal(Decimal(str(median)), 2),
                "at": float(median) if median is not None else -1,
                "weight": times.decimal(place.weights.get(name, Decimal(0)), 1),
                "points": _points(place, name),
                "note": " ".join(notes),
            }
        )
    return {
        "name": place.organisation,
        "category": place.category,
        "rank": f"{rank} dari {among} yang memenuhi syarat" if place.rank is not None else rank,
        "reason": words_award.reason(place.reason) or "",
        "score": NO_FIGURE if place.score is None else times.decimal(place.score, 2),
        "breaches": f"{place.breaches} pelanggaran privasi, potongan {times.decimal(place.deduction, 2)}"
        if place.breaches
        else "",
        "posts": f"{place.detail.get('posts', 0)} kiriman dihitung",
        "lines": lines,
    }


def _rules(rules: rubrics.Rubric) -> list[list[str]]:
    total = sum(rules.weights.values())
    rows = [
        [words_award.INDICATORS[name], times.decimal(float(weight * 100 / total), 2), words_award.formula(name, rules)]
        for name, weight in rules.weights.items()
    ]
    lost, most = times.decimal(float(rules.breach_points), 2), times.decimal(float(rules.breach_most), 2)
    return [*rows, ["Pelanggaran privasi", f"−{lost}", f"Tiap pelanggaran yang ditetapkan; paling banyak {most}."]]


def _table(
    heading: str, head: list[str], rows: list[list[str]], right: list[int], columns: list[int]
) -> dict[str, Any]:
    return {"heading": heading, "head": head, "rows": rows, "right": right, "columns": columns}


def _post(post: dict[str, Any], zone: str) -> list[str]:
    said = " ".join(post["caption"].split())
    return [
        _day(post["published_at"], zone), post["platform"], _number(post["interactions"]), _number(post["reach"]),
        _number(post["followers"]), _SOURCES.get(post["source"], post["source"]),
        said if len(said) <= 80 else said[:79] + "…",
    ]  # fmt: skip


def _noted(participant: dict[str, Any], zone: str) -> list[list[str]]:
    """What was done to items in the period. No names: this paper goes from hand to hand."""
    rows = [[said, ""] for said in words_lembar.handled(participant)]
    for one in participant.get("relabelled") or []:
        said = f"Tanggapan nomor {one['id']} diubah jenisnya dari {one['from'] or 'perlu dipilah'} menjadi {one['to']}."
        rows.append([said, _day(one["at"], zone)])
    for one in participant.get("hidden") or []:
        what = "dihapus" if one["action"] == "delete" else "disembunyikan"
        rows.append([f"Komentar pada tanggapan nomor {one['id']} {what}.", _day(one["at"], zone)])
    for one in participant.get("flags") or []:
        said = (
            f"{words_lembar.FLAGS.get(one['kind'], one['kind'])}: {words_lembar.flag(one['kind'], one['facts'], zone)}"
        )
        rows.append([f"{said} {_DECIDED[one['decision']]}", ""])
    return rows


def _number(value: int | None) -> str:
    return "–" if value is None else times.number(value)


def _item(item: dict[str, Any], zone: str) -> list[str]:
    hours, settled = item["first_reply_working_hours"], item["resolved_in_time"]
    return [
        str(item["id"]), item["kind"], _day(item["said_at"], zone), "ya" if item["answered_in_time"] else "tidak",
        "belum dijawab" if hours is None else times.decimal(hours, 1),
        "" if item["kind"] != "keluhan" else "masih berjalan" if settled is None else "ya" if settled else "tidak",
    ]  # fmt: skip


def _day(at: str | None, zone: str) -> str:
    return "-" if at is None else times.short_date(times.local(datetime.fromisoformat(at), zone).date())
