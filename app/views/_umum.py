"""What all pages for everybody share: whose page it is, absolute addresses, answers that a cache may keep.

Nobody is signed in here and no cookie is set; a page is asked for anew each time, so that what was taken back is gone
at once, and costs nothing where it did not change (ETag).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, abort, g, make_response, redirect, request, url_for

from app.frame import parts
from app.queries import publik
from app.queries.publik import Picture, Profile
from media import Spec

#: Photos of a page by name: the longest edge in pixels and the most bytes. The browser chooses by its width.
SIZES = {
    "s": Spec(None, None, 480, 60_000),
    "m": Spec(None, None, 960, 200_000),
    "l": Spec(None, None, 1600, 500_000),
}


def page_of(slug: str) -> Profile:
    """The organisation of an address; its zone becomes the page's. A former address leads to the present one."""
    with parts().db.read() as session:
        found = publik.profile(session, slug)
        moved = publik.moved_to(session, slug) if found is None else None
    if moved is not None and request.view_args is not None and request.endpoint is not None:
        facts: dict[str, Any] = {**request.args.to_dict(), **request.view_args, "slug": moved}
        there = url_for(request.endpoint, **facts)
        abort(redirect(there, 301 if request.method == "GET" else 308))
    if found is None:
        abort(404)
    g.zone = found.zone
    return found


def absolute(address: str) -> str:
    """An address of ours with its scheme and host: the public one where it is set, else the one that was asked."""
    base = parts().settings.public_url or request.host_url.rstrip("/")
    return base + address


def kept(body: str, mimetype: str = "text/html", *, changed_at: datetime | None = None) -> Any:
    """An answer for everybody, with an ETag; "not modified" where the asker has it already."""
    response = make_response(body)
    response.mimetype = mimetype
    response.headers["Cache-Control"] = "public, no-cache"
    if changed_at is not None:
        response.last_modified = changed_at
    response.add_etag()
    return response.make_conditional(request)


def unkept(body: str, status: int = 200, *, listed: bool = False) -> Response:
    """An answer for one person. listed: search engines may know the page."""
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    if not listed:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def sources(slug: str, picture: Picture) -> dict[str, Any]:
    """What an <img> needs: address and true width of each size, and the shape that keeps its place."""
    longest = max(picture.width, picture.height)
    found: dict[int, str] = {}
    for size, spec in SIZES.items():
        share = min(1.0, (spec.edge) / longest)
        found.setdefault(
            round(picture.width * share), url_for("publik.foto", slug=slug, sha256=picture.sha256, size=size)
        )
    return {
        "src": url_for("publik.foto", slug=slug, sha256=picture.sha256, size="m"),
        "srcset": ", ".join(f"{address} {width}w" for width, address in found.items()),
        "width": picture.width,
        "height": picture.height,
        "alt": picture.alt_text,
    }
