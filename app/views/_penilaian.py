"""What all pages of an award share: who may open it, its steps, how its numbers are written."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import abort, g, redirect, request, url_for
from sqlmodel import Session, col, select

from app import clock, times, words_award
from app.awarding import rubric
from app.frame import DEFAULT_ZONE, organisation_id, parts, say, standing
from app.models import Award, Organisation
from app.queries.standings_award import Place, Standings
from app.rights import ancestors, object_of, reach
from app.services import awards, jury

#: The tone of each indicator's bar (shared/ui: keep the order).
TONES = {name: f"k{place}" for place, name in enumerate(rubric.INDICATORS, 1)}


#: Lines of a ranking on one page.
PAGE = 50


def opened(award_id: int, *, figures: bool = False) -> Award:
    """An award this person may look at: of the area they live in, or one of the areas they watch. Else 404; a draft is
    only for who writes it.

    Its page wears the person's own organisation, so that "mine" is marked in the ranking. figures: the page tells what
    the jury gave until now, so a juror is led to their own desk while not all marks are in.
    """
    with parts().db.read() as session:
        award = session.get(Award, award_id)
        hidden = award is None or (award.state == "draft" and not _manages(session, award))
        place = None if award is None or hidden else _standpoint(session, award)
        blind = figures and award is not None and place is not None and _blind(session, award)
    object_of(place, stay=False)
    assert award is not None  # object_of ended the request otherwise
    if blind:
        say("Juri melihat nilai sementara sesudah semua juri selesai menilai.", "wait")
        abort(redirect(url_for("penilaian_juri.menilai", award_id=award_id), 303))
    return award


def opened_for(award_id: int, organisation_id: int) -> Award:
    """The same for who acts for a participant: with the route's right in that organisation, wherever they stand now."""
    with parts().db.read() as session:
        award = session.get(Award, award_id)
        host = None if award is None else award.organisation_id
        near = host is None or host == organisation_id or host in ancestors(session, organisation_id)
    object_of(organisation_id if award is not None and award.state != "draft" and near else None, stay=False)
    assert award is not None  # object_of ended the request otherwise
    return award


def _blind(session: Session, award: Award) -> bool:
    """Whether the person judges here and somebody's marks are still missing."""
    number = award.id or 0
    if award.state != "fixed" or jury.of_person(session, number, standing().person_id) is None:
        return False
    return bool(jury.draws(session, number)) and not jury.revealed(session, award)


def managed(award_id: int) -> Award:
    """An award this person may change: of an organisation where they hold the right, or of the whole installation
    where their organisation has none above it. Else 404."""
    with parts().db.read() as session:
        award = session.get(Award, award_id)
        place = None if award is None else award.organisation_id or whole(session)
    object_of(place, stay=False)
    assert award is not None  # object_of ended the request otherwise
    return award


def whole(session: Session) -> int | None:
    """Where somebody stands who may act for the whole installation: a pengelola anywhere, others only in the one
    organisation that has all others below it."""
    here = organisation_id()
    if "pengelola" in {role for _, role in standing().memberships}:
        return here
    roots = session.exec(select(Organisation.id).where(col(Organisation.parent_id).is_(None)).limit(2)).all()
    return here if list(roots) == [here] else None


def manages(award: Award) -> bool:
    """Whether the person may change this award."""
    with parts().db.read() as session:
        return _manages(session, award)


def run_by(session: Session) -> list[Award]:
    """The awards this person may change, that are not over."""
    mine, everywhere = reach(session, standing().person_id, "penilaian.kelola"), whole(session)
    host = col(Award.organisation_id)
    places = host.in_(mine) if everywhere is None else host.in_(mine) | host.is_(None)
    return list(session.exec(select(Award).where(places, col(Award.state) != "draft").order_by(col(Award.id))))


def _manages(session: Session, award: Award) -> bool:
    place = award.organisation_id or whole(session)
    return place is not None and place in reach(session, standing().person_id, "penilaian.kelola")


def visible(session: Session) -> list[Award]:
    """The awards this person may look at, the newest first."""
    mine = reach(session, standing().person_id, "penilaian.lihat")
    hosts = set(mine).union(*(ancestors(session, each) for each in mine)) if mine else set()
    host = col(Award.organisation_id)
    query = select(Award).where(host.is_(None) | host.in_(hosts))
    rows = session.exec(query.order_by(col(Award.first).desc(), col(Award.id).desc()))
    return [row for row in rows if row.state != "draft" or _manages(session, row)]


def _standpoint(session: Session, award: Award) -> int | None:
    """From which organisation the person looks at it, or acts: the current one where it lies in the award's area and
    gives them the right that the route asks for, else another of theirs. None: there is none."""
    here, host = organisation_id(), award.organisation_id
    mine = reach(session, standing().person_id, g.rule.right)
    for each in (here, host, *sorted(mine)):
        if each in mine and (host is None or each == host or host in ancestors(session, each)):
            return each
    return None


def zone_of(award: Award) -> str:
    """In which zone its times are told."""
    return award.zone or DEFAULT_ZONE


