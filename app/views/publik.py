"""An organisation's own page for everybody: profile, activities, archive, one post, photos, feeds, sitemap, QR code."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request, send_file, url_for

from app import clock, times
from app.frame import parts
from app.papers.qr import svg
from app.queries import publik, publik_angka, publik_lacak
from app.queries.publik import Card, Profile
from app.rights import bare
from app.views._umum import SIZES, absolute, kept, page_of, sources
from media import PhotoProblem, render

bp = Blueprint("publik", __name__)
#: What XML 1.0 cannot hold in any spelling (section 2.2, Char).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLACE = re.compile(r"(\d{1,17})-(\d{1,18})\Z", re.ASCII)


@bp.get("/o/<slug>")
@bare
def index(slug: str) -> Any:
    """The front page."""
    page = page_of(slug)
    with parts().db.read() as session:
        cards = publik.cards(session, page.id, publik.FRONT)
        facts: dict[str, Any] = {
            "total": publik.count(session, page.id),
            "heard": publik_angka.heard(session, page.id, page.zone, clock.now()),
            "exchanges": publik_lacak.exchanges(session, page.id),
        }
    return _shown("publik/index.html", page, cards=cards, **facts)


@bp.get("/o/<slug>/kegiatan")
@bare
def arsip(slug: str) -> Any:
    """All activities, newest first, a page at a time. ?sebelum=: where the page before ended."""
    page = page_of(slug)
    place = _place(request.args.get("sebelum", ""))
    with parts().db.read() as session:
        cards = publik.cards(session, page.id, publik.PAGE + 1, before=place)
        months = publik.months(session, page.id, page.zone)
    return _list(page, cards, months, None)


@bp.get("/o/<slug>/kegiatan/<int:year>/<int:month>")
@bare
def bulan(slug: str, year: int, month: int) -> Any:
    """The activities of one month."""
    page = page_of(slug)
    if not (2000 <= year <= 2999 and 1 <= month <= 12):
        abort(404)
    first = date(year, month, 1)
    after = (first + timedelta(days=31)).replace(day=1)
    zone = ZoneInfo(page.zone)
    between = (datetime.combine(first, time(), zone), datetime.combine(after, time(), zone))
    place = _place(request.args.get("sebelum", ""))
    with parts().db.read() as session:
        cards = publik.cards(session, page.id, publik.PAGE + 1, before=place, between=between)
        months = publik.months(session, page.id, page.zone)
    return _list(page, cards, months, first)


@bp.get("/o/<slug>/<name>")
@bare
def kiriman(slug: str, name: str) -> Any:
    """One post, with its share card."""
    page = page_of(slug)
    with parts().db.read() as session:
        card = publik.card(session, page.id, name)
    if card is None:
        abort(404)
    return _shown("publik/kiriman.html", page, card=card)


@bp.get("/o/<slug>/foto/<sha256>/<size>.jpg")
@bare
def foto(slug: str, sha256: str, size: str) -> Any:
    """A photo that the page shows now; asked for anew each time, since consent may be withdrawn."""
    page = page_of(slug)
    if size not in SIZES:
        abort(404)
    with parts().db.read() as session:
        found = publik.picture(session, page.id, sha256)
    if found is None:
        abort(404)
    boxes = [(box[0], box[1], box[2], box[3]) for box in found if len(box) == 4]
    try:
        path = render(parts().store, sha256, SIZES[size], blur=boxes)
    except PhotoProblem as problem:
        abort(404 if problem.code == "missing" else 503)
    response = send_file(path, mimetype="image/jpeg", conditional=True, etag=True)
    response.headers["Cache-Control"] = "public, no-cache"
    # Share cards and feeds show it on other sites.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get("/o/<slug>/data")
@bare
def data(slug: str) -> Any:
    """How we look after residents' data."""
    return _shown("publik/data.html", page_of(slug))


