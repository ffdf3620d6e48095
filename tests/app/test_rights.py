"""The walk: every route × every role, signed out, and a stranger at somebody else's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import rights
from app.models import ROLES
from tests.app.walk import FREE, objects
from tests.fixtures.web import Web, post, token


def addresses(app: Flask, made: Mapping[str, object]) -> Iterator[tuple[str, str, rights.Rule, bool]]:
    """(method, address, rule, names an object) of every route; a route that cannot be walked fails here."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            with app.app_context():
                declared = rights.rule_of(rule.endpoint)
            assert declared is not None, f"{rule.rule} has no rule: mark its view with @needs(...) or @public"
            missing = rule.arguments - set(FREE) - set(made)
            assert not missing, f"{rule.rule}: tell tests/app/walk.py how to fill {sorted(missing)}"
            names_object = bool(rule.arguments & set(made))
            assert not names_object or declared.of_object or declared.right is None, (
                f"{rule.rule} names an object: @needs(..., of_object=True)"
            )
            values = {name: made.get(name, FREE.get(name)) for name in rule.arguments}
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, adapter.build(rule.endpoint, values, method=method), declared, names_object


def ask(client: FlaskClient, method: str, address: str, **form: Any) -> int:
    """The status of one request."""
    answer = client.get(address) if method == "GET" else client.post(address, data=form)
    answer.close()
    return answer.status_code


def test_signed_out_people_only_see_the_public(web: Web) -> None:
    client = web.client()
    for method, address, rule, _ in addresses(web.app, objects(web, "kecamatan")):
        status = ask(client, method, address)
        if rule.right is not None:
            answer = client.get(address) if method == "GET" else client.post(address)
            assert status == (303 if method == "GET" else 401), (method, address, status)
            assert method == "POST" or answer.headers["Location"].startswith("/masuk"), address
        else:
            assert status < 500, (method, address, status)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_exactly_what_the_table_says(web: Web, role: str) -> None:
    made = objects(web, "kecamatan")
    client = web.sign_in(role)
    with web.parts.db.read() as session:
        at_home = dict(rights.memberships(session, web.people[role]))
        at_object = rights.held(session, web.people[role], web.organisations["kecamatan"])
    home_rights = rights.ROLE_RIGHTS[role]
    assert set(at_home.values()) == {role}
    for method, address, rule, names_object in addresses(web.app, made):
        if rule.right is None:
            continue
        allowed = rule.right in (at_object if names_object else home_rights)
        status = ask(client, method, address)  # a POST without its token: refused by right first, by token after
        if not allowed and rule.instead in home_rights:
            # Another right does for some objects, and not for this one: also with the token it is not there.
            status = ask(client, method, address, csrf_token=token(client))
        if not allowed:
            assert status in (403, 404), (role, method, address, status)
        elif method == "POST":
            assert status == 400, (role, method, address, status)
        else:
            assert status in (200, 303), (role, method, address, status)


@pytest.mark.parametrize("stranger", ["asing", "petugas", "pembina", "kominfo"])
def test_a_strangers_objects_are_not_there(web: Web, stranger: str) -> None:
    foreign = "kecamatan" if stranger == "asing" else "lain"
    made = objects(web, foreign)
    client = web.sign_in(stranger)
    fresh = token(client)
    walked = 0
    for method, address, rule, names_object in addresses(web.app, made):
        if not names_object or rule.right is None:
            continue
        walked += 1
        status = ask(client, method, address, csrf_token=fresh)
        assert status in (403, 404), (stranger, method, address, status)
    assert walked


def test_a_route_without_a_rule_is_refused(web: Web) -> None:
    web.alone().add_url_rule("/lupa", "lupa", lambda: "rahasia")
    assert web.client().get("/lupa").status_code == 500
    web.app.testing = False
    assert web.client().get("/lupa").status_code == 403
    with pytest.raises(AssertionError, match="has no rule"):
        list(addresses(web.app, objects(web, "kecamatan")))


def test_a_view_that_forgets_its_object_gives_nothing_away(web: Web) -> None:
    def forgetful(post_id: int) -> str:
        return f"rahasia {post_id}"

    web.alone().add_url_rule("/lupa/<int:post_id>", "lupa", rights.needs("jadwal.lihat", of_object=True)(forgetful))
    answer = web.sign_in("petugas").get("/lupa/1")
    assert answer.status_code == 500
    assert b"rahasia" not in answer.data


def test_kominfo_reaches_its_area_and_no_further(web: Web) -> None:
    kominfo = web.people["kominfo"]
    with web.parts.db.read() as session:
        reach = rights.reach(session, kominfo, "statistik.lihat")
        assert reach == {web.organisations[key] for key in ("kabupaten", "kecamatan", "desa")}
        assert rights.visible(session, kominfo, "statistik.lihat", web.organisations["desa"])
        assert not rights.visible(session, kominfo, "kotak.baca", web.organisations["desa"])
        assert not rights.visible(session, kominfo, "statistik.lihat", web.organisations["lain"])
        assert not rights.visible(session, web.people["juri"], "statistik.lihat", web.organisations["desa"])
        everything = set(web.organisations.values())
        assert rights.reach(session, web.people["pengelola"], "akun.kelola") == everything


def test_a_circle_in_the_tree_ends(web: Web) -> None:
    from app.models import Organisation

    with web.parts.db.write() as session:
        top = session.get(Organisation, web.organisations["kabupaten"])
        assert top is not None
        top.parent_id = web.organisations["desa"]
        session.add(top)
    with web.parts.db.read() as session:
        reach = rights.reach(session, web.people["kominfo"], "statistik.lihat")
    assert web.organisations["desa"] in reach
    assert web.organisations["lain"] not in reach


def test_the_current_organisation_is_one_of_ones_own(web: Web) -> None:
    from app.models import Membership

    with web.parts.db.write() as session:
        session.add(
            Membership(person_id=web.people["petugas"], organisation_id=web.organisations["lain"], role="koordinator")
        )
    client = web.sign_in("petugas")
    assert client.get("/akun/baru").status_code == 403
    assert "IPSM Leuwisadeng" in client.get("/").get_data(as_text=True)
    assert post(client, "/saya/organisasi", organisasi=web.organisations["kabupaten"]).status_code == 404
    assert post(client, "/saya/organisasi", organisasi="x").status_code == 404
    assert post(client, "/saya/organisasi", organisasi=web.organisations["lain"]).status_code == 303
    page = client.get("/").get_data(as_text=True)
    assert "IPSM Ternate Utara" in page
    assert " WIT" in page
    assert client.get("/akun/baru").status_code == 200


def test_an_object_elsewhere_of_ones_own_brings_its_organisation(web: Web) -> None:
    made = objects(web, "lain")
    client = web.sign_in("pengelola")
    page = client.get(f"/akun/{made['account_id']}/sambung").get_data(as_text=True)
    assert "IPSM Ternate Utara" in page
    assert "WIT" in page


def test_somebody_without_any_organisation_is_told_so(web: Web) -> None:
    from sqlmodel import delete

    from app.models import Membership

    client = web.sign_in("juri")
    with web.parts.db.write() as session:
        session.exec(delete(Membership).where(Membership.person_id == web.people["juri"]))  # type: ignore[arg-type]  # SQL
    answer = client.get("/")
    assert answer.status_code == 403
    assert "belum menjadi anggota" in answer.get_data(as_text=True)
    assert client.get("/saya").status_code == 200
