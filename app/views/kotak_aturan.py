"""How the inbox of an organisation works: ready replies, whom to hand on to, members' own accounts, the spam filter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.frame import actor, organisation_id, parts, say, standing, words_of
from app.models import KINDS
from app.problems import Problem
from app.queries import handled
from app.queries.wanted import Wanted
from app.rights import needs
from app.services import agencies, canned, handles, suggesting, views
from app.services.canned import FIELDS

bp = Blueprint("kotak_aturan", __name__)
#: Networks on which members have accounts of their own, with their names.
NETWORKS = {"facebook": "Facebook", "instagram": "Instagram"}


@bp.get("/kotak/aturan")
@needs("kotak.jawab")
def index() -> Any:
    """Everything on one page."""
    return _page()


@bp.get("/kotak/aturan/<any(balasan, pihak, anggota, penyaring, tampilan):rule>")
@needs("kotak.jawab")
def lagi(rule: str) -> Any:
    """The address of a refused form, opened again (reloaded, or by Back): the page with its forms."""
    return redirect(url_for("kotak_aturan.index", _anchor=rule), 303)


@bp.post("/kotak/aturan/balasan")
@needs("kotak.jawab")
def balasan() -> Any:
    """Add, change or remove a ready reply."""
    given = request.form
    number = int(given["nomor"]) if given.get("nomor", "").isdecimal() else None
    try:
        with parts().db.write() as session:
            here = organisation_id()
            if number is not None and "hapus" in given:
                canned.remove(session, here, number, actor())
                sentence = "Balasan dihapus dari daftar."
            else:
                words = (given.get("name", ""), given.get("text", ""), given.getlist("kinds"))
                if number is None:
                    canned.add(session, here, actor(), *words)
                else:
                    canned.change(session, here, number, actor(), *words)
                sentence = "Balasan disimpan."
    except Problem as problem:
        return _page(faults={"balasan": words_of(problem)}, typed=given), 422
    return _done(sentence, "balasan")


@bp.post("/kotak/aturan/pihak")
@needs("kotak.jawab")
def pihak() -> Any:
    """Add or remove somebody to hand on to."""
    name = request.form.get("name", "")
    try:
        with parts().db.write() as session:
            if "hapus" in request.form:
                agencies.remove(session, organisation_id(), name, actor())
            else:
                agencies.add(session, organisation_id(), name, actor())
    except Problem as problem:
        return _page(faults={"pihak": words_of(problem)}, typed=request.form), 422
    return _done("Disimpan.", "pihak")


@bp.post("/kotak/aturan/anggota")
@needs("kotak.jawab")
def anggota() -> Any:
    """Add or remove a member's own account."""
    network, name = request.form.get("connector", ""), request.form.get("name", "")
    try:
        if "hapus" in request.form:
            changed = handles.remove(parts(), organisation_id(), actor(), connector=network, name=name)
        else:
            _, changed = handles.add(parts(), organisation_id(), actor(), connector=network, name=name)
    except Problem as problem:
        return _page(faults={"anggota": words_of(problem)}, typed=request.form), 422
    return _done(f"Disimpan. {changed} komentar lama disesuaikan.", "anggota")


@bp.post("/kotak/aturan/penyaring")
@needs("kotak.jawab")
def penyaring() -> Any:
    """Switch hiding of sure spam on or off."""
    wanted = request.form.get("hide_spam") == "1"
    with parts().db.write() as session:
        suggesting.switch_filter(session, organisation_id(), actor(), on=wanted)
    return _done("Penyaring dinyalakan." if wanted else "Penyaring dimatikan.", "penyaring")


@bp.post("/kotak/aturan/tampilan")
@needs("kotak.baca")
def tampilan() -> Any:
    """Save the filter of the address under a name, or forget a saved one."""
    given, here, me = request.form, organisation_id(), standing().person_id
    try:
        with parts().db.write() as session:
            if given.get("hapus", "").isdecimal():
                views.remove(session, int(given["hapus"]), here, me)
                say("Tampilan dihapus.")
                return redirect(url_for("kotak.index"), 303)
            shared = given.get("bersama") == "1" and standing().may("kotak.jawab")
            views.save(session, here, me, given.get("name", ""), request.args, shared=shared)
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say("Tampilan disimpan.")
    return redirect(url_for("kotak.index", **Wanted.read(request.args).address()), 303)


def _page(*, faults: dict[str, str] | None = None, typed: Any = None) -> Any:
    with parts().db.read() as session:
        here = organisation_id()
        facts = {
            "replies": canned.listed(session, here),
            "agencies": handled.agencies(session, here),
            "handles": [(row.connector, row.name) for row in handles.of_organisation(session, here)],
            "saved": views.views_of(session, here, standing().person_id),
            "filtering": suggesting.filters(session, here),
            "hidden": handled.hidden_lately(session, here, suggesting.FILTER.who),
        }
    return render_template(
        "kotak/aturan.html",
        **facts, faults=faults or {}, typed=typed or {}, kinds=KINDS, fields=list(FIELDS), networks=NETWORKS,
    )  # fmt: skip


def _done(sentence: str, where: str) -> Any:
    say(sentence)
    return redirect(url_for("kotak_aturan.index") + f"#{where}", 303)
