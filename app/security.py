"""Signing in: Flask-Security-Too wired to our Person, without its pages, mails or tokens.

Its parts in use: the session's user loader (a changed ``fs_uniquifier`` ends every session at once), tracked sign-in,
sealed TOTP secrets. The pages are ours (views/masuk.py, views/saya.py): they answer 422 and 429, speak Indonesian, and
begin IMMEDIATE where they write. Findings applied: aware datetime factory, scoped session removed at teardown, list
columns, ``tf_phone_number``, own totp class with a counter, own throttle.
"""

from __future__ import annotations

import secrets
import warnings
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import current_user
from flask_security import Security
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.utils import login_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import scoped_session, sessionmaker
from sqlmodel import Session, select

from app import clock
from app.db import IMMEDIATE
from app.models import Person
from app.parts import Parts
from app.rights import Rule
from app.throttle import Throttle
from app.totp import OnceTotp

REMEMBER = timedelta(days=30)
#: Flask-Security declares more columns than it uses, and roles of its own: ours come from Membership alone.
_PERSON: Any = Person
_NO_ROLES: Any = None
#: Between the right password and the code of the second factor.
CODE_WITHIN_S = 300


class Sessions(SecureCookieSessionInterface):
    """Files and signed photos carry no cookie and do not vary by one (Flask-Login looks into every session)."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing for a bare route (app/rights.py)."""
        rule = g.get("rule")
        if not (isinstance(rule, Rule) and rule.bare):
            super().save_session(app, session, response)


def add(app: Flask, parts: Parts) -> None:
    """Wire it into the app. ``rights.enforce`` must already be a before_request: it goes before the CSRF check."""
    secure = urlsplit(parts.settings.public_url).scheme == "https"
    app.config.update(
        SECRET_KEY=parts.sealer.key_for("session"),
        SESSION_COOKIE_NAME="kentongan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_NAME="kentongan_ingat",
        REMEMBER_COOKIE_DURATION=REMEMBER,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=secure,
        # The token lives as long as the session: an hour's writing on a slow evening is not thrown away.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_FIELD_NAME="csrf_token",
        SECURITY_DATETIME_FACTORY=clock.now,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_TRACKABLE=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TOTP_SECRETS={"1": parts.sealer.key_for("totp").hex()},
        SECURITY_TOTP_ISSUER="Kentongan",
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
    )
    people: scoped_session[Session] = scoped_session(
        sessionmaker(parts.db.engine, class_=Session, expire_on_commit=False)
    )
    app.session_interface = Sessions()
    CSRFProtect(app)
    with warnings.catch_warnings():
        # Flask-Security 5.9.2 builds its (unused) forms with an argument that WTForms 3.3 is about to drop.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="flask_security|wtforms")
        Security(
            app,
            SQLAlchemySessionUserDatastore(people, _PERSON, _NO_ROLES),
            register_blueprint=False,
            totp_cls=OnceTotp,
        )
    # Rights are ours (app/rights.py): Principal need not look the person up before every request, files included.
    app.extensions["security"].principal.identity_loaders.clear()
    # No token in a header or address ever stands for a sign-in.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # set by Flask-Login
    app.extensions["kentongan_people"] = people
    app.extensions["kentongan_throttle"] = Throttle()

    @app.teardown_appcontext
    def _give_back(_error: BaseException | None) -> None:
        people.remove()


def signed_in() -> Person | None:
    """Who is signed in, if anybody. Read-only: to change a person use ``own_record``."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def find(session: Session, *where: Any) -> Person | None:
    """A person to look at after the session is closed."""
    person = session.exec(select(Person).where(*where)).first()
    if person is not None:
        session.expunge(person)
    return person


def own_record(person_id: int) -> tuple[Session, Person | None]:
    """A write transaction on the sign-in session, and the person as stored now. The caller commits.

    Whatever was read before in this request is given up: on SQLite a transaction must begin IMMEDIATE to write.
    """
    session: Session = current_app.extensions["kentongan_people"]()
    session.rollback()
    session.expunge_all()
    if session.get_bind().dialect.name == "sqlite":
        session.connection(execution_options=IMMEDIATE)
    return session, session.get(Person, person_id)


def begin(person: Any, *, remember: bool, via: list[str]) -> None:
    """Begin a session as this person and track it; inside ``own_record``'s transaction."""
    login_user(person, remember=remember, authn_via=via)


def totp() -> OnceTotp:
    """Makes secrets and checks codes."""
    factory: OnceTotp = current_app.extensions["security"].totp_factory
    return factory


def throttle() -> Throttle:
    """The counter of wrong passwords of this process."""
    found: Throttle = current_app.extensions["kentongan_throttle"]
    return found


def fresh_uniquifier() -> str:
    """What a session is tied to; a new one ends all sessions of the person."""
    return secrets.token_hex(32)


def safe_next(address: str | None) -> str:
    """The page to go to after signing in: a path of this site, else the start page. Never another site."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return url_for("beranda.index")
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or any(ord(char) < 33 or ord(char) == 127 for char in address):
        return url_for("beranda.index")
    if parts.path.rstrip("/") in (url_for("masuk.index"), url_for("masuk.keluar")):
        return url_for("beranda.index")
    return address


def to_the_door() -> Any:
    """For somebody not signed in: a page asked for leads to the door and back; what was typed is shown, not lost."""
    if request.method in ("GET", "HEAD"):
        wanted = request.full_path if request.query_string else request.path
        return redirect(url_for("masuk.index", next=wanted if wanted != "/" else None), 303)
    return render_template("errors/401.html", typed=typed()), 401


def typed() -> list[str]:
    """The longer texts of the form that could not be taken, so that they can be copied. No passwords, no tokens."""
    found = []
    for name, value in request.form.items(multi=True):
        if value.strip() and "sandi" not in name and name not in ("csrf_token", "password", "token", "secrets", "code"):
            found.append(value[:20_000])
    return [text for text in found if len(text) > 12 or " " in text][:10]


def forget_half_way() -> None:
    """Drop what the first step of a two-step sign-in left in the cookie."""
    for name in ("half_way", "half_way_at", "half_way_remember"):
        cookie.pop(name, None)
