"""Accounts and their health: what is broken and what waits for it, checking, connecting, connecting again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from app import clock
from app.forms.akun import NewAccount, Reconnect
from app.frame import actor, organisation_id, parts, say, words_of
from app.problems import Problem
from app.queries import accounts as lines
from app.rights import needs, object_of
from app.services import accounts, practising
from connectors import load
from connectors.practice import process

bp = Blueprint("akun", __name__)


@bp.get("/akun")
@needs("akun.lihat")
def index() -> Any:
    """The list; with the way to the practice platform when an account lives there."""
    with parts().db.read() as session:
        rows = lines.of_organisation(session, organisation_id(), clock.now())
    practice = process.find(parts().settings.home) if any(row.practice for row in rows) else None
    checked = max((row.checked_at for row in rows if row.checked_at), default=None)
    return render_template("akun/index.html", accounts=rows, practice=practice, checked=checked)


@bp.post("/akun/periksa")
@needs("akun.kelola")
def periksa_semua() -> Any:
    """Ask the platforms about every account of the organisation."""
    with parts().db.read() as session:
        wanted = [row.id for row in lines.of_organisation(session, organisation_id(), clock.now())]
    faults = [sentence for each in wanted if (sentence := _check(each))]
    if faults:
        say(faults[0], "fail")
    else:
        say("Semua akun sudah diperiksa.")
    return redirect(url_for("akun.index"), 303)


@bp.post("/akun/latihan")
@needs("akun.kelola")
def latihan() -> Any:
    """A Page and an Instagram account on the practice platform."""
    try:
        practising.begin(parts(), organisation_id(), actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        say("Akun latihan siap. Kiriman ke sana tidak tayang di Facebook atau Instagram sungguhan.")
    return redirect(url_for("akun.index"), 303)


@bp.post("/akun/<int:account_id>/periksa")
@needs("akun.kelola", of_object=True)
def periksa(account_id: int) -> Any:
    """Ask the platform about one account."""
    _own(account_id)
    if fault := _check(account_id):
        say(fault, "fail")
    else:
        say("Akun sudah diperiksa.")
    return redirect(url_for("akun.index"), 303)


@bp.route("/akun/baru", methods=["GET", "POST"])
@needs("akun.kelola")
def baru() -> Any:
    """Connect an account."""
    known = {name: kind for name, kind in load().items() if not kind.at_home}  # our own page: views/profil.py
    form = NewAccount()
    form.connector.choices = {name: kind.label for name, kind in sorted(known.items())}
    warnings = [(kind.label, kind.warning) for _, kind in sorted(known.items()) if kind.warning]
    if not form.posted():
        return render_template("akun/baru.html", form=form, warnings=warnings)
    if form.validate():
        try:
            accounts.add(
                parts(),
                connector=form.connector.data,
                organisation_id=organisation_id(),
                remote_id=form.remote_id.data,
                name=form.name.data,
                secrets_text=form.token.data,
                settings=form.chosen(),
                by=actor(),
            )
        except Problem as problem:
            form.blame(problem, words_of(problem))
        else:
            say(f"{form.name.data} ditambahkan.")
            return redirect(url_for("akun.index"), 303)
    return render_template("akun/baru.html", form=form, warnings=warnings), 422


@bp.route("/akun/<int:account_id>/sambung", methods=["GET", "POST"])
@needs("akun.kelola", of_object=True)
def sambung(account_id: int) -> Any:
    """A new key for an account whose old one no longer opens; held posts go on."""
    _own(account_id)
    with parts().db.read() as session:
        connector, name = lines.name(session, account_id)
    form = Reconnect()
    if not form.posted():
        return render_template("akun/sambung.html", form=form, connector=connector, name=name)
    if form.validate():
        try:
            accounts.check(parts(), account_id, actor(), secrets_text=form.token.data)
        except Problem as problem:
            form.blame(problem, words_of(problem))
        else:
            say(f"{name} tersambung lagi. Kiriman yang ditahan segera terbit.")
            return redirect(url_for("akun.index"), 303)
    return render_template("akun/sambung.html", form=form, connector=connector, name=name), 422


def _own(account_id: int) -> None:
    with parts().db.read() as session:
        owner = lines.owner(session, account_id)
    object_of(owner)


def _check(account_id: int) -> str | None:
    """Why it could not be checked; None when it was (what came out stands on the page)."""
    try:
        accounts.check(parts(), account_id, actor())
    except Problem as problem:
        return words_of(problem)
    return None
