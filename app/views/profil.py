"""Opening the organisation's own page, and what it says."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.forms.profil import Profile
from app.frame import actor, organisation_id, parts, say, words_of
from app.problems import Problem
from app.queries import profil as reading
from app.rights import needs
from app.services import own_page, profiles
from app.views._umum import absolute

bp = Blueprint("profil", __name__)


@bp.route("/profil", methods=["GET", "POST"])
@needs("akun.kelola")
def index() -> Any:
    """The form; saved for the first time, the page is open."""
    with parts().db.read() as session:
        found = reading.stored(session, organisation_id())
    if request.method == "GET":
        return _page(Profile(**_filled(found)), found)
    form = Profile(request.form)
    if not form.validate():
        return _page(form, found, 422)
    since, until = form.period()
    try:
        own_page.open_page(parts(), organisation_id(), form.slug.data, actor())
        with parts().db.write() as session:
            profiles.edit(
                session,
                organisation_id(),
                actor(),
                form.said(),
                sk_number=form.sk_number.data,
                office_from=since,
                office_to=until,
            )
    except Problem as problem:
        form.blame(problem, words_of(problem))
        return _page(form, found, 422)
    say("Disimpan. Halaman umum sudah memakainya." if found.slug else "Halaman umum sudah terbuka.")
    return redirect(url_for("profil.index"), 303)


def _page(form: Profile, found: reading.Stored, status: int = 200) -> Any:
    there = absolute(url_for("publik.index", slug=found.slug)) if found.slug else None
    return render_template("profil/index.html", form=form, slug=found.slug, address=there), status


def _filled(found: reading.Stored) -> dict[str, Any]:
    """The form's first values."""
    said = found.said
    return {
        "slug": found.slug or found.suggested,
        **{name: said.get(name, "") for name in ("tagline", "about", "hours", "address")},
        "contacts": "\n".join(f"{name}: {value}" for name, value in said.get("contacts", [])),
        "villages": "\n".join(said.get("villages", [])),
        "show_address": bool(said.get("show_address")),
        "form": bool(said.get("form", True)),
        "sk_number": found.sk_number or "",
        "office_from": found.office_from.isoformat() if found.office_from else "",
        "office_to": found.office_to.isoformat() if found.office_to else "",
    }
