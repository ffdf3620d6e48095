"""Organisations and people."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlmodel import select

from app.models import CATEGORIES, ROLES, Membership, Organisation, Person
from app.parts import Parts
from app.passwords import matches
from app.problems import Problem
from app.services import people
from app.states import Actor

BY = Actor("uji")
PASSWORD = "kentongan berbunyi"


@pytest.fixture
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 is slow on purpose; where the hash is not what is tested, its cost is low."""
    monkeypatch.setattr(people, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))


def _organisation(parts: Parts, **other: Any) -> int:
    with parts.db.write() as session:
        return people.add_organisation(session, BY, **{"name": "IPSM Uji", "category": "organisasi", **other})


def _person(parts: Parts, where: int, **other: Any) -> int:
    values = {
        "organisation_id": where,
        "email": "rina@uji.example",
        "name": "Rina",
        "role": "petugas",
        "password": PASSWORD,
        **other,
    }
    with parts.db.write() as session:
        return people.add_person(session, BY, **values)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category(parts: Parts, category: str) -> None:
    assert _organisation(parts, category=category)


def test_the_zone_is_the_parents_unless_said(parts: Parts) -> None:
    parent = _organisation(parts, zone="WIT")
    child = _organisation(parts, parent_id=parent)
    own = _organisation(parts, parent_id=parent, zone="wita")
    with parts.db.read() as session:
        zones = [session.get_one(Organisation, each).zone for each in (parent, child, own)]
    assert zones == ["Asia/Jayapura", "Asia/Jayapura", "Asia/Makassar"]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"name": " "}, "name_needed"),
        ({"category": "rt"}, "unknown_category"),
        ({"parent_id": 99}, "unknown_organisation"),
        ({"zone": "Europe/Berlin"}, "unknown_zone"),
    ],
)
def test_no_bad_organisation(parts: Parts, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as problem:
        _organisation(parts, **other)
    assert problem.value.code == code
    with parts.db.read() as session:
        assert session.exec(select(Organisation)).all() == []


@pytest.mark.usefixtures("quick_hash")
def test_a_person_is_known_by_e_mail_whatever_its_case(parts: Parts) -> None:
    one, two = _organisation(parts), _organisation(parts)
    first = _person(parts, one, email=" Rina@UJI.example ".strip())
    assert _person(parts, two, email="rina@uji.example", role="koordinator", password=None, name="") == first
    with parts.db.read() as session:
        rows = session.exec(select(Membership.organisation_id, Membership.role)).all()
        assert sorted(rows) == [(one, "petugas"), (two, "koordinator")]
        assert people.person_by_email(session, "RINA@uji.example").id == first


@pytest.mark.usefixtures("quick_hash")
def test_a_second_role_in_one_place_replaces_the_first(parts: Parts) -> None:
    organisation_id = _organisation(parts)
    _person(parts, organisation_id)
    _person(parts, organisation_id, role="pembina", password=None)
    with parts.db.read() as session:
        assert session.exec(select(Membership.role)).all() == ["pembina"]


@pytest.mark.usefixtures("quick_hash")
def test_a_new_password_ends_what_was_signed_in_with_the_old(parts: Parts) -> None:
    organisation_id = _organisation(parts)
    person_id = _person(parts, organisation_id)
    with parts.db.read() as session:
        before = session.get_one(Person, person_id)
    _person(parts, organisation_id, password=None)
    with parts.db.read() as session:
        assert session.get_one(Person, person_id).fs_uniquifier == before.fs_uniquifier
    _person(parts, organisation_id, password="kata sandi yang baru")
    with parts.db.read() as session:
        after = session.get_one(Person, person_id)
    assert after.fs_uniquifier != before.fs_uniquifier
    assert matches("kata sandi yang baru", after.password)
    assert not matches(PASSWORD, after.password)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"email": "bukan surel"}, "bad_email"),
        ({"email": ""}, "bad_email"),
        ({"role": "raja"}, "unknown_role"),
        ({"name": ""}, "name_needed"),
        ({"password": None}, "password_needed"),
        ({"password": "pendek"}, "password_short"),
        ({"password": "x" * 201}, "password_long"),
        ({"organisation_id": 99}, "unknown_organisation"),
    ],
)
@pytest.mark.usefixtures("quick_hash")
def test_no_bad_person(parts: Parts, other: dict[str, Any], code: str) -> None:
    organisation_id = _organisation(parts)
    with pytest.raises(Problem) as problem:
        _person(parts, organisation_id, **other)
    assert problem.value.code == code
    with parts.db.read() as session:
        assert session.exec(select(Person)).all() == []


@pytest.mark.usefixtures("quick_hash")
def test_every_role(parts: Parts) -> None:
    organisation_id = _organisation(parts)
    for role in ROLES:
        _person(parts, organisation_id, email=f"{role}@uji.example", role=role)


def test_passwords_are_argon2id_and_never_kept(parts: Parts) -> None:
    person_id = _person(parts, _organisation(parts))
    with parts.db.read() as session:
        stored = session.get_one(Person, person_id).password
    assert stored is not None
    # RFC 9106's second choice: 64 MiB, three passes, four lanes.
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(PASSWORD, stored)


def test_an_unknown_e_mail_is_said(parts: Parts) -> None:
    with pytest.raises(Problem) as problem, parts.db.read() as session:
        people.person_by_email(session, "siapa@uji.example")
    assert problem.value.code == "unknown_person"
