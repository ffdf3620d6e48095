"""The door: sign in, the second step, sign out, and in the demo one button per role."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask import session as cookie
from flask_security.utils import logout_user
from sqlmodel import func

from app import clock, passwords, security
from app.forms.masuk import Code, SignIn
from app.frame import parts
from app.models import ROLES, Person
from app.rights import public
from app.totp import use_up

bp = Blueprint("masuk", __name__)
WRONG = "Email atau kata sandi tidak cocok. Periksa huruf besar-kecilnya. Setelah 5 kali keliru, tunggu 5 menit."
TOO_OFTEN = "Terlalu banyak percobaan. Tunggu 5 menit, lalu coba lagi."
WRONG_CODE = "Kode tidak cocok atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu coba lagi."
#: Words of the role buttons in the demo.
DEMO_ROLES = {
    "petugas": "Petugas media: menulis kiriman",
    "koordinator": "Koordinator: menjawab warga",
    "pembina": "Pembina: menyetujui",
    "juri": "Juri: menilai",
    "kominfo": "Kominfo: mengevaluasi",
    "pengelola": "Pengelola: semuanya",
}


@bp.get("/masuk")
@public
def index() -> Any:
    """The form; who is signed in already goes on."""
    if security.signed_in():
        return redirect(security.safe_next(request.args.get("next")), 303)
    return _page(SignIn(next=request.args.get("next", "")))


@bp.post("/masuk")
@public
def enter() -> Any:
    """First step. The same answer and the same work for an unknown e-mail and a wrong password."""
    form = SignIn.sent()
    if not form.validate():
        return _page(form), 422
    address = request.remote_addr or ""
    if not security.throttle().take(form.email.data, address):
        form.form_errors.append(TOO_OFTEN)
        return _page(form), 429
    with parts().db.read() as session:
        person = security.find(session, func.lower(Person.email) == form.email.data.lower())
    right = passwords.matches(form.password.data, person.password if person else None)
    if person is None or person.id is None or not right or not person.active:
        form.form_errors.append(WRONG)
        return _page(form), 422
    if person.tf_primary_method and person.tf_totp_secret:
        # The counter stays until the code is right too: it also holds back guessed codes.
        cookie.update(half_way=person.id, half_way_at=clock.now().timestamp(), half_way_remember=form.remember.data)
        return redirect(url_for("masuk.kode", next=form.next.data or None), 303)
    security.throttle().forgive(form.email.data, address)
    return _let_in(person.id, bool(form.remember.data), form.next.data, ["password"])


@bp.route("/masuk/kode", methods=["GET", "POST"])
@public
def kode() -> Any:
    """Second step, for who switched it on."""
    begun = cookie.get("half_way_at", 0)
    if "half_way" not in cookie or clock.now().timestamp() - begun > security.CODE_WITHIN_S:
        security.forget_half_way()
        return redirect(url_for("masuk.index"), 303)
    form = Code.sent(next=request.args.get("next", ""))
    if request.method == "GET":
        return render_template("masuk/kode.html", form=form)
    if not form.validate():
        return render_template("masuk/kode.html", form=form), 422
    with parts().db.read() as session:
        person = security.find(session, Person.id == cookie["half_way"])
    if person is None or person.id is None or not person.active or not person.tf_totp_secret:
        security.forget_half_way()
        return redirect(url_for("masuk.index"), 303)
    address = request.remote_addr or ""
    if not security.throttle().take(f"code {person.email}", address):
        form.form_errors.append(TOO_OFTEN)
        return render_template("masuk/kode.html", form=form), 429
    counter = security.totp().match(form.code.data, person.tf_totp_secret, person, 30)
    if counter is None or not _spend(person.id, counter):
        form.form_errors.append(WRONG_CODE)
        return render_template("masuk/kode.html", form=form), 422
    security.throttle().forgive(f"code {person.email}", address)
    security.throttle().forgive(person.email, address)
    remember = bool(cookie.get("half_way_remember"))
    return _let_in(person.id, remember, form.next.data, ["password", "authenticator"])


@bp.post("/masuk/demo")
@public
def demo() -> Any:
    """One click in, as the demo's person of a role. Only in a home that carries the demo's mark."""
    if not current_app.config["KENTONGAN_DEMO"]:
        abort(404)
    role = request.form.get("role", "")
    if role not in ROLES:
        abort(400)
    with parts().db.read() as session:
        person = security.find(session, Person.email == f"{role}@demo.kentongan.example")
    if person is None or person.id is None:
        abort(404)
    return _let_in(person.id, False, request.form.get("next"), ["demo"])


@bp.route("/keluar", methods=["GET", "POST"])
@public
def keluar() -> Any:
    """POST signs out. GET only asks, so that no foreign link can sign anybody out."""
    if request.method == "GET":
        if not security.signed_in():
            return redirect(url_for("masuk.index"), 303)
        return render_template("masuk/keluar.html")
    logout_user()
    security.forget_half_way()
    cookie.pop("organisation", None)
    return redirect(url_for("masuk.index"), 303)


def _page(form: SignIn) -> str:
    return render_template("masuk/index.html", form=form, demo_roles=DEMO_ROLES)


def _spend(person_id: int, counter: int) -> bool:
    session, _ = security.own_record(person_id)
    spent = use_up(session, person_id, counter)
    session.commit()
    return spent


def _let_in(person_id: int, remember: bool, wanted: str | None, via: list[str]) -> Any:
    """Begin a session: a new cookie content, the sign-in tracked."""
    session, person = security.own_record(person_id)
    if person is None or not person.active:
        session.rollback()
        abort(403)
    cookie.clear()
    cookie["begun"] = secrets.token_hex(8)
    security.begin(person, remember=remember, via=via)
    session.commit()
    return redirect(security.safe_next(wanted), 303)
