"""Awards: which there are, the ranking of one, the hall's screen, and what can be taken along."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from app import clock, words_award
from app.awarding import rubric
from app.frame import organisation_id, parts, standing
from app.models import Award
from app.problems import Problem
from app.queries import award_files, firmness, standings_award
from app.queries.standings_award import Standings
from app.rights import needs
from app.services import awards, freezing, jury
from app.views import _penilaian as own

bp = Blueprint("penilaian", __name__)
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@bp.get("/penilaian")
@needs("penilaian.lihat")
def index() -> Any:
    """All awards one may look at."""
    with parts().db.read() as session:
        found = own.visible(session)
    return render_template(
        "penilaian/index.html", awards=found, states=words_award.STATES, now=clock.now(), over=awards.end
    )


@bp.get("/penilaian/<int:award_id>")
@needs("penilaian.lihat", of_object=True)
def show(award_id: int) -> Any:
    """?kategori=desa, ?versi=1; ?hitung=baru: provisional standings as of now, for who runs the award."""
    return _board(award_id, "penilaian/show.html")


@bp.get("/penilaian/<int:award_id>/proyektor")
@needs("penilaian.lihat", of_object=True)
def proyektor(award_id: int) -> Any:
    """The same ranking for a hall: rank, name, bar and score."""
    return _board(award_id, "penilaian/proyektor.html")


@bp.get("/penilaian/<int:award_id>/kukuh")
@needs("penilaian.lihat", of_object=True)
def kukuh(award_id: int) -> Any:
    """How firm the order is: twelve trials with other weights."""
    award = own.opened(award_id, figures=True)
    found = _standings(award_id)
    return render_template("penilaian/kukuh.html", award=award, told=firmness.of(parts(), found, 200), found=found)


@bp.get("/penilaian/<int:award_id>/unduh")
@needs("penilaian.lihat", of_object=True)
def unduh(award_id: int) -> Any:
    """?bentuk=xlsx, pdf, csv or json (the frozen snapshot, byte by byte); ?versi=1."""
    award = own.opened(award_id, figures=True)
    kind = request.args.get("bentuk", "xlsx")
    if kind not in KINDS:
        abort(404)
    version = own.asked() or _version(award_id)
    try:
        if kind == "json":
            # It names who decided what, and jurors their marks: before the release only for who runs the award.
            if version is None or not (own.manages(award) or award.state == "released"):
                abort(404)
            with parts().db.read() as session:
                content = freezing.content_of(freezing.version_of(session, award_id, version))
        else:
            content = award_files.made(parts(), award_id, kind, version)
    except Problem:
        abort(404)
    answer = Response(content, content_type=KINDS[kind])
    name = f"penilaian-{award.id}{f'-versi-{version}' if version else '-sementara'}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _board(award_id: int, template: str) -> Any:
    award = own.opened(award_id, figures=True)
    manages = own.manages(award)
    found = _standings(award_id, fresh=manages and request.args.get("hitung") == "baru")
    tabs = own.tabs(award, found)
    rules = rubric.read(award.rubric)
    chosen = _chosen(found, [name for name, _, _ in tabs])
    places = [place for place in found.places if place.category == chosen]
    ranked = [place for place in places if place.eligible]
    indicators, weights = own.columns(award, chosen, ranked)
    with parts().db.read() as session:
        versions = freezing.versions(session, award_id)
        plan = None if award.state != "draft" else awards.plan(session, award)
    return render_template(
        template,
        award=award,
        found=found,
        tabs=tabs,
        chosen=chosen,
        ranked=ranked,
        paged=own.page_of(ranked, organisation_id()),
        outside=[place for place in places if not place.eligible],
        versions=versions,
        newest=versions[0].version if versions else None,
        steps=own.steps(award, versions[0].version if versions else None, versions[0].frozen_at if versions else None),
        told=firmness.of(parts(), found).get(chosen) if award.state != "draft" else None,
        weights=weights,
        rule_weights=own.weights(award),
        names=words_award.INDICATORS,
        indicators=indicators,
        every=rubric.INDICATORS,
        tones=own.TONES,
        points=own.points,
        label=own.label,
        notes=lambda place: own.notes(place, places),
        reason=words_award.reason,
        states=words_award.STATES,
        manages=manages,
        open_json=manages or award.state == "released",
        judges=_judges(award),
        plan=plan,
        draft_mark=own.draft_mark(award),
        rules=rules,
        share=own.decimal(rules.min_active_months * 100),
        fixed_late=awards.fixed_late(award),
        mine=organisation_id(),
        words=words_award,
        days=_days(award),
        over=clock.now() >= awards.end(award),
        begun=clock.now() >= awards.start(award),
        address=_address,
        asked=own.asked(),
        page_address=lambda page: _address(award_id, halaman=page, cari=request.args.get("cari") or None),
        lembar=lambda organisation_id: url_for(
            "penilaian_lembar.show", award_id=award.id, organisation_id=organisation_id, versi=own.asked()
        ),
    )


def _judges(award: Award) -> bool:
    with parts().db.read() as session:
        return jury.of_person(session, award.id or 0, standing().person_id) is not None


def _standings(award_id: int, *, fresh: bool = False) -> Standings:
    """Of the version the address names."""
    try:
        return standings_award.standings(parts(), award_id, version=own.asked(), fresh=fresh)
    except Problem:
        abort(404)


def _address(award_id: int, endpoint: str = "penilaian.show", **values: Any) -> str:
    """The same page with another category or version."""
    kept = {"versi": own.asked(), "kategori": request.args.get("kategori")}
    return url_for(endpoint, award_id=award_id, **{**kept, **values})


def _days(award: Any) -> str:
    from app.queries.periods import span

    return span(award.first, award.last)


def _version(award_id: int) -> int | None:
    with parts().db.read() as session:
        newest = freezing.newest(session, award_id)
    return newest.version if newest else None


def _chosen(found: Standings, names: list[str]) -> str:
    """The category that was asked for, else one's own, else the first with a rank."""
    asked = request.args.get("kategori", "")
    if asked in names:
        return asked
    here = organisation_id()
    own_place = next((place for place in found.places if place.organisation_id == here), None)
    if own_place is not None:
        return own_place.category
    return own.first_of(found, names)