@bp.get("/o/<slug>/rss.xml")
@bare
def rss(slug: str) -> Any:
    """The newest posts as RSS 2.0."""
    return _feed(slug, "publik/rss.xml", "application/rss+xml")


@bp.get("/o/<slug>/atom.xml")
@bare
def atom(slug: str) -> Any:
    """The newest posts as Atom (RFC 4287)."""
    return _feed(slug, "publik/atom.xml", "application/atom+xml")


@bp.get("/sitemap.xml")
@bare
def sitemap() -> Any:
    """All public addresses of this installation."""
    with parts().db.read() as session:
        rows = list(publik.addresses(session))
    found = [
        (absolute(url_for("publik.kiriman", slug=slug, name=name) if name else url_for("publik.index", slug=slug)), at)
        for slug, name, at in rows
    ]
    return kept(render_template("publik/sitemap.xml", addresses=found), "application/xml")


@bp.get("/robots.txt")
@bare
def robots() -> Any:
    """Search engines may read the pages for everybody, and nothing behind the door."""
    lines = ("User-agent: *", "Allow: /o/", "Allow: /static/", "Allow: /sitemap.xml", "Disallow: /")
    return kept("\n".join((*lines, "", f"Sitemap: {absolute('/sitemap.xml')}", "")), "text/plain")


@bp.get("/o/<slug>/qr.svg")
@bare
def qr(slug: str) -> Any:
    """The way to the form, for a camera."""
    page = page_of(slug)
    return kept(svg(absolute(url_for("publik_kirim.index", slug=page.slug))), "image/svg+xml")


@bp.get("/o/<slug>/poster")
@bare
def poster(slug: str) -> Any:
    """A page of A4 to hang in the village hall."""
    page = page_of(slug)
    return _shown("publik/poster.html", page, address=absolute(url_for("publik_kirim.index", slug=page.slug)))


def _shown(template: str, page: Profile, **facts: Any) -> Any:
    facts |= {"page": page, "absolute": absolute, "sources": lambda picture: sources(page.slug, picture)}
    return kept(render_template(template, **facts))


def _list(page: Profile, cards: list[Card], months: list[tuple[int, int, int]], month: date | None) -> Any:
    more, shown = len(cards) > publik.PAGE, cards[: publik.PAGE]
    last = shown[-1] if shown else None
    following = f"{int(last.at.timestamp() * 1_000_000)}-{last.delivery_id}" if more and last else None
    years: dict[int, list[tuple[int, int]]] = {}
    for year, number, posts in months:
        years.setdefault(year, []).append((number, posts))
    facts: dict[str, Any] = {
        "cards": shown,
        "years": years,
        "month": month,
        "following": following,
        "month_names": times.MONTHS,
    }
    return _shown("publik/arsip.html", page, **facts)


def _place(text: str) -> tuple[datetime, int] | None:
    """Where a page ended: (microseconds since 1970, delivery); None for anything else."""
    found = _PLACE.match(text)
    if found is None:
        return None
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError:
        return None


def _feed(slug: str, template: str, mimetype: str) -> Any:
    page = page_of(slug)
    with parts().db.read() as session:
        cards = publik.cards(session, page.id, publik.FEED)
    newest = max((card.changed_at for card in cards), default=datetime(2026, 1, 1, tzinfo=UTC))
    facts = {
        "cards": cards,
        "newest": newest,
        "absolute": absolute,
        "sources": lambda picture: sources(page.slug, picture),
        # The same whatever the page is called, or wherever it moves.
        "uid": lambda card: uuid5(NAMESPACE_OID, f"kentongan/{page.id}/{card.name}/{card.at.isoformat()}").urn,
        "rfc822": lambda at: format_datetime(at.astimezone(UTC).replace(microsecond=0)),
        "rfc3339": lambda at: at.astimezone(UTC).replace(microsecond=0).isoformat(),
    }
    said = _NOT_XML.sub("", render_template(template, page=page, **facts))
    return kept(said, mimetype, changed_at=newest)
