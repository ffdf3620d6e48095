"""One's own account: name, password, second factor, other sessions; and switching the organisation."""

from __future__ import annotations

import base64
import io
from typing import Any

import qrcode
import qrcode.image.svg
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask import session as cookie

from app import passwords, security, states
from app.forms.saya import Name, NewPassword, SwitchOff, SwitchOn
from app.frame import actor, parts, say, standing, words_of
from app.models import Person
from app.problems import Problem
from app.rights import held, needs
from app.services import people
from app.totp import use_up

bp = Blueprint("saya", __name__)
WRONG = "Kata sandi sekarang tidak cocok."
TOO_OFTEN = "Terlalu banyak percobaan. Tunggu 5 menit, lalu coba lagi."


@bp.get("/saya")
@needs("diri")
def index() -> Any:
    """The page."""
    return _page()


@bp.post("/saya/nama")
@needs("diri")
def nama() -> Any:
    """Change the name."""
    form = Name.sent()
    if not form.validate():
        return _page(name=form), 422
    session, person = _own()
    person.name = form.name.data
    states.note(session, person, "rename", actor())
    session.commit()
    say("Nama disimpan.")
    return redirect(url_for("saya.index"), 303)


@bp.post("/saya/sandi")
@needs("diri")
def sandi() -> Any:
    """Change the password; other sessions end."""
    form = NewPassword.sent()
    if not form.validate():
        return _page(password=form), 422
    if not _password_right(form, "password", form.password.data):
        return _page(password=form), 429 if TOO_OFTEN in form.form_errors else 422
    try:
        stored = people.hash_password(form.new.data)
    except Problem as problem:
        form.form_errors.append(words_of(problem))
        return _page(password=form), 422
    session, person = _own()
    person.password = stored
    _end_others(session, person, "change_password")
    say("Kata sandi diganti. Sesi di perangkat lain sudah diakhiri.")
    return redirect(url_for("saya.index"), 303)


@bp.post("/saya/sesi")
@needs("diri")
def sesi() -> Any:
    """End all other sessions."""
    session, person = _own()
    _end_others(session, person, "end_sessions")
    say("Sesi di perangkat lain sudah diakhiri.")
    return redirect(url_for("saya.index"), 303)


@bp.get("/saya/dua-langkah")
@needs("diri")
def dua_langkah() -> Any:
    """A new secret to scan; it counts only after its first code came back."""
    if _stored().tf_primary_method:
        return redirect(url_for("saya.index"), 303)
    cookie["totp_secret"] = security.totp().generate_totp_secret()
    return _scan(SwitchOn())


@bp.post("/saya/dua-langkah")
@needs("diri")
def nyalakan() -> Any:
    """Switch the second factor on."""
    secret = cookie.get("totp_secret")
    form = SwitchOn.sent()
    if not secret or _stored().tf_primary_method:
        return redirect(url_for("saya.index"), 303)
    if not form.validate():
        return _scan(form), 422
    counter = security.totp().match(form.code.data, secret, _stored(), 30)
    session, person = _own()
    if counter is None or not use_up(session, person.id or 0, counter):
        session.rollback()
        form.code.errors = [*form.code.errors, "Kode tidak cocok. Tunggu kode berikutnya, lalu coba lagi."]
        return _scan(form), 422
    session.refresh(person)
    person.tf_primary_method, person.tf_totp_secret = "authenticator", secret
    cookie.pop("totp_secret")
    _end_others(session, person, "second_factor_on")
    say("Masuk dua langkah menyala. Mulai sekarang kata sandi saja tidak cukup.")
    return redirect(url_for("saya.index"), 303)


@bp.post("/saya/dua-langkah/matikan")
@needs("diri")
def matikan() -> Any:
    """Switch the second factor off."""
    form = SwitchOff.sent()
    if not form.validate():
        return _page(off=form), 422
    if not _password_right(form, "off_password", form.off_password.data):
        return _page(off=form), 429 if TOO_OFTEN in form.form_errors else 422
    session, person = _own()
    person.tf_primary_method = person.tf_totp_secret = None
    states.note(session, person, "second_factor_off", actor())
    session.commit()
    say("Masuk dua langkah dimatikan.", "wait")
    return redirect(url_for("saya.index"), 303)


@bp.post("/saya/organisasi")
@needs("diri")
def organisasi() -> Any:
    """Work for another of one's organisations."""
    wanted = request.form.get("organisasi", type=int)
    with parts().db.read() as session:
        if wanted is None or not held(session, standing().person_id, wanted):
            abort(404)
    cookie["organisation"] = wanted
    return redirect(url_for("beranda.index"), 303)


def _page(**forms: Any) -> str:
    person = _stored()
    given = {"name": Name(name=person.name), "password": NewPassword(), "off": SwitchOff()} | forms
    return render_template("saya/index.html", person=person, **given)


def _scan(form: SwitchOn) -> str:
    """The QR code as an image of its own: an SVG needs no library in the page and passes the policy."""
    totp, secret = security.totp(), cookie["totp_secret"]
    image = qrcode.make(totp.get_totp_uri(standing().email, secret), image_factory=qrcode.image.svg.SvgPathFillImage)
    buffer = io.BytesIO()
    image.save(buffer)
    picture = "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()
    return render_template("saya/dua_langkah.html", form=form, picture=picture, key=totp.get_totp_pretty_key(secret))


def _stored() -> Person:
    with parts().db.read() as session:
        person = security.find(session, Person.id == standing().person_id)
    if person is None:
        abort(404)
    return person


def _own() -> Any:
    session, person = security.own_record(standing().person_id)
    if person is None:
        session.rollback()
        abort(404)
    return session, person


def _password_right(form: Any, field: str, typed: str) -> bool:
    """Held back like the door: a phone left open is no place to try passwords."""
    here, address = standing(), request.remote_addr or ""
    if not security.throttle().take(here.email, address):
        form.form_errors.append(TOO_OFTEN)
        return False
    if not passwords.matches(typed, _stored().password):
        form[field].errors = [*form[field].errors, WRONG]
        return False
    security.throttle().forgive(here.email, address)
    return True


def _end_others(session: Any, person: Person, what: str) -> None:
    """A new uniquifier ends every session; this one begins anew with it."""
    person.fs_uniquifier = security.fresh_uniquifier()
    states.note(session, person, what, actor())
    remembered = "kentongan_ingat" in request.cookies
    security.begin(person, remember=remembered, via=["password"])
    session.commit()
