"""Organisations and people: add them, give a role."""

from __future__ import annotations

import uuid

from argon2 import PasswordHasher
from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, select

from app.models import CATEGORIES, ROLES, ZONES, Membership, Organisation, Person
from app.problems import Problem
from app.states import Actor, note

#: Fewer characters are guessed; more than this many bytes only cost time to hash.
PASSWORD_LEAST, PASSWORD_MOST = 10, 200


def add_organisation(
    session: Session,
    by: Actor,
    *,
    name: str,
    category: str,
    region_code: str | None = None,
    parent_id: int | None = None,
    zone: str | None = None,
) -> int:
    """A new organisation; its id. zone: a name of ZONES or WIB, WITA, WIT; without one the parent's, else WIB."""
    if not name.strip():
        raise Problem("name_needed", field="name")
    if category not in CATEGORIES:
        raise Problem("unknown_category", field="category", name=category, known=", ".join(CATEGORIES))
    parent = None
    if parent_id is not None:
        parent = session.get(Organisation, parent_id)
        if parent is None:
            raise Problem("unknown_organisation", field="parent", id=parent_id)
    organisation = Organisation(
        name=name.strip(),
        category=category,
        region_code=region_code,
        parent_id=parent_id,
        zone=_zone(zone, parent),
    )
    session.add(organisation)
    session.flush()
    note(session, organisation, "create", by)
    assert organisation.id is not None
    return organisation.id


def add_person(
    session: Session, by: Actor, *, email: str, name: str, role: str, organisation_id: int, password: str | None
) -> int:
    """A person with a role in an organisation; their id. Known e-mail: one membership more (or another role there).

    password: needed for a new person; for a known one it is replaced when given.
    """
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise Problem("bad_email", field="email", email=email) from None
    if role not in ROLES:
        raise Problem("unknown_role", field="role", name=role, known=", ".join(ROLES))
    if session.get(Organisation, organisation_id) is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    person = session.exec(select(Person).where(Person.email == address)).first()
    if person is None:
        if not name.strip():
            raise Problem("name_needed", field="name")
        if not password:
            raise Problem("password_needed", field="password")
        person = Person(email=address, name=name.strip(), fs_uniquifier=uuid.uuid4().hex)
    if password:
        person.password = hash_password(password)
        # Whoever is signed in with the old password is signed out by this.
        person.fs_uniquifier = uuid.uuid4().hex
    session.add(person)
    session.flush()
    assert person.id is not None
    known = session.exec(
        select(Membership).where(Membership.person_id == person.id, Membership.organisation_id == organisation_id)
    ).first()
    membership = known or Membership(person_id=person.id, organisation_id=organisation_id, role=role)
    membership.role = role
    session.add(membership)
    session.flush()
    note(session, person, "join", by, facts={"organisation": organisation_id, "role": role})
    return person.id


def hash_password(password: str) -> str:
    """Argon2id with the library's recommended cost (RFC 9106). Problem("password_short") or ("password_long")."""
    if len(password) < PASSWORD_LEAST:
        raise Problem("password_short", field="password", least=PASSWORD_LEAST)
    if len(password.encode()) > PASSWORD_MOST:
        raise Problem("password_long", field="password", most=PASSWORD_MOST)
    return PasswordHasher().hash(password)


def person_by_email(session: Session, email: str) -> Person:
    """The person behind an e-mail; Problem("unknown_person")."""
    person = session.exec(select(Person).where(Person.email == email.strip().lower())).first()
    if person is None:
        raise Problem("unknown_person", field="email", email=email)
    return person


def _zone(zone: str | None, parent: Organisation | None) -> str:
    if not zone:
        return parent.zone if parent else ZONES[0]
    named = dict(zip(("WIB", "WITA", "WIT"), ZONES, strict=True)).get(zone.upper(), zone)
    if named not in ZONES:
        raise Problem("unknown_zone", field="zone", name=zone, known=", ".join((*ZONES, "WIB", "WITA", "WIT")))
    return named