def steps(award: Award, version: int | None, frozen_at: Any) -> list[dict[str, Any]]:
    """The five steps of an award: {words, small, state: done, now or later}."""
    now, zone = clock.now(), zone_of(award)
    over = now >= awards.end(award)

    def short(at: Any) -> str:
        return times.short_date(times.local(at, zone).date(), times.local(now, zone).date())

    objecting = award.state == "frozen"
    late = award.objections_until is not None and now >= award.objections_until
    running = "belum ditetapkan" if award.state == "draft" else times.plain_date(award.last)
    rows = [
        ("Aturan ditetapkan", short(award.fixed_at) if award.fixed_at else "belum", award.state != "draft"),
        ("Masa penilaian", f"sampai {running}" if award.state != "draft" else running, over or version is not None),
        ("Data dibekukan", f"versi {version}, {short(frozen_at)}" if version else "belum", version is not None),
        ("Masa sanggah", _until(award, zone) or "5 hari kerja", award.state == "released" or (objecting and late)),
        ("Hasil akhir", short(award.released_at) if award.released_at else "belum", award.state == "released"),
    ]
    found, current = [], True
    for words, small, done in rows:
        state = "done" if done and current else "now" if current else "later"
        current = current and done
        found.append({"words": words, "small": small, "state": state})
    return found


def _until(award: Award, zone: str) -> str | None:
    return f"s.d. {times.moment(award.objections_until, zone, clock.now())}" if award.objections_until else None


def points(place: Place) -> list[tuple[str, Decimal, str]]:
    """(tone, points, name) of the rows that count, for the bar; a deduction is not drawn but said."""
    return [
        (TONES[name], place.points[name], words_award.INDICATORS[name])
        for name in rubric.INDICATORS
        if name in place.points
    ]


def label(place: Place) -> str:
    """The bar in words."""
    parts_ = ", ".join(f"{name} {times.decimal(value, 2)}" for _, value, name in points(place))
    cut = f"; dikurangi {times.decimal(place.deduction, 2)}" if place.deduction else ""
    return f"Susunan nilai {place.organisation}: {parts_}{cut}"


def notes(place: Place, mates: list[Place]) -> list[str]:
    """What is said under a participant's name: how much there is, a shared rank, what is thin or cut."""
    found = [f"{times.number(place.detail.get('posts'))} kiriman"] if place.detail.get("posts") is not None else []
    rows = place.detail.get("tingkat_respons") or {}
    if rows.get("count"):
        found.append(f"{times.number(rows['count'])} tanggapan")
    if place.rank is not None and sum(mate.rank == place.rank for mate in mates) > 1:
        found.append("juara bersama" if place.rank == 1 else "peringkat sama")
    if place.small_sample:
        found.append("data sedikit: " + ", ".join(words_award.INDICATORS[name] for name in place.small_sample))
    if place.deduction:
        found.append(f"pelanggaran privasi: −{times.decimal(place.deduction, 0)}")
    return found


def weights(award: Award) -> dict[str, Decimal]:
    """Weights out of 100, by indicator."""
    rules = rubric.read(award.rubric)
    total = sum(rules.weights.values())
    return {name: decimal(rules.weights[name] * 100 / total) for name in rubric.INDICATORS}


def columns(award: Award, category: str, ranked: list[Place]) -> tuple[list[str], dict[str, Decimal]]:
    """Rows that are scored in this category, and their weights out of 100: as they count here where they count the same
    for all, else as the rules have them. A row that has no figure yet has no weight."""
    gone = award.dropped.get(rubric.base(category)) or []
    names = [name for name in rubric.INDICATORS if name not in gone]
    same = ranked and all(place.weights == ranked[0].weights for place in ranked)
    return names, dict(ranked[0].weights) if same and ranked[0].weights else weights(award)


def first_of(found: Standings, names: list[str]) -> str:
    """The category that is shown first: one with a rank, else one with anybody, else the first."""
    ranked = (place.category for place in found.places if place.rank is not None)
    return next(ranked, found.places[0].category if found.places else names[0])


def decimal(value: Fraction) -> Decimal:
    """A fraction for showing."""
    return Decimal(value.numerator) / value.denominator


def tabs(award: Award, found: Standings) -> list[tuple[str, str, int]]:
    """(category, words, how many) of each, in the award's order; those without anybody too."""
    groups = found.groups()
    names = []
    for category in award.categories:
        names += [group for group in groups if rubric.base(group) == category] or [category]
    return [(name, capital(name), sum(place.category == name for place in found.places)) for name in names]


def capital(words: str) -> str:
    """With a capital first letter, the others as they are."""
    return words[:1].upper() + words[1:]


def asked() -> int | None:
    """?versi=1; 404 for what is no number."""
    given = request.args.get("versi", "")
    if not given:
        return None
    if not (given.isdecimal() and len(given) < 7):
        abort(404)
    return int(given)


def unchanged(newest: int | None) -> bool:
    """Whether the version that the form was shown with ("versi", where it says one) is still the newest."""
    given = request.form.get("versi", "")
    return not given or given == str(newest or 0)


def draft_mark(award: Award) -> str:
    """A mark of a draft as it was shown: who fixes it fixes what they read."""
    read = (award.name, award.first, award.last, award.categories, award.bands, award.organisation_id, award.rubric)
    return hashlib.sha256(repr(read).encode()).hexdigest()[:16]


def page_of(rows: list[Place], mine: int | None) -> dict[str, Any]:
    """What a page of a long ranking shows: {shown, page, pages, sought, own: one's own place where it is elsewhere}.

    ?halaman=2, ?cari=leuwi.
    """
    sought = " ".join(request.args.get("cari", "").split())[:60]
    found = [place for place in rows if sought.casefold() in place.organisation.casefold()]
    pages = max(1, -(-len(found) // PAGE))
    asked_ = request.args.get("halaman", "1")
    page = min(max(int(asked_), 1), pages) if asked_.isdecimal() and len(asked_) < 6 else 1
    shown = found[(page - 1) * PAGE : page * PAGE]
    own = next((place for place in rows if place.organisation_id == mine and place not in shown), None)
    return {"shown": shown, "page": page, "pages": pages, "sought": sought, "own": own, "long": len(rows) > PAGE}
