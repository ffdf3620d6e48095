"""The evidence behind a figure: one post with its parts, its kept words and photos; and what who runs the award decides
about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for

from app import words_award, words_lembar
from app.frame import parts, say
from app.problems import Problem
from app.queries import award_sheet, award_subjects, jury_photos
from app.queries.masking import mask
from app.rights import needs
from app.views import _penilaian as own
from app.views.foto import SIZES
from app.views.penilaian_lembar import moment_of
from media import PhotoProblem, render

bp = Blueprint("penilaian_bukti", __name__)


@bp.get("/penilaian/<int:award_id>/lembar/<int:organisation_id>/kiriman")
@needs("penilaian.lihat", of_object=True)
def kiriman(award_id: int, organisation_id: int) -> Any:
    """?apa=delivery:5, ?versi=1."""
    award = own.opened(award_id, figures=True)
    try:
        sheet = award_sheet.sheet(parts(), award_id, organisation_id, own.asked())
    except Problem:
        abort(404)
    key = request.args.get("apa", "")
    post = next((each for each in sheet.participant["posts"] if each["id"] == key), None)
    if post is None:
        say("Kiriman ini tidak dihitung pada versi itu.", "wait")
        back = url_for("penilaian_lembar.show", award_id=award_id, organisation_id=organisation_id, versi=own.asked())
        return redirect(back, 303)
    delivery = int(key.split(":")[1]) if key.startswith("delivery:") else None
    deciding = own.manages(award) and award.state in ("fixed", "frozen")
    copy = sheet.copies.get(key)
    with parts().db.read() as session:
        remarks = award_subjects.comments(session, delivery) if delivery and deciding else []
        shown = [
            sha256
            for sha256 in (copy.photos if copy else ())
            if delivery and jury_photos.evidence_boxes(session, award_id, delivery, sha256) is not None
        ]
    return render_template(
        "penilaian/kiriman.html",
        award=award,
        sheet=sheet,
        post=post,
        copy=copy,
        delivery=delivery,
        photos=shown,
        remarks=remarks,
        most=award_subjects.COMMENTS_MOST,
        deciding=deciding,
        asked=own.asked(),
        at=moment_of,
        mask=mask,
        sources=words_lembar.SOURCES,
        uncounted=words_award.UNCOUNTED,
    )


@bp.get("/penilaian/<int:award_id>/bukti/<int:delivery_id>/<sha256>.jpg")
@needs("penilaian.lihat", of_object=True)
def foto(award_id: int, delivery_id: int, sha256: str) -> Any:
    """A photo of which the award keeps a copy, as it was published; 404 where its post was taken back."""
    own.opened(award_id)
    with parts().db.read() as session:
        boxes = jury_photos.evidence_boxes(session, award_id, delivery_id, sha256)
    return sent(sha256, boxes)


def sent(sha256: str, boxes: list[jury_photos.Box] | None) -> Any:
    """The picture with these boxes covered; 404 where it may not be shown."""
    if boxes is None:
        abort(404)
    try:
        path = render(parts().store, sha256, SIZES["sedang"], blur=boxes)
    except PhotoProblem as problem:
        abort(404 if problem.code == "missing" else 503)
    answer = send_file(path, mimetype="image/jpeg", conditional=True, etag=True)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
