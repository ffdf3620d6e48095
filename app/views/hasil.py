"""The released result of an award, for everybody: the ranking, the rules it came from, and where to check it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, render_template, request, url_for

from app import words_award
from app.frame import parts
from app.models import Award
from app.queries import firmness, standings_award
from app.rights import public
from app.views import _penilaian as own

bp = Blueprint("hasil", __name__)


@bp.get("/hasil/<int:award_id>")
@public
def show(award_id: int) -> Any:
    """?kategori=desa. Nothing is here before the release."""
    award = _released(award_id)
    found = standings_award.standings(parts(), award_id)
    tabs = own.tabs(award, found)
    asked = request.args.get("kategori", "")
    names = [name for name, _, _ in tabs]
    chosen = asked if asked in names else own.first_of(found, names)
    places = [place for place in found.places if place.category == chosen]
    ranked = [place for place in places if place.eligible]
    indicators, weights = own.columns(award, chosen, ranked)
    return render_template(
        "penilaian/hasil.html",
        award=award,
        found=found,
        tabs=tabs,
        chosen=chosen,
        ranked=ranked,
        paged=own.page_of(ranked, None),
        page_address=lambda page: url_for(
            "hasil.show", award_id=award_id, kategori=chosen, halaman=page, cari=request.args.get("cari") or None
        ),
        outside=[place for place in places if not place.eligible],
        told=firmness.of(parts(), found).get(chosen),
        weights=weights,
        rule_weights=own.weights(award),
        names=words_award.INDICATORS,
        indicators=indicators,
        tones=own.TONES,
        points=own.points,
        label=own.label,
        notes=lambda place: own.notes(place, places),
        reason=words_award.reason,
    )


def _released(award_id: int) -> Award:
    with parts().db.read() as session:
        award = session.get(Award, award_id)
    if award is None or award.state != "released":
        abort(404)
    g.zone = own.zone_of(award)
    return award
