"""Mode latihan: one practice Page and Instagram account an organisation."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from app.models import Account
from app.parts import Parts
from app.problems import Problem
from app.services import people, practising
from app.states import Actor
from connectors.practice.control import Control

BY = Actor("uji")


def test_a_practice_page_and_instagram_account_are_made_and_connected_once(parts: Parts, practice: Control) -> None:
    (parts.settings.home / "practice.url").write_text(practice.url, encoding="ascii")
    with parts.db.write() as session:
        ours = people.add_organisation(session, BY, name="IPSM Désa Ñusa", category="desa")
    made = practising.begin(parts, ours, BY)
    with parts.db.read() as session:
        rows = session.exec(select(Account).order_by(col(Account.id))).all()
    assert [row.id for row in rows] == made
    assert [(row.connector, row.practice, row.health) for row in rows] == [
        ("facebook", True, "connected"),
        ("instagram", True, "connected"),
    ]
    assert rows[1].name == "@ipsm.desa.nusa.latihan"
    with pytest.raises(Problem) as again:
        practising.begin(parts, ours, BY)
    assert again.value.code == "practising_already"
    assert len(practice.accounts()) == 2


def test_an_unknown_organisation_gets_nothing(parts: Parts, practice: Control) -> None:
    with pytest.raises(Problem) as refused:
        practising.begin(parts, 99, BY)
    assert refused.value.code == "unknown_organisation"
    assert practice.accounts() == []
