"""Photos: for pages behind the door, and by signed links that stop working, for the platforms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, abort, make_response, send_file

from app import clock
from app.frame import parts, standing
from app.queries import photos
from app.rights import bare, needs, object_of, visible
from media import THUMBNAIL, LinkProblem, PhotoProblem, Spec, render, verify

bp = Blueprint("foto", __name__)
#: Sizes for pages: the longest edge in pixels; the platforms' own renditions are made elsewhere.
SIZES = {"kecil": THUMBNAIL, "sedang": Spec(None, None, 1080, 400_000)}
#: How long a browser keeps a photo without asking; short, because consent may be withdrawn.
KEEP_S = 3600


@bp.get("/foto/<sha256>/<size>.jpg")
@needs("foto.lihat", of_object=True)
def show(sha256: str, size: str) -> Any:
    """A photo of a post that the person may see; 404 for every other one, existing or not."""
    if size not in SIZES:
        abort(404)
    person = standing().person_id
    with parts().db.read() as session:
        found = next(
            (each for each in photos.owners(session, sha256) if visible(session, person, "foto.lihat", each[0])), None
        )
    if found is None:
        abort(404)
    object_of(found[0], stay=False)
    boxes = [(box[0], box[1], box[2], box[3]) for box in found[1] if len(box) == 4]
    try:
        path = render(parts().store, sha256, SIZES[size], blur=boxes)
    except PhotoProblem as problem:
        abort(404 if problem.code == "missing" else 503)
    return _jpeg(path, f"private, max-age={KEEP_S}")


@bp.get("/media/<token>")
@bare
def signed(token: str) -> Any:
    """A rendition by its signed, expiring link, as Instagram fetches it. 404 for a bad link; 410 for an old one, and
    from the moment on in which no post needs the photo any more."""
    try:
        name = verify(token, key=parts().sealer.key_for("links"), now=clock.now())
    except LinkProblem as problem:
        return _nothing(410 if problem.code == "expired" else 404)
    path = parts().store.find(name)
    if path is None:
        return _nothing(404)
    with parts().db.read() as session:
        if not photos.wanted(session, name.partition("-")[0]):
            return _nothing(410)
    # Asked for again each time: a withdrawal must not wait for anybody's cache.
    return _jpeg(path, "private, no-cache")


def _jpeg(path: Path, keep: str) -> Any:
    response = send_file(path, mimetype="image/jpeg", conditional=True, etag=True)
    response.headers["Cache-Control"] = keep
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _nothing(status: int) -> Any:
    """No page, no words: whoever asks here is a machine."""
    response = make_response("", status)
    response.headers["Cache-Control"] = "no-store"
    return response
