"""Our own page as a connector: a name that stays, steps that may be repeated, nothing that is asked of anybody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors import Credentials, Item, Staged, Unsupported, Wire
from connectors.website import Website

ITEM = Item("Posyandu lansia di Desa Sadeng 🌾")


def made(base: str = "https://ipsm.example.id/") -> Website:
    return Website(Credentials("ipsm-leuwisadeng", {}), Wire(base))


def test_a_name_is_given_once_and_stays_over_a_restart() -> None:
    kept: list[Staged] = []
    staged = made().stage(ITEM, Staged(), kept.append)
    assert staged.ready
    assert staged.repeatable
    assert kept == [staged]
    again = made().stage(ITEM, Staged(ids=dict(staged.ids)), kept.append)
    assert again.ids == staged.ids
    first, second = made().commit(ITEM, staged), made().commit(ITEM, again)
    assert first == second
    assert first.permalink == f"https://ipsm.example.id/o/ipsm-leuwisadeng/{first.remote_id}"


def test_two_posts_with_the_same_words_have_two_names() -> None:
    names = {made().stage(ITEM, Staged(), lambda _: None).ids["name"] for _ in range(200)}
    assert len(names) == 200
    assert all(len(name) == 12 and name.isalnum() and name == name.lower() for name in names)


def test_only_what_the_books_call_public_is_found_and_exists() -> None:
    staged = made().stage(ITEM, Staged(), lambda _: None)
    name = made().commit(ITEM, staged).remote_id
    page = made()
    assert page.find(ITEM, staged, datetime.now(UTC)) is None
    assert not page.exists(name)
    page.shown = {name}
    found = page.find(ITEM, staged, datetime.now(UTC))
    assert found is not None
    assert found.remote_id == name
    assert page.exists(name)
    page.delete_post(name)
    page.delete_post(name)


def test_without_a_public_address_the_permalink_is_a_path() -> None:
    assert made("").permalink("abc") == "/o/ipsm-leuwisadeng/abc"


def test_it_has_no_key_and_no_figures() -> None:
    assert Website.secrets_from("apa saja", Wire("")) == {}
    for call in (made().followers, lambda: made().counts("x"), lambda: list(made().comments("x"))):
        with pytest.raises(Unsupported):
            call()
