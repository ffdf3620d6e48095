"""Taking down by hand what reached us outside of comments: said in person, by telephone, on paper, as a message."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.forms.kotak import Note
from app.frame import actor, organisation_id, parts, say, words_of
from app.problems import Problem
from app.rights import needs, takes_photos
from app.services import handling, moderating
from media import PhotoProblem, Taken, take

bp = Blueprint("kotak_catat", __name__)
MOST_PHOTOS = 5


@bp.route("/kotak/catat", methods=["GET", "POST"])
@needs("kotak.jawab")
@takes_photos
def catat() -> Any:
    """The form. From the share menu of a phone the text is there already (?text=, ?title=, ?url=)."""
    form = Note.sent()
    if request.method == "GET":
        shared = [request.args.get(name, "").replace("\0", "").strip() for name in ("title", "text", "url")]
        form.text.data = "\n".join(dict.fromkeys(one for one in shared if one))[:5000]
        return render_template("kotak/catat.html", form=form)
    photos: list[Taken] = []
    if form.validate():
        try:
            photos = [take(one.stream, store=parts().store) for one in _files()]
            with parts().db.write() as session:
                item = handling.take_message(
                    session, organisation_id(), actor(), form.text.data, form.author.data or "",
                    form.channel.data or None, photos,
                )  # fmt: skip
                if form.kind.data != item.kind:
                    moderating.set_item(session, item.id or 0, actor(), kind=form.kind.data)
        except (PhotoProblem, Problem) as problem:
            known = Problem(problem.code, **problem.facts)
            form.blame(known, words_of(known))
        else:
            say("Catatan disimpan.")
            return redirect(url_for("kotak.show", item_id=item.id), 303)
    return render_template("kotak/catat.html", form=form), 422


def _files() -> list[Any]:
    return [one for one in request.files.getlist("photos") if one.filename][:MOST_PHOTOS]
